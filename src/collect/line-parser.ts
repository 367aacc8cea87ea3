/**
 * Lines to batches of records. Each line is taken for what it is, so that files may be mixed.
 */
import type { RawBatch, RecordFormat } from '../domain/raw.js';
import type { LineBatch } from './lines.js';
import type { TableMapping } from './options.js';
import { RecordBatches } from './record-batches.js';
import { RecordParser } from './record-parser.js';
import { TableReader } from './table.js';

/** How the lines of a file are to be read, where more is known than they say themselves. */
export interface LineOptions {
  /** What records are taken for. */
  readonly format?: RecordFormat | undefined;
  readonly table?: TableMapping | undefined;
  /** Of a record that comes in several lines, characters. */
  readonly maxLength: number;
}

const HASH = 35;

/** Parses the lines of one file. */
export class LineParser {
  private readonly batches: RecordBatches;
  private readonly parser: RecordParser;
  private readonly table: TableReader | undefined;

  constructor(source: string, { format, table, maxLength }: LineOptions) {
    this.batches = new RecordBatches(source, format);
    this.parser = new RecordParser(this.batches, format, maxLength);
    this.table = table ? new TableReader(table) : undefined;
  }

  /** Whether any line so far was of a known kind. */
  get recognized(): boolean {
    return this.batches.recognized || (this.table ?? { header: this.parser.tableHeader }).header.length > 0;
  }

  /** The lines that say how to read what follows: a restart in the middle of a file begins with them. */
  get header(): readonly string[] {
    return (this.table ?? this.parser).header;
  }

  /** Batches of the lines, one per format that occurs among them. */
  parse({ lines, numbers, tooLong }: LineBatch): RawBatch[] {
    for (const place of tooLong) this.batches.reject('line_too_long', '', place);
    for (let i = 0; i < lines.length; i++) this.addSafely(lines[i]!, numbers[i]!);
    return this.batches.take();
  }

  /** Batches of the last lines of a file that ends with them. */
  end(last: LineBatch, lines: number): RawBatch[] {
    const batches = this.parse(last);
    this.parser.end(lines);
    return [...batches, ...this.batches.take()];
  }

  /**
   * Batches of the end of a file that breaks off: its last line counts as damaged, unless it turns out
   * to be whole.
   */
  breakOff(last: LineBatch, lines: number, damage: string): RawBatch[] {
    const batches = this.parse(last);
    if (batches.some(({ records }) => records.length > 0) || last.lines.length === 0) {
      this.batches.reject(damage, '', lines + 1);
      return [...batches, ...this.batches.take()];
    }
    this.batches.reject(damage, last.lines[0]!, lines);
    return this.batches.take();
  }

  /** A line that reading fails at costs itself: somebody may have made it so. */
  private addSafely(line: string, place: number): void {
    try {
      if (this.table) this.addCells(this.table, line, place);
      else this.parser.line(line, place);
    } catch {
      this.batches.reject('unreadable', line, place);
    }
  }

  private addCells(table: TableReader, line: string, place: number): void {
    if (table.ready && line.charCodeAt(0) === HASH) return;
    const record = table.record(line);
    if (record === undefined) this.batches.reject('bad_columns', line, place);
    else if (record !== 'header') this.batches.add('table', record, place);
  }
}
