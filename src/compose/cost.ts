/**
 * What a job will cost is told before it starts.
 */
import type { Window } from '../domain/window.js';
import { measureEstimate } from '../observe/measure.js';
import { costPartsOf, costText, estimateCost, overBounds } from '../pipeline/cost.js';
import { KeepUp } from '../schedule/keep-up.js';
import type { ReadRates } from '../schedule/read-demand.js';
import type { Shared } from './shared.js';

/** Estimates from what there is, logs it, and exports it; where it fails, the job starts all the same. */
export function estimateOf({
  options,
  store,
  metrics,
}: Shared): (range: Window, signal: AbortSignal) => Promise<void> {
  const { config, clock, logger } = options;
  const job = { job: config.job };
  return async (range, signal) => {
    const parts = costPartsOf(config, store.events, clock.now());
    try {
      const cost = await estimateCost(parts, range, signal);
      if (!cost) return;
      measureEstimate(metrics, cost);
      logger.info(job, `expected: ${costText(cost)}`);
      for (const { message, remedy } of overBounds(cost, parts)) logger.warn(job, `${message}; ${remedy}`);
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ ...job, err: error }, 'what the job will cost cannot be estimated');
    }
  };
}

/** Watches the bound of what may be read of a cluster, where there is one. */
export function keepUpOf({ options, health, metrics }: Shared): { keepUp?: KeepUp } {
  const { config, logger } = options;
  const { maxEventsPerSecond: cap } = config.elasticsearch;
  if (cap === undefined) return {};
  const tell = (trouble: string | undefined): void => {
    if (trouble === undefined) health.pass('reading');
    else {
      health.note('reading', trouble);
      logger.warn({ job: config.job }, trouble);
    }
  };
  metrics.readBound.set(cap);
  const onRates = ({ arriving, all }: ReadRates): void => {
    metrics.readDemand.set({ part: 'arriving' }, arriving);
    metrics.readDemand.set({ part: 'again' }, all - arriving);
  };
  return { keepUp: new KeepUp({ cap, tell, onRates }) };
}
