import { pino, type Logger } from 'pino';
import { AppError } from '../../src/domain/error.js';
import type { TickResult } from '../../src/job/runner.js';
import { Scheduler, type SchedulerDependencies } from '../../src/service/scheduler.js';

const EACH_SECOND = { name: 'detect', cron: '* * * * * *', timeZone: 'UTC' };
/** Never within a test, so that only what the test asks for ticks. */
const RARELY = { name: 'detect', cron: '0 0 29 2 *', timeZone: 'UTC' };
const CLOCK = { now: () => Date.now() };

/** A logger that keeps its lines. */
function recordingLogger(): { logger: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { logger: pino({ level: 'debug' }, { write }), lines };
}

/** A tick that ends when the test says so. */
function heldTick(): {
  tick: (signal: AbortSignal) => Promise<TickResult>;
  release: (result?: TickResult) => void;
  started: () => number;
  together: () => number;
} {
  let started = 0;
  let running = 0;
  let together = 0;
  let end: (result: TickResult) => void = () => undefined;
  return {
    tick: async () => {
      started++;
      together = Math.max(together, ++running);
      const result = await new Promise<TickResult>((resolve) => (end = resolve));
      running--;
      return result;
    },
    release: (result = 'idle') => {
      end(result);
    },
    started: () => started,
    together: () => together,
  };
}

function make(tick: SchedulerDependencies['tick'], options = RARELY) {
  const log = recordingLogger();
  const outcomes: string[] = [];
  const onTick = (outcome: string): void => void outcomes.push(outcome);
  return {
    ...log,
    outcomes,
    scheduler: new Scheduler(options, { tick, onTick, clock: CLOCK, logger: log.logger }),
  };
}

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe('Scheduler', () => {
  it('refuses a cron expression or zone that makes no sense, and says what would be right', () => {
    const bad = (change: object) => () => make(() => Promise.resolve('idle'), { ...RARELY, ...change });
    expect(bad({ cron: 'every minute' })).toThrow(
      /schedule "detect": "every minute" in "UTC": expected a cron/,
    );
    expect(bad({ timeZone: 'Mars/Olympus' })).toThrow(AppError);
  });

  it('makes one tick of all requests that come during a tick, after it', async () => {
    const held = heldTick();
    const { scheduler, outcomes } = make(held.tick);
    const requests = [scheduler.runNow(), scheduler.runNow()];
    await turn();
    requests.push(scheduler.runNow(), scheduler.runNow());
    held.release();
    await turn();
    held.release();
    expect(await Promise.all(requests)).toEqual(['idle', 'idle', 'idle', 'idle']);
    expect([held.started(), held.together()]).toEqual([2, 1]);
    expect(outcomes).toEqual(['done', 'done']);
  });

  it('ticks on at once while there is more to do', async () => {
    let left = 3;
    const { scheduler } = make(() => Promise.resolve(--left > 0 ? 'more' : 'idle'));
    expect(await scheduler.runNow()).toBe('idle');
    expect(left).toBe(0);
  });

  it('counts a tick that fails, leaves it to others to tell, and tries again when next asked', async () => {
    let calls = 0;
    const { scheduler, lines, outcomes } = make(() => {
      calls++;
      return calls === 1 ? Promise.reject(new Error('store is away')) : Promise.resolve('idle');
    });
    expect(await scheduler.runNow()).toBe('failed');
    expect(await scheduler.runNow()).toBe('idle');
    expect(outcomes).toEqual(['failed', 'done']);
    expect(lines).toEqual([
      expect.objectContaining({ level: 20, err: expect.objectContaining({ message: 'store is away' }) }),
    ]);
  });
});

