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
  /** Its window holds as much as it may already. */
  | 'window_full'
  /** A DNS question whose answer has a record of its own, which tells of both. */
  | 'answered'
  /** A document that never had a time, such as a sample taken before its shipper set one. */
  | 'no_timestamp';

/**
 * How a source's volume compares with what is expected of it:
 * `silent` nothing comes, `low` much less than usual, `burst` much more of everybody, `doubled` each
 * record comes twice, `repeated` the same but so that the second could be left out, `new` nothing is
 * known of it yet, `flooding` it brings so much that most of what the window had no room for is its.
 */
export type SourceStatus = 'usual' | 'silent' | 'low' | 'burst' | 'doubled' | 'repeated' | 'new' | 'flooding';
/** From well to bad; where several are true of one source, the worst is told. */
export const SOURCE_STATUSES: readonly SourceStatus[] = [
  'usual',
  'new',
  'repeated',
  'low',
  'doubled',
  'burst',
  'silent',
  'flooding',
];

/** Events that a source usually brings in a window of this time. */
export interface ExpectedBand {
  readonly lower: number;
  readonly typical: number;
  readonly upper: number;
}

/** A source that has been other than expected for long enough to be told, or is as expected again. */
export interface SourceHealthChange {
  readonly source: string;
  /** `raised` what is told already has become worse. */
  readonly change: 'opened' | 'raised' | 'resolved';
  /** What was wrong. */
  readonly status: SourceStatus;
  /** Begin of the first window in which it was so: names the fault. */
  readonly startMs: number;
  /** End of the window in which it is told. */
  readonly endMs: number;
  /** Windows in which it was so. */
  readonly windows: number;
  readonly events: number;
  readonly expected?: ExpectedBand;
}

/** A source whose events are left out of what is trusted. */
export interface SourceDoubt {
  readonly source: string;
  readonly status: SourceStatus;
  /** How many times its usual events a typical host of it has; absent where that is not known. */
  readonly factor?: number;
}

/** Counts of one source. */
export interface SourceCoverage {
  readonly source: string;
  /** Absent where nothing is expected of a source, as in a scan. */
  expected?: ExpectedBand;
  status?: SourceStatus;
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
  /**
   * Records that were used, or refused for another reason, although a field of theirs is not as it should
   * be, by reason: `bad_number`, `bad_duration`, `bad_port` and `bad_address` the field was left out as it
   * cannot be what it says, `multiple_values` the first of several was taken, `value_not_indexed` its index
   * could not take a value that is read nevertheless, `end_not_a_date` its index maps `event.end` so that
   * `@timestamp` decides its window, or it cannot be read, `end_not_believed` it lies weeks from `@timestamp`,
   * which decides, `nested_fields` its index maps objects as nested, `ahead_of_timestamp` it begins after its
   * `@timestamp`, so one of two clocks is wrong. Absent where there are none.
   */
  irregular?: Record<string, number>;
}

const IRREGULAR_WORDS: ReadonlyMap<string, string> = new Map([
  ['bad_number', 'with a bad number'],
  ['bad_duration', 'with a bad duration'],
  ['bad_port', 'with a bad port'],
  ['bad_address', 'with a bad address'],
  ['multiple_values', 'with several values in place of one'],
  ['value_not_indexed', 'with a value that its index could not take'],
  ['end_not_a_date', 'with an event.end that is no date'],
  ['end_not_believed', 'with an event.end weeks from @timestamp'],
  ['nested_fields', 'with nested fields'],
  ['ahead_of_timestamp', 'with a begin after @timestamp'],
  ['trailing_garbage', 'with something behind the end that is no gzip'],
]);

/** What is irregular, the most frequent first: `12 with a bad duration, 3 with a bad port`. */
export function irregularText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => {
      const words = IRREGULAR_WORDS.get(reason) ?? `with ${reason.replaceAll('_', ' ')}`;
      return `${count.toLocaleString('en-US')} ${words}`;
    })
    .join(', ');
}

/** Sources of one window that are told apart, and the name of what is beyond. */
export const MAX_SOURCES = 1000;
export const OTHER_SOURCES = '(other sources)';

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

/** Adds `from` into `into`, reason by reason; of two statuses the worse one stays. */
export function addCoverage(into: SourceCoverage, from: SourceCoverage): void {
  const { expected, status } = from;
  if (status !== undefined) into.status = worse(into.status ?? status, status);
  if (expected !== undefined) into.expected = sumOfBands(into.expected, expected);
  into.read += from.read;
  into.events += from.events;
  into.duplicates += from.duplicates;
  addReasons(into.filtered, from.filtered);
  addReasons(into.quarantined, from.quarantined);
  if (from.irregular) addReasons((into.irregular ??= {}), from.irregular);
}

function worse(a: SourceStatus, b: SourceStatus): SourceStatus {
  return SOURCE_STATUSES.indexOf(a) > SOURCE_STATUSES.indexOf(b) ? a : b;
}

function sumOfBands(a: ExpectedBand | undefined, b: ExpectedBand): ExpectedBand {
  if (!a) return b;
  return { lower: a.lower + b.lower, typical: a.typical + b.typical, upper: a.upper + b.upper };
}

/** Counts one more of a reason. */
export function addReason(into: Record<string, number>, reason: string): void {
  into[reason] = (into[reason] ?? 0) + 1;
}

/** Adds counts by reason. */
export function addReasons(
  into: Record<string, number>,
  from: Readonly<Partial<Record<string, number>>>,
): void {
  for (const [reason, count] of Object.entries(from)) into[reason] = (into[reason] ?? 0) + (count ?? 0);
}
