/**
 * Time as an argument: the only place that reads the machine's clock.
 */
import { uptime } from 'node:os';

/** Tells the time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/**
 * Time since the machine started, milliseconds in steps of ten. Nobody can set it, and it goes on
 * while the process is stopped and, where the system tells so (Linux does), while the machine sleeps.
 */
export const uptimeClock: Clock = { now: () => uptime() * 1000 };

/** A clock that stands still until it is set: for tests and repeatable runs. */
export class ManualClock implements Clock {
  constructor(private timeMs: number) {}

  now(): number {
    return this.timeMs;
  }

  /** Sets the time, forwards or backwards. */
  set(timeMs: number): void {
    this.timeMs = timeMs;
  }
}