describe('Scheduler.stop', () => {
  it('waits for the tick in hand, even where there would be more to do', async () => {
    const held = heldTick();
    const { scheduler } = make(held.tick);
    void scheduler.runNow();
    await turn();
    const stopped = scheduler.stop(60_000);
    await turn();
    held.release('more');
    expect(await stopped).toBe('finished');
    expect(held.started()).toBe(1);
    await expect(scheduler.runNow()).rejects.toMatchObject({ code: 'busy' });
  });

  it('aborts the tick in hand after the grace, which is no failure', async () => {
    const { scheduler, outcomes, lines } = make(
      (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        }),
    );
    void scheduler.runNow();
    await turn();
    expect(await scheduler.stop(1)).toBe('aborted');
    expect([outcomes, lines]).toEqual([[], []]);
  });

  it('gives up on a tick that reacts to nothing, and says so', async () => {
    const held = heldTick();
    const { scheduler, lines } = make(held.tick);
    void scheduler.runNow();
    await turn();
    expect(await scheduler.stop(1)).toBe('abandoned');
    expect(lines.at(-1)).toMatchObject({ level: 50, schedule: 'detect' });
    held.release();
  });
});

describe('Scheduler on its schedule', () => {
  beforeEach(() => jest.useFakeTimers({ now: Date.UTC(2026, 10, 23, 9) }));
  afterEach(() => jest.useRealTimers());

  it('ticks at each beat until it is stopped', async () => {
    const { scheduler, outcomes } = make(() => Promise.resolve('idle'), EACH_SECOND);
    scheduler.start();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(outcomes.length).toBe(5);
    await scheduler.stop(0);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(outcomes.length).toBe(5);
  });

  it('never overlaps a slow tick, and makes up for the beats it missed by one', async () => {
    const held = heldTick();
    const { scheduler } = make(held.tick, EACH_SECOND);
    scheduler.start();
    await jest.advanceTimersByTimeAsync(4_500);
    expect(held.started()).toBe(1);
    held.release();
    await jest.advanceTimersByTimeAsync(100);
    expect([held.started(), held.together()]).toEqual([2, 1]);
    held.release();
    await scheduler.stop(0);
  });

  it('makes up for beats that a busy process missed', async () => {
    const { scheduler, outcomes } = make(() => Promise.resolve('idle'), {
      ...EACH_SECOND,
      cron: '0 * * * * *',
    });
    scheduler.start();
    await jest.advanceTimersByTimeAsync(59_000);
    expect(outcomes.length).toBe(0);
    jest.setSystemTime(Date.UTC(2026, 10, 23, 9, 3, 30));
    await jest.advanceTimersByTimeAsync(2_000);
    expect(outcomes.length).toBeGreaterThan(0);
    await scheduler.stop(0);
  });

  it('goes on after the clock was set back by an hour', async () => {
    const { scheduler, outcomes, lines } = make(() => Promise.resolve('idle'), EACH_SECOND);
    scheduler.start();
    await jest.advanceTimersByTimeAsync(3_000);
    jest.setSystemTime(Date.UTC(2026, 10, 23, 8));
    const before = outcomes.length;
    await jest.advanceTimersByTimeAsync(30_000);
    expect(outcomes.length - before).toBeGreaterThan(15);
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'the clock was set back' }));
    await scheduler.stop(0);
  });

  it.each([
    ['ahead', 1_800_000, 'the clock was set back'],
    ['back', -3_600_000, 'a beat is missing: the clock was set'],
  ])('goes on after the clock leapt %s and came right between two looks at it', async (_way, leapMs, msg) => {
    const { scheduler, outcomes, lines } = make(() => Promise.resolve('idle'), EACH_SECOND);
    scheduler.start();
    await jest.advanceTimersByTimeAsync(1_000);
    const trueMs = Date.now();
    jest.setSystemTime(trueMs + leapMs);
    await jest.advanceTimersByTimeAsync(3_000);
    jest.setSystemTime(trueMs + 3_000);
    const before = outcomes.length;
    await jest.advanceTimersByTimeAsync(40_000);
    expect(outcomes.length - before).toBeGreaterThan(15);
    expect(lines).toContainEqual(expect.objectContaining({ msg }));
    await scheduler.stop(0);
  });
});
