import { ManualClock } from '../../src/domain/clock.js';
import { Pace } from '../../src/store/elasticsearch/pace.js';

/** Milliseconds that a call waits for, by a clock that stands still: it waits for real, so they are few. */
async function waited(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  // Timers may fire up to a millisecond early.
  return performance.now() - started + 1;
}

describe('Pace', () => {
  it('lets the first pass at once, and each of the others when those before it are paid for', async () => {
    const clock = new ManualClock(1_000_000);
    const pace = new Pace(10_000, clock);
    await pace.take(500);
    expect(await waited(() => pace.take(300))).toBeGreaterThanOrEqual(50);
    // The clock stands still: both are still owed.
    expect(await waited(() => pace.take(1))).toBeGreaterThanOrEqual(80);
    clock.set(2_000_000);
    await pace.take(1_000_000_000);
  });

  it('is shared: what one reads, all wait for', async () => {
    const pace = new Pace(10_000, new ManualClock(0));
    const waits = await Promise.all([1, 2, 3, 4].map(() => waited(() => pace.take(200))));
    expect(waits[3]).toBeGreaterThanOrEqual(60);
  });

  it('ends a wait as soon as it is told to', async () => {
    const pace = new Pace(1, new ManualClock(0));
    await pace.take(1_000_000);
    const abort = new AbortController();
    const taken = pace.take(1, abort.signal);
    abort.abort(new Error('stopping'));
    await expect(taken).rejects.toThrow('stopping');
  });
});
