import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventSource } from '../../src/collect/ports.js';
import { ManualClock } from '../../src/domain/clock.js';
import type { RawBatch } from '../../src/domain/raw.js';
import type { Window } from '../../src/domain/window.js';
import { ReadAhead, type EventReader } from '../../src/job/read-ahead.js';
import { describeSamples, sampleFile } from '../sample-data.js';
import { announcements, processOn, runToEnd, storeWith } from './job-on-store.js';
import { openEmbeddedStore } from '../../src/store/embedded/open.js';
import type { EventStore } from '../../src/store/store.js';

const LENGTH = 1000;
/** More than one batch of each window. */
const EVENTS = 5000;
const tasks = [0, 1, 2, 3].map((n) => ({ window: { start: n * LENGTH, end: (n + 1) * LENGTH } }));
const [first, second, third, fourth] = tasks.map(({ window }) => window) as [Window, Window, Window, Window];

describe('reading ahead', () => {
  let home: string;
  let store: EventStore;
  const begun: number[] = [];
  const ended: number[] = [];

  /** The store's events, noting which windows are being read. */
  const noted: EventReader = {
    async *read(window, signal) {
      begun.push(window.start);
      try {
        yield* store.events.read(window, signal);
      } finally {
        ended.push(window.start);
      }
    },
  };

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'elkhound-ahead-'));
    store = await openEmbeddedStore({ home }, new ManualClock(0));
    await store.sink.append(
      tasks.flatMap(({ window }) =>
        Array.from({ length: EVENTS }, (_, n) => ({
          id: `${String(window.start)}-${String(n)}`,
          source: 'conn.log',
          format: 'zeek' as const,
          path: 'conn',
          place: n,
          endMs: window.start + (n % LENGTH),
          entities: [],
          record: { n },
        })),
      ),
    );
  });
  beforeEach(() => {
    begun.length = 0;
    ended.length = 0;
  });
  afterAll(async () => {
    await store.close();
    rmSync(home, { recursive: true });
  });

  async function idsIn(reader: EventReader, window: Window): Promise<string[]> {
    const batches: RawBatch[] = [];
    for await (const batch of reader.read(window)) batches.push(batch);
    expect(batches.length).toBeGreaterThan(1);
    return batches.flatMap(({ ids }) => ids!);
  }

  it('gives what the store gives, one window ahead and no more', async () => {
    const ahead = new ReadAhead(noted, tasks);
    const seen: number[][] = [];
    for (const { window } of tasks) {
      expect(await idsIn(ahead, window)).toEqual(await idsIn(store.events, window));
      seen.push([...begun]);
    }
    await ahead.close();
    expect(seen.map((windows) => windows.length)).toEqual([2, 3, 4, 4]);
    expect(begun).toEqual(tasks.map(({ window }) => window.start));
    expect(ended).toEqual(begun);
  });

  it('asks for the next window with the first batch of one', async () => {
    const ahead = new ReadAhead(noted, tasks);
    for await (const _batch of ahead.read(first)) {
      expect(begun).toEqual([first.start, second.start]);
      break;
    }
    await ahead.close();
    expect(new Set(ended)).toEqual(new Set(begun));
  });

  it('lets go of windows that are left out, and reads those that nobody told of', async () => {
    const ahead = new ReadAhead(noted, [tasks[0]!, tasks[1]!, tasks[2]!]);
    await idsIn(ahead, first);
    await idsIn(ahead, third);
    expect(await idsIn(ahead, fourth)).toHaveLength(EVENTS);
    expect(begun).toEqual([first.start, second.start, third.start, fourth.start]);
    expect(new Set(ended)).toEqual(new Set(begun));
    await ahead.close();
  });

  it('takes windows in the order that it was told, which need not be that of time', async () => {
    const ahead = new ReadAhead(noted, [tasks[3]!, tasks[0]!, tasks[1]!]);
    for (const window of [fourth, first, second]) await idsIn(ahead, window);
    await ahead.close();
    expect(begun).toEqual([fourth.start, first.start, second.start]);
  });

  it('fails in a window when that window is read, and not before', async () => {
    const away = AbortSignal.abort(new Error('the store is away'));
    const failing: EventReader = {
      read: (window, signal) => store.events.read(window, window.start === second.start ? away : signal),
    };
    const ahead = new ReadAhead(failing, tasks);
    expect(await idsIn(ahead, first)).toHaveLength(EVENTS);
    await new Promise(setImmediate);
    await expect(idsIn(ahead, second)).rejects.toThrow('the store is away');
    expect(await idsIn(ahead, third)).toHaveLength(EVENTS);
    await ahead.close();
  });

  it('stops at a signal, also what it has asked for', async () => {
    const ahead = new ReadAhead(noted, tasks);
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      for await (const _batch of ahead.read(first, abort.signal)) abort.abort(new Error('enough'));
    };
    await expect(read()).rejects.toThrow('enough');
    await ahead.close();
    expect(begun).toEqual([first.start, second.start]);
    expect(new Set(ended)).toEqual(new Set(begun));
  });
});

describeSamples('a job', () => {
  it('has the next window in hand while it detects, and none when it is done', async () => {
    const store = await storeWith(sampleFile('flows/portscan_nmap/conn.log.gz'));
    const { announce } = announcements();
    let [open, most] = [0, 0];
    async function* counted(window: Window, signal?: AbortSignal): AsyncGenerator<RawBatch> {
      most = Math.max(most, ++open);
      try {
        yield* store.events.read(window, signal);
      } finally {
        open--;
      }
    }
    const events = Object.assign(Object.create(store.events) as EventSource, { read: counted });
    const process = processOn({ ...store, events }, announce);
    await process.job.prepare((await store.events.range())!);
    expect(open).toBe(0);
    most = 0;
    await runToEnd(process);
    expect(process.records.length).toBeGreaterThan(2);
    expect({ open, most }).toEqual({ open: 0, most: 2 });
    await store.destroy();
  });
});
