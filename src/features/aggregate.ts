/**
 * Aggregates of events by group, over typed columns. A value is NaN where the window
 * holds no event at all that could have told it: missing, not zero.
 */
import type { Aggregate } from './catalogue.js';
import type { Category, DerivedColumns, Filter, Measure } from './columns.js';
import type { Grouping } from './grouping.js';
import { PairTable } from './pair-table.js';

interface Sums {
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  readonly max: Float64Array;
  /** Values that were present. */
  readonly present: Float64Array;
}

/** Computes aggregates of one grouping; what several features share is computed once. */
export class GroupAggregates {
  private readonly countsOf = new Map<Filter, Float64Array>();
  private readonly sumsOf = new Map<string, Sums>();
  private readonly pairsOf = new Map<string, PairTable>();

  constructor(
    private readonly derived: DerivedColumns,
    private readonly grouping: Grouping,
  ) {}

  /** Values of an aggregate by group. */
  compute(aggregate: Exclude<Aggregate, { op: 'trailing' }>): Float64Array {
    switch (aggregate.op) {
      case 'count':
        return this.orMissing(aggregate.of, this.counts(aggregate.of));
      case 'sum':
        return this.orMissing(aggregate.of, this.sum(aggregate.field, aggregate.of));
      case 'mean':
      case 'max':
      case 'sd':
        return this.spread(aggregate.op, this.sums(aggregate.field, aggregate.of));
      case 'ratio':
        return this.ratio(aggregate.field, aggregate.over, aggregate.of);
      case 'share':
        return this.share(this.counts(aggregate.of), this.counts(aggregate.among));
      case 'distinct':
        return this.orMissing(aggregate.of, this.distinct(aggregate.field, aggregate.of));
      case 'entropy':
        return this.entropy(aggregate.field, aggregate.of);
      case 'distinctMax':
        return this.orMissing(aggregate.of, this.distinctMax(aggregate.field, aggregate.per, aggregate.of));
      case 'countMax':
        return this.orMissing(aggregate.of, this.countMax(aggregate.per, aggregate.of));
    }
  }

  /** Events of each group that pass the filter. */
  counts(filter: Filter): Float64Array {
    let counts = this.countsOf.get(filter);
    if (counts) return counts;
    counts = new Float64Array(this.grouping.size);
    const { of } = this.grouping;
    for (const row of this.derived.rows(filter)) {
      const group = of[row]!;
      if (group >= 0) counts[group]!++;
    }
    this.countsOf.set(filter, counts);
    return counts;
  }

  /** Distinct values of a category by group, with their counts. */
  pairs(field: Category, filter: Filter): PairTable {
    const key = `${field} ${filter}`;
    let pairs = this.pairsOf.get(key);
    if (pairs) return pairs;
    const rows = this.derived.rows(filter);
    const values = this.derived.category(field);
    const { of } = this.grouping;
    pairs = new PairTable(rows.length);
    for (const row of rows) {
      const group = of[row]!;
      if (group >= 0 && values[row]! >= 0) pairs.add(group, values[row]!);
    }
    this.pairsOf.set(key, pairs);
    return pairs;
  }

  /** Sum of a measure by group, missing values skipped. */
  sum(field: Measure, filter: Filter): Float64Array {
    const { sum, present } = this.sums(field, filter);
    const counts = this.counts(filter);
    return sum.map((value, group) => (present[group] === 0 && counts[group]! > 0 ? NaN : value));
  }

  private sums(field: Measure, filter: Filter): Sums {
    const key = `${field} ${filter}`;
    let sums = this.sumsOf.get(key);
    if (sums) return sums;
    const { size, of } = this.grouping;
    const sum = new Float64Array(size);
    const squares = new Float64Array(size);
    const max = new Float64Array(size).fill(-Infinity);
    const present = new Float64Array(size);
    const values = this.derived.measure(field);
    for (const row of this.derived.rows(filter)) {
      const group = of[row]!;
      const value = values[row]!;
      if (group < 0 || value !== value) continue;
      sum[group]! += value;
      squares[group]! += value * value;
      if (value > max[group]!) max[group] = value;
      present[group]!++;
    }
    this.sumsOf.set(key, (sums = { sum, squares, max, present }));
    return sums;
  }

