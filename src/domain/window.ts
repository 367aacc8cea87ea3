/**
 * Windows of event time: aligned, half open, `[k·length, (k+1)·length)`.
 */

/** One window of event time. Times are integer milliseconds since the epoch. */
export interface Window {
  /** First millisecond that belongs to the window. */
  readonly start: number;
  /** First millisecond that no longer does. */
  readonly end: number;
}

/** Start of the aligned window of `lengthMs` that holds `timeMs`. */
export function windowStart(timeMs: number, lengthMs: number): number {
  return Math.floor(timeMs / lengthMs) * lengthMs;
}

/** The aligned window of `lengthMs` that holds `timeMs`. */
export function windowOf(timeMs: number, lengthMs: number): Window {
  const start = windowStart(timeMs, lengthMs);
  return { start, end: start + lengthMs };
}

/** The aligned windows that together cover `[fromMs, toMs)`, oldest first. */
export function* windowsBetween(fromMs: number, toMs: number, lengthMs: number): Generator<Window> {
  for (let start = windowStart(fromMs, lengthMs); start < toMs; start += lengthMs) {
    yield { start, end: start + lengthMs };
  }
}
