/**
 * What a job will cost is told before it starts.
 */
import type { Window } from '../domain/window.js';
import { measureEstimate } from '../observe/measure.js';
import { costPartsOf, costText, estimateCost, overBounds } from '../pipeline/cost.js';
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
