/**
 * Lines to batches of records, whatever the file is made of.
 */
import { parse } from 'csv-parse/sync';
import type { Quarantine, RawBatch, RecordFormat } from '../domain/raw.js';
import type { LineBatch } from './lines.js';
import type { TableMapping } from './options.js';
import { excerptOf } from './quarantine.js';
import { delimiterOf, formatOf, layoutOf, pathOfName, type Layout } from './sniff.js';
import { TableReader } from './table.js';
import { ZeekTable } from './zeek-table.js';

/** Parses the lines of one file. */
export class LineParser {
  private layout: Layout | undefined;
  private zeek: ZeekTable | undefined;
  private readonly table: TableReader | undefined;
  private readonly path: string | undefined;

  constructor(
    private readonly source: string,
    private readonly quarantine: Quarantine,
    mapping: TableMapping | undefined,
  ) {
    this.path = pathOfName(source);
    this.table = mapping ? new TableReader(mapping, parse) : undefined;
    if (mapping) this.layout = 'table';
  }

  /** What the file is taken for; undefined before the first lines. */
  get recognized(): Layout | undefined {
    return this.layout;
  }

  /** Batches of the lines, one per format that occurs among them. */
  parse({ lines, numbers, tooLong }: LineBatch): RawBatch[] {
    for (const place of tooLong) this.reject(place, 'line_too_long', '');
    this.layout ??= layoutOf(lines.slice(0, 50));
    switch (this.layout) {
      case 'zeek_table':
        return this.parseZeek(lines, numbers);
      case 'auth':
        return this.batches([
          ['auth', undefined, lines.filter(isRecord), numbers.filter((_, i) => isRecord(lines[i]!))],
        ]);
      case 'table':
        return this.parseTable(lines, numbers);
      default:
        return this.parseJson(lines, numbers);
    }
  }

  private parseJson(lines: readonly string[], numbers: readonly number[]): RawBatch[] {
    const byFormat = new Map<RecordFormat, { records: unknown[]; places: number[] }>();
    let last: { format: RecordFormat; into: { records: unknown[]; places: number[] } } | undefined;
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!;
      if (line.charCodeAt(0) === 35) continue;
      let record: unknown;
      try {
        record = JSON.parse(line);
      } catch {
        this.reject(numbers[i]!, 'bad_json', line);
        continue;
      }
      const format = formatOf(record);
      if (last?.format !== format) {
        let into = byFormat.get(format);
        if (!into) byFormat.set(format, (into = { records: [], places: [] }));
        last = { format, into };
      }
      last.into.records.push(record);
      last.into.places.push(numbers[i]!);
    }
    return this.batches(
      [...byFormat].map(([format, { records, places }]) => [format, this.path, records, places]),
    );
  }

  private parseZeek(lines: readonly string[], numbers: readonly number[]): RawBatch[] {
    const records: unknown[] = [];
    const places: number[] = [];
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!;
      if (line.startsWith('#')) {
        (this.zeek ??= new ZeekTable()).header(line);
        continue;
      }
      const delimiter = this.zeek?.ready === true ? undefined : delimiterOf(line);
      if (delimiter !== undefined) {
        this.zeek = ZeekTable.withHeader(line, delimiter);
        continue;
      }
      const record = this.zeek?.record(line);
      if (!record) this.reject(numbers[i]!, 'bad_columns', line);
      else {
        records.push(record);
        places.push(numbers[i]!);
      }
    }
    return this.batches([['zeek', this.zeek?.path ?? this.path, records, places]]);
  }

  private parseTable(lines: readonly string[], numbers: readonly number[]): RawBatch[] {
    const records: unknown[] = [];
    const places: number[] = [];
    lines.forEach((line, i) => {
      const record = this.table!.record(line);
      if (record === 'header') return;
      if (!record) this.reject(numbers[i]!, 'bad_columns', line);
      else {
        records.push(record);
        places.push(numbers[i]!);
      }
    });
    return this.batches([['table', undefined, records, places]]);
  }

  private batches(
    parts: readonly (readonly [RecordFormat, string | undefined, readonly unknown[], readonly number[]])[],
  ): RawBatch[] {
    return parts
      .filter(([, , records]) => records.length > 0)
      .map(([format, path, records, places]) => ({
        source: this.source,
        format,
        ...(path === undefined ? {} : { path }),
        records,
        places,
      }));
  }

  private reject(place: number, reason: string, text: string): void {
    this.quarantine.reject({ source: this.source, place, reason, excerpt: excerptOf(text) });
  }
}

function isRecord(line: string): boolean {
  return !line.startsWith('#');
}
