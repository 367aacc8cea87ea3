/**
 * Which times an event can have.
 */
import { windowsBetween, type Window } from '../domain/window.js';
import type { Refusal } from './draft.js';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/**
 * Weeks by which an event's end and its `@timestamp` may lie apart. A flow may have begun weeks before it
 * ends, where `@timestamp` is its beginning (Elastic's Zeek integration), and logs may be shipped weeks after
 * it, where `@timestamp` is their arrival. A clock that was never set is years off, and one that counts from
 * a device's start and has run over by 49 days (NetFlow's `sysUpTime`).
 */
const BELIEVED_WEEKS = 4;
/** A record may be some minutes older than its `@timestamp` says, for want of synchronous clocks. */
const CLOCK_TOLERANCE_MS = 15 * 60_000;

/**
 * Whether `event.end` decides an event's window, and not its `@timestamp`: their weeks lie no further apart
 * than {@link BELIEVED_WEEKS}. Weeks, and not the difference, since a store can ask for them without looking
 * at each document: see {@link weeksOf}.
 */
export function isEndBelieved(endMs: number, stampMs: number): boolean {
  return Math.abs(Math.floor(endMs / WEEK_MS) - Math.floor(stampMs / WEEK_MS)) <= BELIEVED_WEEKS;
}

/** Whether an event that began at `startMs` can have a `@timestamp`, which is its begin, end or arrival. */
export function isAheadOf(startMs: number, stampMs: number): boolean {
  return startMs - stampMs > CLOCK_TOLERANCE_MS;
}

/** A stretch of time within one week, and the times that an end and a `@timestamp` in it go with. */
export interface WeekPart {
  readonly part: Window;
  /** The other of the two times lies in here, where both are believed. */
  readonly believed: Window;
}

/** A range cut at the weeks that {@link isEndBelieved} counts by. */
export function weeksOf({ start, end }: Window): WeekPart[] {
  return [...windowsBetween(start, end, WEEK_MS)].map((week) => ({
    part: { start: Math.max(start, week.start), end: Math.min(end, week.end) },
    believed: {
      start: week.start - BELIEVED_WEEKS * WEEK_MS,
      end: week.end + BELIEVED_WEEKS * WEEK_MS,
    },
  }));
}

const ABSURD_TIME: Refusal = { fate: 'quarantined', reason: 'absurd_time' };

/**
 * Refuses a time before 1970 and one more than a day ahead of `referenceMs`, which is more than any
 * clock or zone is wrong. Small times count from the start of a capture and are good.
 */
export function refusalOfTime(endMs: number, referenceMs: number): Refusal | undefined {
  return endMs >= 0 && endMs <= referenceMs + DAY_MS ? undefined : ABSURD_TIME;
}
