/**
 * Delimited tables whose columns the configuration maps to ECS fields.
 */
import type { parse as parseCsv } from 'csv-parse/sync';
import type { TableMapping } from './options.js';

/** Reads the lines of a table; quoted line breaks are not supported, since a line is a record. */
export class TableReader {
  private columns: (string | undefined)[] | undefined;

  constructor(
    private readonly mapping: TableMapping,
    private readonly parse: typeof parseCsv,
  ) {
    if (!mapping.header) this.columns = fieldsByNumber(mapping.columns);
  }

  /** A record with ECS names, `header` for the line of names, undefined for a line that does not fit. */
  record(line: string): Record<string, unknown> | 'header' | undefined {
    const cells = this.cells(line);
    if (!cells) return undefined;
    if (!this.columns) {
      this.columns = cells.map(
        (name, i) => this.mapping.columns[name.trim()] ?? this.mapping.columns[String(i + 1)],
      );
      return 'header';
    }
    if (cells.length < this.columns.length) return undefined;
    const record: Record<string, unknown> = { ...this.mapping.constants };
    this.columns.forEach((field, i) => {
      const cell = cells[i]!.trim();
      if (field !== undefined && cell !== '') record[field] = cell;
    });
    return record;
  }

  private cells(line: string): string[] | undefined {
    try {
      return (
        this.parse(line, { delimiter: this.mapping.delimiter, relax_column_count: true }) as string[][]
      )[0];
    } catch {
      return undefined;
    }
  }
}

function fieldsByNumber(columns: Readonly<Record<string, string>>): (string | undefined)[] {
  const last = Math.max(...Object.keys(columns).map(Number));
  return Array.from({ length: last }, (_, i) => columns[String(i + 1)]);
}
