/**
 * The counts of a trailing day in typed columns, by slot, and whom to forget where there are too many.
 */
import { chooseHighest, hashOf } from './ranking.js';

/** Counts that are kept of the trailing day. What was added later comes last, as {@link widened} wants it. */
export const COUNTS = ['connections', 'failed', 'logins', 'loginFailures', 'bytesOut'] as const;
/** Their number, which is the width of the columns that hold them. */
export const WIDTH = COUNTS.length;
/** As many of them, the first ones, count events. */
const EVENT_COUNTS = COUNTS.indexOf('bytesOut');
const MIN_SLOTS = 1024;
const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** The day moves on in steps of this length: a trailing value covers 21 to 24 hours. */
export const BUCKET_MS = 3 * HOUR_MS;
export const BUCKETS = DAY_MS / BUCKET_MS;

/** Columns of the state, by slot. */
export interface Columns {
  /** Counts of the trailing day, {@link WIDTH} a slot. */
  readonly totals: Float32Array;
  /** The same by bucket of a ring. */
  readonly buckets: readonly Float32Array[];
  /** Bucket number of the last sight. */
  readonly lastSeen: Int32Array;
  readonly lastLogin: Float64Array;
}

/** Empty columns with room for so many slots, or some more. */
export function columnsFor(atLeast: number): Columns {
  const slots = Math.max(MIN_SLOTS, atLeast);
  return {
    totals: new Float32Array(slots * WIDTH),
    buckets: Array.from({ length: BUCKETS }, () => new Float32Array(slots * WIDTH)),
    lastSeen: new Int32Array(slots),
    lastLogin: new Float64Array(slots),
  };
}

type TypedColumn = Float32Array | Int32Array | Float64Array;

/** The columns with room for so many slots. */
export function copied(columns: Columns, slots: number): Columns {
  const larger = columnsFor(slots);
  larger.totals.set(columns.totals);
  larger.buckets.forEach((counts, i) => {
    counts.set(columns.buckets[i]!);
  });
  larger.lastSeen.set(columns.lastSeen);
  larger.lastLogin.set(columns.lastLogin);
  return larger;
}

/** Counts of so many slots at today's width: earlier versions kept fewer of each, and what they lack is 0. */
export function widened(counts: Float32Array, slots: number): Float32Array {
  const width = counts.length / slots;
  if (slots === 0 || width === WIDTH) return counts;
  const wide = new Float32Array(slots * WIDTH);
  for (let slot = 0; slot < slots; slot++) {
    wide.set(counts.subarray(slot * width, (slot + 1) * width), slot * WIDTH);
  }
  return wide;
}

/** Copies the columns of each slot to its new one, unless that is negative. */
export function copySlots(from: Columns, newSlots: Int32Array, into: Columns): void {
  const move = (old: TypedColumn, moved: TypedColumn, width: number): void => {
    for (let slot = 0; slot < newSlots.length; slot++) {
      const to = newSlots[slot]!;
      for (let i = 0; to >= 0 && i < width; i++) moved[to * width + i] = old[slot * width + i]!;
    }
  };
  move(from.totals, into.totals, WIDTH);
  from.buckets.forEach((counts, i) => {
    move(counts, into.buckets[i]!, WIDTH);
  });
  move(from.lastSeen, into.lastSeen, 1);
  move(from.lastLogin, into.lastLogin, 1);
}

/** Whom to keep of a state. */
export interface Keeping {
  /** Those last seen in this bucket or before are forgotten, unless they logged in after `loginMs`. */
  readonly oldest: number;
  readonly loginMs: number;
  /** Of more than these, those that did least are forgotten. */
  readonly atMost: number;
}

/** Above this, entities with more events in their day are taken for equally active. */
const MOST_EVENTS = 2 ** 19 - 1;
const SEEN = 2 ** 28;
const EVENTS = SEEN * 2 * BUCKETS;
const LOGGED_IN = EVENTS * (MOST_EVENTS + 1);

/** Who stays. */
interface Survivors {
  /** New slot of each entity, -1 for those to forget; absent where all stay. */
  readonly newSlots?: Int32Array;
  /** Entities that are forgotten for want of room. */
  readonly evicted: number;
}

/**
 * Whom to keep and whom to forget. Of too many, those stay
 * that have logged in, then those that did most in the day, then those seen last: a flood of strangers
 * that come once never drives out who is there all day, nor an account that is seldom used.
 * @param identities of the entities by slot
 */
export function survivors(
  { totals, lastSeen, lastLogin }: Columns,
  identities: Int32Array,
  { oldest, loginMs, atMost }: Keeping,
): Survivors {
  const slots = identities.length / 2;
  const isDue = (slot: number): boolean => lastSeen[slot]! <= oldest && lastLogin[slot]! <= loginMs;
  const kept = Uint8Array.from({ length: slots }, (_, slot) => (isDue(slot) ? 0 : 1));
  const current = kept.reduce((sum, one) => sum + one, 0);
  if (current > atMost) {
    const ranks = Float64Array.from(kept, (isKept, slot) => {
      if (isKept === 0) return -1;
      let events = 0;
      for (let i = 0; i < EVENT_COUNTS; i++) events += totals[slot * WIDTH + i]!;
      const seen = Math.max(0, lastSeen[slot]! - oldest);
      const rank = Math.min(events, MOST_EVENTS) * EVENTS + seen * SEEN + hashOf(identities, slot) / 16;
      return Math.floor(rank) + (lastLogin[slot]! > 0 ? LOGGED_IN : 0);
    });
    chooseHighest(ranks, kept.fill(0), atMost);
  }
  let next = 0;
  const newSlots = Int32Array.from(kept, (isKept) => (isKept === 0 ? -1 : next++));
  return { evicted: current - next, ...(next === slots ? {} : { newSlots }) };
}
