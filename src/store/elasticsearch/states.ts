/**
 * The named texts of a cluster, for who needs nothing else of the store.
 */
import type { Clock } from '../../domain/clock.js';
import type { StateStore } from '../ports.js';
import { BulkWriter } from './bulk-writer.js';
import type { Cluster } from './cluster.js';
import { Documents } from './documents.js';
import { ElasticsearchStateStore } from './state-store.js';

/** States without a lease; closing the cluster closes them. */
export function statesOf(cluster: Cluster, clock: Clock): StateStore {
  const writer = new BulkWriter({ cluster });
  return new ElasticsearchStateStore(
    new Documents({ cluster, writer, clock, onDeadLetter: () => undefined }),
  );
}
