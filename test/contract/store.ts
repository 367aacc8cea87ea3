/**
 * What every store does, whichever way it does it.
 */
import fc from 'fast-check';
import type { EventRef, WindowCount } from '../../src/collect/ports.js';
import type { Page, ResultQuery } from '../../src/decide/ports.js';
import {
  SEVERITIES,
  SEVERITY_NUMBER,
  type Anomaly,
  type Episode,
  type WindowRecord,
} from '../../src/domain/anomaly.js';
import { stableId } from '../../src/domain/hash.js';
import type { RawBatch } from '../../src/domain/raw.js';
import type { Window } from '../../src/domain/window.js';
import { ReadAhead } from '../../src/job/read-ahead.js';
import type { ActionRecord } from '../../src/respond/ports.js';
import type { Store } from '../../src/store/store.js';
import {
  anomaliesOf,
  episodesOf,
  HOSTILE_NAMES,
  notificationRecordsOf,
  snapshotsOf,
  WINDOW_MS,
  windowRecordsOf,
} from './arbitraries.js';

/** An event as a test adds it. */
export interface TestEvent {
  readonly id: string;
  /** Index or file. */
  readonly source: string;
  /** `@timestamp`, milliseconds. */
  readonly timeMs: number;
  /** `event.end`, milliseconds. */
  readonly endMs?: number;
  readonly sourceIp?: string;
  readonly user?: string;
}

/** A store under test. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Adds events; they are visible when it returns. The store has no others. */
  addEvents(events: readonly TestEvent[]): Promise<void>;
  /** Sources as the store names them. */
  sourceOf(source: string): string;
  /** Cursors that are open at the moment. */
  openCursors(): Promise<number>;
  close(): Promise<void>;
}

const START = Date.UTC(2026, 10, 1, 8);
const FIRST: Window = { start: START, end: START + WINDOW_MS };
const SECOND: Window = { start: FIRST.end, end: FIRST.end + WINDOW_MS };
const ALL: Window = { start: 0, end: Date.UTC(2100, 0) };
const RUNS = { numRuns: 5 };

let jobs = 0;
/** A job that no other test has, since suites share a server. */
function newJob(): string {
  return `job-${String(process.pid)}-${String(process.hrtime.bigint())}-${String(jobs++)}`;
}

async function collect(batches: AsyncIterable<RawBatch>): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of batches) {
    expect(batch.records).toHaveLength(batch.ids!.length);
    expect(batch.places).toHaveLength(batch.ids!.length);
    ids.push(...batch.ids!);
  }
  return ids.sort();
}

async function allPages<T>(list: (cursor?: string) => Promise<Page<T>>): Promise<T[][]> {
  const pages: T[][] = [];
  for (let cursor: string | undefined; ;) {
    const page = await list(cursor);
    pages.push([...page.items]);
    if (page.next === null) return pages;
    cursor = page.next;
  }
}

/** A sample of `count` values, the same in every run. */
function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: 7 });
}

function oneOf<T>(arbitrary: fc.Arbitrary<T>): T {
  return sample(arbitrary, 1)[0]!;
}

/** All tests of a store; `open` gives an empty one, or one of which only the own jobs are looked at. */
export function storeContract(open: () => Promise<StoreUnderTest>): void {
  let tested: StoreUnderTest;
  let store: Store;

  beforeEach(async () => {
    tested = await open();
    store = tested.store;
  });
  afterEach(() => tested.close());

  describe('events', () => eventContract(() => tested));
  describe('anomalies', () => anomalyContract(() => store));
  describe('episodes', () => episodeContract(() => store));
  describe('windows', () => windowContract(() => store));
  describe('states', () => stateContract(() => store));
  describe('models', () => modelContract(() => store));
  describe('notifications', () => notificationContract(() => store));
  describe('actions', () => actionContract(() => store));
}

