/**
 * A store: everything that the stages remember, and the events that they read.
 */
import type { NotificationLog } from '../alert/ports.js';
import type { EventSink, EventSource } from '../collect/ports.js';
import type { ResultReader, ResultStore } from '../decide/ports.js';
import type { ModelStore } from '../detectors/ports.js';
import type { StateStore } from './ports.js';
import type { ActionLog } from '../respond/ports.js';

/** What becomes of a document: another one, nothing, or itself where it stays as it is. */
export type DocumentEdit = (document: object) => object | undefined;

/** How many documents of a family of indices were deleted, and how many changed. */
export interface RewriteCount {
  readonly index: string;
  deleted: number;
  scrubbed: number;
}

/** Everything that has been written, to be gone through; states are read by their keys. */
export interface Archive {
  /**
   * Changes and deletes documents of all jobs.
   * @param dryRun only counts
   * @throws AppError `store_conflict` where another writer changed one meanwhile: do it again
   */
  rewrite(edit: DocumentEdit, dryRun: boolean): Promise<RewriteCount[]>;
  /** Deletes raw events that name one of these, where the store keeps events itself; their number. */
  removeEvents?(names: readonly string[], dryRun: boolean): Promise<number>;
}

/** The ports of all stages on one store. What one port has written, every other reads. */
export interface Store {
  readonly events: EventSource;
  readonly results: ResultStore;
  readonly reader: ResultReader;
  readonly states: StateStore;
  readonly models: ModelStore;
  readonly notifications: NotificationLog;
  readonly actions: ActionLog;
  readonly archive: Archive;
  /**
   * Deletes what is older than `beforeMs` in event time; never states and models.
   * @returns how many documents (embedded) or indices (Elasticsearch) went
   */
  prune(beforeMs: number): Promise<number>;
  /** Finishes what is under way and lets go of files and connections. */
  close(): Promise<void>;
}

/** A store that also keeps raw events. */
export interface EventStore extends Store {
  readonly sink: EventSink;
}
