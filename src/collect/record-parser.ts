/**
 * Texts to records: each is taken for what it is, whatever it comes wrapped in.
 */
import { parseExact } from '../domain/json.js';
import type { RecordFormat } from '../domain/raw.js';
import { contentOf, jsonInSyslog, partOfCri, type Content, type Part } from './envelope.js';
import type { RecordBatches } from './record-batches.js';
import { delimiterOf, formatOf, isSyslog } from './sniff.js';
import { ZeekTable } from './zeek-table.js';

const HASH = 35;
const BRACE = 123;
/** Wrappers within wrappers that are opened: docker around syslog around JSON. */
const MAX_DEPTH = 4;

/** Parses the texts of one file. */
export class RecordParser {
  private zeek: ZeekTable | undefined;
  /** Beginnings of what containers wrote, by stream; what is longer than allowed is kept no further. */
  private readonly parts = new Map<string, string>();

  /**
   * @param given what records are taken for, whatever they look like
   * @param maxLength of what a container wrote in several parts, characters
   */
  constructor(
    private readonly batches: RecordBatches,
    private readonly given: RecordFormat | undefined,
    private readonly maxLength: number,
  ) {}

  /** Lines that say how to read what follows: a header of a table, and texts that have begun. */
  get header(): readonly string[] {
    const begun = [...this.parts].map(([stream, text]) => `1970-01-01T00:00:00Z ${stream} P ${text}`);
    return [...this.tableHeader, ...begun];
  }

  /** The header of the table in hand. */
  get tableHeader(): readonly string[] {
    return this.zeek?.header ?? [];
  }

  /** A line, or a text that stands for one. */
  line(text: string, place: number, depth = 0): void {
    const first = text.charCodeAt(0);
    if (first === HASH) (this.zeek ??= new ZeekTable()).comment(text);
    else if (this.given === 'auth') this.batches.add('auth', text, place);
    else if (first === BRACE) this.json(text, place, depth);
    else this.text(text, place, depth);
  }

  /** The record that a JSON text holds; rejected where it holds none. */
  json(text: string, place: number, depth = 0): void {
    let record: unknown;
    try {
      record = parseExact(text);
    } catch {
      this.batches.reject('bad_json', text, place);
      return;
    }
    this.record(record, text, place, depth);
  }

  /** What remains of texts that never ended. */
  end(place: number): void {
    for (const text of this.parts.values()) this.whole(text, place, 0);
    this.parts.clear();
  }

  private record(record: unknown, text: string, place: number, depth: number): void {
    const format = formatOfValue(record);
    const mayWrap = format === undefined || (format === 'ecs' && this.given === undefined);
    const content = mayWrap && depth < MAX_DEPTH && isObject(record) ? contentOf(record) : undefined;
    if (content && this.content(content, text, place, depth + 1)) return;
    const taken = this.given ?? format;
    if (taken !== undefined) this.batches.add(taken, record, place);
    else this.batches.reject(isObject(record) ? 'unknown_record' : 'not_an_object', text, place);
  }

  /** @returns whether it is the content and not its wrapper that counts */
  private content(content: Content, text: string, place: number, depth: number): boolean {
    if ('part' in content) this.part(content.part, place, depth);
    else if ('line' in content) this.line(content.line, place, depth);
    else if ('record' in content) this.record(content.record, text, place, depth);
    else return this.passedOn(content.passedOn, place, depth);
    return true;
  }

  /** Text that a shipper passed on: only what is a known record is more than its document. */
  private passedOn(text: string, place: number, depth: number): boolean {
    const inner = text.startsWith('{') ? parsed(text) : undefined;
    const isKnown = inner === undefined ? isSyslog(text) : formatOfValue(inner) !== undefined;
    if (isKnown) this.line(text, place, depth);
    return isKnown;
  }

  /** A line that is no JSON and no comment: of the table in hand, of a container, of syslog, or names of a table. */
  private text(line: string, place: number, depth: number): void {
    if (this.zeek?.ready === true) {
      if (this.zeek.isNames(line)) return;
      const record = this.zeek.record(line);
      if (record) {
        this.batches.add('zeek', record, place);
        return;
      }
    }
    if (depth < MAX_DEPTH && this.wrapped(line, place, depth + 1)) return;
    if (isSyslog(line)) {
      this.batches.add('auth', line, place);
      return;
    }
    const delimiter = delimiterOf(line);
    if (delimiter !== undefined) this.zeek = ZeekTable.withNames(line, delimiter);
    else if (line.trimStart().startsWith('{')) this.json(line, place, depth);
    else this.batches.reject(this.zeek?.ready === true ? 'bad_columns' : 'unknown_record', line, place);
  }

  private wrapped(line: string, place: number, depth: number): boolean {
    const part = partOfCri(line);
    if (part) {
      this.part(part, place, depth);
      return true;
    }
    const json = jsonInSyslog(line);
    if (json === undefined) return false;
    this.json(json, place, depth);
    return true;
  }

  private part({ text, isPartial, stream }: Part, place: number, depth: number): void {
    const joined = ((this.parts.get(stream) ?? '') + text).slice(0, this.maxLength + 1);
    if (isPartial) {
      this.parts.set(stream, joined);
      return;
    }
    this.parts.delete(stream);
    this.whole(joined, place, depth);
  }

  private whole(text: string, place: number, depth: number): void {
    if (text.length > this.maxLength) this.batches.reject('line_too_long', '', place);
    else if (text.trim() !== '') this.line(text, place, depth);
  }
}

/** Format of a parsed value; pipelines write null for what they drop, which is no mistake. */
function formatOfValue(value: unknown): RecordFormat | undefined {
  if (value === null) return 'ecs';
  return isObject(value) ? formatOf(value) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
