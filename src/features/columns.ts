/**
 * Vectors derived from one window's events, each computed once and only when a feature asks:
 * measures (numbers), categories (small integers) and filters (lists of rows).
 */
import { ADMINISTRATION_PORTS } from '../domain/service-ports.js';
import { NONE } from '../domain/dictionary.js';
import { EventKind, Flag, Outcome, type EventColumns, type EventTable } from '../domain/events.js';
import { PairTable } from './pair-table.js';

/** A number of every event. Seconds, bytes, packets, characters, bits. */
export type Measure =
  | 'sourceBytes'
  | 'destinationBytes'
  | 'bytes'
  | 'sourcePackets'
  | 'destinationPackets'
  | 'packets'
  | 'durationSeconds'
  | 'nameLength'
  | 'nameEntropy'
  | 'loginFailures';

/** A value of every event that can be told apart and counted. */
export type Category =
  | 'source'
  | 'destination'
  | 'destinationPort'
  | 'protocol'
  | 'name'
  | 'domain'
  | 'agent'
  | 'user'
  | 'rule'
  | 'minute'
  /** One service of one address: destination, port and transport. */
  | 'endpoint';

/** Which events count. */
export type Filter =
  | 'all'
  | 'flow'
  | 'failed'
  | 'small'
  | 'external'
  | 'administration'
  | 'failedAdministration'
  | 'offHours'
  | 'dns'
  | 'nxdomain'
  | 'bulkQuery'
  | 'http'
  | 'httpError'
  | 'upload'
  | 'bareAddress'
  | 'tls'
  | 'invalidCertificate'
  | 'noServerName'
  | 'oldTls'
  | 'login'
  | 'loginFailed'
  | 'loginSucceeded'
  | 'loginOffHours'
  | 'privilege'
  | 'alert';

/** A flow of at most this many packets from its source carries no conversation. */
const SMALL_PACKETS = 4;
const NS_PER_SECOND = 1e9;
const MS_PER_MINUTE = 60_000;
const MINUTES_A_DAY = 1440;
const PORTS = 65_536;

/** Values of a category by row: from 0 up to a bound, negative where there is none. */
export interface CategoryColumn {
  readonly column: Int32Array;
  readonly bound: number;
}

/** Pairs of values as values, with the outer value of each pair. */
export interface Combination extends CategoryColumn {
  readonly outer: Int32Array;
}

/** The derived vectors of one window's events. */
export class DerivedColumns {
  private readonly measures = new Map<Measure, Float64Array>();
  private readonly categories = new Map<Category, CategoryColumn>();
  private readonly combinations = new Map<string, { column: Int32Array; table: PairTable }>();
  private readonly filters = new Map<Filter, Int32Array>();
  private endpointIds?: { ids: Int32Array; table: PairTable };
  private lengths?: Float64Array;
  private entropies?: Float64Array;
  private scratch = new Int32Array(0);

  /** @param offHours the window lies outside the site's working hours */
  constructor(
    readonly events: EventTable,
    private readonly offHours: boolean,
  ) {}

  /** Values of a measure by row; NaN where the source says nothing. */
  measure(name: Measure): Float64Array {
    let column = this.measures.get(name);
    if (!column) this.measures.set(name, (column = this.computeMeasure(name)));
    return column;
  }

  /** Values of a category by row. */
  category(name: Category): CategoryColumn {
    let category = this.categories.get(name);
    if (!category) this.categories.set(name, (category = this.computeCategory(name)));
    return category;
  }

  /** Each pair of a value of `per` with one of `field` as a value of its own. */
  combination(per: Category, field: Category): Combination {
    const [a, b] = per < field ? [per, field] : [field, per];
    const key = `${a} ${b}`;
    let known = this.combinations.get(key);
    if (!known) {
      const table = new PairTable(this.events.length);
      const { column: first } = this.category(a);
      const { column: second } = this.category(b);
      const column = this.integers((row) =>
        first[row]! < 0 || second[row]! < 0 ? -1 : table.add(first[row]!, second[row]!),
      );
      this.combinations.set(key, (known = { column, table }));
    }
    const { column, table } = known;
    return { column, bound: table.size, outer: a === per ? table.first : table.second };
  }

