import { emptyCoverage } from '../../src/domain/coverage.js';
import fc from 'fast-check';
import type { WindowCount } from '../../src/collect/ports.js';
import type { WindowRecord } from '../../src/domain/anomaly.js';
import { windowOf, type Window } from '../../src/domain/window.js';
import {
  countRange,
  planWindows,
  type Plan,
  type PlannedWindow,
  type PlanInput,
} from '../../src/job/plan.js';

const MINUTE = 60_000;
const LENGTH = 5 * MINUTE;
const DELAY = MINUTE;
const HORIZON = 24 * 60 * MINUTE;
const START = Date.UTC(2026, 10, 23);

/** Start of the k-th window of the day. */
const at = (k: number): number => START + k * LENGTH;

function count(k: number, total: number): WindowCount {
  return { window: windowOf(at(k), LENGTH), bySource: { conn: total }, total };
}

function record(window: Window, counted: number): WindowRecord {
  return {
    job: 'default',
    window,
    status: counted === 0 ? 'skipped' : 'done',
    counted,
    coverage: [],
    entities: {},
    anomalies: 0,
    model: 'm',
    revision: 1,
    recordedAtMs: window.end,
    tookMs: 1,
  };
}

const done = (k: number, counted: number): WindowRecord => record(windowOf(at(k), LENGTH), counted);

function plan(given: Partial<PlanInput>): readonly PlannedWindow[] {
  return wholePlan(given).windows;
}

function wholePlan(given: Partial<PlanInput>): Plan {
  const nowMs = given.nowMs ?? at(10) + DELAY;
  return planWindows({
    range: { start: START, end: Math.max(START, windowOf(nowMs, LENGTH).start) },
    counts: [],
    records: [],
    frontier: START,
    nowMs,
    windowLengthMs: LENGTH,
    queryDelayMs: DELAY,
    newestMs: HORIZON,
    settleMs: 0,
    limit: 100,
    leftOut: new Set(),
    ...given,
  });
}

/** `new 3`, `dirty 1`, `empty 4-6`: kind and first to last window. */
function brief(planned: readonly PlannedWindow[]): string[] {
  return planned.map(({ kind, window }) => {
    const first = (window.start - START) / LENGTH;
    const last = (window.end - START) / LENGTH - 1;
    return first === last ? `${kind} ${String(first)}` : `${kind} ${String(first)}-${String(last)}`;
  });
}

