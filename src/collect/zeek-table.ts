/**
 * Zeek logs as tables: TSV with `#` headers, or delimited with a line of field names.
 * Records come out as Zeek's own JSON would have them.
 */

import { isUtf8 } from 'node:buffer';

type CellType = 'number' | 'boolean' | 'set' | 'text';

/** What is known of a table so far. */
export class ZeekTable {
  private separator = '\t';
  private setSeparator = ',';
  private unset = '-';
  private empty = '(empty)';
  private fields: readonly string[] = [];
  private types: readonly CellType[] = [];
  /** The last column is three, as labelled captures write it: `tunnel_parents   label   detailed-label`. */
  private joined = false;
  private path: string | undefined;
  private lines: string[] = [];

  /** Begins with a line of field names, for tables without `#` headers. */
  static withNames(line: string, separator: string): ZeekTable {
    const table = new ZeekTable();
    table.separator = separator;
    table.setFields(line.split(separator));
    table.lines = [line];
    return table;
  }

  /** Whether records can be read. */
  get ready(): boolean {
    return this.fields.length > 0;
  }

  /** The lines that say how to read what follows. */
  get header(): readonly string[] {
    return this.lines;
  }

  /** Takes a `#` line; headers may come again in the middle of a file. */
  comment(line: string): void {
    const name = /^#\w+/.exec(line)?.[0] ?? '';
    if (!HEADERS.has(name)) return;
    this.lines = [...this.lines.filter((known) => !known.startsWith(name)), line];
    // The line that names the separator is cut by a space itself.
    const rest = line.slice(name.length + 1);
    if (name === '#separator') this.separator = unescapeHex(rest);
    else if (name === '#set_separator') this.setSeparator = rest;
    else if (name === '#empty_field') this.empty = rest;
    else if (name === '#unset_field') this.unset = rest;
    else if (name === '#path') this.path = rest;
    else if (name === '#fields') this.setFields(rest.split(this.separator));
    else this.types = rest.split(this.separator).flatMap(partsOf).map(cellType);
  }

  /** Whether a line is the line of field names once more. */
  isNames(line: string): boolean {
    return this.lines[0] === line;
  }

  /** A record of a line; undefined where its cells are not those of the table. */
  record(line: string): Record<string, unknown> | undefined {
    const { fields } = this;
    const cells = line.split(this.separator);
    if (this.joined) cells.push(...(cells.pop() ?? '').split(JOINT));
    if (cells.length !== fields.length) return undefined;
    const record: Record<string, unknown> = this.path === undefined ? {} : { _path: this.path };
    const isEscaped = line.includes('\\');
    for (let i = 0; i < fields.length; i++) {
      const value = this.value(cells[i]!, this.types[i]);
      if (value !== undefined) record[fields[i]!] = isEscaped ? unescaped(value) : value;
    }
    return record;
  }

  private value(cell: string, type: CellType | undefined): unknown {
    if (cell === this.unset || cell === '') return undefined;
    switch (type) {
      case 'number': {
        const number = Number(cell);
        // What is no number stays text, so that it can be told from a value that is not there.
        return Number.isNaN(number) ? cell : number;
      }
      case 'boolean':
        return cell === 'T' || cell === 'true';
      case 'set':
        return cell === this.empty ? [] : cell.split(this.setSeparator);
      default:
        return cell === this.empty ? '' : cell;
    }
  }

  private setFields(names: readonly string[]): void {
    this.joined = names.at(-1)?.includes('   ') ?? false;
    // No log has a field that is every object's own.
    this.fields = names.flatMap(partsOf).map((name) => (name === '__proto__' ? '' : name));
    this.types = this.fields.map((name) => cellType(TYPE_OF_FIELD.get(name) ?? 'string'));
  }
}

const HEADERS: ReadonlySet<string> = new Set([
  '#separator',
  '#set_separator',
  '#empty_field',
  '#unset_field',
  '#path',
  '#fields',
  '#types',
]);
const NUMERIC = new Set(['time', 'interval', 'count', 'int', 'double', 'port']);
/** Types of fields that every version has, for tables without `#types`. */
const TYPE_OF_FIELD = new Map([
  ['ts', 'time'],
  ['id.orig_p', 'port'],
  ['id.resp_p', 'port'],
  ['duration', 'interval'],
  ['orig_bytes', 'count'],
  ['resp_bytes', 'count'],
  ['missed_bytes', 'count'],
  ['orig_pkts', 'count'],
  ['orig_ip_bytes', 'count'],
  ['resp_pkts', 'count'],
  ['resp_ip_bytes', 'count'],
  ['local_orig', 'bool'],
  ['local_resp', 'bool'],
]);

function cellType(type: string): CellType {
  if (NUMERIC.has(type)) return 'number';
  if (type === 'bool') return 'boolean';
  return type.startsWith('set[') || type.startsWith('vector[') ? 'set' : 'text';
}

/** `\x09` in a header. */
function unescapeHex(text: string): string {
  return text.replace(/\\x([0-9a-fA-F]{2})/g, (_match, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
}

/** A cell's texts as Zeek's JSON has them. */
function unescaped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unescaped);
  return typeof value === 'string' && value.includes('\\') ? value.replace(ESCAPES, bytesOf) : value;
}

/** Bytes that Zeek writes as `\xc3\xa9`, one after another, and a doubled backslash. */
const ESCAPES = /(?:\\x[0-9a-fA-F]{2})+|\\\\/g;

/** The characters of escaped bytes; bytes that are no UTF-8 stay as they are written, as in Zeek's JSON. */
function bytesOf(escaped: string): string {
  if (escaped === '\\\\') return '\\';
  const bytes = Buffer.from(escaped.replaceAll('\\x', ''), 'hex');
  return isUtf8(bytes) ? bytes.toString('utf8') : escaped;
}

const JOINT = / {3,}/;

function partsOf(name: string): string[] {
  return name.split(JOINT);
}