function eventContract(tested: () => StoreUnderTest): void {
  const events = () => tested().store.events;

  it('has no range, counts or events while it is empty', async () => {
    expect(await events().range()).toBeUndefined();
    expect(await events().count(ALL, WINDOW_MS * 1e6)).toEqual([]);
    expect(await collect(events().read(FIRST))).toEqual([]);
    expect(await events().find([{ id: 'x', index: tested().sourceOf('a') }])).toEqual([]);
  });

  it('reads windows half open', async () => {
    await tested().addEvents([
      { id: 'before', source: 'a', timeMs: FIRST.start - 1 },
      { id: 'first', source: 'a', timeMs: FIRST.start },
      { id: 'last', source: 'b', timeMs: FIRST.end - 1 },
      { id: 'after', source: 'b', timeMs: FIRST.end },
    ]);
    expect(await collect(events().read(FIRST))).toEqual(['first', 'last']);
    expect(await events().range()).toEqual({ start: FIRST.start - 1, end: FIRST.end + 1 });
  });

  it('lets the end of a flow decide its window, and the time stamp where there is none', async () => {
    await tested().addEvents([
      { id: 'ends-later', source: 'a', timeMs: FIRST.start, endMs: SECOND.start },
      { id: 'ended-before', source: 'a', timeMs: SECOND.start, endMs: FIRST.start },
      { id: 'stamped', source: 'a', timeMs: FIRST.start },
    ]);
    expect(await collect(events().read(FIRST))).toEqual(['ended-before', 'stamped']);
    expect(await collect(events().read(SECOND))).toEqual(['ends-later']);
  });

  it('counts by window and source exactly what it reads', async () => {
    const spread = sample(
      fc.record(
        {
          source: fc.constantFrom('a', 'b', 'c'),
          timeMs: fc.integer({ min: START, max: START + 20 * WINDOW_MS }),
          endMs: fc.integer({ min: START, max: START + 20 * WINDOW_MS }),
        },
        { requiredKeys: ['source', 'timeMs'] },
      ),
      300,
    );
    await tested().addEvents(spread.map((event, number) => ({ ...event, id: String(number) })));
    const range = { start: START + 10_000, end: START + 15 * WINDOW_MS + 10_000 };
    const counts = await events().count(range, WINDOW_MS);
    expect(counts).toEqual(
      expectedCounts(spread as TestEvent[], range, (source) => tested().sourceOf(source)),
    );
    for (const { window, bySource } of counts.slice(1, -1)) {
      const read: Record<string, number> = {};
      for await (const batch of events().read(window)) {
        read[batch.source] = (read[batch.source] ?? 0) + batch.records.length;
      }
      expect(read).toEqual(bySource);
    }
  });

  it('hands out no more than asked for, and closes its cursor when the reader stops early', async () => {
    await tested().addEvents(many(60));
    for await (const batch of events().read(FIRST)) {
      expect(batch.records.length).toBeGreaterThan(0);
      break;
    }
    expect(await tested().openCursors()).toBe(0);
  });

  it('closes its cursor when the reader fails', async () => {
    await tested().addEvents(many(60));
    const failing = async (): Promise<void> => {
      for await (const batch of events().read(FIRST)) throw new Error(`stop at ${batch.source}`);
    };
    await expect(failing()).rejects.toThrow('stop at');
    expect(await tested().openCursors()).toBe(0);
  });

  it('stops at a signal, and closes its cursor', async () => {
    await tested().addEvents(many(60));
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      for await (const batch of events().read(FIRST, abort.signal))
        abort.abort(new Error(`enough of ${batch.source}`));
    };
    // A whole window may have come in one batch before the signal.
    await read().catch((error: unknown) => expect(String(error)).toContain('enough'));
    await expect(collect(events().read(FIRST, abort.signal))).rejects.toThrow('enough');
    expect(await tested().openCursors()).toBe(0);
  });

  it('reads a window ahead, and closes the cursor of what was not read', async () => {
    await tested().addEvents(many(60));
    const nobody = { start: FIRST.end + 20 * WINDOW_MS, end: FIRST.end + 21 * WINDOW_MS };
    const ahead = new ReadAhead(events(), [{ window: nobody }, { window: FIRST }, { window: SECOND }]);
    expect(await collect(ahead.read(nobody))).toEqual([]);
    expect(await collect(ahead.read(FIRST))).toEqual(await collect(events().read(FIRST)));
    await ahead.close();
    expect(await tested().openCursors()).toBe(0);
  });

  it('finds events by name, in the order asked for', async () => {
    await tested().addEvents(many(5));
    const index = tested().sourceOf('a');
    const refs: EventRef[] = ['3', 'missing', '1'].map((id) => ({ id, index }));
    const found = await events().find(refs);
    expect(found.map(({ id }) => id)).toEqual(['3', '1']);
    expect(found[0]).toMatchObject({ source: index, timeMs: FIRST.start + 3 });
    expect(JSON.stringify(found[0]!.record)).toContain('10.0.0.5');
  });

  it('lists the events of an entity, newest first', async () => {
    await tested().addEvents([
      { id: '1', source: 'a', timeMs: START, sourceIp: '10.0.0.5' },
      { id: '2', source: 'a', timeMs: START + 9, endMs: START + 1, sourceIp: '10.0.0.5' },
      { id: '3', source: 'b', timeMs: START + 2, sourceIp: '10.0.0.5' },
      { id: '4', source: 'b', timeMs: START + 3, sourceIp: '10.0.0.50' },
      { id: '5', source: 'b', timeMs: START + 4, user: 'alice' },
      { id: '6', source: 'b', timeMs: SECOND.start, sourceIp: '10.0.0.5' },
    ]);
    const named = async (value: string, limit: number) =>
      (await events().ofEntity(value, FIRST, limit)).map(({ id }) => id);
    expect(await named('10.0.0.5', 10)).toEqual(['3', '2', '1']);
    expect(await named('10.0.0.5', 2)).toEqual(['3', '2']);
    expect(await named('alice', 10)).toEqual(['5']);
  });

  it.each(HOSTILE_NAMES)('takes the entity %j as a name and nothing else', async (name) => {
    await tested().addEvents([
      { id: 'plain', source: 'a', timeMs: START, sourceIp: '10.0.0.5', user: 'alice' },
      { id: 'hostile', source: 'a', timeMs: START, user: name },
    ]);
    expect((await events().ofEntity(name, FIRST, 10)).map(({ id }) => id)).toEqual(['hostile']);
  });
}

