/**
 * Whether what setup has made is still there while a service runs.
 */
import type { Clock } from '../domain/clock.js';
import type { Health } from '../observe/health.js';
import type { Logger } from '../observe/logger.js';

/** What a watch works with. */
export interface SetupWatchParts {
  /** Says what is missing; undefined where nothing is. */
  readonly missing: () => Promise<string | undefined>;
  readonly health: Health;
  readonly clock: Clock;
  readonly logger: Logger;
}

const CHECK = 'setup';
const EVERY_MS = 60_000;

/** Looks once a minute; one line when something is missing, and one when it is back. */
export class SetupWatch {
  private lookedMs = -Infinity;
  private told: string | undefined;

  constructor(private readonly parts: SetupWatchParts) {}

  /** Looks, where it is time to. */
  async look(): Promise<void> {
    const { missing, health, clock, logger } = this.parts;
    const nowMs = clock.now();
    if (nowMs < this.lookedMs + EVERY_MS && nowMs >= this.lookedMs) return;
    this.lookedMs = nowMs;
    const what = await missing();
    if (what !== undefined) health.fail(CHECK, what);
    else health.pass(CHECK);
    if (what !== undefined && what !== this.told) logger.error(what);
    if (what === undefined && this.told !== undefined) logger.info('what setup makes is there again');
    this.told = what;
  }
}
