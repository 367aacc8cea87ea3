/**
 * What the pages and the API answer from.
 */
import type { Server } from 'node:http';
import type { ApiDependencies, ModelSummary } from '../api/dependencies.js';
import { createServer } from '../api/server.js';
import { CATALOGUE } from '../features/catalogue.js';
import type { DetectionJob } from '../pipeline/job.js';
import { MODEL_VERSION } from '../pipeline/model.js';
import { PrivateEvents } from '../pipeline/private-events.js';
import { Revealer } from '../pipeline/reveal.js';
import type { OpenStore } from '../store/open-store.js';
import type { Shared } from './shared.js';

/** The server of pages and API, not yet listening. */
export function serverOf(shared: Shared, kind: OpenStore['kind'], job: DetectionJob): Server {
  const { config, clock, logger, version, simulated } = shared.options;
  const { store, metrics, health } = shared;
  return createServer({
    reader: store.reader,
    source: shownEventsOf(shared),
    notifications: store.notifications,
    actions: store.actions,
    ...revealOf(shared),
    model: () => Promise.resolve(modelSummary(job)),
    health,
    metrics: metrics.registry,
    clock,
    logger,
    options: config.api,
    info: {
      version,
      store: kind,
      job: config.job,
      sites: [config.normalize.site],
      // They may grow.
      get windowMs() {
        return job.windowLengthMs;
      },
      queryDelayMs: config.schedule.queryDelay,
      simulated,
    },
    catalogue: Object.fromEntries(CATALOGUE.map((feature) => [feature.name, feature])),
  });
}

/** Raw events as the configuration lets people see them. */
function shownEventsOf({ options, store }: Shared): ApiDependencies['source'] {
  const { config, clock } = options;
  if (config.privacy.users === 'clear') return store.events;
  const { timeZone } = config.normalize;
  return new PrivateEvents(store.events, config.privacy, { referenceMs: () => clock.now(), timeZone });
}

/** Names can be revealed where there are pseudonyms, and a key for those who may. */
function revealOf({ options, store }: Shared): Pick<ApiDependencies, 'reveal'> {
  const { config, clock, logger } = options;
  if (config.privacy.users !== 'pseudonym' || config.api.revealKey === undefined) return {};
  const { events, reader: results, actions } = store;
  const { timeZone } = config.normalize;
  const revealer = new Revealer({
    events,
    results,
    actions,
    privacy: config.privacy,
    timeZone,
    clock,
    logger,
  });
  return { reveal: (request) => revealer.reveal(request) };
}

function modelSummary({ current }: DetectionJob): ModelSummary | undefined {
  return current ? { ...current.origin, version: MODEL_VERSION } : undefined;
}
