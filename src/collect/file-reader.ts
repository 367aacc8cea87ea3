/**
 * One file as batches of records.
 */
import { StringDecoder } from 'node:string_decoder';
import { AppError } from '../domain/error.js';
import type { RawBatch } from '../domain/raw.js';
import { blocksOf } from './blocks.js';
import { ElementCutter, type Element } from './json-elements.js';
import { LineParser } from './line-parser.js';
import { LineCutter } from './lines.js';
import { bytesOf, type Damage } from './open.js';
import type { CollectOptions, TableMapping } from './options.js';
import { RecordBatches } from './record-batches.js';
import { RecordParser } from './record-parser.js';
import { isDocument } from './sniff.js';

/** A file, and what it is called in coverage and messages. */
export interface Input {
  readonly path: string;
  readonly source: string;
  /** Named by somebody, not found in a folder: it must be of a known format. */
  readonly named: boolean;
}

/** Rejected lines without any known record after which a file that was named counts as unknown. */
const MAX_UNKNOWN = 10_000;

/**
 * Batches of a file from its start; a file without any record gives one that is empty.
 * @throws AppError `unreadable_file`, or `unknown_format` where somebody named a file without any
 *   known record
 */
export async function* readFile(input: Input, options: CollectOptions): AsyncGenerator<RawBatch> {
  const { path, source } = input;
  const damage: Damage = { reason: undefined };
  let reader: ChunkReader | undefined;
  let batches = 0;
  let rejected = 0;
  const count = (batch: RawBatch): RawBatch => {
    batches++;
    rejected += batch.rejected?.length ?? 0;
    return batch;
  };
  for await (const chunk of blocksOf(bytesOf(path, damage))) {
    reader ??= readerOf(source, chunk, options);
    for (const batch of reader.read(chunk)) yield count(batch);
    if (input.named && !reader.recognized && rejected > MAX_UNKNOWN) throw unknownFormat(source);
  }
  reader ??= new LineReader(source, options);
  for (const batch of reader.end(damage.reason)) yield count(batch);
  const unknown = damage.reason === undefined ? rejected : rejected - 1;
  if (input.named && !reader.recognized && unknown > 0) throw unknownFormat(source);
  if (damage.trailing === true) yield { ...nothingOf(source), irregular: { trailing_garbage: 1 } };
  else if (batches === 0) yield nothingOf(source);
}

/** A batch of an input without any record. */
export function nothingOf(source: string): RawBatch {
  return { source, format: 'ecs', records: [], places: [] };
}

/** Makes batches of the chunks of one file. */
interface ChunkReader {
  /** Whether anything so far was a known kind of record. */
  readonly recognized: boolean;
  read(chunk: Buffer): RawBatch[];
  /** What is left at the end; `damage` says why the file breaks off, if it does. */
  end(damage?: string): RawBatch[];
}

function readerOf(source: string, head: Buffer, options: CollectOptions): ChunkReader {
  const isTable = tableOf(source, options) !== undefined || options.format === 'auth';
  return !isTable && isDocument(head.toString('utf8'))
    ? new DocumentReader(source, options)
    : new LineReader(source, options);
}

/** The mapping for a file, by the end of its name. */
function tableOf(source: string, { tables }: CollectOptions): TableMapping | undefined {
  const name = source.replace(/\.gz$/, '');
  return tables.find(({ files }) => name.endsWith(files));
}

/** Where reading goes on in the middle of a file. */
export interface LinePosition {
  /** Lines before it. */
  readonly line: number;
  /** Earlier lines that say how to read what follows. */
  readonly header: readonly string[];
}

/** Reads files of one record a line. */
export class LineReader implements ChunkReader {
  private readonly cutter: LineCutter;
  private readonly parser: LineParser;

  constructor(source: string, options: CollectOptions, from: LinePosition = { line: 0, header: [] }) {
    this.cutter = new LineCutter(options.maxLineBytes, from.line);
    this.parser = new LineParser(source, {
      format: options.format === 'auto' ? undefined : options.format,
      table: tableOf(source, options),
      maxLength: options.maxLineBytes,
    });
    this.parser.parse({ lines: from.header, numbers: [], tooLong: [] });
  }

  get recognized(): boolean {
    return this.parser.recognized;
  }

  /** Lines that have ended. */
  get lines(): number {
    return this.cutter.count;
  }

  /** Lines that a restart begins with. */
  get header(): readonly string[] {
    return this.parser.header;
  }

  read(chunk: Buffer): RawBatch[] {
    return this.parser.parse(this.cutter.cut(chunk));
  }

  end(damage?: string): RawBatch[] {
    const last = this.cutter.end();
    return damage === undefined
      ? this.parser.end(last, this.lines)
      : this.parser.breakOff(last, this.lines, damage);
  }
}

/** Reads JSON that is not one record a line. */
class DocumentReader implements ChunkReader {
  private readonly decoder = new StringDecoder('utf8');
  private readonly cutter: ElementCutter;
  private readonly batches: RecordBatches;
  private readonly parser: RecordParser;
  private places = 0;

  constructor(source: string, { format, maxLineBytes }: CollectOptions) {
    this.cutter = new ElementCutter(maxLineBytes);
    const given = format === 'auto' ? undefined : format;
    this.batches = new RecordBatches(source, given);
    this.parser = new RecordParser(this.batches, given, maxLineBytes);
  }

  get recognized(): boolean {
    return this.batches.recognized;
  }

  read(chunk: Buffer): RawBatch[] {
    return this.take(this.cutter.cut(this.decoder.write(chunk)));
  }

  end(damage?: string): RawBatch[] {
    const whole = this.cutter.cut(this.decoder.end());
    const [broken] = this.cutter.end();
    const given = this.take(damage === undefined && broken !== undefined ? [...whole, broken] : whole);
    if (damage === undefined) return given;
    this.batches.reject(damage, broken ?? '', this.places + 1);
    return [...given, ...this.batches.take()];
  }

  private take(elements: readonly Element[]): RawBatch[] {
    for (const element of elements) {
      this.places++;
      if (element === undefined) this.batches.reject('line_too_long', '', this.places);
      else this.parser.json(element, this.places);
    }
    return this.batches.take();
  }
}

function unknownFormat(source: string): AppError {
  return new AppError(
    'unknown_format',
    `"${source}" is none of the known formats: Zeek (TSV or JSON), Suricata EVE, ECS (NDJSON or one array), sshd/sudo syslog; for a delimited table, map its columns in collect.tables`,
  );
}
