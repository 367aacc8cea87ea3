/**
 * One file as batches of records.
 */
import { AppError } from '../domain/error.js';
import type { Quarantine, RawBatch, RecordFormat } from '../domain/raw.js';
import { elementsOf, MAX_DOCUMENT_BYTES } from './json-document.js';
import { LineParser } from './line-parser.js';
import { linesOf } from './lines.js';
import { bytesOf, type Damage } from './open.js';
import type { CollectOptions } from './options.js';
import { formatOf, layoutOf, pathOfName } from './sniff.js';

const BATCH = 4096;
const SNIFFED_LINES = 50;

/** A file, and what it is called in coverage and messages. */
export interface Input {
  readonly path: string;
  readonly source: string;
}

/**
 * Batches of a file from its start.
 * @throws AppError `unreadable_file`, or `unknown_format` where nothing in it is a known record
 */
export async function* readFile(
  { path, source }: Input,
  options: CollectOptions,
  quarantine: Quarantine,
): AsyncGenerator<RawBatch> {
  const damage: Damage = { truncated: false };
  const mapping = options.tables.find(({ files }) => source.replace(/\.gz$/, '').endsWith(files));
  const parser = new LineParser(source, quarantine, mapping);
  let first = true;
  let last = 0;
  for await (const batch of linesOf(bytesOf(path, damage), options.maxLineBytes)) {
    if (first && !mapping) {
      const layout = layoutOf(batch.lines.slice(0, SNIFFED_LINES));
      if (layout === 'json_document') return yield* readDocument({ path, source }, quarantine);
      if (layout === undefined && batch.lines.length > 0) throw unknownFormat(source);
    }
    first = first && batch.lines.length === 0;
    last = batch.numbers.at(-1) ?? last;
    yield* parser.parse(batch);
  }
  if (damage.truncated) quarantine.reject({ source, place: last + 1, reason: 'truncated_gzip', excerpt: '' });
}

async function* readDocument({ path, source }: Input, quarantine: Quarantine): AsyncGenerator<RawBatch> {
  const damage: Damage = { truncated: false };
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytesOf(path, damage)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_DOCUMENT_BYTES) {
      throw new AppError(
        'unreadable_file',
        `"${source}" is one JSON document of more than 512 MB; write one record a line instead`,
      );
    }
  }
  const elements = elementsOf(Buffer.concat(chunks).toString('utf8'));
  if (!elements) {
    quarantine.reject({
      source,
      place: 1,
      reason: 'bad_json',
      excerpt: chunks[0]?.toString('utf8', 0, 200) ?? '',
    });
    return;
  }
  for (let from = 0; from < elements.length; from += BATCH) {
    yield* byFormat(source, elements.slice(from, from + BATCH), from);
  }
}

function byFormat(source: string, elements: readonly unknown[], from: number): RawBatch[] {
  const formats = new Map<RecordFormat, { records: unknown[]; places: number[] }>();
  elements.forEach((element, i) => {
    const format = formatOf(element);
    const into = formats.get(format) ?? { records: [], places: [] };
    into.records.push(element);
    into.places.push(from + i + 1);
    formats.set(format, into);
  });
  const path = pathOfName(source);
  return [...formats].map(([format, { records, places }]) => ({
    source,
    format,
    ...(path === undefined ? {} : { path }),
    records,
    places,
  }));
}

function unknownFormat(source: string): AppError {
  return new AppError(
    'unknown_format',
    `"${source}" is none of the known formats: Zeek (TSV or JSON), Suricata EVE, ECS (NDJSON or one array), sshd/sudo syslog; for a delimited table, map its columns in collect.tables`,
  );
}
