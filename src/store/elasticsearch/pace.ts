/**
 * How fast events may be read from a cluster.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.js';

/** Lets no more than so many events a second pass, for all who read through it together. */
export class Pace {
  /** When all that has passed is paid for. */
  private freeMs = -Infinity;

  /** @param uptime a clock that nobody can set */
  constructor(
    private readonly eventsPerSecond: number,
    private readonly uptime: Clock,
  ) {}

  /**
   * Takes note of events that were read, and waits until those before them are paid for.
   * @throws the signal's reason as soon as it is aborted
   */
  async take(events: number, signal?: AbortSignal): Promise<void> {
    const nowMs = this.uptime.now();
    const waitMs = Math.max(0, this.freeMs - nowMs);
    this.freeMs = nowMs + waitMs + (events / this.eventsPerSecond) * 1000;
    if (waitMs === 0) return;
    await delay(waitMs, undefined, signal === undefined ? {} : { signal }).catch(() => {
      signal?.throwIfAborted();
    });
  }
}
