/**
 * Delimited tables whose columns the configuration maps to ECS fields.
 */
import { parse } from 'csv-parse/sync';
import type { ColumnMapping, TableMapping } from './options.js';

/** Reads the lines of a table; quoted line breaks are not supported, since a line is a record. */
export class TableReader {
  private columns: (ColumnMapping | undefined)[] | undefined;
  private names: string | undefined;

  constructor(private readonly mapping: TableMapping) {
    if (!mapping.header) this.columns = columnsByNumber(mapping.columns);
  }

  /** Whether records can be read. */
  get ready(): boolean {
    return this.columns !== undefined;
  }

  /** The lines that say how to read what follows. */
  get header(): readonly string[] {
    return this.names === undefined ? [] : [this.names];
  }

  /**
   * A record with ECS names, `header` for a line of names, which may come again, undefined for a line
   * that does not fit.
   */
  record(line: string): Record<string, unknown> | 'header' | undefined {
    if (line === this.names) return 'header';
    const cells = this.cells(line);
    if (!cells) return undefined;
    const { columns } = this;
    if (!columns) {
      this.names = line;
      const byName = new Map(Object.entries(this.mapping.columns));
      this.columns = cells.map((name, i) => byName.get(name.trim()) ?? byName.get(String(i + 1)));
      return 'header';
    }
    if (cells.length < columns.length || (this.names !== undefined && !isEmpty(cells, columns.length)))
      return undefined;
    const record: Record<string, unknown> = { ...this.mapping.constants };
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i];
      const cell = cells[i]!.trim();
      if (column === undefined || cell === '') continue;
      if (typeof column === 'string') record[column] = plainValue(cell, column);
      else record[column.field] = valueOf(cell, column);
    }
    return record;
  }

  private cells(line: string): string[] | undefined {
    const { delimiter } = this.mapping;
    if (!line.includes('"')) return line.split(delimiter);
    try {
      const rows: string[][] = parse(line, { delimiter, relax_column_count: true });
      return rows[0];
    } catch {
      return undefined;
    }
  }
}

/** Whether all cells from one on are empty, as after a delimiter at the end of a line. */
function isEmpty(cells: readonly string[], from: number): boolean {
  return cells.every((cell, i) => i < from || cell.trim() === '');
}

function columnsByNumber(columns: TableMapping['columns']): (ColumnMapping | undefined)[] {
  const last = Math.max(0, ...Object.keys(columns).map(Number));
  return Array.from({ length: last }, (_, i) => columns[String(i + 1)]);
}

const NS_PER: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

/** As Kibana writes a time for people: `Nov 20, 2026 @ 10:00:00.100`. */
const KIBANA_TIME = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) @ (\d{2}:\d{2}:\d{2}(?:\.\d+)?)$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** And a number: `1,234,567`. */
const GROUPED_NUMBER = /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
const QUANTITY = /\.(?:bytes|packets|port|duration|status_code)$/;

/** A cell as it is, but for what Kibana's reports write for people. */
function plainValue(cell: string, field: string): string {
  if (QUANTITY.test(field)) return GROUPED_NUMBER.test(cell) ? cell.replaceAll(',', '') : cell;
  const match = TIMES.has(field) ? KIBANA_TIME.exec(cell) : null;
  if (!match) return cell;
  const [, name = '', day = '', year = '', time = ''] = match;
  const month = String(MONTHS.indexOf(name) + 1).padStart(2, '0');
  return `${year}-${month}-${day.padStart(2, '0')}T${time}`;
}

/** A cell in the unit of its field; what cannot be converted stays as it is, for normalize to refuse. */
function valueOf(cell: string, { field, unit, dates }: Exclude<ColumnMapping, string>): unknown {
  if (dates !== undefined) return isoOf(cell, dates);
  const plain = plainValue(cell, field);
  const number = Number(plain);
  if (unit === undefined || Number.isNaN(number)) return plain;
  const ns = number * NS_PER[unit]!;
  return TIMES.has(field) ? (timeOf(ns) ?? cell) : Math.round(ns);
}

const TIMES: ReadonlySet<string> = new Set(['@timestamp', 'event.start', 'event.end']);
const MAX_TIME_MS = 8.64e15;

function timeOf(ns: number): string | undefined {
  const ms = ns / 1e6;
  return Math.abs(ms) <= MAX_TIME_MS ? new Date(ms).toISOString() : undefined;
}

const DATE =
  /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?(?:\s*([AP])M)?$/i;

/** `5/7/2017 8:42 PM` as ISO 8601 without a zone. */
function isoOf(cell: string, dates: 'day-first' | 'month-first'): string {
  const match = DATE.exec(cell);
  if (!match) return cell;
  const [, first = '', second = '', year = '', hour = '', minute = '', seconds = '00', fraction = '', half] =
    match;
  const [month, day] = dates === 'day-first' ? [second, first] : [first, second];
  const hours =
    half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
  const two = (number: string | number): string => String(number).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hours)}:${minute}:${seconds}${fraction}`;
}
