import { pino } from 'pino';
import type { WindowRecord } from '../../src/domain/anomaly.js';
import { ManualClock } from '../../src/domain/clock.js';
import { Audit } from '../../src/service/audit.js';
import { describeSamples, sampleFile } from '../sample-data.js';
import { processOn, runToEnd, storeWith, type FilledStore } from '../job/job-on-store.js';

const LENGTH = 60_000;
const HOUR = 3_600_000;
const ALL = { start: 0, end: Date.UTC(2030, 0) };

describeSamples('the daily audit', () => {
  let store: FilledStore;
  let nextMs: number;
  const clock = new ManualClock(Date.UTC(2026, 10, 24));
  const missed: [WindowRecord, number][] = [];
  let audit: Audit;

  beforeAll(async () => {
    store = await storeWith(sampleFile('flows/portscan_nmap/conn.log.gz'));
    const process = processOn(store, () => Promise.resolve());
    await runToEnd(process);
    nextMs = process.job.nextMs;
    audit = new Audit({
      name: 'default',
      events: store.events,
      results: store.results,
      clock,
      logger: pino({ level: 'silent' }),
      horizonMs: HOUR / 2,
      everyMs: 24 * HOUR,
      onMissed: (record, documents) => missed.push([record, documents]),
    });
  }, 60_000);
  afterAll(() => store.destroy());

  /** Documents that come for a window: copies of one that it has, or of one near by. */
  async function arrive(window: { start: number }, count: number): Promise<void> {
    const event = {
      source: 'late',
      format: 'ecs' as const,
      place: 1,
      endMs: window.start + 1,
      entities: [],
      record: {},
    };
    await store.sink.append(
      Array.from({ length: count }, (_, n) => ({ ...event, id: `${String(window.start)} ${String(n)}` })),
    );
  }

  it('finds nothing where nothing came late', async () => {
    await audit.run(nextMs, LENGTH);
    expect(missed).toEqual([]);
  });

  it('counts what came later than the horizon, once, and looks once a day', async () => {
    const records = await store.results.records('default', ALL);
    const old = records.filter(({ window }) => window.end < nextMs - HOUR / 2);
    const done = old.find(({ status }) => status === 'done')!;
    const empty = old.find(({ status, window }) => status === 'skipped' && window.start > done.window.start)!;
    const fresh = records.find(({ window }) => window.start >= nextMs - HOUR / 2)!;
    const emptyWindow = { start: empty.window.end - LENGTH, end: empty.window.end };
    await arrive(done.window, 3);
    await arrive(emptyWindow, 2);
    await arrive(fresh.window, 4);
    await audit.run(nextMs, LENGTH);
    expect(missed).toEqual([]);
    clock.set(clock.now() + 24 * HOUR);
    await audit.run(nextMs, LENGTH);
    expect(missed.map(([{ window }, documents]) => [window, documents])).toEqual([
      [done.window, 3],
      [emptyWindow, 2],
    ]);
    const after = await store.results.records('default', ALL);
    expect(after).toContainEqual({ ...done, missed: 3, recordedAtMs: expect.any(Number) as number });
    clock.set(clock.now() + 24 * HOUR);
    await arrive({ start: done.window.start + 10 }, 1);
    await audit.run(nextMs, LENGTH);
    expect(missed.slice(2).map(([{ missed: sum }, documents]) => [sum, documents])).toEqual([[4, 1]]);
  });
});
