import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { StoredEvent } from '../../src/collect/ports.js';
import { ManualClock } from '../../src/domain/clock.js';
import { Database } from '../../src/store/embedded/database.js';
import { openEmbeddedStore } from '../../src/store/embedded/open.js';
import { anomaliesOf, changesOf, notificationRecordsOf, windowRecordsOf } from '../contract/arbitraries.js';

const CLOCK = new ManualClock(Date.UTC(2026, 10, 23));
const ALL = { start: 0, end: Date.UTC(2100, 0) };

function event(id: string, endMs: number, source = 'conn.log'): StoredEvent {
  return { id, source, format: 'zeek', path: 'conn', place: endMs, endMs, entities: [], record: { id } };
}

describe('embedded store', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'elkhound-embedded-'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  it('stores an event once, whenever it comes again', async () => {
    const store = await openEmbeddedStore({ home }, CLOCK);
    expect(await store.sink.append([event('a', 5), event('b', 1), event('a', 5)])).toBe(2);
    expect(await store.sink.append([event('b', 1), event('c', 3)])).toBe(1);
    expect(await store.sink.append([])).toBe(0);
    const batches = [];
    for await (const batch of store.events.read(ALL)) batches.push(batch);
    const records = [{ id: 'b' }, { id: 'c' }, { id: 'a' }];
    expect(batches).toEqual([
      { source: 'conn.log', format: 'zeek', path: 'conn', ids: ['b', 'c', 'a'], places: [1, 3, 5], records },
    ]);
    await store.close();
  });

  it('counts a data set by its name, whatever an object has under it', async () => {
    const store = await openEmbeddedStore({ home }, CLOCK);
    const names = ['__proto__', 'constructor', 'conn.log'];
    await store.sink.append(names.map((source, i) => ({ ...event(source, i + 1), source })));
    const [counted] = await store.events.count(ALL, 1000);
    expect(counted!.total).toBe(3);
    expect(Object.entries(counted!.bySource).sort()).toEqual([...names].sort().map((name) => [name, 1]));
    await store.close();
  });

  it('keeps everything over a restart', async () => {
    const first = await openEmbeddedStore({ home }, CLOCK);
    const [anomaly] = fc.sample(anomaliesOf('job'), { numRuns: 1, seed: 1 });
    await first.sink.append([event('a', 5)]);
    await first.results.save([anomaly!], []);
    const version = await first.states.putState('key', 'value', null);
    await first.close();
    await first.close();
    const second = await openEmbeddedStore({ home }, CLOCK);
    expect(await second.events.range()).toEqual({ start: 5, end: 6 });
    expect(await second.reader.anomaly(anomaly!.id)).toEqual(anomaly);
    expect(await second.states.getState('key')).toEqual({ value: 'value', version });
    await second.close();
  });

  it('has one owner at a time, in this process and in others', async () => {
    const taken = { code: 'store_unavailable', message: expect.stringContaining(home) as string };
    const store = await openEmbeddedStore({ home }, CLOCK);
    await expect(openEmbeddedStore({ home }, CLOCK)).rejects.toMatchObject(taken);
    await store.close();
    const other = await writer(home);
    await expect(openEmbeddedStore({ home }, CLOCK)).rejects.toMatchObject(taken);
    await other.kill();
    await (await openEmbeddedStore({ home }, CLOCK)).close();
  });

  it('has every batch whole after a writer was killed, and none that was acknowledged is missing', async () => {
    for (let kill = 0; kill < 3; kill++) {
      const other = await writer(home);
      const acknowledged = await other.kill(3 + kill);
      const store = await openEmbeddedStore({ home }, CLOCK);
      const counts = await store.events.count(ALL, 1000);
      expect(counts.every(({ total }) => total === 100)).toBe(true);
      const stored = new Set(counts.map(({ window }) => window.start / 1000));
      for (const batch of acknowledged) expect(stored).toContain(batch);
      await store.close();
    }
  });

  it('refuses a folder of a newer version before it writes', async () => {
    await (await openEmbeddedStore({ home }, CLOCK)).close();
    const database = await Database.open({ home });
    await database.transaction((connection) => connection.run('INSERT INTO meta VALUES (99)'));
    await database.close();
    await expect(openEmbeddedStore({ home }, CLOCK)).rejects.toMatchObject({
      code: 'unsupported_schema',
      message: expect.stringContaining('schema 99') as string,
    });
  });

  it('deletes what is older than asked for', async () => {
    const store = await openEmbeddedStore({ home }, CLOCK);
    await store.sink.append([event('old', 5), event('new', Date.UTC(2099, 0))]);
    const sample = <T>(arbitrary: fc.Arbitrary<T>): T => fc.sample(arbitrary, { numRuns: 1, seed: 1 })[0]!;
    await store.results.save([sample(anomaliesOf('job'))], [sample(changesOf('job'))]);
    await store.results.close(sample(windowRecordsOf('job')));
    await store.notifications.create(sample(notificationRecordsOf('job')).notification);
    await store.states.putState('key', 'value', null);
    expect(await store.prune(5)).toBe(0);
    expect(await store.prune(Date.UTC(2050, 0))).toBe(5);
    expect(await store.events.range()).toEqual({ start: Date.UTC(2099, 0), end: Date.UTC(2099, 0) + 1 });
    expect(await store.results.records('job', { start: 0, end: Date.UTC(2200, 0) })).toEqual([]);
    expect(await store.notifications.recent('job', 10)).toEqual([]);
    expect(await store.states.getState('key')).toBeDefined();
    await store.close();
  });

  it('answers many queries at once, and closes when the last of them is answered', async () => {
    const store = await openEmbeddedStore({ home }, CLOCK);
    await store.sink.append(Array.from({ length: 5000 }, (_, i) => event(`e${String(i)}`, i)));
    const records = async (): Promise<number> => {
      let count = 0;
      for await (const { records: some } of store.events.read(ALL)) count += some.length;
      return count;
    };
    const queries = Array.from({ length: 50 }, () => store.events.range());
    const reads = [records(), records()];
    // Reading has begun when the store is closed.
    await Promise.race(queries);
    const closed = store.close();
    expect(new Set((await Promise.all(queries)).map((range) => range?.end))).toEqual(new Set([5000]));
    expect(await Promise.all(reads)).toEqual([5000, 5000]);
    await closed;
  });

  it('undoes a transaction that fails, and goes on', async () => {
    const store = await openEmbeddedStore({ home }, CLOCK);
    await store.states.putState('key', 'one', null);
    await expect(store.states.putState('key', 'two', 7)).rejects.toMatchObject({ code: 'store_conflict' });
    const results = await Promise.all([
      store.sink.append([event('a', 1)]),
      store.sink.append([event('a', 1)]),
    ]);
    expect(results.sort()).toEqual([0, 1]);
    await store.close();
  });
});

/** A process that appends batches of 100 events, batch n at second n, until it is killed. */
async function writer(home: string): Promise<{ kill(afterBatches?: number): Promise<number[]> }> {
  const script = join(__dirname, 'embedded-writer.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const batches: number[] = [];
  let waiting: (() => void) | undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    batches.push(...chunk.toString().trim().split('\n').map(Number));
    waiting?.();
  });
  const until = async (count: number): Promise<void> => {
    while (batches.length < count) await new Promise<void>((resolve) => (waiting = resolve));
  };
  await until(1);
  return {
    kill: async (afterBatches = 1) => {
      await until(afterBatches);
      child.kill('SIGKILL');
      await once(child, 'exit');
      return batches;
    },
  };
}