  /** Room for `size` numbers that nobody needs any longer when it is asked for again. */
  room(size: number): Int32Array {
    if (this.scratch.length < size) this.scratch = new Int32Array(size);
    return this.scratch;
  }

  /** Rows that pass the filter, ascending. */
  rows(name: Filter): Int32Array {
    let rows = this.filters.get(name);
    if (!rows) this.filters.set(name, (rows = this.computeRows(name)));
    return rows;
  }

  /** Dense ids of the services that the events were sent to, and the table that names them. */
  endpoints(): { ids: Int32Array; table: PairTable } {
    if (this.endpointIds) return this.endpointIds;
    const c = this.events.columns;
    const table = new PairTable(this.events.length);
    const ids = this.integers((row) =>
      c.destination[row] === NONE ? -1 : table.add(c.destination[row]!, portKey(c, row)),
    );
    return (this.endpointIds = { ids, table });
  }

  private computeMeasure(name: Measure): Float64Array {
    const c = this.events.columns;
    switch (name) {
      case 'sourceBytes':
      case 'destinationBytes':
      case 'sourcePackets':
      case 'destinationPackets':
        return c[name];
      case 'bytes':
        return this.sum(c.sourceBytes, c.destinationBytes);
      case 'packets':
        return this.sum(c.sourcePackets, c.destinationPackets);
      case 'durationSeconds':
        return this.map((row) => c.durationNs[row]! / NS_PER_SECOND);
      case 'loginFailures':
        return this.map((row) => c.authFailures[row]!);
      case 'nameLength':
        return this.ofNames((this.lengths ??= this.overNames((name) => name.length)));
      case 'nameEntropy':
        return this.ofNames((this.entropies ??= this.overNames(characterEntropy)));
    }
  }

  private computeCategory(name: Category): CategoryColumn {
    const c = this.events.columns;
    const { size } = this.events.names;
    switch (name) {
      case 'source':
      case 'destination':
      case 'name':
      case 'domain':
      case 'agent':
      case 'user':
      case 'rule':
        return { column: this.ids(c[name]), bound: size };
      case 'destinationPort':
        return { column: c.destinationPort, bound: PORTS };
      case 'protocol':
        return {
          column: this.integers((row) => (c.service[row]! << 3) | c.transport[row]!),
          bound: size << 3,
        };
      case 'endpoint': {
        const { ids, table } = this.endpoints();
        return { column: ids, bound: table.size };
      }
      case 'minute':
        return {
          column: this.integers((row) => Math.floor(c.endMs[row]! / MS_PER_MINUTE) % MINUTES_A_DAY),
          bound: MINUTES_A_DAY,
        };
    }
  }

  private computeRows(name: Filter): Int32Array {
    const c = this.events.columns;
    const K = EventKind;
    const flag = (base: Filter, bit: number): Int32Array =>
      this.narrow(base, (row) => (c.flags[row]! & bit) !== 0);
    switch (name) {
      case 'all':
        return this.select(() => true);
      case 'flow':
        return this.select((row) => c.kind[row] === K.flow);
      case 'failed':
        return this.narrow('flow', (row) => c.outcome[row] === Outcome.failure);
      case 'small':
        return this.narrow('flow', (row) => c.sourcePackets[row]! <= SMALL_PACKETS);
      case 'external':
        return this.narrow('flow', (row) => (c.flags[row]! & (Flag.destinationOwn | Flag.multicast)) === 0);
      case 'administration':
        return this.narrow('flow', (row) => ADMINISTRATION_PORTS.has(c.destinationPort[row]!));
      case 'failedAdministration':
        return this.narrow('administration', (row) => c.outcome[row] === Outcome.failure);
      case 'offHours':
        return this.offHours ? this.rows('flow') : new Int32Array(0);
      case 'dns':
        return this.select((row) => c.kind[row] === K.dns);
      case 'nxdomain':
        return flag('dns', Flag.nxdomain);
      case 'bulkQuery':
        return flag('dns', Flag.bulkQuery);
      case 'http':
        return this.select((row) => c.kind[row] === K.http);
      case 'httpError':
        return this.narrow('http', (row) => c.status[row]! >= 400);
      case 'upload':
        return flag('http', Flag.upload);
      case 'bareAddress':
        return flag('http', Flag.bareAddress);
      case 'tls':
        return this.select((row) => c.kind[row] === K.tls);
      case 'invalidCertificate':
        return flag('tls', Flag.invalidCertificate);
      case 'noServerName':
        return flag('tls', Flag.noServerName);
      case 'oldTls':
        return flag('tls', Flag.oldTls);
      case 'login':
        return this.select((row) => isLogin(c.kind[row]!, c.flags[row]!));
      case 'loginFailed':
        return this.narrow('login', (row) => c.authFailures[row]! > 0);
      case 'loginSucceeded':
        return this.narrow('login', (row) => c.outcome[row] === Outcome.success);
      case 'loginOffHours':
        return this.offHours ? this.rows('loginSucceeded') : new Int32Array(0);
      case 'privilege':
        return flag('all', Flag.privilege);
      case 'alert':
        return this.select((row) => c.kind[row] === K.alert);
    }
  }

