/**
 * What collect needs of the world: somewhere events can be counted, read by window and found again.
 */
import type { RawBatch, RawEvent, RecordFormat } from '../domain/raw.js';
import type { Window } from '../domain/window.js';

/**
 * Events of one window by source, as a store counts them without reading them: in Elasticsearch by
 * what their index is a part of.
 */
export interface WindowCount {
  readonly window: Window;
  readonly bySource: Readonly<Record<string, number>>;
  readonly total: number;
}

/** Why a part of a source cannot be read, as the coverage of a window tells it. */
export const UNREACHABLE = ['unreachable_index', 'unreachable_cluster'] as const;

/** Which events a range is of: those of a span up to the newest one, milliseconds. */
export interface RangeBounds {
  /** Only events before this time. (Default: all) */
  readonly beforeMs?: number;
  /** How far before the newest of these to look. (Default: as far as the store can) */
  readonly spanMs?: number;
}

/** A part of a source that cannot be read at the moment, though all else is. */
export interface LeftOut {
  /** As in {@link WindowCount.bySource}, or a remote cluster as `name:*`. */
  readonly source: string;
  readonly reason: (typeof UNREACHABLE)[number];
  /** Why, in words for people. */
  readonly detail: string;
}

/** Names one event in its store. */
export interface EventRef {
  readonly id: string;
  readonly index: string;
}

/**
 * A store of events that answers by window of event time: the end of a flow (`event.end`) where it is
 * believed, else `@timestamp`.
 */
export interface EventSource {
  /**
   * Earliest and latest event time as a half-open range, within bounds; undefined where there are no events
   * in them.
   */
  range(bounds?: RangeBounds): Promise<Window | undefined>;
  /**
   * Why there are no events, where that is a mistake, in a sentence for people; undefined where they may
   * yet come.
   */
  absence(): Promise<string | undefined>;
  /** Counts of the non-empty windows of `lengthMs` in `range`, oldest first. */
  count(range: Window, lengthMs: number): Promise<WindowCount[]>;
  /**
   * All records of the window, in batches; the reader sets the pace (back-pressure).
   * Whatever happens, the cursor is closed when the iteration ends.
   */
  read(window: Window, signal?: AbortSignal): AsyncIterable<RawBatch>;
  /** What the last answers lack, since it cannot be reached now; it is read when it is back. */
  leftOut(): readonly LeftOut[];
  /** The events of those names that still exist, in the order asked for. */
  find(refs: readonly EventRef[]): Promise<RawEvent[]>;
  /** Events of a host or user in a time range, newest first, at most `limit`. */
  ofEntity(value: string, range: Window, limit: number): Promise<RawEvent[]>;
}

/** A record ready to be stored: normalize has read its time and found it usable. */
export interface StoredEvent {
  /** Stable id: the same record stored twice is stored once. */
  readonly id: string;
  readonly source: string;
  readonly format: RecordFormat;
  readonly path?: string;
  readonly place: number;
  /** The time that decides its window, integer milliseconds. */
  readonly endMs: number;
  /** Addresses and user it names, for {@link EventSource.ofEntity}. */
  readonly entities: readonly string[];
  readonly record: unknown;
}

/** Where events go on a machine without Elasticsearch. */
export interface EventSink {
  /** Stores the events; known ids are left alone. Returns how many were new. */
  append(events: readonly StoredEvent[]): Promise<number>;
}
