/**
 * Aggregates of events by group, over typed columns. A value is NaN where the window
 * holds no event at all that could have told it: missing, not zero.
 */
import type { Aggregate } from './catalogue.js';
import type { Category, DerivedColumns, Measure } from './columns.js';
import type { Filter } from './filters.js';
import type { Grouping } from './grouping.js';
import { distinctOf, segmentsOf, type DistinctValues, type Segments } from './segments.js';

/** An aggregate of the events of one window. */
export type WindowAggregate = Exclude<Aggregate, { op: 'trailing' }>;

interface Sums {
  readonly sum: Float64Array;
  /** Values that were present. */
  readonly present: Int32Array;
}

/** Computes aggregates of one grouping; what several features share is computed once. */
export class GroupAggregates {
  private readonly countsOf = new Map<Filter, Float64Array>();
  private readonly segmentsOf = new Map<Filter, Segments>();
  private readonly sumsOf = new Map<string, Sums>();
  private readonly distinctsOf = new Map<string, DistinctValues>();

  constructor(
    private readonly derived: DerivedColumns,
    private readonly grouping: Grouping,
  ) {}

  /** Values of an aggregate by group. */
  compute(aggregate: WindowAggregate): Float64Array {
    switch (aggregate.op) {
      case 'count':
        return this.counts(aggregate.of);
      case 'sum':
        return this.sum(aggregate.field, aggregate.of);
      case 'mean':
        return this.mean(aggregate.field, aggregate.of);
      case 'max':
        return this.max(aggregate.field, aggregate.of);
      case 'sd':
        return this.deviation(aggregate.field, aggregate.of);
      case 'ratio':
        return ratio(
          this.sums(aggregate.field, aggregate.of).sum,
          this.sums(aggregate.over, aggregate.of).sum,
        );
      case 'share':
        return ratio(this.counts(aggregate.of), this.counts(aggregate.among));
      case 'distinct':
        return numbers(this.distinct(aggregate.field, aggregate.of));
      case 'entropy':
        return entropies(this.distinct(aggregate.field, aggregate.of));
      case 'distinctMax':
        return this.distinctMax(aggregate.field, aggregate.per, aggregate.of);
      case 'countMax':
        return largest(this.distinct(aggregate.per, aggregate.of));
    }
  }

  /** Events of each group that pass the filter. */
  counts(filter: Filter): Float64Array {
    let counts = this.countsOf.get(filter);
    if (counts) return counts;
    counts = new Float64Array(this.grouping.size);
    const { of } = this.grouping;
    const rows = this.derived.rows(filter);
    for (let i = 0; i < rows.length; i++) {
      const group = of[rows[i]!]!;
      if (group >= 0) counts[group]!++;
    }
    this.countsOf.set(filter, counts);
    return counts;
  }

  /** Distinct values of a category by group, with their counts. */
  distinct(field: Category, filter: Filter): DistinctValues {
    const key = `${field} ${filter}`;
    let distinct = this.distinctsOf.get(key);
    if (!distinct) {
      const { column, bound } = this.derived.category(field);
      distinct = distinctOf(this.segments(filter), column, this.derived.room(bound));
      this.distinctsOf.set(key, distinct);
    }
    return distinct;
  }

  /** Sum of a measure by group, missing values skipped; missing where all of some are. */
  sum(field: Measure, filter: Filter): Float64Array {
    const { sum, present } = this.sums(field, filter);
    const counts = this.counts(filter);
    const values = sum.slice();
    for (let group = 0; group < values.length; group++) {
      if (present[group] === 0 && counts[group]! > 0) values[group] = NaN;
    }
    return values;
  }

  private segments(filter: Filter): Segments {
    let segments = this.segmentsOf.get(filter);
    if (!segments) {
      const { of, size } = this.grouping;
      this.segmentsOf.set(filter, (segments = segmentsOf(this.derived.rows(filter), of, size)));
    }
    return segments;
  }

