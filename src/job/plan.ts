/**
 * Which windows to look at next, from what the store counts and what has been recorded.
 * Pure: the same counts, records and time give the same plan.
 */
import { UNREACHABLE, type WindowCount } from '../collect/ports.js';
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
  /** End of the newest window that was read in its turn: the state contains everything before it. */
  readonly frontier: number;
  readonly nowMs: number;
  readonly windowLengthMs: number;
  readonly queryDelayMs: number;
  /** Where more wait than the limit, the newest of those that ended within this time are taken first; 0 for none. */
  readonly newestMs: number;
  /** Shortest time between two readings of a window. */
  readonly settleMs: number;
  /** Sources that cannot be read now: a window that lacks others is read again. */
  readonly leftOut: ReadonlySet<string>;
  /** Most windows to read; runs of empty windows are not counted. */
  readonly limit: number;
}

/** A window to be dealt with. */
export interface PlannedWindow {
  /** One window; for `empty`, the whole run of adjacent empty windows. */
  readonly window: Window;
  /**
   * - `new`: at or beyond the frontier; read it and advance the state
   * - `ahead`: the same, but its turn is far off; score it with the state as it is
   * - `dirty`: behind the frontier, and its documents are more than its record says, or a source that it
   *   lacks is back; read it whole again with the state as it stood before it
   * - `empty`: no documents; one skipped record for the run is enough
   */
  readonly kind: 'new' | 'ahead' | 'dirty' | 'empty';
  /** Documents that the store counts. */
  readonly counted: number;
  /** What was recorded of it before: a record of its own, or that of an empty run around it. */
  readonly previous?: WindowRecord;
}

/** What to do in one tick. */
export interface Plan {
  readonly windows: readonly PlannedWindow[];
  /** Windows with events at or beyond the frontier, whether this tick comes to them or not. */
  readonly waiting: number;
  /** Dirty windows of the range that there is no room for in this tick. */
  readonly dirtyLeft: number;
}

/** Longest time between two readings of a window that documents keep coming for. */
const LONGEST_WAIT_MS = 3_600_000;

/** Newest windows taken first while others wait. */
const AHEAD = 3;

/** When to look, and how far back. Times and lengths are milliseconds. */
export interface CountRangeInput {
  readonly frontier: number;
  /** Start of the earliest window that could be read again. */
  readonly firstMs: number;
  /** How far back to look for late documents this time: little at most ticks, the horizon now and then. */
  readonly lookbackMs: number;
  /** End of what is due. */
  readonly dueMs: number;
  readonly windowLengthMs: number;
}

/** The range to ask the store about: what is to be done, and what may have become dirty behind it. */
export function countRange({
  frontier,
  firstMs,
  lookbackMs,
  dueMs,
  windowLengthMs,
}: CountRangeInput): Window {
  const start = windowStart(Math.max(frontier - lookbackMs, Math.min(firstMs, frontier)), windowLengthMs);
  return { start, end: Math.max(start, dueMs) };
}

/**
 * The windows that are due and not done: far behind, the newest ahead of their turn; then new ones
 * and empty runs oldest first; then dirty ones oldest first, so that a source that is always late
 * never holds up what happens now.
 *
 * A window is due when `nowMs ≥ end + queryDelayMs`. Adjacent empty windows make one entry, whose
 * record covers them all with a count of 0; a document that comes later makes its window's count
 * grow, like any other. Empty windows never move the frontier, so a clock that leaps ahead and comes
 * back does no harm. Records at or beyond the frontier do not count as done: they are of a process
 * that died before the state was written, or of a window taken ahead of its turn.
 */
export function planWindows(input: PlanInput): Plan {
  const { range, frontier, nowMs, queryDelayMs, windowLengthMs, limit } = input;
  const counted = new Map(input.counts.map(({ window, total }) => [window.start, total]));
  const recorded = recordsByStart(input);
  const plan = { next: [] as PlannedWindow[], dirty: [] as PlannedWindow[] };
  const dueMs = windowStart(Math.min(range.end, nowMs - queryDelayMs), windowLengthMs);
  for (const window of windowsBetween(range.start, dueMs, windowLengthMs)) {
    const count = counted.get(window.start) ?? 0;
    const previous = recorded.get(window.start);
    const entry = { window, counted: count, ...(previous ? { previous } : {}) };
    if (window.start < frontier) {
      const grown = count > (previous?.counted ?? 0);
      if ((grown || lacksWhatIsBack(previous, input)) && isSettled(entry, input))
        plan.dirty.push({ ...entry, kind: 'dirty' });
    } else if (count > 0) plan.next.push({ ...entry, kind: 'new' });
    else if (previous === undefined) addEmpty(plan.next, window);
  }
  const windows = bounded([...plan.next, ...plan.dirty], limit);
  const dirtyTaken = windows.filter(({ kind }) => kind === 'dirty').length;
  return {
    windows: [...aheadOf(plan.next, input), ...windows],
    waiting: plan.next.filter(({ kind }) => kind === 'new').length,
    dirtyLeft: plan.dirty.length - dirtyTaken,
  };
}

/** Whether a window was read without sources that could not be reached then and can be now. */
function lacksWhatIsBack(previous: WindowRecord | undefined, { leftOut }: PlanInput): boolean {
  if (previous === undefined) return false;
  return previous.coverage.some(
    ({ source, quarantined }) =>
      UNREACHABLE.some((reason) => quarantined[reason] !== undefined) && !leftOut.has(source),
  );
}

/**
 * Whether it is time to read a window again. A source that is always late, or a shipper that catches
 * up for hours, makes a window grow for long; to read it at each tick would cost the cluster many
 * times what its documents are worth. So the waits grow with the window's age.
 */
function isSettled(
  { window, previous }: Omit<PlannedWindow, 'kind'>,
  { nowMs, settleMs }: PlanInput,
): boolean {
  const sinceMs = nowMs - (previous?.recordedAtMs ?? -Infinity);
  // The clock may have been set back.
  if (settleMs === 0 || previous === undefined || sinceMs < 0) return true;
  const ageMs = previous.recordedAtMs - window.end;
  return sinceMs >= Math.max(settleMs, Math.min(ageMs / 2, LONGEST_WAIT_MS));
}

/** The newest of the windows that this tick will not come to. */
function aheadOf(next: readonly PlannedWindow[], { nowMs, newestMs, limit }: PlanInput): PlannedWindow[] {
  const waiting = next.filter(({ kind }) => kind === 'new').slice(limit);
  return waiting
    .slice(-AHEAD)
    .filter(({ window }) => nowMs - window.end < newestMs)
    .filter(({ counted, previous }) => previous?.reason !== 'ahead' || previous.counted < counted)
    .map((entry) => ({ ...entry, kind: 'ahead' }));
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
