/**
 * What became of every record that was read: nothing is lost without being counted.
 * `read = events + duplicates + filtered + quarantined` holds for each source.
 */

/** Why an event was left out on purpose. */
export type FilterReason =
  | 'unsupported_type'
  | 'loopback'
  | 'allowed_network'
  | 'allowed_port'
  | 'allowed_domain'
  | 'own_output'
  | 'empty'
  | 'no_network_activity'
  | 'outside_range'
  /** A document that never had a time, such as a sample taken before its shipper set one. */
  | 'no_timestamp';

/** Counts of one source. */
export interface SourceCoverage {
  readonly source: string;
  /** Records read; blank lines and comments are none. */
  read: number;
  /** Records that became events. */
  events: number;
  /** Exact repetitions, and second sensors' records of a connection. */
  duplicates: number;
  /** Left out by rule, by reason. */
  filtered: Partial<Record<FilterReason, number>>;
  /** Unusable, by reason. */
  quarantined: Record<string, number>;
}

/** A source's counts, all zero. */
export function emptyCoverage(source: string): SourceCoverage {
  return { source, read: 0, events: 0, duplicates: 0, filtered: {}, quarantined: {} };
}

/** Sum of the counts in a by-reason record. */
export function total(byReason: Readonly<Partial<Record<string, number>>>): number {
  let sum = 0;
  for (const count of Object.values(byReason)) sum += count ?? 0;
  return sum;
}

/** Adds `from` into `into`, reason by reason. */
export function addCoverage(into: SourceCoverage, from: SourceCoverage): void {
  into.read += from.read;
  into.events += from.events;
  into.duplicates += from.duplicates;
  addReasons(into.filtered, from.filtered);
  addReasons(into.quarantined, from.quarantined);
}

function addReasons(into: Record<string, number>, from: Readonly<Partial<Record<string, number>>>): void {
  for (const [reason, count] of Object.entries(from)) into[reason] = (into[reason] ?? 0) + (count ?? 0);
}