  private select(test: (row: number) => boolean): Int32Array {
    const rows = new Int32Array(this.events.length);
    let found = 0;
    for (let row = 0; row < rows.length; row++) if (test(row)) rows[found++] = row;
    return rows.subarray(0, found);
  }

  private narrow(base: Filter, test: (row: number) => boolean): Int32Array {
    const from = this.rows(base);
    const rows = new Int32Array(from.length);
    let found = 0;
    for (const row of from) if (test(row)) rows[found++] = row;
    return rows.subarray(0, found);
  }

  private map(value: (row: number) => number): Float64Array {
    const column = new Float64Array(this.events.length);
    for (let row = 0; row < column.length; row++) column[row] = value(row);
    return column;
  }

  private integers(value: (row: number) => number): Int32Array {
    const column = new Int32Array(this.events.length);
    for (let row = 0; row < column.length; row++) column[row] = value(row);
    return column;
  }

  /** Adds two columns; a side that says nothing counts as 0 where the other side says something. */
  private sum(a: Float64Array, b: Float64Array): Float64Array {
    return this.map((row) => {
      const x = a[row]!;
      const y = b[row]!;
      return x !== x ? y : y !== y ? x : x + y;
    });
  }

  /** Dictionary ids as categories: the absent string becomes -1. */
  private ids(column: Uint32Array): Int32Array {
    return this.integers((row) => (column[row] === NONE ? -1 : column[row]!));
  }

  private overNames(value: (name: string) => number): Float64Array {
    const { names } = this.events;
    const values = new Float64Array(names.size).fill(NaN);
    for (const row of this.rows('dns')) {
      const id = this.events.columns.name[row]!;
      if (id !== NONE && Number.isNaN(values[id])) values[id] = value(names.value(id));
    }
    return values;
  }

  private ofNames(values: Float64Array): Float64Array {
    return this.map((row) => values[this.events.columns.name[row]!]!);
  }
}

/** Login attempts are told by SSH, RDP and authentication records, privilege use is not one. */
function isLogin(kind: number, flags: number): boolean {
  return (kind === EventKind.ssh || kind === EventKind.auth) && (flags & Flag.privilege) === 0;
}

/** Shannon entropy of the characters of a name, in bits. */
function characterEntropy(name: string): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  let bits = 0;
  for (const count of counts.values()) bits -= (count / name.length) * Math.log2(count / name.length);
  return bits;
}

/** Port and transport in one integer; {@link portOf} and {@link transportOf} take it apart. */
function portKey(columns: EventColumns, row: number): number {
  return ((columns.destinationPort[row]! + 1) << 3) | columns.transport[row]!;
}

/** Destination port of a service key, -1 where there is none. */
export function portOf(key: number): number {
  return (key >> 3) - 1;
}

/** Transport number of a service key. */
export function transportOf(key: number): number {
  return key & 7;
}
