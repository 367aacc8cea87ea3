/**
 * The composition root: with what lies in `compose/`, the only place that constructs adapters.
 */
import { listen } from '../api/listen.js';
import { serverOf } from './api.js';
import { delivererOf } from './delivery.js';
import { feedOf } from './feed.js';
import { ownedJob } from './ownership.js';
import { serviceJobs } from './service.js';
import type { ServiceOptions, Shared } from './shared.js';
import { jobConfigs } from '../config/jobs.js';
import { Health } from '../observe/health.js';
import { Metrics } from '../observe/metrics.js';
import { DetectionService } from '../service/service.js';
import { openStore } from '../store/open-store.js';

export type { ServiceOptions } from './shared.js';

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
  const opened = await openStore(
    options.config,
    options.clock,
    ({ index, id, type, reason }) => {
      metrics.deadLetters.inc({ index });
      options.logger.error(
        { index, id, type, reason },
        'Elasticsearch refused a document; it is a dead letter now',
      );
    },
    (note) => {
      options.logger.warn(note);
    },
  );
  try {
    const health = new Health(({ name, ok }) => {
      metrics.checks.set({ check: name }, ok ? 1 : 0);
    });
    return await serve({ options, opened, metrics, health });
  } catch (error) {
    await opened.store.close();
    throw error;
  }
}

async function serve(shared: Shared): Promise<RunningService> {
  const { options, opened, health } = shared;
  const { config, logger } = options;
  const feed = await feedOf(shared);
  const owned = jobConfigs(config).map((one) => ownedJob(shared, one));
  const jobs = serviceJobs(shared, owned, delivererOf(shared, owned));
  const workers = jobs.map(({ worker }) => worker);
  const service = new DetectionService({ ...(feed ? { feed } : {}), workers, logger, health });
  const server = serverOf(shared, jobs);
  const address = await listen(server, config.api.host, config.api.port);
  return {
    address,
    run: () => service.run(),
    stop: async () => {
      await service.stop();
      server.close();
      server.closeAllConnections();
      await opened.store.close();
    },
  };
}
