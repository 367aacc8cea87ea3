/**
 * Deletes what is older than its keeping time, once a day.
 */
import type { Clock } from '../domain/clock.js';
import type { Logger } from '../observe/logger.js';

/** What retention works with. */
export interface RetentionParts {
  /** Deletes what is older than a time. @returns how many documents or indices went */
  readonly prune: (beforeMs: number) => Promise<number>;
  /** End of the newest window that is done; undefined before the first. */
  readonly newestMs: () => number | undefined;
  /** How long things are kept, milliseconds. */
  readonly keepMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DAY_MS = 86_400_000;

/** Age counts from the newest window, not from today: logs of years ago are as good as any. */
export class Retention {
  private lastMs = -Infinity;

  constructor(private readonly parts: RetentionParts) {}

  /** Prunes if a day has passed since the last time; a failure is logged and tried again at the next call. */
  async prune(): Promise<void> {
    const { prune, newestMs, keepMs, clock, logger } = this.parts;
    const nowMs = clock.now();
    const newest = newestMs();
    if (newest === undefined || nowMs - this.lastMs < DAY_MS) return;
    try {
      const deleted = await prune(Math.min(newest, nowMs) - keepMs);
      this.lastMs = nowMs;
      if (deleted > 0) logger.info({ deleted }, 'deleted what was kept long enough');
    } catch (error) {
      logger.warn({ err: error }, 'old results could not be deleted; the next tick tries again');
    }
  }
}
