import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../src/domain/random.js';
import { windowStart } from '../../src/domain/window.js';
import { describeSamples, sampleFile } from '../sample-data.js';
import {
  announcements,
  anomaliesOf,
  faulty,
  ingest,
  processOn,
  runToEnd,
  storeWith,
  type FilledStore,
} from './job-on-store.js';

const MINUTE_MS = 60_000;
const LOG = sampleFile('flows/portscan_nmap/conn.log.gz');

describeSamples('DetectionJob', () => {
  let clean: FilledStore;
  let expected: Awaited<ReturnType<typeof anomaliesOf>>;
  const told = announcements();

  beforeAll(async () => {
    clean = await storeWith(LOG);
    await runToEnd(processOn(clean, told.announce));
    expected = await anomaliesOf(clean);
  }, 60_000);
  afterAll(() => clean.destroy());

  it('finds the scanner, says why, and on what it stands', () => {
    expect(expected.length).toBeGreaterThan(0);
    const scanner = expected.find(({ entity }) => entity.id === '172.16.1.11');
    expect(scanner).toMatchObject({
      behavior: expect.stringMatching(/port_scan|host_sweep/) as string,
      technique: { id: 'T1046' },
      basis: { selfTrained: true },
    });
    expect(scanner!.evidence.length).toBeGreaterThan(0);
    expect(told.seen.size).toBeGreaterThan(0);
  });

  it('leaves a record of each window, and counts every record once', async () => {
    const records = await clean.results.records('default', { start: 0, end: Date.UTC(2030, 0) });
    const read = records.flatMap(({ coverage }) => coverage).reduce((sum, { read: n }) => sum + n, 0);
    expect(read).toBe(4504);
    for (const { status, counted } of records) expect(status).toBe(counted === 0 ? 'skipped' : 'done');
  });

  it('stores a file that is read again once', async () => {
    expect(await ingest(clean, LOG)).toBe(0);
  });

  it('writes down early what is much, and gives the same', async () => {
    const store = await storeWith(LOG);
    const keys: string[] = [];
    const put = store.states.putState.bind(store.states);
    const states = Object.assign(Object.create(store.states) as typeof store.states, {
      putState: (key: string, value: string, expected: number | null) => {
        keys.push(key);
        return put(key, value, expected);
      },
    });
    const { announce } = announcements();
    const { events, results, models } = store;
    await runToEnd(processOn({ events, results, models, states, maxJournalChars: 10_000 }, announce, 1000));
    expect(keys.filter((key) => key.startsWith('checkpoint:')).length).toBeGreaterThan(5);
    expect(await anomaliesOf(store)).toEqual(expected);
    await store.destroy();
  });

  it.each(['snapshot', 'journal'])('goes on where a %s cannot be read, and says so', async (part) => {
    const store = await storeWith(LOG);
    const { announce } = announcements();
    const notices: string[] = [];
    const keys = new Set<string>();
    const get = store.states.getState.bind(store.states);
    const states = Object.assign(Object.create(store.states) as typeof store.states, {
      getState: async (key: string) => {
        const stored = await get(key);
        if (!key.startsWith(`${part}:`)) return stored;
        keys.add(key);
        return stored && { ...stored, value: 'not what was written' };
      },
    });
    const { events, results, models } = store;
    const first = processOn({ events, results, models, states: store.states }, announce, 5);
    await first.runner.tick(new AbortController().signal);
    const notice = (text: string): unknown => notices.push(text);
    await runToEnd(processOn({ events, results, models, states, notice }, announce));
    expect(keys.size).toBeGreaterThan(0);
    expect(notices).toEqual([expect.stringContaining('cannot be read: learning anew')]);
    const records = await store.results.records('default', { start: 0, end: Date.UTC(2030, 0) });
    const all = await clean.results.records('default', { start: 0, end: Date.UTC(2030, 0) });
    expect(records.map(({ window }) => window.start)).toEqual(all.map(({ window }) => window.start));
    await store.destroy();
  });

  it('does nothing more when nothing new has come', async () => {
    const again = processOn(clean, told.announce);
    await runToEnd(again);
    expect(again.records).toEqual([]);
  });

  it('learns anew for windows of another length, and goes on where the others end', async () => {
    const store = await storeWith(LOG);
    const { announce } = announcements();
    const first = processOn(store, announce, 5);
    await first.runner.tick(new AbortController().signal);
    const notices: string[] = [];
    const notice = (text: string): unknown => notices.push(text);
    const { events, results, models, states } = store;
    const other = processOn({ events, results, models, states, notice }, announce, 10, 5 * MINUTE_MS);
    await runToEnd(other);
    expect(notices).toEqual(['windows are 5 minutes long from now on: learning anew']);
    expect(other.job.current!.origin.id).not.toBe(first.job.current!.origin.id);
    const lengths = other.records.map(({ window }) => window.end - window.start);
    expect(new Set(lengths)).toEqual(new Set([5 * MINUTE_MS]));
    expect(other.records[0]!.window.start).toBe(windowStart(first.job.nextMs, 5 * MINUTE_MS));
    await store.destroy();
  });

  it('learns the same where a document has an absurd time', async () => {
    const store = await storeWith(LOG);
    const stray = join(mkdtempSync(join(tmpdir(), 'elkhound-stray-')), 'stray.ndjson');
    writeFileSync(stray, '{"@timestamp":"2001-01-01T00:00:00Z","source":{"ip":"10.0.0.1"}}\n');
    expect(await ingest(store, stray)).toBe(1);
    await runToEnd(processOn(store, told.announce));
    expect(await anomaliesOf(store)).toEqual(expected);
    await store.destroy();
  });

  it.each([1, 7, 20])('gives the same after a kill at every %i windows', async (windows) => {
    const store = await storeWith(LOG);
    const { announce, seen } = announcements();
    // Each process dies after a few windows, before it has written down where it was.
    for (let kill = 0; kill < 4; kill++) {
      const { runner, records } = processOn(store, announce, 1000);
      const dies = new AbortController();
      const tick = runner.tick(dies.signal);
      const closed = store.results.close.bind(store.results);
      store.results.close = async (record) => {
        await closed(record);
        if (records.length + 1 >= windows * (kill + 1)) throw new Error('killed');
      };
      await tick.catch(() => undefined);
      store.results.close = closed;
    }
    await runToEnd(processOn(store, announce));
    expect(await anomaliesOf(store)).toEqual(expected);
    expect([...seen].sort()).toEqual([...told.seen].sort());
    await store.destroy();
  });

  it.each([1, 2, 3, 4])('gives the same over a store that fails at random (seed %i)', async (seed) => {
    const store = await storeWith(LOG);
    const { announce, seen } = announcements();
    const random = new Random(seed);
    const fails = (): 'before' | 'after' | undefined => {
      const dice = random.next();
      return dice < 0.04 ? 'before' : dice < 0.08 ? 'after' : undefined;
    };
    const ports = {
      events: store.events,
      results: faulty(store.results, fails),
      states: faulty(store.states, fails),
      models: faulty(store.models, fails),
    };
    await runToEnd(processOn(ports, announce, 5));
    expect(await anomaliesOf(store)).toEqual(expected);
    expect([...seen].sort()).toEqual([...told.seen].sort());
    await store.destroy();
  });
});
