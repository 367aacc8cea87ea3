/**
 * Which times an event can have.
 */
import type { Refusal } from './draft.js';

const DAY_MS = 86_400_000;
const ABSURD_TIME: Refusal = { fate: 'quarantined', reason: 'absurd_time' };

/**
 * Refuses a time before 1970 and one more than a day ahead of `referenceMs`, which is more than any
 * clock or zone is wrong. Small times count from the start of a capture and are good.
 */
export function refusalOfTime(endMs: number, referenceMs: number): Refusal | undefined {
  return endMs >= 0 && endMs <= referenceMs + DAY_MS ? undefined : ABSURD_TIME;
}
