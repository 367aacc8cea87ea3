/**
 * What a job will cost is told before it starts.
 */
import type { Window } from '../domain/window.js';
import { measureEstimate } from '../observe/measure.js';
import { costPartsOf, costText, estimateCost, overBounds } from '../job/cost.js';
import type { JointDemand } from '../job/joint-demand.js';
import { KeepUp } from '../job/keep-up.js';
import type { ReadRates } from '../job/read-demand.js';
import type { OwnedJob } from './ownership.js';
import type { Shared } from './shared.js';

/** Estimates from what there is, logs it, and exports it; where it fails, the job starts all the same. */
export function estimateOf(
  { options, metrics }: Shared,
  { config, store }: OwnedJob,
): (range: Window, signal: AbortSignal) => Promise<void> {
  const { clock, logger } = options;
  const job = { job: config.job };
  return async (range, signal) => {
    const parts = costPartsOf(config, store.events, clock.now());
    try {
      const cost = await estimateCost(parts, range, signal);
      if (!cost) return;
      measureEstimate(metrics, config.job, cost);
      logger.info(job, `expected: ${costText(cost)}`);
      for (const { message, remedy } of overBounds(cost, parts)) logger.warn(job, `${message}; ${remedy}`);
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ ...job, err: error }, 'what the job will cost cannot be estimated');
    }
  };
}

/** Watches the bound of what may be read of a cluster, where there is one. */
export function keepUpOf(
  { options, health, metrics }: Shared,
  { config }: OwnedJob,
  checkName: (part: 'reading') => string,
  joint: JointDemand,
): { keepUp?: KeepUp } {
  const { logger } = options;
  const { job } = config;
  const { maxEventsPerSecond: cap } = config.elasticsearch;
  if (cap === undefined) return {};
  const tell = (trouble: string | undefined): void => {
    if (trouble === undefined) health.pass(checkName('reading'));
    else {
      health.note(checkName('reading'), trouble);
      logger.warn({ job }, trouble);
    }
  };
  metrics.readBound.set({ job }, cap);
  const onRates = ({ arriving, all }: ReadRates): void => {
    joint.note(job, all);
    metrics.readDemand.set({ job, part: 'arriving' }, arriving);
    metrics.readDemand.set({ job, part: 'again' }, all - arriving);
  };
  return { keepUp: new KeepUp({ cap, others: () => joint.besides(job), tell, onRates }) };
}