  private sums(field: Measure, filter: Filter): Sums {
    const key = `${field} ${filter}`;
    let sums = this.sumsOf.get(key);
    if (sums) return sums;
    const { size, of } = this.grouping;
    const sum = new Float64Array(size);
    const present = new Int32Array(size);
    const values = this.derived.measure(field);
    const rows = this.derived.rows(filter);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const group = of[row]!;
      const value = values[row]!;
      if (group < 0 || value !== value) continue;
      sum[group]! += value;
      present[group]!++;
    }
    this.sumsOf.set(key, (sums = { sum, present }));
    return sums;
  }

  private mean(field: Measure, filter: Filter): Float64Array {
    const { sum, present } = this.sums(field, filter);
    const means = new Float64Array(sum.length);
    for (let group = 0; group < means.length; group++) means[group] = sum[group]! / present[group]!;
    return means;
  }

  private max(field: Measure, filter: Filter): Float64Array {
    const { of, size } = this.grouping;
    const max = new Float64Array(size).fill(NaN);
    const values = this.derived.measure(field);
    const rows = this.derived.rows(filter);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const group = of[row]!;
      const value = values[row]!;
      // Nothing is smaller than NaN, the value of no value.
      if (group >= 0 && value === value && !(value <= max[group]!)) max[group] = value;
    }
    return max;
  }

  /** Sample deviations. */
  private deviation(field: Measure, filter: Filter): Float64Array {
    const { of, size } = this.grouping;
    const { sum, present } = this.sums(field, filter);
    const squares = new Float64Array(size);
    const values = this.derived.measure(field);
    const rows = this.derived.rows(filter);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const group = of[row]!;
      const value = values[row]!;
      if (group >= 0 && value === value) squares[group]! += value * value;
    }
    for (let group = 0; group < size; group++) {
      const n = present[group]!;
      const total = sum[group]!;
      // Rounding can leave a tiny negative variance.
      squares[group] =
        n < 2 ? NaN : Math.sqrt(Math.max(0, (squares[group]! - (total * total) / n) / (n - 1)));
    }
    return squares;
  }

  private distinctMax(field: Category, per: Category, filter: Filter): Float64Array {
    const { column, bound, outer } = this.derived.combination(per, field);
    const pairs = distinctOf(this.segments(filter), column, this.derived.room(bound));
    const byPair = { starts: pairs.starts, rows: pairs.values };
    const perOuter = distinctOf(byPair, outer, this.derived.room(this.derived.category(per).bound));
    return largest(perOuter);
  }
}

/** One number over another by group; missing where the lower one is not above 0. */
function ratio(top: Float64Array, bottom: Float64Array): Float64Array {
  const ratios = new Float64Array(top.length);
  for (let group = 0; group < ratios.length; group++) {
    ratios[group] = bottom[group]! > 0 ? top[group]! / bottom[group]! : NaN;
  }
  return ratios;
}

function numbers({ starts }: DistinctValues): Float64Array {
  const numbers = new Float64Array(starts.length - 1);
  for (let group = 0; group < numbers.length; group++) numbers[group] = starts[group + 1]! - starts[group]!;
  return numbers;
}

/** H = log2 N − (1/N) Σ c·log2 c over the counts c of a group's values. */
function entropies({ starts, counts }: DistinctValues): Float64Array {
  const entropies = new Float64Array(starts.length - 1);
  for (let group = 0; group < entropies.length; group++) {
    let total = 0;
    let weighted = 0;
    for (let i = starts[group]!; i < starts[group + 1]!; i++) {
      const count = counts[i]!;
      total += count;
      if (count > 1) weighted += count * Math.log2(count);
    }
    entropies[group] = total > 0 ? Math.max(0, Math.log2(total) - weighted / total) : NaN;
  }
  return entropies;
}

function largest({ starts, counts }: DistinctValues): Float64Array {
  const largest = new Float64Array(starts.length - 1);
  for (let group = 0; group < largest.length; group++) {
    let most = 0;
    for (let i = starts[group]!; i < starts[group + 1]!; i++) if (counts[i]! > most) most = counts[i]!;
    largest[group] = most;
  }
  return largest;
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

/** Records without which nobody can tell an aggregate: where a window has none, it is missing. */
export function baseOf(aggregate: WindowAggregate): Filter {
  return aggregate.op === 'share' ? aggregate.among : (BASE[aggregate.of] ?? aggregate.of);
}
