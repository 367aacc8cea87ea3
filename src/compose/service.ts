/**
 * When a job is run, and what is done beside it.
 */
import type { Deliverer } from '../alert/deliver.js';
import { measureWindow } from '../observe/measure.js';
import type { Feed } from '../pipeline/feed.js';
import type { DetectionJob } from '../pipeline/job.js';
import { DetectionService } from '../schedule/detection-service.js';
import { JobRunner } from '../schedule/job-runner.js';
import { Retention } from '../schedule/retention.js';
import { estimateOf, keepUpOf } from './cost.js';
import { auditOf } from './job.js';
import type { Shared } from './shared.js';

export function serviceOf(
  shared: Shared,
  job: DetectionJob,
  deliverer: Deliverer,
  feed: Feed | undefined,
): DetectionService {
  const { options, store, lease, metrics, health } = shared;
  const { config, clock, logger, untilMs } = options;
  const { queryDelay, windowsPerTick, history, cron, timeZone, lateness, lateCheck, settle } =
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
      queryDelayMs: queryDelay,
      windowsPerTick,
      historyMs: history,
      horizonMs: lateness,
      lateCheckMs: lateCheck,
      settleMs: settle,
      untilMs,
      estimate: estimateOf(shared),
      ...keepUpOf(shared),
      send: () => {
        service.send();
      },
      onWindow: (record) => {
        newestMs = Math.max(newestMs ?? 0, record.window.end);
        measureWindow(metrics, record, job.usage);
        options.onWindow?.(record);
      },
    }),
    deliverer,
    keepHouse: async () => {
      await retention.prune();
      await audit.run(job.nextMs, job.windowLengthMs);
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
