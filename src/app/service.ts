/**
 * When each job is run, and what is done beside it.
 */
import type { Deliverer } from '../alert/deliver.js';
import { measureWindow } from '../observe/measure.js';
import type { DetectionJob } from '../job/job.js';
import { JobLog } from '../job/log.js';
import { JobRunner } from '../job/runner.js';
import { JobWorker } from '../service/worker.js';
import { JointDemand } from '../job/joint-demand.js';
import { ReadCheck } from '../job/read-check.js';
import { Retention } from '../service/retention.js';
import { SetupWatch } from '../service/setup-watch.js';
import { missingTemplates } from '../store/elasticsearch/rival-templates.js';
import { estimateOf, keepUpOf } from './cost.js';
import { auditOf, jobOf } from './job.js';
import type { OwnedJob } from './ownership.js';
import type { Shared } from './shared.js';

/** A job that the service runs. */
export interface ServiceJob extends OwnedJob {
  readonly job: DetectionJob;
  readonly worker: JobWorker;
}

/** The jobs of a service, ready to be started. */
export function serviceJobs(
  shared: Shared,
  owned: readonly OwnedJob[],
  deliverer: Deliverer,
): readonly ServiceJob[] {
  const newest = new Map<string, number>();
  const retention = retentionOf(shared, newest);
  const setup = setupWatchOf(shared);
  const joint = new JointDemand(shared.options.clock);
  return owned.map((one) => {
    const { clock, logger } = shared.options;
    const log = new JobLog({ job: one.config.job, clock, logger });
    const job = jobOf(shared, one, deliverer, log);
    const audit = auditOf(shared, one);
    const keepHouse = async (): Promise<void> => {
      await setup?.look();
      await retention.prune();
      await audit.run(job.nextMs, job.windowLengthMs);
    };
    const name = one.config.job;
    const onEnd = (endMs: number): void => {
      newest.set(name, Math.max(newest.get(name) ?? 0, endMs));
    };
    const isAlone = owned.length === 1;
    const worker = workerOf(shared, { ...one, job }, { log, deliverer, keepHouse, onEnd, isAlone, joint });
    return { ...one, job, worker };
  });
}

/** @param newest end of the newest window of each job; what is deleted is old for all of them */
function retentionOf({ options, opened }: Shared, newest: ReadonlyMap<string, number>): Retention {
  const { config, clock, logger } = options;
  return new Retention({
    prune: (beforeMs) => opened.store.prune(beforeMs),
    newestMs: () => (newest.size === 0 ? undefined : Math.min(...newest.values())),
    keepMs: config.store.retention,
    clock,
    logger,
  });
}

/** A cluster may be taken back from under a service; what it writes next would be mapped by guesses. */
function setupWatchOf({ options: { clock, logger }, opened, health }: Shared): SetupWatch | undefined {
  if (opened.kind !== 'elasticsearch') return undefined;
  const { cluster } = opened.store;
  return new SetupWatch({ missing: () => missingTemplates(cluster), health, clock, logger });
}

interface WorkerContext {
  readonly log: JobLog;
  readonly deliverer: Deliverer;
  readonly keepHouse: () => Promise<void>;
  /** Sees the end of each window. */
  readonly onEnd: (endMs: number) => void;
  /** There is no other job. */
  readonly isAlone: boolean;
  readonly joint: JointDemand;
}

function workerOf(
  shared: Shared,
  owned: OwnedJob & { readonly job: DetectionJob },
  { log, deliverer, keepHouse, onEnd, isAlone, joint }: WorkerContext,
): JobWorker {
  const { options, metrics, health } = shared;
  const { config, store, lease, job } = owned;
  const { clock, logger, untilMs } = options;
  const checkName = (part: string): string => (isAlone ? part : `${part} of ${config.job}`);
  const { queryDelay, windowsPerTick, history, cron, timeZone, lateness, lateCheck, settle } =
    config.schedule;
  const worker: JobWorker = new JobWorker({
    job: config.job,
    ...(lease ? { lease } : {}),
    runner: new JobRunner({
      name: config.job,
      job,
      events: store.events,
      results: store.results,
      clock,
      logger,
      log,
      queryDelayMs: queryDelay,
      windowsPerTick,
      historyMs: history,
      horizonMs: lateness,
      lateCheckMs: lateCheck,
      settleMs: settle,
      untilMs,
      estimate: estimateOf(shared, owned),
      ...keepUpOf(shared, owned, checkName, joint),
      readCheck: new ReadCheck({ job: config.job, check: checkName('logs'), health, logger }),
      send: () => {
        worker.send();
      },
      onWindow: (record) => {
        onEnd(record.window.end);
        measureWindow(metrics, record, job.usage);
        options.onWindow?.(record);
      },
    }),
    deliverer,
    keepHouse,
    schedule: { name: config.job, cron, timeZone },
    untilMs,
    queryDelayMs: queryDelay,
    clock,
    logger,
    health,
    checkName,
    onTick: (outcome) => {
      metrics.ticks.inc({ outcome });
    },
    onWaiting: (windows) => {
      metrics.windowsWaiting.set({ job: config.job }, windows);
    },
  });
  return worker;
}
