import { Client } from '@elastic/elasticsearch';
import { parseConfig } from '../../src/config/load.js';
import { ManualClock } from '../../src/domain/clock.js';
import { emptyCoverage, type SourceCoverage } from '../../src/domain/coverage.js';
import type { RawBatch } from '../../src/domain/raw.js';
import { ECS_FIELDS } from '../../src/normalize/ecs-fields.js';
import type { Normalizer } from '../../src/normalize/normalizer.js';
import { readEvents } from '../../src/job/history.js';
import { openElasticsearchStore, type ElasticsearchStore } from '../../src/store/elasticsearch/open.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { configuredNormalizer } from '../../src/job/configured-normalizer.js';

const START = Date.UTC(2026, 10, 1, 8);
const WINDOW = { start: START, end: START + 300_000 };

describeElasticsearch('events in Elasticsearch', (server) => {
  const prefix = `source-test-${String(process.pid)}-`;
  let client: Client;
  let store: ElasticsearchStore;

  beforeAll(async () => {
    client = new Client({ node: server().url });
    const operations = Array.from({ length: 50 }, (_, number) => [
      { create: { _index: `${prefix}a`, _id: String(number) } },
      {
        '@timestamp': new Date(START).toISOString(),
        event: { end: new Date(START + number).toISOString(), duration: 1_500_000, module: 'zeek' },
        source: { ip: '10.0.0.5', port: number },
        tags: ['one', 'two'],
        message: 'not asked for',
      },
    ]).flat();
    const own = { '@timestamp': new Date(START).toISOString(), event: { module: 'elkhound', kind: 'alert' } };
    await client.bulk({
      operations: [...operations, { create: { _index: `${prefix}b`, _id: 'own' } }, own],
      refresh: true,
    });
    const indices = [`${prefix}*`, 'absent-index'];
    const fields = ['@timestamp', 'event.end', 'event.duration', 'source.*', 'tags'];
    store = openElasticsearchStore(
      { nodes: [server().url], indices, fields, pageSize: 8 },
      new ManualClock(0),
    );
  });

  afterAll(async () => {
    await store.close();
    await client.indices.delete({ index: [`${prefix}a`, `${prefix}b`] });
    await client.close();
  });

  async function cursors(): Promise<number> {
    const stats = await client.indices.stats({ index: `${prefix}*`, metric: 'search' });
    return stats._all.total?.search?.open_contexts ?? 0;
  }

  it('come with the fields asked for, dates in one format, and where they lie', async () => {
    const batches: RawBatch[] = [];
    for await (const batch of store.events.read(WINDOW)) batches.push(batch);
    const [first] = batches;
    expect(first).toMatchObject({ source: `${prefix}a`, format: 'ecs', ids: { length: 8 } });
    expect(new Set(first!.indices)).toEqual(new Set([`${prefix}a`]));
    const { records, ids } = first!;
    expect(records[0]).toEqual({
      '@timestamp': ['2026-11-01T08:00:00.000Z'],
      'event.end': [new Date(START + Number(ids![0])).toISOString()],
      'event.duration': [1_500_000],
      'source.ip': ['10.0.0.5'],
      'source.ip.keyword': ['10.0.0.5'],
      'source.port': [Number(ids![0])],
      tags: ['one', 'two'],
    });
    expect(batches.flatMap(({ places }) => Array.from(places))).toEqual(
      Array.from({ length: 50 }, (_, n) => n + 1),
    );
  });

  it('leave out what is our own, in every question', async () => {
    const ids: string[] = [];
    for await (const batch of store.events.read(WINDOW)) ids.push(...batch.ids!);
    expect(ids).toHaveLength(50);
    expect(ids).not.toContain('own');
    const counts = await store.events.count(WINDOW, 300_000);
    expect(counts).toEqual([{ window: WINDOW, bySource: { [`${prefix}a`]: 50 }, total: 50 }]);
    expect(await store.events.range()).toEqual({ start: START, end: START + 50 });
    const named = await store.events.ofEntity('10.0.0.5', WINDOW, 100);
    expect(named.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, number) => String(49 - number)));
  });

  it('have a range within bounds, up to the newest event before a time', async () => {
    const range = (bounds: object): Promise<unknown> => store.events.range(bounds);
    expect(await range({ beforeMs: START + 20 })).toEqual({ start: START, end: START + 20 });
    expect(await range({ beforeMs: START + 20, spanMs: 5 })).toEqual({ start: START + 15, end: START + 20 });
    // Logs of long ago: the span before the newest of them.
    const later = START + 90 * 86_400_000;
    expect(await range({ beforeMs: later, spanMs: 10 })).toEqual({ start: START + 40, end: START + 50 });
    expect(await range({ beforeMs: START })).toBeUndefined();
  });

  it('that match no index are missed, with the pattern', async () => {
    expect(await store.events.absence()).toBeUndefined();
    const mistyped = store.eventsOf({ indices: ['lgos-*', 'absent-index'], fields: [] });
    expect(await mistyped.range({ beforeMs: START })).toBeUndefined();
    expect(await mistyped.absence()).toMatch(/^no index matches lgos-\*, absent-index; name the indices/);
  });

  it('hold a cursor only as long as somebody reads', async () => {
    const reader = store.events.read(WINDOW)[Symbol.asyncIterator]();
    await reader.next();
    // One in each of the two indices.
    expect(await cursors()).toBe(2);
    await reader.return!(undefined);
    expect(await cursors()).toBe(0);
    for await (const batch of store.events.read(WINDOW)) expect(batch.records.length).toBeLessThanOrEqual(8);
    expect(await cursors()).toBe(0);
  });

  it('are as they were when reading began', async () => {
    const ids: string[] = [];
    for await (const batch of store.events.read(WINDOW)) {
      if (ids.length === 0) await client.delete({ index: `${prefix}a`, id: '49', refresh: true });
      ids.push(...batch.ids!);
    }
    expect(ids).toHaveLength(50);
    expect((await store.events.count(WINDOW, 300_000))[0]?.total).toBe(49);
  });

  it('are the same in any number of slices, in the same order each time, with two pages of each in memory', async () => {
    const read = async (slices: number): Promise<string[]> => {
      const indices = [`${prefix}*`];
      const options = { nodes: [server().url], indices, fields: ['@timestamp'], pageSize: 4, slices };
      const sliced = openElasticsearchStore(options, new ManualClock(0));
      const ids: string[] = [];
      for await (const batch of sliced.events.read(WINDOW)) {
        expect(batch.records.length).toBeLessThanOrEqual(4);
        ids.push(...batch.ids!);
      }
      await sliced.close();
      return ids;
    };
    const [one, three, again] = [await read(1), await read(3), await read(3)];
    expect(again).toEqual(three);
    expect(three).not.toEqual(one);
    expect([...three].sort()).toEqual([...one].sort());
    expect(one.length).toBeGreaterThan(40);
    expect(await cursors()).toBe(0);
  });

  it('are those that a filter keeps, in every question', async () => {
    const filtered = openElasticsearchStore(
      {
        nodes: [server().url],
        indices: [`${prefix}*`],
        fields: ['source.port'],
        filter: 'source.ip: 10.0.0.5 and source.port >= 10 and not source.port: (12 or 13) and tags: t*',
      },
      new ManualClock(0),
    );
    const { events } = filtered;
    const ports: unknown[] = [];
    for await (const { records } of events.read(WINDOW)) {
      ports.push(...records.map((record) => (record as Record<string, unknown[]>)['source.port']![0]));
    }
    expect(ports.sort()).toEqual(
      Array.from({ length: 49 }, (_, n) => n).filter((n) => n > 9 && n !== 12 && n !== 13),
    );
    expect((await events.count(WINDOW, 300_000))[0]).toMatchObject({ total: 37 });
    expect(await events.range()).toEqual({ start: START + 10, end: START + 49 });
    expect(await events.ofEntity('10.0.0.5', WINDOW, 100)).toHaveLength(37);
    const none = filtered.eventsOf({ indices: [`${prefix}*`], fields: [], filter: { term: { tags: 'x' } } });
    expect(await none.count(WINDOW, 300_000)).toEqual([]);
    await filtered.close();
  });
});

