/**
 * What keeps a job from working, told in one line when it begins and one when it is over.
 */
import type { Clock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import type { Logger } from '../observe/logger.js';

/** What an outage is told with. */
export interface OutageParts {
  readonly job: string;
  /** Windows that are due and not done; undefined while nobody knows. */
  readonly waiting: () => number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Part of a job that can fail by itself. */
type Part = 'lease' | 'windows';

/** Over once all parts that failed work again. */
export class Outage {
  private readonly failing = new Set<Part>();
  /** Of what was told: a store that is away fails now in this way and now in that. */
  private readonly told = new Set<string>();
  private sinceMs = 0;
  private over = 0;

  constructor(private readonly parts: OutageParts) {}

  /** How many outages have ended by now. */
  get ended(): number {
    return this.over;
  }

  /**
   * A part does not work.
   * @param begunAfter {@link ended} when what failed began: what waited through an outage and fails after its
   *   end tells of nothing new
   */
  note(part: Part, error: unknown, begunAfter = this.over): void {
    const { job, clock, logger } = this.parts;
    if (begunAfter < this.over && this.failing.size === 0) {
      logger.debug({ err: error, job }, 'failed by what is over');
      return;
    }
    if (this.failing.size === 0) this.sinceMs = clock.now();
    this.failing.add(part);
    const kind = kindOf(error);
    if (this.told.has(kind)) logger.debug({ err: error, job }, 'still does not work');
    else logger.error({ err: error, job }, 'does not work; tried again until it does');
    this.told.add(kind);
  }

  /** A part works. */
  clear(part: Part): void {
    if (!this.failing.delete(part) || this.failing.size > 0) return;
    this.told.clear();
    this.over++;
    const { job, clock, logger, waiting } = this.parts;
    const seconds = Math.max(0, Math.round((clock.now() - this.sinceMs) / 1000));
    const windows = waiting();
    const left =
      windows === undefined ? '' : `; ${String(windows)} ${windows === 1 ? 'window waits' : 'windows wait'}`;
    logger.info({ job, seconds, waiting: windows }, `works again after ${String(seconds)} s${left}`);
  }
}

function kindOf(error: unknown): string {
  if (!(error instanceof AppError)) return String(error);
  return error.retryable ? 'retryable' : error.code;
}
