/**
 * Time as an argument: the only place that reads the machine's clock.
 */

/** Tells the time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

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