describeElasticsearch('fields that are not as expected', (server) => {
  const prefix = `odd-${String(process.pid)}-`;
  const keyword = { type: 'keyword' as const };
  const date = { type: 'date' as const };
  const long = { type: 'long' as const };
  const ip = { type: 'ip' as const };
  const time = (seconds: number): string => new Date(START + 1000 * seconds).toISOString();
  const flow = (n: number, more: object = {}): object => ({
    '@timestamp': time(n + 1),
    event: { end: time(n), dataset: 'd' },
    source: { ip: `10.0.0.${String(n)}`, bytes: 100 + n },
    destination: { ip: '192.0.2.7', port: 443, bytes: 5 },
    ...more,
  });
  const mapped = (more: object = {}, end: object = date) => ({
    properties: {
      '@timestamp': date,
      event: { properties: { end, dataset: keyword } },
      source: { properties: { ip, bytes: long } },
      destination: { properties: { ip, port: long, bytes: long } },
      ...more,
    },
  });
  let client: Client;
  let store: ElasticsearchStore;
  const add = async (name: string, mappings: object, ...documents: object[]): Promise<void> => {
    const index = `${prefix}${name}`;
    await client.indices.create({ index, mappings });
    const operations = documents.flatMap((document, n) => [
      { create: { _index: index, _id: `${name}${String(n)}` } },
      document,
    ]);
    const { errors } = await client.bulk({ operations, refresh: true });
    expect(errors).toBe(false);
  };
  const openOn = (name: string, more: object = {}): ElasticsearchStore =>
    openElasticsearchStore(
      { nodes: [server().url], indices: [`${prefix}${name}`], fields: ECS_FIELDS, ...more },
      new ManualClock(0),
    );
  async function read({ events }: Pick<ElasticsearchStore, 'events'>): Promise<{
    hosts: Record<string, unknown>;
    coverage: SourceCoverage[];
    counted: number;
  }> {
    const { normalize: options, privacy } = parseConfig('', 'test.yml');
    const normalizer = (): Normalizer =>
      configuredNormalizer({ normalize: options, privacy }, 300_000, START + 86_400_000);
    const { windows, aside } = await readEvents({ events, normalizer }, WINDOW);
    const hosts: Record<string, unknown> = {};
    for (const { events: table } of windows) {
      for (let row = 0; row < table.length; row++) {
        const { source, sourceBytes, endMs } = table.columns;
        hosts[table.names.value(source[row]!)] = [sourceBytes[row], (endMs[row]! - START) / 1000];
      }
    }
    const counts = await events.count(WINDOW, 300_000);
    return { hosts, coverage: [...aside], counted: counts.reduce((sum, { total }) => sum + total, 0) };
  }

  beforeAll(() => {
    client = new Client({ node: server().url });
  });
  afterEach(async () => {
    await store.close();
    await client.indices.delete({ index: Object.keys(await client.indices.get({ index: `${prefix}*` })) });
  });
  afterAll(() => client.close());

  it('read texts and words for addresses and numbers, and the first of several values', async () => {
    await add('a', mapped(), flow(1), flow(2, { source: { ip: ['10.0.0.2', '10.0.0.3'], bytes: 7 } }));
    const words = { source: { properties: { ip: { type: 'text' }, bytes: keyword } } };
    await add('b', mapped(words), flow(4), flow(5, { source: { ip: '10.0.0.5', bytes: 'many' } }));
    store = openOn('*');
    const { hosts, coverage, counted } = await read(store);
    expect(hosts).toEqual({
      '10.0.0.1': [101, 1],
      '10.0.0.2': [7, 2],
      '10.0.0.4': [104, 4],
      '10.0.0.5': [NaN, 5],
    });
    expect(coverage).toEqual([{ ...emptyCoverage('d'), irregular: { multiple_values: 1, bad_number: 1 } }]);
    expect(counted).toBe(4);
  });

  it('follow aliases of mappings, and read what is not mapped or could not be indexed', async () => {
    const aliased = { source: { properties: { ip: { type: 'alias', path: 'src' }, bytes: long } }, src: ip };
    await add('alias', mapped(aliased), flow(1, { src: '10.0.0.1', source: { bytes: 101 } }));
    await add(
      'bare',
      { dynamic: false, properties: { '@timestamp': date, event: mapped().properties.event } },
      flow(2),
    );
    const lenient = { source: { properties: { ip: { type: 'ip', ignore_malformed: true }, bytes: long } } };
    await add('lenient', mapped(lenient), flow(3, { source: { ip: 'somewhere', bytes: 3 } }));
    store = openOn('*');
    const { hosts, coverage, counted } = await read(store);
    expect(hosts).toEqual({ '10.0.0.1': [101, 1], '10.0.0.2': [102, 2] });
    expect(coverage).toEqual([
      {
        ...emptyCoverage('d'),
        read: 1,
        quarantined: { bad_address: 1 },
        irregular: { value_not_indexed: 1 },
      },
    ]);
    expect(counted).toBe(3);
    expect((await store.events.ofEntity('10.0.0.1', WINDOW, 5)).map(({ id }) => id)).toEqual(['alias0']);
  });

  it('read all other indices where one maps a time as no date, and tell it', async () => {
    await add('good', mapped(), flow(1), { ...flow(2), event: { dataset: 'd' } });
    await add('end', mapped({}, keyword), flow(3));
    await add(
      'stamp',
      mapped({ '@timestamp': { type: 'boolean' } }, keyword),
      flow(4, { '@timestamp': true }),
    );
    await add('only-end', mapped({ '@timestamp': keyword }), flow(5));
    store = openOn('*');
    const { hosts, coverage, counted } = await read(store);
    expect(hosts).toEqual({
      '10.0.0.1': [101, 1],
      '10.0.0.2': [102, 3],
      // Its window is that of `@timestamp`, since nobody can ask for its end.
      '10.0.0.3': [103, 4],
      '10.0.0.5': [105, 5],
    });
    expect(coverage).toEqual([
      { ...emptyCoverage('d'), irregular: { end_not_a_date: 1 } },
      { ...emptyCoverage(`${prefix}stamp`), read: 1, quarantined: { unreadable_index: 1 } },
    ]);
    expect(counted).toBe(4);
    expect(await store.events.range()).toEqual({ start: START + 1000, end: START + 5001 });
    expect(await store.events.ofEntity('192.0.2.7', WINDOW, 9)).toMatchObject([
      { id: 'only-end0', timeMs: START + 5000 },
      { id: 'end0' },
      { id: 'good1', timeMs: START + 3000 },
      { id: 'good0' },
    ]);
    const refs = ['good', 'end', 'stamp'].map((name) => ({ id: `${name}0`, index: `${prefix}${name}` }));
    expect((await store.events.find(refs)).map(({ id }) => id)).toEqual(['good0', 'end0', 'stamp0']);
  });

  it('notice that a mapping has gone wrong by the first question that fails', async () => {
    await add('good', mapped(), flow(1));
    store = openOn('*');
    expect(await read(store)).toMatchObject({ counted: 1 });
    await add('late', mapped({}, { type: 'boolean' }), flow(2, { event: { end: true, dataset: 'd' } }));
    await expect(store.events.count(WINDOW, 300_000)).rejects.toMatchObject({ name: 'AppError' });
    const { hosts, counted } = await read(store);
    expect(hosts).toEqual({ '10.0.0.1': [101, 1], '10.0.0.2': [102, 3] });
    expect(counted).toBe(2);
  });

  it('have the names that the configuration gives them, times and filters too', async () => {
    const theirs = {
      properties: { ts: date, src: { properties: { addr: ip } }, dst: ip, octets: long, usr: keyword },
    };
    await add(
      'theirs',
      theirs,
      ...[1, 2, 3].map((n) => ({
        ts: time(n),
        src: { addr: `10.0.0.${String(n)}` },
        dst: '192.0.2.7',
        octets: n,
        usr: 'eve',
      })),
    );
    const names = {
      '@timestamp': 'ts',
      'source.ip': 'src.addr',
      'destination.ip': 'dst',
      'source.bytes': 'octets',
      'user.name': 'usr',
    };
    store = openOn('theirs', { names, filter: 'not source.ip: 10.0.0.2 and octets < 9' });
    const { hosts, counted } = await read(store);
    expect(hosts).toEqual({ '10.0.0.1': [1, 1], '10.0.0.3': [3, 3] });
    expect(counted).toBe(2);
    expect(await store.events.range()).toEqual({ start: START + 1000, end: START + 3001 });
    const [newest, ...others] = await store.events.ofEntity('eve', WINDOW, 5);
    expect(others).toHaveLength(1);
    // Shown as it was sent, and under the names that everything else here has.
    expect(newest).toMatchObject({
      timeMs: START + 3000,
      record: { src: { addr: '10.0.0.3' }, usr: 'eve', 'source.ip': '10.0.0.3', 'user.name': 'eve' },
    });
  });
});

describeElasticsearch('age in Elasticsearch', (server) => {
  it('deletes the months that have ended, and no other index', async () => {
    const client = new Client({ node: server().url });
    const store = openElasticsearchStore(
      { nodes: [server().url], indices: ['x'], fields: [] },
      new ManualClock(0),
    );
    const indices = ['elkhound-windows-2001.01', 'elkhound-windows-2001.02', 'elkhound-alerts-2001.01'];
    for (const index of indices) await client.indices.create({ index });
    expect(await store.prune(Date.UTC(2001, 1, 28))).toBe(2);
    const left = await client.indices.get({ index: 'elkhound-*-2001.*' });
    expect(Object.keys(left)).toEqual(['elkhound-windows-2001.02']);
    expect(await store.prune(Date.UTC(2001, 2, 1))).toBe(1);
    await store.close();
    await client.close();
  });
});
