import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { EventSource, WindowCount } from '../../src/collect/ports.js';
import type { Anomaly } from '../../src/domain/anomaly.js';
import { Random } from '../../src/domain/random.js';
import type { RawBatch } from '../../src/domain/raw.js';
import type { Window } from '../../src/domain/window.js';
import { describeSamples, sampleFile } from '../sample-data.js';
import {
  announcements,
  anomaliesOf,
  faulty,
  processOn,
  runToEnd,
  storeWith,
  type FilledStore,
} from './job-on-store.js';

const LOG = sampleFile('flows/portscan_nmap/conn.log.gz');
const DAY_LONG = sampleFile('flows/ssh_honeypot_pi/ssh.log.gz');
const ALL = { start: 0, end: Date.UTC(2030, 0) };

/** Events of which some have not arrived yet: in the windows that are held back, those at every other place. */
class Arrivals implements EventSource {
  readonly heldBack = new Set<number>();
  readonly find;
  readonly ofEntity;
  /** Records read in all. */
  records = 0;

  constructor(private readonly events: EventSource) {
    this.find = events.find.bind(events);
    this.ofEntity = events.ofEntity.bind(events);
  }

  range(): Promise<Window | undefined> {
    return this.events.range();
  }

  absence(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  leftOut(): readonly [] {
    return [];
  }

  async count(range: Window, lengthMs: number): Promise<WindowCount[]> {
    const counts: WindowCount[] = [];
    for (const count of await this.events.count(range, lengthMs)) {
      const total = this.heldBack.has(count.window.start) ? await this.arrived(count.window) : count.total;
      if (total > 0) counts.push({ ...count, total });
    }
    return counts;
  }

  async *read(window: Window, signal?: AbortSignal): AsyncGenerator<RawBatch> {
    for await (const batch of this.events.read(window, signal)) {
      const arrived = this.heldBack.has(window.start) ? half(batch) : batch;
      this.records += arrived.records.length;
      yield arrived;
    }
  }

  private async arrived(window: Window): Promise<number> {
    let total = 0;
    for await (const batch of this.events.read(window)) total += half(batch).records.length;
    return total;
  }
}

function half(batch: RawBatch): RawBatch {
  const keep = <T>(list: ArrayLike<T>): T[] => Array.from(list).filter((_, i) => batch.places[i]! % 2 === 0);
  const { ids, indices } = batch;
  return {
    ...batch,
    records: keep(batch.records),
    places: keep(batch.places),
    ...(ids ? { ids: keep(ids) } : {}),
    ...(indices ? { indices: keep(indices) } : {}),
  };
}

/** What an anomaly says, whatever number of revisions led to it. */
function contentOf({
  revision: _revision,
  previousScore: _score,
  episode: _episode,
  ...content
}: Anomaly): object {
  return content;
}

/** A log of the first and the last lines of a long one. */
function endsOf(log: string, lines = 60): string {
  const all = gunzipSync(readFileSync(log)).toString().trim().split('\n');
  const path = join(mkdtempSync(join(tmpdir(), 'elkhound-late-')), 'ssh.log');
  writeFileSync(path, [...all.slice(0, lines), ...all.slice(-lines)].join('\n'));
  return path;
}

/** A store whose job has learned from all there is; nothing is scored yet. */
async function learned(log = LOG): Promise<{ store: FilledStore; arrivals: Arrivals }> {
  const store = await storeWith(log);
  const arrivals = new Arrivals(store.events);
  const { job } = processOn({ ...ports(store), events: arrivals }, () => Promise.resolve());
  await job.prepare((await store.events.range())!);
  return { store, arrivals };
}

function ports({ events, results, states, models }: FilledStore) {
  return { events, results, states, models };
}

describeSamples('documents that come late', () => {
  let clean: FilledStore;
  let windows: number[];

  beforeAll(async () => {
    ({ store: clean } = await learned());
    await runToEnd(processOn(clean, () => Promise.resolve()));
    const records = await clean.results.records('default', ALL);
    windows = records.filter(({ anomalies }) => anomalies > 0).map(({ window }) => window.start);
    expect(windows.length).toBeGreaterThan(2);
  }, 60_000);
  afterAll(() => clean.destroy());

  it('give their window what it would have had, against the state as it stood before it', async () => {
    const { store, arrivals } = await learned();
    const late = windows[1]!;
    arrivals.heldBack.add(late);
    const before = processOn({ ...ports(store), events: arrivals }, () => Promise.resolve(), 7);
    await runToEnd(before);
    const read = arrivals.records;

    arrivals.heldBack.clear();
    const again = processOn({ ...ports(store), events: arrivals }, () => Promise.resolve(), 7);
    await runToEnd(again);

    const [record] = again.records;
    expect(again.records).toHaveLength(1);
    expect(record).toMatchObject({ window: { start: late }, status: 'done', revision: 2 });
    expect(record!.late).toBe(
      record!.counted - before.records.find(({ window }) => window.start === late)!.counted,
    );
    expect(arrivals.records - read).toBe(record!.counted);
    const upTo = ({ window }: Anomaly): boolean => window.start <= late;
    const found = (await anomaliesOf(store)).filter(({ status }) => status === 'active').filter(upTo);
    expect(found.map(contentOf)).toEqual((await anomaliesOf(clean)).filter(upTo).map(contentOf));
    await runToEnd(again);
    expect(again.records).toHaveLength(1);
    await store.destroy();
  });

  it('are all read, however many windows they are of and however old', async () => {
    const { store, arrivals } = await learned(endsOf(DAY_LONG));
    const counts = await store.events.count((await store.events.range())!, 60_000);
    const old = counts.filter(({ total }) => total > 1).slice(0, 4);
    expect(counts.at(-1)!.window.start - old.at(-1)!.window.end).toBeGreaterThan(3_600_000);
    for (const { window } of old) arrivals.heldBack.add(window.start);
    await runToEnd(processOn({ ...ports(store), events: arrivals }, () => Promise.resolve()));

    arrivals.heldBack.clear();
    const again = processOn({ ...ports(store), events: arrivals }, () => Promise.resolve(), 1);
    await runToEnd(again);
    expect(again.records.map(({ window }) => window.start)).toEqual(old.map(({ window }) => window.start));
    await store.destroy();
  });

  it('leave no anomaly standing that they take away, and delete none', async () => {
    const { store } = await learned();
    const { job } = processOn(store, () => Promise.resolve());
    await runToEnd(processOn(store, () => Promise.resolve()));
    const [count] = await store.events.count({ start: windows[0]!, end: windows[0]! + 60_000 }, 60_000);
    const anomaly = (await anomaliesOf(store)).find(({ window }) => window.start === windows[0])!;
    const ghost: Anomaly = { ...anomaly, id: 'ghost', entity: { kind: 'host', id: '192.0.2.1' } };
    await store.results.save([ghost], []);
    await job.prepare((await store.events.range())!);
    for await (const record of job.runAgain([{ window: anomaly.window, counted: count!.total }])) {
      expect(record.anomalies).toBeGreaterThan(0);
    }
    expect(await store.reader.anomaly('ghost')).toMatchObject({ status: 'retracted', revision: 2 });
    expect(await store.reader.anomaly(anomaly.id)).toMatchObject({ status: 'active', revision: 1 });
    await store.destroy();
  });

  it.each([1, 2, 3])(
    'end alike over a store that fails at random (seed %i)',
    async (seed) => {
      const random = new Random(seed);
      const run = async (
        faults: boolean,
      ): Promise<{ anomalies: Anomaly[]; told: string[]; counted: number[] }> => {
        const { store, arrivals } = await learned();
        const { announce, seen } = announcements();
        const dice = (): 'before' | 'after' | undefined => {
          const roll = random.next();
          return !faults || roll >= 0.08 ? undefined : roll < 0.04 ? 'before' : 'after';
        };
        const broken = {
          events: arrivals,
          results: faulty(store.results, dice),
          states: faulty(store.states, dice),
          models: faulty(store.models, dice),
        };
        windows.slice(0, 4).forEach((start) => arrivals.heldBack.add(start));
        await runToEnd(processOn(broken, announce, 5));
        for (const start of [...arrivals.heldBack].reverse()) {
          arrivals.heldBack.delete(start);
          await runToEnd(processOn(broken, announce, 5));
        }
        const records = await store.results.records('default', ALL);
        const result = {
          anomalies: await anomaliesOf(store),
          told: [...seen.keys()].sort(),
          counted: records.map(({ counted }) => counted),
        };
        await store.destroy();
        return result;
      };
      const expected = await run(false);
      const found = await run(true);
      expect(found.anomalies.map(contentOf)).toEqual(expected.anomalies.map(contentOf));
      expect(found.told).toEqual(expected.told);
      expect(found.counted).toEqual(expected.counted);
    },
    120_000,
  );
});