describe('planWindows', () => {
  it('finds nothing to do where nothing was ever seen', () => {
    expect(plan({ nowMs: START })).toEqual([]);
  });

  it('takes a window when its end and the query delay have passed, not a millisecond earlier', () => {
    const counts = [count(0, 5)];
    expect(plan({ counts, nowMs: at(1) + DELAY - 1 })).toEqual([]);
    expect(plan({ counts, nowMs: at(1) + DELAY })).toEqual([
      { window: count(0, 5).window, kind: 'new', counted: 5 },
    ]);
  });

  it('begins at the frontier, and joins empty windows', () => {
    expect(brief(plan({ counts: [count(3, 1), count(7, 2)], frontier: at(3) }))).toEqual([
      'new 3',
      'empty 4-6',
      'new 7',
      'empty 8-9',
    ]);
  });

  it('leaves a run of empty windows alone once one record covers it', () => {
    const records = [done(3, 1), record({ start: at(4), end: at(10) }, 0)];
    expect(plan({ counts: [count(3, 1)], records, frontier: at(4) })).toEqual([]);
  });

  it('reads a late document of an empty run that the state has not passed as new', () => {
    const run = record({ start: at(4), end: at(10) }, 0);
    const planned = plan({ counts: [count(3, 1), count(6, 2)], records: [done(3, 1), run], frontier: at(4) });
    expect(planned).toEqual([{ window: windowOf(at(6), LENGTH), kind: 'new', counted: 2, previous: run }]);
  });

  it("goes by a window's own record where an empty run covers it too", () => {
    const records = [done(5, 2), record({ start: at(3), end: at(10) }, 0)];
    expect(plan({ counts: [count(5, 2)], records, frontier: at(6) })).toEqual([]);
    expect(brief(plan({ counts: [count(5, 3)], records, frontier: at(6) }))).toEqual(['dirty 5']);
  });

  it('reads a window again when its count has grown, never when it has shrunk', () => {
    const records = [done(7, 10), done(8, 10), done(9, 10)];
    const planned = plan({ counts: [count(7, 11), count(8, 9), count(9, 10)], records, frontier: at(10) });
    expect(planned).toEqual([
      { window: windowOf(at(7), LENGTH), kind: 'dirty', counted: 11, previous: records[0] },
    ]);
  });

  it('reads a window again that lacks a source, once that is back', () => {
    const missing = { ...emptyCoverage('lost'), read: 1, quarantined: { unreachable_index: 1 } };
    const lacking = { ...done(7, 10), coverage: [emptyCoverage('whole'), missing] };
    const given = { counts: [count(7, 10), count(8, 10)], records: [lacking, done(8, 10)], frontier: at(10) };
    expect(plan({ ...given, leftOut: new Set(['lost']) })).toEqual([]);
    expect(brief(plan({ ...given, leftOut: new Set(['other']) }))).toEqual(['dirty 7']);
  });

  it('lets a window grow for a while before it reads it again, the longer the older it is', () => {
    const read = (afterMs: number): WindowRecord => ({ ...done(0, 1), recordedAtMs: at(1) + afterMs });
    const taken = (record: WindowRecord, sinceMs: number): boolean =>
      plan({
        counts: [count(0, 2)],
        records: [record],
        frontier: at(1),
        nowMs: record.recordedAtMs + sinceMs,
        settleMs: LENGTH,
      }).some(({ kind }) => kind === 'dirty');
    const first = (afterMs: number): number =>
      [1, 4, 5, 9, 10, 30, 59, 60, 600].find((minutes) => taken(read(afterMs), minutes * MINUTE))!;
    expect([1, 10, 20, 60, 600].map((minutes) => first(minutes * MINUTE))).toEqual([5, 5, 10, 30, 60]);
    expect(taken(read(10 * MINUTE), -MINUTE)).toBe(true);
  });

  it('takes a window behind the frontier as dirty even without a record', () => {
    expect(brief(plan({ counts: [count(8, 1)], records: [done(9, 1)], frontier: at(10) }))).toEqual([
      'dirty 8',
    ]);
  });

  it('puts what is new before what is dirty, and keeps to the limit', () => {
    const counts = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => count(k, 5));
    const given = { counts, records: [done(0, 1), done(1, 1)], frontier: at(2), nowMs: at(8) + DELAY };
    const all = ['new 2', 'new 3', 'new 4', 'new 5', 'new 6', 'new 7', 'dirty 0', 'dirty 1'];
    expect(brief(plan(given))).toEqual(all);
    expect(brief(plan({ ...given, limit: 7 }))).toEqual(all.slice(0, 7));
    expect([100, 7, 3].map((limit) => wholePlan({ ...given, limit }).dirtyLeft)).toEqual([0, 1, 2]);
  });

  it('does again what a process recorded that died before it wrote down its state', () => {
    const records = [done(3, 1), done(4, 1), done(5, 1)];
    const counts = [3, 4, 5, 6].map((k) => count(k, 1));
    const planned = plan({ counts, records, frontier: at(4), nowMs: at(7) + DELAY });
    expect(brief(planned)).toEqual(['new 4', 'new 5', 'new 6']);
    expect(planned[0]!.previous).toBe(records[1]);
  });

  it('takes the newest windows first where many wait, once', () => {
    const counts = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => count(k, 5));
    const given = { counts, frontier: START, nowMs: at(8) + DELAY, limit: 2 };
    const ahead = (k: number, counted: number): WindowRecord => ({ ...done(k, counted), reason: 'ahead' });
    expect(brief(plan(given))).toEqual(['ahead 5', 'ahead 6', 'ahead 7', 'new 0', 'new 1']);
    const records = [ahead(5, 5), ahead(6, 4), ahead(7, 5)];
    expect(brief(plan({ ...given, records }))).toEqual(['ahead 6', 'new 0', 'new 1']);
    expect(brief(plan({ ...given, records, frontier: at(6) }))).toEqual(['new 6', 'new 7']);
    expect(brief(plan({ ...given, newestMs: 0 }))).toEqual(['new 0', 'new 1']);
    expect(wholePlan(given).waiting).toBe(8);
  });

  it('takes the newest windows first however far behind it is, but none that are old themselves', () => {
    const given = { counts: [0, 1, 2, 3].map((k) => count(k, 5)), frontier: START, limit: 1 };
    const week = Array.from({ length: 7 * 288 }, (_, k) => count(k, 5));
    const behind = plan({ ...given, counts: week, nowMs: at(week.length) + DELAY });
    expect(brief(behind)).toEqual(['ahead 2013', 'ahead 2014', 'ahead 2015', 'new 0']);
    expect(brief(plan({ ...given, nowMs: at(2) + HORIZON }))).toEqual(['ahead 2', 'ahead 3', 'new 0']);
    expect(brief(plan({ ...given, nowMs: at(4) + HORIZON }))).toEqual(['new 0']);
  });

  it('plans nothing outside the range that was counted', () => {
    const range = { start: at(4), end: at(6) };
    const counts = [count(3, 1), count(4, 1), count(5, 1), count(6, 1)];
    expect(brief(plan({ range, counts, frontier: at(4) }))).toEqual(['new 4', 'new 5']);
  });
});