function many(count: number): TestEvent[] {
  return Array.from({ length: count }, (_, number) => ({
    id: String(number),
    source: 'a',
    timeMs: FIRST.start + number,
    sourceIp: '10.0.0.5',
  }));
}

function expectedCounts(
  events: readonly TestEvent[],
  range: Window,
  sourceOf: (source: string) => string,
): WindowCount[] {
  const byWindow = new Map<number, Record<string, number>>();
  for (const event of events) {
    const time = event.endMs ?? event.timeMs;
    if (time < range.start || time >= range.end) continue;
    const start = Math.floor(time / WINDOW_MS) * WINDOW_MS;
    const bySource = byWindow.get(start) ?? {};
    const source = sourceOf(event.source);
    bySource[source] = (bySource[source] ?? 0) + 1;
    byWindow.set(start, bySource);
  }
  return [...byWindow]
    .sort(([a], [b]) => a - b)
    .map(([start, bySource]) => ({
      window: { start, end: start + WINDOW_MS },
      bySource,
      total: Object.values(bySource).reduce((sum, count) => sum + count, 0),
    }));
}

function anomalyContract(store: () => Store): void {
  it('gives back what was saved, at once', async () => {
    const job = newJob();
    const anomalies = unique(sample(anomaliesOf(job), 20));
    await store().results.save(anomalies, []);
    for (const anomaly of anomalies) expect(await store().reader.anomaly(anomaly.id)).toEqual(anomaly);
    expect(await store().reader.anomaly('missing')).toBeUndefined();
  });

  it('does not write what is stored already', async () => {
    const anomaly = oneOf(anomaliesOf(newJob()));
    for (let time = 0; time < 3; time++) await store().results.save([anomaly], []);
    expect(await store().reader.anomaly(anomaly.id)).toEqual(anomaly);
  });

  it('makes a revision of a changed result, with the score before it', async () => {
    const anomaly = { ...oneOf(anomaliesOf(newJob())), score: 0.9, status: 'active' as const };
    await store().results.save([anomaly], []);
    await store().results.save([{ ...anomaly, score: 0.95 }], []);
    expect(await store().reader.anomaly(anomaly.id)).toEqual({
      ...anomaly,
      score: 0.95,
      revision: 2,
      previousScore: 0.9,
    });
    const retracted = { ...anomaly, score: 0.2, status: 'retracted' as const };
    await store().results.save([retracted], []);
    await store().results.save([retracted], []);
    expect(await store().reader.anomaly(anomaly.id)).toEqual({
      ...retracted,
      revision: 3,
      previousScore: 0.95,
    });
  });

  it('tells what stands in a window, and not what was retracted', async () => {
    const job = newJob();
    const window = { start: START, end: START + WINDOW_MS };
    const found = unique(sample(anomaliesOf(job), 12)).map((anomaly, number) => ({
      ...anomaly,
      window: number % 3 === 0 ? { start: window.end, end: window.end + WINDOW_MS } : window,
      status: number % 3 === 1 ? ('active' as const) : ('retracted' as const),
    }));
    await store().results.save(found, []);
    const standing = await store().results.standing(job, window);
    const byId = (a: Anomaly, b: Anomaly): number => (a.id < b.id ? -1 : 1);
    expect(standing.sort(byId)).toEqual(found.filter((_, number) => number % 3 === 1).sort(byId));
    expect(await store().results.standing(newJob(), window)).toEqual([]);
  });

  it('stays whole when two workers save the same window', async () => {
    const job = newJob();
    const anomalies = unique(sample(anomaliesOf(job), 10));
    await Promise.all([store().results.save(anomalies, []), store().results.save(anomalies, [])]);
    const page = await store().reader.anomalies({ job, limit: 100 });
    expect(byId(page.items)).toEqual(byId(anomalies));
  });

  it.each(['time', '-time', 'score', '-score', 'severity', '-severity'] as const)(
    'lists by %s, page by page, without overlap or loss',
    async (sort) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(anomaliesOf('any'), { maxLength: 12 }),
          fc.integer({ min: 1, max: 5 }),
          async (any, limit) => {
            const job = newJob();
            const anomalies = unique(
              any.map((anomaly) => ({ ...anomaly, job, id: stableId(job, anomaly.id) })),
            );
            await store().results.save(anomalies, []);
            const pages = await allPages((cursor) =>
              store().reader.anomalies({ job, sort, limit, ...(cursor === undefined ? {} : { cursor }) }),
            );
            expect(pages.flat()).toEqual(sorted(anomalies, sort));
            expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
          },
        ),
        RUNS,
      );
    },
  );

  it('filters by every condition, and by all of them together', async () => {
    const job = newJob();
    const anomalies = unique(sample(anomaliesOf(job), 60));
    await store().results.save(anomalies, []);
    for (const condition of conditionsFor(anomalies)) {
      const page = await store().reader.anomalies({ job, limit: 100, ...condition });
      expect(byId(page.items)).toEqual(byId(anomalies.filter((anomaly) => matches(anomaly, condition))));
    }
  });

  it('takes an entity as a name and nothing else', async () => {
    const job = newJob();
    const base = oneOf(anomaliesOf(job));
    const anomalies = HOSTILE_NAMES.map((name, number) => ({
      ...base,
      id: stableId(job, String(number)),
      entity: { kind: 'user' as const, id: name, user: name },
    }));
    await store().results.save(anomalies, []);
    for (const anomaly of anomalies) {
      const page = await store().reader.anomalies({ job, entity: anomaly.entity.id, limit: 100 });
      expect(page.items).toEqual([anomaly]);
    }
  });

  it('refuses a cursor that is none, and one of another order', async () => {
    const job = newJob();
    await store().results.save(unique(sample(anomaliesOf(job), 3)), []);
    const { next } = await store().reader.anomalies({ job, limit: 1, sort: 'score' });
    const refused = { code: 'invalid_option' };
    await expect(
      store().reader.anomalies({ job, limit: 1, cursor: next!, sort: '-time' }),
    ).rejects.toMatchObject(refused);
    await expect(store().reader.anomalies({ job, limit: 1, cursor: 'nonsense' })).rejects.toMatchObject(
      refused,
    );
  });
}

