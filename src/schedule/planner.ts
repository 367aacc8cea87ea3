/**
 * Which windows to look at next, from what the store counts and what has been recorded.
 * Pure: the same counts, records and time give the same plan.
 */
import type { WindowCount } from '../collect/ports.js';
import type { WindowRecord } from '../domain/anomaly.js';
import { windowsBetween, windowStart, type Window } from '../domain/window.js';

/** What a plan is made of. Times and lengths are milliseconds. */
export interface PlanInput {
  /** The aligned range that `counts` and `records` answer for; see {@link countRange}. Outside it nothing is known. */
  readonly range: Window;
  /** Non-empty windows of the range. */
  readonly counts: readonly WindowCount[];
  /** Records of the windows that start in the range. */
  readonly records: readonly WindowRecord[];
  /** End of the newest window that was read: the state contains everything before it. */
  readonly frontier?: number;
  readonly nowMs: number;
  readonly windowLengthMs: number;
  readonly queryDelayMs: number;
  /** Windows that ended longer ago than this are left alone. */
  readonly horizonMs: number;
  /** Most windows to read; runs of empty windows are not counted. */
  readonly limit: number;
}

/** A window to be dealt with. */
export interface PlannedWindow {
  /** One window; for `empty`, the whole run of adjacent empty windows. */
  readonly window: Window;
  /**
   * - `new`: at or beyond the frontier; read it and advance the state
   * - `dirty`: behind the frontier, and its documents are more than its record says; read it whole
   *   again with the state as it stood before it
   * - `empty`: no documents; one skipped record for the run is enough
   */
  readonly kind: 'new' | 'dirty' | 'empty';
  /** Documents that the store counts. */
  readonly counted: number;
  /** What was recorded of it before: a record of its own, or that of an empty run around it. */
  readonly previous?: WindowRecord;
}

/** When to look, and how far back. Times and lengths are milliseconds. */
export interface CountRangeInput extends Pick<
  PlanInput,
  'nowMs' | 'frontier' | 'windowLengthMs' | 'horizonMs'
> {
  /** How far back to look for late documents this time: little at most ticks, the horizon now and then. */
  readonly lookbackMs: number;
}

/**
 * The range to ask the store about: the lookback, and everything that the last run left undone,
 * aligned to windows and never beyond the horizon.
 */
export function countRange({
  nowMs,
  frontier,
  windowLengthMs,
  horizonMs,
  lookbackMs,
}: CountRangeInput): Window {
  const wanted = Math.min(nowMs - lookbackMs, frontier ?? -Infinity);
  const start = windowStart(Math.max(wanted, nowMs - horizonMs), windowLengthMs);
  return { start, end: windowStart(nowMs, windowLengthMs) };
}

/**
 * The windows that are due and not done: new ones and empty runs oldest first, then dirty ones
 * oldest first, so that a source that is always late never holds up what happens now.
 *
 * A window is due when `nowMs ≥ end + queryDelayMs`. Without any record, the first window with
 * documents is the beginning. Adjacent empty windows make one entry, whose record covers them all
 * with a count of 0; a document that comes later makes its window's count grow, like any other.
 * Empty windows never move the frontier, so a clock that leaps ahead and comes back does no harm.
 */
export function planWindows(input: PlanInput): PlannedWindow[] {
  const due = dueRange(input);
  const counted = new Map(input.counts.map(({ window, total }) => [window.start, total]));
  const recorded = recordsByStart(input);
  const plan = { ahead: [] as PlannedWindow[], dirty: [] as PlannedWindow[] };
  for (const window of windowsBetween(due.start, due.end, input.windowLengthMs)) {
    const count = counted.get(window.start) ?? 0;
    const previous = recorded.get(window.start);
    if (previous === undefined && count === 0) {
      addEmpty(plan.ahead, window);
    } else if (previous === undefined || count > previous.counted) {
      const kind = window.start < (input.frontier ?? -Infinity) ? 'dirty' : 'new';
      const entry: PlannedWindow = { window, kind, counted: count, ...(previous ? { previous } : {}) };
      (kind === 'new' ? plan.ahead : plan.dirty).push(entry);
    }
  }
  return bounded([...plan.ahead, ...plan.dirty], input.limit);
}

/** From the first window that is known of to the last that is due. */
function dueRange({
  range,
  counts,
  records,
  nowMs,
  queryDelayMs,
  horizonMs,
  windowLengthMs,
}: PlanInput): Window {
  const known = [...counts, ...records].reduce(
    (first, { window }) => Math.min(first, window.start),
    Infinity,
  );
  return {
    start: windowStart(Math.max(range.start, nowMs - horizonMs, known), windowLengthMs),
    end: windowStart(Math.min(range.end, nowMs - queryDelayMs), windowLengthMs),
  };
}

/** The record of each window; a window's own record goes before that of an empty run around it. */
function recordsByStart({ records, windowLengthMs }: PlanInput): Map<number, WindowRecord> {
  const byStart = new Map<number, WindowRecord>();
  const widestFirst = [...records].sort(
    (a, b) => b.window.end - b.window.start - (a.window.end - a.window.start),
  );
  for (const record of widestFirst) {
    for (const { start } of windowsBetween(record.window.start, record.window.end, windowLengthMs)) {
      byStart.set(start, record);
    }
  }
  return byStart;
}

function addEmpty(ahead: PlannedWindow[], window: Window): void {
  const last = ahead.at(-1);
  if (last?.kind === 'empty' && last.window.end === window.start) {
    ahead[ahead.length - 1] = { ...last, window: { start: last.window.start, end: window.end } };
  } else {
    ahead.push({ window, kind: 'empty', counted: 0 });
  }
}

function bounded(plan: readonly PlannedWindow[], limit: number): PlannedWindow[] {
  let read = 0;
  const end = plan.findIndex(({ kind }) => kind !== 'empty' && ++read > limit);
  return plan.slice(0, end < 0 ? plan.length : end);
}
