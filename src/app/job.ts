/**
 * One job: what detects, and what it detects with.
 */
import type { Deliverer } from '../alert/deliver.js';
import { plannedChannels } from '../alert/options.js';
import { planNotifications } from '../alert/plan.js';
import { DetectionJob } from '../job/job.js';
import { Audit } from '../service/audit.js';
import type { JobLog } from '../job/log.js';
import type { OwnedJob } from './ownership.js';
import type { Shared } from './shared.js';
import { configuredNormalizer } from '../job/configured-normalizer.js';

/** How long learning may read where reading is bounded: nothing is detected meanwhile. */
const LEARNING_SECONDS = 3 * 3600;

export function jobOf(
  { options, metrics }: Shared,
  { config, store }: OwnedJob,
  deliverer: Deliverer,
  log: JobLog,
): DetectionJob {
  const { clock } = options;
  const channels = plannedChannels(config.alert);
  const { maxEventsPerSecond: cap } = config.elasticsearch;
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
    maxLearnedEvents: cap === undefined ? undefined : cap * LEARNING_SECONDS,
    onLearning: (progress) => {
      log.learning(progress);
    },
    normalizer: () => configuredNormalizer(config, config.schedule.windowLength, clock.now()),
    onStage: (stage, seconds) => {
      metrics.stageSeconds.observe({ stage }, seconds);
    },
    announce: async (changes) => {
      log.episodes(changes);
      await deliverer.record(planNotifications(changes, channels, clock.now()));
    },
  });
}

export function auditOf({ options, metrics }: Shared, { config, store }: OwnedJob): Audit {
  const { clock, logger } = options;
  const { lateness, audit } = config.schedule;
  return new Audit({
    name: config.job,
    events: store.events,
    results: store.results,
    clock,
    logger,
    horizonMs: lateness,
    everyMs: audit,
    onMissed: (_record, documents) => {
      metrics.missed.inc(documents);
    },
  });
}
