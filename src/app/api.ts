/**
 * What the pages and the API answer from.
 */
import type { Server } from 'node:http';
import type { ApiDependencies, JobInfo, ModelSummary } from '../api/dependencies.js';
import { createServer } from '../api/server.js';
import { AppError } from '../domain/error.js';
import { CATALOGUE } from '../features/catalogue.js';
import type { DetectionJob } from '../job/job.js';
import { MODEL_VERSION } from '../job/model.js';
import { PrivateEvents } from '../privacy/private-events.js';
import { Revealer } from '../privacy/reveal.js';
import type { ServiceJob } from './service.js';
import type { Shared } from './shared.js';

/** The server of pages and API, not yet listening. */
export function serverOf(shared: Shared, jobs: readonly ServiceJob[]): Server {
  const { config, clock, logger, version, simulated } = shared.options;
  const { opened, metrics, health } = shared;
  const { store, kind } = opened;
  const byName = new Map(jobs.map((one) => [one.config.job, one]));
  return createServer({
    reader: store.reader,
    source: shownEventsOf(shared, byName),
    notifications: store.notifications,
    actions: store.actions,
    ...revealOf(shared, byName),
    model: (job) => Promise.resolve(modelSummary(byName.get(job)?.job)),
    health,
    metrics: metrics.registry,
    onFailedLogin: (account) => {
      metrics.failedLogins.inc({ account });
    },
    clock,
    logger,
    options: config.api,
    info: {
      version,
      store: kind,
      jobs: infoOf(jobs),
      sites: [config.normalize.site],
      queryDelayMs: config.schedule.queryDelay,
      simulated,
    },
    catalogue: Object.fromEntries(CATALOGUE.map((feature) => [feature.name, feature])),
  });
}

function infoOf(jobs: readonly ServiceJob[]): readonly [JobInfo, ...JobInfo[]] {
  const [first, ...others] = jobs.map(({ config, job }) => ({
    name: config.job,
    // They may grow.
    get windowMs() {
      return job.windowLengthMs;
    },
  }));
  if (first === undefined) throw new AppError('internal', 'a service without jobs');
  return [first, ...others];
}

type JobsByName = ReadonlyMap<string, ServiceJob>;

/** Raw events as the configuration lets people see them. */
function shownEventsOf({ options, opened }: Shared, jobs: JobsByName): ApiDependencies['source'] {
  const { config, clock } = options;
  const { timeZone } = config.normalize;
  return (job) => {
    const { events } = jobs.get(job)?.store ?? opened.store;
    if (config.privacy.users === 'clear') return events;
    return new PrivateEvents(events, config.privacy, { referenceMs: () => clock.now(), timeZone });
  };
}

/** Names can be revealed where there are pseudonyms, and a key for those who may. */
function revealOf(
  { options, opened }: Shared,
  jobs: JobsByName,
): Pick<ApiDependencies, 'reveal' | 'refuseReveal'> {
  const { config, clock, logger } = options;
  if (config.privacy.users !== 'pseudonym' || config.api.revealKey === undefined) return {};
  const { store } = opened;
  const { timeZone } = config.normalize;
  const revealer = new Revealer({
    events: (job) => (jobs.get(job)?.store ?? store).events,
    results: store.reader,
    actions: store.actions,
    privacy: config.privacy,
    timeZone,
    clock,
    logger,
    ofNone: { job: [...jobs.keys()][0] ?? config.job, site: config.normalize.site },
  });
  return {
    reveal: (request) => revealer.reveal(request),
    refuseReveal: (pseudonym, from) => revealer.refuse(pseudonym, from),
  };
}

function modelSummary(job: DetectionJob | undefined): ModelSummary | undefined {
  const current = job?.current;
  return current ? { ...current.origin, version: MODEL_VERSION } : undefined;
}