describe('countRange', () => {
  const given = { windowLengthMs: LENGTH, firstMs: START, lookbackMs: 60 * MINUTE };

  it('is the lookback and what the last run left undone', () => {
    const range = countRange({ ...given, dueMs: at(100), frontier: at(99) });
    expect(range).toEqual({ start: at(87), end: at(100) });
    expect(countRange({ ...given, dueMs: at(100), frontier: at(20) }).start).toBe(at(8));
  });

  it('goes no further back than a state is known, and never beyond the frontier', () => {
    expect(countRange({ ...given, firstMs: at(15), dueMs: at(100), frontier: at(20) }).start).toBe(at(15));
    const unknown = countRange({ ...given, firstMs: Infinity, dueMs: at(30), frontier: at(20) });
    expect(unknown).toEqual({ start: at(20), end: at(30) });
    expect(countRange({ ...given, dueMs: at(5), frontier: at(20) })).toEqual({ start: at(8), end: at(8) });
  });
});

/** What happens in turn: documents arrive for a window, the clock moves, a tick runs. */
const steps = fc.array(
  fc.oneof(
    fc.record({ arrive: fc.nat({ max: 60 }), documents: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ moveMs: fc.integer({ min: -3 * 60 * MINUTE, max: 3 * 60 * MINUTE }) }),
    fc.record({ moveMs: fc.integer({ min: 0, max: 2 * LENGTH }) }),
    fc.constant('tick' as const),
  ),
  { maxLength: 60 },
);

/** A service on a store that holds counts, as the composition root drives it. */
class Service {
  nowMs = START;
  frontier = START;
  readonly stored = new Map<number, number>();
  readonly records = new Map<string, WindowRecord>();
  /** Documents that each window had when it was last read. */
  readonly read = new Map<number, number>();

  constructor(private readonly limit: number) {}

  arrive(k: number, documents: number): void {
    this.stored.set(at(k), (this.stored.get(at(k)) ?? 0) + documents);
  }

  plan(): readonly PlannedWindow[] {
    const { nowMs, frontier, limit } = this;
    const times = { nowMs, windowLengthMs: LENGTH, newestMs: HORIZON, settleMs: 0, frontier };
    const dueMs = windowOf(nowMs - DELAY, LENGTH).start;
    const range = countRange({ ...times, firstMs: START, dueMs, lookbackMs: HORIZON });
    const inRange = ({ start }: Window): boolean => start >= range.start && start < range.end;
    const counts = [...this.stored]
      .sort(([a], [b]) => a - b)
      .map(([start, total]) => ({ window: windowOf(start, LENGTH), bySource: {}, total }))
      .filter(({ window }) => inRange(window));
    const records = [...this.records.values()].filter(({ window }) => inRange(window));
    return planWindows({ ...times, range, counts, records, queryDelayMs: DELAY, limit, leftOut: new Set() })
      .windows;
  }

  process({ window, kind, counted }: PlannedWindow): void {
    const kept = { ...record(window, counted), ...(kind === 'ahead' ? { reason: 'ahead' } : {}) };
    this.records.set(`${String(window.start)} ${String(window.end)}`, kept);
    if (kind === 'empty' || kind === 'ahead') return;
    this.read.set(window.start, counted);
    if (kind === 'new') this.frontier = window.end;
  }
}

function checkPlan(service: Service, planned: readonly PlannedWindow[]): void {
  let reached = service.frontier;
  const seen = new Set<number>();
  for (const { window, kind, counted } of planned) {
    expect(window.end + DELAY).toBeLessThanOrEqual(service.nowMs);
    expect(window.start % LENGTH).toBe(0);
    expect(seen.has(window.start)).toBe(false);
    // One that is taken ahead comes again in its turn.
    if (kind === 'ahead') continue;
    seen.add(window.start);
    if (kind === 'empty') continue;
    expect(counted).toBeGreaterThan(service.read.get(window.start) ?? 0);
    if (kind === 'new') {
      expect(window.start).toBeGreaterThanOrEqual(reached);
      reached = window.end;
    } else {
      expect(window.start).toBeLessThan(service.frontier);
    }
  }
}

describe('windows under a clock that jumps both ways', () => {
  it('are never taken twice, never early, in order, and none is forgotten', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 8 }), (happenings, limit) => {
        const service = new Service(limit);
        const tick = (): number => {
          const planned = service.plan();
          checkPlan(service, planned);
          for (const window of planned) service.process(window);
          return planned.length;
        };
        for (const step of happenings) {
          if (step === 'tick') tick();
          else if ('moveMs' in step) service.nowMs += step.moveMs;
          else service.arrive(step.arrive, step.documents);
        }
        service.nowMs = at(61) + DELAY;
        for (let ticks = 0; tick() > 0; ticks++) expect(ticks).toBeLessThan(200);
        expect([...service.read].sort()).toEqual([...service.stored].sort());
      }),
      { numRuns: 500 },
    );
  });
});
