/**
 * Zeek logs as tables: TSV with `#` headers, or delimited with a line of field names.
 * Records come out as Zeek's own JSON would have them.
 */

/** What is known of a table so far. */
export class ZeekTable {
  private separator = '\t';
  private setSeparator = ',';
  private unset = '-';
  private empty = '(empty)';
  private fields: string[] = [];
  private numeric: boolean[] = [];
  private boolean: boolean[] = [];
  private sets: boolean[] = [];
  /** Type of the log, as `#path` says. */
  path: string | undefined;

  /** Begins with a line of field names, for tables without `#` headers. */
  static withHeader(line: string, separator: string): ZeekTable {
    const table = new ZeekTable();
    table.separator = separator;
    table.setFields(line.split(separator));
    return table;
  }

  /** Whether records can be read. */
  get ready(): boolean {
    return this.fields.length > 0;
  }

  /** Takes a `#` line; headers may come again in the middle of a file. */
  header(line: string): void {
    const [name = '', ...values] = line.split(name0(line) === '#separator' ? ' ' : this.separator);
    const value = values.join(this.separator);
    if (name === '#separator') this.separator = unescapeHex(value);
    else if (name === '#set_separator') this.setSeparator = value;
    else if (name === '#empty_field') this.empty = value;
    else if (name === '#unset_field') this.unset = value;
    else if (name === '#path') this.path = value;
    else if (name === '#fields') this.setFields(values);
    else if (name === '#types') this.setTypes(values);
  }

  /** A record of a line; undefined where it has too few or too many cells. */
  record(line: string): Record<string, unknown> | undefined {
    const cells = line
      .split(this.separator)
      .flatMap((cell, i) => (i >= this.fields.length - 1 ? splitLabel(cell) : cell));
    const { fields } = this;
    // Labelled files append cells, or leave the last one out.
    if (cells.length < Math.min(fields.length, MIN_CELLS) || cells.length > fields.length + 2)
      return undefined;
    if (cells.length < fields.length - 2) return undefined;
    const record: Record<string, unknown> = {};
    for (let i = 0; i < fields.length && i < cells.length; i++) {
      const value = this.value(cells[i]!, i);
      if (value !== undefined) record[fields[i]!] = value;
    }
    return record;
  }

  private value(cell: string, i: number): unknown {
    if (cell === this.unset || cell === '') return undefined;
    if (this.numeric[i] === true) return Number(cell);
    if (this.boolean[i] === true) return cell === 'T' || cell === 'true';
    if (this.sets[i] === true) return cell === this.empty ? [] : cell.split(this.setSeparator);
    return cell === this.empty ? '' : cell;
  }

  private setFields(names: readonly string[]): void {
    this.fields = names.flatMap(splitLabel);
    this.setTypes(this.fields.map((name) => TYPE_OF_FIELD[name] ?? 'string'));
  }

  private setTypes(types: readonly string[]): void {
    const known = types.flatMap(splitLabel);
    this.numeric = known.map((type) => NUMERIC.has(type));
    this.boolean = known.map((type) => type === 'bool');
    this.sets = known.map((type) => type.startsWith('set[') || type.startsWith('vector['));
  }
}

const MIN_CELLS = 3;
const NUMERIC = new Set(['time', 'interval', 'count', 'int', 'double', 'port']);
/** Types of fields that every version has, for tables without `#types`. */
const TYPE_OF_FIELD: Readonly<Record<string, string>> = {
  ts: 'time',
  'id.orig_p': 'port',
  'id.resp_p': 'port',
  duration: 'interval',
  orig_bytes: 'count',
  resp_bytes: 'count',
  missed_bytes: 'count',
  orig_pkts: 'count',
  orig_ip_bytes: 'count',
  resp_pkts: 'count',
  resp_ip_bytes: 'count',
  local_orig: 'bool',
  local_resp: 'bool',
};

function name0(line: string): string {
  return /^#\S*/.exec(line)?.[0] ?? '';
}

/** `#separator \x09` */
function unescapeHex(text: string): string {
  return text.replace(/\\x([0-9a-fA-F]{2})/g, (_match, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
}

/** Labelled captures join their last columns by three spaces. */
function splitLabel(cell: string): string[] {
  return cell.includes('   ') ? cell.split(/ {3,}/) : [cell];
}
