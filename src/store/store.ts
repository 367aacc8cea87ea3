/**
 * A store: everything that the stages remember, and the events that they read.
 */
import type { NotificationLog } from '../alert/ports.js';
import type { EventSink, EventSource } from '../collect/ports.js';
import type { ResultReader, ResultStore } from '../decide/ports.js';
import type { ModelStore } from '../detectors/ports.js';
import type { StateStore } from '../features/ports.js';
import type { ActionLog } from '../respond/ports.js';

/** The ports of all stages on one store. What one port has written, every other reads. */
export interface Store {
  readonly events: EventSource;
  readonly results: ResultStore;
  readonly reader: ResultReader;
  readonly states: StateStore;
  readonly models: ModelStore;
  readonly notifications: NotificationLog;
  readonly actions: ActionLog;
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
