/**
 * The composition root: the only place that constructs adapters.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Deliverer, type Channel } from './alert/deliver.js';
import { plannedChannels } from './alert/options.js';
import { planNotifications } from './alert/plan.js';
import { WebhookSender } from './alert/webhook.js';
import type { ApiDependencies, ModelSummary } from './api/dependencies.js';
import { listen } from './api/listen.js';
import { benignCauseOf, checksFor } from './api/pages/playbook.js';
import { createServer } from './api/server.js';
import { SampleQuarantine } from './collect/quarantine.js';
import type { Config } from './config/schema.js';
import type { WindowRecord } from './domain/anomaly.js';
import { uptimeClock, type Clock } from './domain/clock.js';
import { AppError } from './domain/error.js';
import { Random } from './domain/random.js';
import { CATALOGUE } from './features/catalogue.js';
import { ECS_FIELDS } from './normalize/ecs.js';
import { Normalizer } from './normalize/normalizer.js';
import { Health } from './observe/health.js';
import type { Logger } from './observe/logger.js';
import { measureIngested, measureWindow } from './observe/measure.js';
import { Metrics } from './observe/metrics.js';
import type { Feed } from './pipeline/feed.js';
import { Ingester } from './pipeline/ingest.js';
import { DetectionJob } from './pipeline/job.js';
import { MODEL_VERSION } from './pipeline/model.js';
import { PrivateEvents } from './pipeline/private-events.js';
import { Revealer } from './pipeline/reveal.js';
import { Audit } from './schedule/audit.js';
import { DetectionService } from './schedule/detection-service.js';
import { JobRunner } from './schedule/job-runner.js';
import { Lease } from './schedule/lease.js';
import { Retention } from './schedule/retention.js';
import { checkSetup } from './store/elasticsearch/setup.js';
import { openStore, type OpenStore } from './store/open-store.js';
import type { EventStore } from './store/store.js';

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
  readonly feedOn?: (store: EventStore, ingester: Ingester) => Feed;
  /** Sees each window that was run or skipped. */
  readonly onWindow?: (record: WindowRecord) => void;
}

/** A service that listens. */
export interface RunningService {
  /** Address of the pages. */
  readonly address: string;
  /** Detects until the end of the run or {@link RunningService.stop}. */
  run(): Promise<void>;
  /** Finishes or abandons what is in hand and lets go of everything. */
  stop(): Promise<void>;
}