  private spread(op: 'mean' | 'max' | 'sd', { sum, squares, max, present }: Sums): Float64Array {
    return sum.map((total, group) => {
      const n = present[group]!;
      if (n === 0) return NaN;
      if (op === 'max') return max[group]!;
      if (op === 'mean') return total / n;
      // Sample deviation; rounding can leave a tiny negative variance.
      return n < 2 ? NaN : Math.sqrt(Math.max(0, (squares[group]! - (total * total) / n) / (n - 1)));
    });
  }

  private ratio(top: Measure, bottom: Measure, filter: Filter): Float64Array {
    const over = this.sums(bottom, filter).sum;
    return this.sums(top, filter).sum.map((value, group) => (over[group]! > 0 ? value / over[group]! : NaN));
  }

  private share(part: Float64Array, whole: Float64Array): Float64Array {
    return part.map((count, group) => (whole[group]! > 0 ? count / whole[group]! : NaN));
  }

  private distinct(field: Category, filter: Filter): Float64Array {
    const distinct = new Float64Array(this.grouping.size);
    const pairs = this.pairs(field, filter);
    for (let id = 0; id < pairs.size; id++) distinct[pairs.first[id]!]!++;
    return distinct;
  }

  /** H = log2 N − (1/N) Σ c·log2 c over the counts c of a group's values. */
  private entropy(field: Category, filter: Filter): Float64Array {
    const total = new Float64Array(this.grouping.size);
    const weighted = new Float64Array(this.grouping.size);
    const pairs = this.pairs(field, filter);
    for (let id = 0; id < pairs.size; id++) {
      const count = pairs.counts[id]!;
      total[pairs.first[id]!]! += count;
      weighted[pairs.first[id]!]! += count * Math.log2(count);
    }
    return total.map((n, group) => (n > 0 ? Math.max(0, Math.log2(n) - weighted[group]! / n) : NaN));
  }

  private distinctMax(field: Category, per: Category, filter: Filter): Float64Array {
    const rows = this.derived.rows(filter);
    const outer = this.derived.category(per);
    const inner = this.derived.category(field);
    const { of } = this.grouping;
    const groups = new PairTable(rows.length);
    const members = new PairTable(rows.length);
    const sizes = new Float64Array(rows.length);
    for (const row of rows) {
      const group = of[row]!;
      if (group < 0 || outer[row]! < 0 || inner[row]! < 0) continue;
      const id = groups.add(group, outer[row]!);
      const before = members.size;
      members.add(id, inner[row]!);
      if (members.size > before) sizes[id]!++;
    }
    return this.largest(groups, sizes);
  }

  private countMax(per: Category, filter: Filter): Float64Array {
    const pairs = this.pairs(per, filter);
    return this.largest(pairs, pairs.counts);
  }

  private largest(pairs: PairTable, values: Float64Array): Float64Array {
    const largest = new Float64Array(this.grouping.size);
    for (let id = 0; id < pairs.size; id++) {
      const group = pairs.first[id]!;
      if (values[id]! > largest[group]!) largest[group] = values[id]!;
    }
    return largest;
  }

  /** Where no event of the window passes the filter's base, nobody can tell: missing. */
  private orMissing(filter: Filter, values: Float64Array): Float64Array {
    return this.derived.rows(BASE[filter] ?? filter).length === 0
      ? new Float64Array(values.length).fill(NaN)
      : values;
  }
}

/** Records without which a count of 0 would mean nothing. */
const BASE: Partial<Record<Filter, Filter>> = {
  failed: 'flow',
  small: 'flow',
  external: 'flow',
  administration: 'flow',
  failedAdministration: 'flow',
  offHours: 'flow',
  nxdomain: 'dns',
  bulkQuery: 'dns',
  httpError: 'http',
  upload: 'http',
  bareAddress: 'http',
  invalidCertificate: 'tls',
  noServerName: 'tls',
  oldTls: 'tls',
  loginFailed: 'login',
  loginSucceeded: 'login',
  loginOffHours: 'login',
};