function unique<T extends { id: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

function byId<T extends { id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function sorted(anomalies: readonly Anomaly[], sort: NonNullable<ResultQuery['sort']>): Anomaly[] {
  const valueOf = (anomaly: Anomaly): number => {
    if (sort.endsWith('time')) return anomaly.window.start;
    return sort.endsWith('score') ? anomaly.score : SEVERITY_NUMBER[anomaly.severity];
  };
  const direction = sort.startsWith('-') ? -1 : 1;
  return [...anomalies].sort((a, b) => direction * (valueOf(a) - valueOf(b) || (a.id < b.id ? -1 : 1)));
}

type Condition = Omit<ResultQuery, 'limit' | 'job' | 'cursor' | 'sort'>;

/** Conditions that hold for some of the anomalies: each alone, then all together. */
function conditionsFor(anomalies: readonly Anomaly[]): Condition[] {
  const conditions: Condition[] = [];
  for (const one of anomalies.slice(0, 6)) {
    const { site, entity, behavior, severity, score, episode, window, status } = one;
    const single: Condition[] = [
      { site },
      { entityKind: entity.kind },
      { entity: entity.user ?? entity.id },
      { behavior },
      { minSeverity: severity },
      { minScore: score },
      { episode },
      { range: { start: window.start - WINDOW_MS, end: window.start + 1 } },
      { status },
    ];
    conditions.push(...single, Object.assign({}, ...single) as Condition);
  }
  return conditions;
}

function matches(anomaly: Anomaly, condition: Condition): boolean {
  const { entity, window } = anomaly;
  const { range, minSeverity, minScore } = condition;
  const names = [entity.id, entity.source, entity.destination, entity.user];
  return (
    (condition.site ?? anomaly.site) === anomaly.site &&
    (condition.entityKind ?? entity.kind) === entity.kind &&
    (condition.entity === undefined || names.includes(condition.entity)) &&
    (condition.behavior ?? anomaly.behavior) === anomaly.behavior &&
    SEVERITIES.indexOf(anomaly.severity) >= SEVERITIES.indexOf(minSeverity ?? 'low') &&
    anomaly.score >= (minScore ?? 0) &&
    (condition.episode ?? anomaly.episode) === anomaly.episode &&
    (range === undefined || (window.start >= range.start && window.start < range.end)) &&
    (condition.status ?? anomaly.status) === anomaly.status
  );
}

function episodeContract(store: () => Store): void {
  it('gives back an episode as it opened, however often it is saved', async () => {
    const job = newJob();
    const episode = oneOf(episodesOf(job));
    await store().results.save([], [{ episode, change: 'opened' }]);
    const longer = { ...episode, windows: episode.windows + 1, end: episode.end + WINDOW_MS };
    await store().results.save([], [{ episode: longer, change: 'opened' }]);
    expect((await store().reader.episodes({ job, limit: 10 })).items).toEqual([episode]);
  });

  it('gives the state after the last rise, once, in pages without overlap or loss', async () => {
    const job = newJob();
    const opened = unique(sample(episodesOf(job), 25)).map((episode) => ({
      ...episode,
      severity: 'low' as const,
    }));
    const risen = opened.map((episode, number) => (number % 3 === 0 ? episode : rise(episode)));
    await store().results.save(
      [],
      opened.map((episode) => ({ episode, change: 'opened' as const })),
    );
    const rises = risen.filter(({ severity }) => severity !== 'low');
    await store().results.save(
      [],
      rises.map((episode) => ({ episode, change: 'raised' as const })),
    );
    for (const sort of ['-time', 'score', '-severity'] as const) {
      const pages = await allPages((cursor) =>
        store().reader.episodes({ job, sort, limit: 4, ...(cursor === undefined ? {} : { cursor }) }),
      );
      expect(byId(pages.flat())).toEqual(byId(risen));
      expect(pages.slice(0, -1).every((page) => page.length === 4)).toBe(true);
    }
    const severe = await store().reader.episodes({ job, minSeverity: 'high', limit: 100 });
    expect(byId(severe.items)).toEqual(byId(rises));
    const mild = await store().reader.episodes({ job, episode: rises[0]!.id, limit: 100 });
    expect(mild.items).toEqual([rises[0]]);
  });
}

function rise(episode: Episode): Episode {
  return { ...episode, severity: 'high', windows: episode.windows + 2, end: episode.end + 2 * WINDOW_MS };
}

function windowContract(store: () => Store): void {
  const start = ({ window }: WindowRecord): number => window.start;

  function recordsOf(job: string): WindowRecord[] {
    const records = new Map(sample(windowRecordsOf(job), 15).map((record) => [record.window.start, record]));
    return [...records.values()].sort((a, b) => start(a) - start(b));
  }

  it('gives back the records of a range', async () => {
    const job = newJob();
    const records = recordsOf(job);
    for (const record of records) await store().results.close(record);
    expect(await store().results.records(job, ALL)).toEqual(records);
    const range = { start: start(records[2]!), end: start(records[5]!) };
    expect(await store().results.records(job, range)).toEqual(records.slice(2, 5));
    expect(await store().results.records(newJob(), ALL)).toEqual([]);
  });

  it('lists records newest first, page by page', async () => {
    const job = newJob();
    const records = recordsOf(job);
    for (const record of records) await store().results.close(record);
    const pages = await allPages((cursor) =>
      store().reader.windows({ job, limit: 4, ...(cursor === undefined ? {} : { cursor }) }),
    );
    expect(pages.flat()).toEqual(records.reverse());
  });

  it('replaces a record by its revision, and leaves one alone that tells the same', async () => {
    const record = oneOf(windowRecordsOf(newJob()));
    await store().results.close(record);
    await store().results.close({
      ...record,
      recordedAtMs: record.recordedAtMs + 5,
      tookMs: record.tookMs + 5,
    });
    expect(await store().results.records(record.job, ALL)).toEqual([record]);
    const revised = { ...record, counted: record.counted + 1, revision: record.revision + 1 };
    await store().results.close(revised);
    expect(await store().results.records(record.job, ALL)).toEqual([revised]);
  });
}

function stateContract(store: () => Store): void {
  it('compares and sets', async () => {
    const key = newJob();
    expect(await store().states.getState(key)).toBeUndefined();
    const first = await store().states.putState(key, 'one', null);
    expect(await store().states.getState(key)).toEqual({ value: 'one', version: first });
    const second = await store().states.putState(key, 'two', first);
    expect(await store().states.getState(key)).toEqual({ value: 'two', version: second });
    const conflict = { code: 'store_conflict' };
    await expect(store().states.putState(key, 'three', first)).rejects.toMatchObject(conflict);
    await expect(store().states.putState(key, 'three', null)).rejects.toMatchObject(conflict);
    await expect(store().states.putState(newJob(), 'three', second)).rejects.toMatchObject(conflict);
    expect(await store().states.getState(key)).toEqual({ value: 'two', version: second });
  });

  it('forgets what is removed, and does not mind what is not there', async () => {
    const key = newJob();
    await store().states.putState(key, 'one', null);
    await store().states.removeState(key);
    await store().states.removeState(key);
    expect(await store().states.getState(key)).toBeUndefined();
    expect(await store().states.putState(key, 'two', null)).toBe(1);
  });

  it('lets one of many writers win', async () => {
    const key = newJob();
    const writers = Array.from({ length: 8 }, (_, number) =>
      store().states.putState(key, String(number), null),
    );
    const outcomes = await Promise.allSettled(writers);
    const won = outcomes.flatMap(({ status }, number) => (status === 'fulfilled' ? [String(number)] : []));
    expect(won).toHaveLength(1);
    expect((await store().states.getState(key))?.value).toBe(won[0]);
  });

  it('keeps large texts and strange keys apart', async () => {
    const large = JSON.stringify({ text: 'ä"\\\u0000'.repeat(200_000) });
    const keys = HOSTILE_NAMES.map((name) => `${newJob()} ${name}`);
    for (const key of keys) await store().states.putState(key, `${key} ${large.slice(0, 100)}`, null);
    for (const key of keys) expect((await store().states.getState(key))?.value.startsWith(key)).toBe(true);
    await store().states.putState(newJob(), large, null);
  });
}

function modelContract(store: () => Store): void {
  it('gives a snapshot by its id, however often it was saved', async () => {
    const snapshots = unique(sample(snapshotsOf(newJob()), 5));
    for (const snapshot of snapshots) await store().models.saveModel(snapshot);
    for (const snapshot of snapshots) await store().models.saveModel(snapshot);
    for (const snapshot of snapshots) {
      expect(await store().models.model(snapshot.id)).toEqual(snapshot);
    }
    expect(await store().models.model(newJob())).toBeUndefined();
  });
}

function notificationContract(store: () => Store): void {
  it('creates a notification once, and lists it until it is delivered', async () => {
    const job = newJob();
    const records = sample(notificationRecordsOf(job), 6);
    const log = store().notifications;
    for (const { notification } of records) {
      expect(await log.create(notification)).toBe(true);
      const again = { ...notification, createdAtMs: notification.createdAtMs + 40 * 86_400_000 };
      expect(await log.create(again)).toBe(false);
    }
    const pending = await log.pending(job);
    const created = records
      .map(({ notification }) => notification)
      .sort((a, b) => a.createdAtMs - b.createdAtMs);
    expect(pending.map(({ notification }) => notification)).toEqual(created);
    expect(pending[0]!.delivery).toEqual({
      state: 'pending',
      attempts: 0,
      atMs: created[0]!.createdAtMs,
      detail: '',
    });
    for (const { notification, delivery } of records) await log.update(notification, delivery);
    const open = records
      .filter(({ delivery }) => delivery.state === 'pending')
      .map(({ notification }) => notification.id);
    expect((await log.pending(job)).map(({ notification }) => notification.id).sort()).toEqual(open.sort());
    const recent = await log.recent(job, 1000);
    expect(recent).toHaveLength(records.length);
    expect(await log.recent(job, 2)).toEqual(recent.slice(0, 2));
    for (const record of recent) expect(records).toContainEqual(record);
  });

  it('refuses news of a notification that it does not know', async () => {
    const { notification, delivery } = oneOf(notificationRecordsOf(newJob()));
    await expect(store().notifications.update(notification, delivery)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
}

function actionContract(store: () => Store): void {
  it('remembers what was done and by whom, newest first', async () => {
    const job = newJob();
    const actions = HOSTILE_NAMES.map((by, i): ActionRecord => ({
      id: stableId(job, by),
      job,
      site: 'default',
      entity: { kind: 'user', id: by },
      behavior: 'dormant_account',
      episode: by,
      playbook: 'privacy',
      action: 'reveal',
      state: i % 2 === 0 ? 'done' : 'failed',
      atMs: Date.UTC(2026, 9, 30, i * 4),
      message: `for ${by}`,
      by,
    }));
    for (const action of actions) await store().actions.record(action);
    expect(await store().actions.recent(job, 100)).toEqual([...actions].reverse());
    expect(await store().actions.recent(job, 2)).toEqual([...actions].reverse().slice(0, 2));
    expect(await store().actions.recent(newJob(), 100)).toEqual([]);
  });
}