/** What all parts of one service share. */
interface Shared {
  readonly options: ServiceOptions;
  /** The right to run the job, where other services could run it too. */
  readonly lease?: Lease;
  readonly store: OpenStore['store'];
  readonly metrics: Metrics;
  readonly health: Health;
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

/** The store, on a cluster as the holder of the lease writes to it; the embedded one has one writer anyway. */
function ownership(opened: OpenStore, options: ServiceOptions): Pick<Shared, 'store' | 'lease'> {
  if (opened.kind === 'embedded') return { store: opened.store };
  const { config, clock, logger } = options;
  const lease = new Lease({
    job: config.job,
    owner: randomUUID(),
    states: opened.store.states,
    lengthMs: config.schedule.lease,
    clock,
    uptime: uptimeClock,
    logger,
  });
  return { store: opened.store.fencedBy(lease), lease };
}

/** Makes sure that there is something to read and that results may be written. */
async function feedOf(opened: OpenStore, shared: Shared): Promise<Feed | undefined> {
  const { feedOn, config } = shared.options;
  if (opened.kind === 'elasticsearch') {
    if (feedOn) {
      throw new AppError(
        'invalid_option',
        '--from and --simulate fill the embedded store, but an Elasticsearch address is configured; use "elkhound simulate --to elasticsearch", or ship files with Filebeat or Logstash',
      );
    }
    await checkSetup(opened.store.cluster, config.elasticsearch.indices);
    return undefined;
  }
  const { store } = opened;
  if (feedOn) return feedOn(store, ingesterOf(shared, store));
  if ((await store.events.range()) !== undefined) return undefined;
  throw new AppError(
    'invalid_option',
    'there is nothing to read: name log files with --from, try --simulate, or set elasticsearch.url',
  );
}

async function serve(
  shared: Shared,
  kind: OpenStore['kind'],
  feed: Feed | undefined,
): Promise<RunningService> {
  const { config, clock, logger, version, simulated } = shared.options;
  const { store, metrics, health } = shared;
  const deliverer = delivererOf(shared);
  const job = jobOf(shared, deliverer);
  const service = serviceOf(shared, job, deliverer, feed);
  const server = createServer({
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
      windowMs: config.schedule.windowLength,
      queryDelayMs: config.schedule.queryDelay,
      simulated,
    },
    catalogue: Object.fromEntries(CATALOGUE.map((feature) => [feature.name, feature])),
  });
  const address = await listen(server, config.api.host, config.api.port);
  return {
    address,
    run: () => service.run(),
    stop: async () => {
      await service.stop();
      server.close();
      server.closeAllConnections();
      await store.close();
    },
  };
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

function delivererOf({ options, store, metrics }: Shared): Deliverer {
  const { config, clock, logger } = options;
  const { channels, baseUrl } = config.alert;
  const context = { checksFor, benignCauseOf, ...(baseUrl === undefined ? {} : { baseUrl }) };
  return new Deliverer({
    job: config.job,
    log: store.notifications,
    channels: new Map(
      Object.entries(channels).map(([name, channel]): [string, Channel] => [
        name,
        { sender: new WebhookSender(channel, context, clock), attempts: channel.attempts },
      ]),
    ),
    clock,
    random: new Random(clock.now()),
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    onAttempt: (channel, outcome) => {
      metrics.notifications.inc({ channel, outcome });
    },
    logger,
  });
}

function jobOf({ options, store, metrics }: Shared, deliverer: Deliverer): DetectionJob {
  const { config, clock } = options;
  const channels = plannedChannels(config.alert);
  return new DetectionJob({
    job: config.job,
    windowLengthMs: config.schedule.windowLength,
    events: store.events,
    results: store.results,
    states: store.states,
    models: store.models,
    horizonMs: config.schedule.lateness,
    notice: (text) => {
      options.logger.warn({ job: config.job }, text);
    },
    clock,
    options: config,
    normalizer: () =>
      new Normalizer({
        options: config.normalize,
        privacy: config.privacy,
        windowLengthMs: config.schedule.windowLength,
        quarantine: new SampleQuarantine(),
        referenceMs: clock.now(),
      }),
    onStage: (stage, seconds) => {
      metrics.stageSeconds.observe({ stage }, seconds);
    },
    announce: async (changes) => {
      await deliverer.record(planNotifications(changes, channels, clock.now()));
    },
  });
}

function serviceOf(
  shared: Shared,
  job: DetectionJob,
  deliverer: Deliverer,
  feed: Feed | undefined,
): DetectionService {
  const { options, store, lease, metrics, health } = shared;
  const { config, clock, logger, untilMs } = options;
  const { windowLength, queryDelay, windowsPerTick, history, cron, timeZone, lateness, lateCheck } =
    config.schedule;
  let newestMs: number | undefined;
  const retention = new Retention({
    prune: (beforeMs) => store.prune(beforeMs),
    newestMs: () => newestMs,
    keepMs: config.store.retention,
    clock,
    logger,
  });
  const audit = auditOf(shared);
  const service: DetectionService = new DetectionService({
    ...(feed ? { feed } : {}),
    ...(lease ? { lease } : {}),
    runner: new JobRunner({
      name: config.job,
      job,
      events: store.events,
      results: store.results,
      clock,
      logger,
      windowLengthMs: windowLength,
      queryDelayMs: queryDelay,
      windowsPerTick,
      historyMs: history,
      horizonMs: lateness,
      lateCheckMs: lateCheck,
      untilMs,
      send: () => {
        service.send();
      },
      onWindow: (record) => {
        newestMs = Math.max(newestMs ?? 0, record.window.end);
        measureWindow(metrics, record, job.stateSize);
        options.onWindow?.(record);
      },
    }),
    deliverer,
    keepHouse: async () => {
      await retention.prune();
      await audit.run(job.nextMs);
    },
    schedule: { name: config.job, cron, timeZone },
    untilMs,
    queryDelayMs: queryDelay,
    clock,
    logger,
    health,
    onTick: (outcome) => {
      metrics.ticks.inc({ outcome });
    },
  });
  return service;
}

function auditOf({ options, store, metrics }: Shared): Audit {
  const { config, clock, logger } = options;
  const { windowLength, lateness, audit } = config.schedule;
  return new Audit({
    name: config.job,
    events: store.events,
    results: store.results,
    clock,
    logger,
    windowLengthMs: windowLength,
    horizonMs: lateness,
    everyMs: audit,
    onMissed: (_record, documents) => {
      metrics.missed.inc(documents);
    },
  });
}

function ingesterOf({ options, metrics }: Shared, store: EventStore): Ingester {
  const { config, clock, logger } = options;
  return new Ingester({
    sink: store.sink,
    privacy: config.privacy,
    quarantine: {
      reject: ({ source, place, reason, excerpt }) => {
        // What nobody understood may name a user anywhere.
        const shown = config.privacy.users === 'clear' ? { excerpt } : {};
        logger.debug({ source, place, reason, ...shown }, 'a record cannot be used');
      },
    },
    referenceMs: () => clock.now(),
    timeZone: config.normalize.timeZone,
    onIngested: (source, counts) => {
      measureIngested(metrics, source, counts);
    },
  });
}
