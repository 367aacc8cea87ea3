/**
 * What all parts of one service are made from.
 */
import type { FollowState } from '../collect/follow.js';
import type { Config } from '../config/schema.js';
import type { WindowRecord } from '../domain/anomaly.js';
import type { Clock } from '../domain/clock.js';
import type { Health } from '../observe/health.js';
import type { Logger } from '../observe/logger.js';
import type { Metrics } from '../observe/metrics.js';
import type { Feed } from '../feeds/feed.js';
import type { Ingester } from '../feeds/ingest.js';
import type { OpenStore } from '../store/open-store.js';
import type { EventStore } from '../store/store.js';

/** What the running service is made of. */
export interface ServiceOptions {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Traffic is simulated: the pages say so. */
  readonly simulated: boolean;
  /** Event time at which the run ends; infinite for a service. */
  readonly untilMs: number;
  /** What fills the embedded store; asked once it is open. */
  readonly feedOn?: (store: EventStore, ingester: Ingester, onLook: (state: FollowState) => void) => Feed;
  /** Sees each window that was run or skipped. */
  readonly onWindow?: (record: WindowRecord) => void;
}

/** What all parts of one service share. */
export interface Shared {
  readonly options: ServiceOptions;
  readonly opened: OpenStore;
  readonly metrics: Metrics;
  readonly health: Health;
}
