/**
 * The composition root: with what lies in `compose/`, the only place that constructs adapters.
 */
import { listen } from './api/listen.js';
import { serverOf } from './compose/api.js';
import { delivererOf } from './compose/delivery.js';
import { feedOf } from './compose/feed.js';
import { jobOf } from './compose/job.js';
import { ownership } from './compose/ownership.js';
import { serviceOf } from './compose/service.js';
import type { ServiceOptions, Shared } from './compose/shared.js';
import { ECS_FIELDS } from './normalize/ecs.js';
import { Health } from './observe/health.js';
import { Metrics } from './observe/metrics.js';
import type { Feed } from './pipeline/feed.js';
import { openStore, type OpenStore } from './store/open-store.js';

export type { ServiceOptions } from './compose/shared.js';

/** A service that listens. */
export interface RunningService {
  /** Address of the pages. */
  readonly address: string;
  /** Detects until the end of the run or {@link RunningService.stop}. */
  run(): Promise<void>;
  /** Finishes or abandons what is in hand and lets go of everything. */
  stop(): Promise<void>;
}

/**
 * Opens the store and listens; nothing is detected before {@link RunningService.run}.
 * @throws AppError `store_unavailable`, `not_found` where the cluster has not been set up,
 *   `invalid_config` where the port or address cannot be had
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const metrics = new Metrics();
  const opened = await openStore(options.config, ECS_FIELDS, options.clock, ({ index, id, type, reason }) => {
    metrics.deadLetters.inc({ index });
    options.logger.error(
      { index, id, type, reason },
      'Elasticsearch refused a document; it is a dead letter now',
    );
  });
  const shared: Shared = { ...ownership(opened, options), options, metrics, health: new Health() };
  try {
    return await serve(shared, opened.kind, await feedOf(opened, shared));
  } catch (error) {
    await opened.store.close();
    throw error;
  }
}

async function serve(
  shared: Shared,
  kind: OpenStore['kind'],
  feed: Feed | undefined,
): Promise<RunningService> {
  const { config } = shared.options;
  const deliverer = delivererOf(shared);
  const job = jobOf(shared, deliverer);
  const service = serviceOf(shared, job, deliverer, feed);
  const server = serverOf(shared, kind, job);
  const address = await listen(server, config.api.host, config.api.port);
  return {
    address,
    run: () => service.run(),
    stop: async () => {
      await service.stop();
      server.close();
      server.closeAllConnections();
      await shared.store.close();
    },
  };
}
