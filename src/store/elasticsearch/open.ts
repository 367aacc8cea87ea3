/**
 * All ports on one Elasticsearch cluster.
 */
import { INDICES } from '../../documents/indices.js';
import { indexEndMs, indexPattern } from '../../documents/index-definition.js';
import type { DeadLetter } from '../../documents/deadletter.js';
import type { EventSource } from '../../collect/ports.js';
import type { Clock } from '../../domain/clock.js';
import type { Fence } from '../fence.js';
import type { Store } from '../store.js';
import { ElasticsearchActionLog } from './action-log.js';
import { ElasticsearchArchive } from './archive.js';
import { BulkWriter } from './bulk-writer.js';
import { Cluster, type ClusterOptions } from './cluster.js';
import { Documents } from './documents.js';
import { ElasticsearchEventSource, type EventSourceOptions } from './event-source.js';
import { ElasticsearchModelStore } from './model-store.js';
import { ElasticsearchNotificationLog } from './notification-log.js';
import { ElasticsearchResultReader } from './result-reader.js';
import { ElasticsearchResultStore } from './result-store.js';
import { ElasticsearchStateStore } from './state-store.js';

/** Settings of {@link openElasticsearchStore}. */
export interface ElasticsearchStoreOptions extends ClusterOptions, EventSourceOptions {
  /** Sees each document that Elasticsearch refused and that was kept as a dead letter. */
  readonly onDeadLetter?: (letter: DeadLetter) => void;
}

/** A store on a cluster, and the cluster itself for setup and checks. */
export interface ElasticsearchStore extends Store {
  readonly cluster: Cluster;
  /**
   * The same store for the holder of a lease: whatever it writes for the job is preceded by
   * {@link Fence.guard}, and what tells of progress carries the epoch. Closing either closes both.
   */
  fencedBy(fence: Fence): ElasticsearchStore;
  /** Other events of the same cluster, read at the same pace. */
  eventsOf(source: EventSourceOptions): EventSource;
}

/** A store on the cluster; nothing is asked of it before the first call of a port. */
export function openElasticsearchStore(options: ElasticsearchStoreOptions, clock: Clock): ElasticsearchStore {
  const cluster = new Cluster(options);
  const writer = new BulkWriter({ cluster });
  return portsOn(cluster, writer, options, clock);
}

function portsOn(
  cluster: Cluster,
  writer: BulkWriter,
  options: ElasticsearchStoreOptions,
  clock: Clock,
  holder?: { readonly fence: Fence; readonly outer: Documents },
): ElasticsearchStore {
  const { onDeadLetter = () => undefined } = options;
  const documents = new Documents({ cluster, writer, clock, onDeadLetter, ...holder });
  return {
    cluster,
    events: new ElasticsearchEventSource(cluster, options, clock),
    results: new ElasticsearchResultStore(documents, clock),
    reader: new ElasticsearchResultReader(documents),
    states: new ElasticsearchStateStore(documents),
    models: new ElasticsearchModelStore(documents),
    notifications: new ElasticsearchNotificationLog(documents),
    actions: new ElasticsearchActionLog(documents),
    archive: new ElasticsearchArchive(cluster),
    prune: (beforeMs) => pruneIndices(cluster, beforeMs),
    fencedBy: (fence) =>
      portsOn(cluster, writer.fencedBy(fence), options, clock, { fence, outer: documents }),
    eventsOf: (source) => new ElasticsearchEventSource(cluster, { ...options, ...source }, clock),
    close: () => cluster.close(),
  };
}

/** Deletes the monthly indices whose month ended before, but for those that Elasticsearch will delete itself. */
async function pruneIndices(cluster: Cluster, beforeMs: number): Promise<number> {
  const answer = await cluster.ask('list indices', (client) =>
    client.indices.getSettings({
      index: INDICES.filter(({ monthly }) => monthly).map(indexPattern),
      ignore_unavailable: true,
    }),
  );
  const old = Object.entries(answer)
    .filter(([name, { settings }]) => settings?.index?.lifecycle === undefined && endsBefore(name, beforeMs))
    .map(([name]) => name);
  if (old.length > 0) {
    // Another job, or another service, may prune the same month at the same time.
    await cluster.ask('delete old indices', (client) =>
      client.indices.delete({ index: old, ignore_unavailable: true }),
    );
  }
  return old.length;
}

function endsBefore(index: string, beforeMs: number): boolean {
  return (indexEndMs(index) ?? Infinity) <= beforeMs;
}
