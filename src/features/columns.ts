/**
 * Vectors derived from one window's events, each computed once and only when a feature asks:
 * measures (numbers) and categories (small integers).
 */
import { NONE } from '../domain/dictionary.js';
import { Transport, type EventColumns, type EventTable } from '../domain/events.js';
import { RowFilters, type Filter } from './filters.js';
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
  /** The destination port, or ICMP: who pings many hosts sweeps as well. */
  | 'probe'
  | 'protocol'
  | 'name'
  | 'domain'
  | 'agent'
  | 'user'
  | 'rule'
  | 'minute'
  /** One service of one address: destination, port and transport. */
  | 'endpoint';

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
  private readonly filters: RowFilters;
  private endpointIds?: { ids: Int32Array; table: PairTable };
  private lengths?: Float64Array;
  private entropies?: Float64Array;
  private scratch = new Int32Array(0);

  /** @param offHours the window lies outside the site's working hours */
  constructor(
    readonly events: EventTable,
    offHours: boolean,
  ) {
    this.filters = new RowFilters(events, offHours);
  }

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
    return this.filters.rows(name);
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
      case 'probe':
        return {
          column: this.integers((row) =>
            c.transport[row] === Transport.icmp ? PORTS : c.destinationPort[row]!,
          ),
          bound: PORTS + 1,
        };
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
          column: this.integers((row) => ((c.endMs[row]! / MS_PER_MINUTE) | 0) % MINUTES_A_DAY),
          bound: MINUTES_A_DAY,
        };
    }
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
    const ids = new Int32Array(column.subarray(0, this.events.length));
    for (let row = 0; row < ids.length; row++) if (ids[row] === NONE) ids[row] = -1;
    return ids;
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
