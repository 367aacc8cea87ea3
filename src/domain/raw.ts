/**
 * What collect hands to normalize: records as their source wrote them, in batches.
 */

/**
 * Which mapper reads a record.
 * - `zeek`: an object keyed by Zeek's field names, values typed as in Zeek's JSON; `_path` names the log
 * - `eve`: one Suricata EVE object
 * - `ecs`: an ECS document, nested or with dotted keys, or Elasticsearch `fields` (every value an array)
 * - `auth`: one line of sshd, sudo or PAM syslog, as a string
 * - `table`: an object keyed by ECS names, made from a delimited table by a column mapping
 */
export type RecordFormat = 'zeek' | 'eve' | 'ecs' | 'auth' | 'table';

/** A batch of records of one source in one format, in the order they were read. */
export interface RawBatch {
  /** Who the records came from: a file path as given, or an index name. The key of coverage. */
  readonly source: string;
  readonly format: RecordFormat;
  /** Type of record where the source tells it only outside the records (`conn` of `conn.log.gz`). */
  readonly path?: string;
  readonly records: readonly unknown[];
  /** Line (1-based) or element number of `records[0]` … in the source, parallel to `records`. */
  readonly places: ArrayLike<number>;
  /** Ids that the store gave the records, parallel to `records`; absent for files. */
  readonly ids?: readonly string[];
  /** Index each record lies in, parallel to `records`; absent for files. */
  readonly indices?: readonly string[];
  /** What was read along with the records and is none; it travels with them so that it counts once. */
  readonly rejected?: readonly Rejected[];
  /** How many of the records have something about them that is not as it should be, by reason. */
  readonly irregular?: Readonly<Record<string, number>>;
}

/** One record that cannot be used, with the reason and where it lies. */
export interface Rejected {
  readonly source: string;
  /** Line or element number, 1-based. */
  readonly place: number;
  /** A short stable word: `bad_json`, `no_time`, `bad_address`, `line_too_long`, `truncated` … */
  readonly reason: string;
  /** The beginning of the record, control characters removed, at most 200 characters. */
  readonly excerpt: string;
}

/** Takes the records that cannot be used; {@link SourceCoverage} counts them. */
export interface Quarantine {
  reject(rejected: Rejected): void;
}

/** One raw event as a person is shown it. */
export interface RawEvent {
  readonly id: string;
  readonly index?: string;
  readonly source: string;
  readonly timeMs: number;
  /** Which mapper reads it, and its type where only the source tells; an ECS document where absent. */
  readonly format?: RecordFormat;
  readonly path?: string;
  readonly record: unknown;
}
