import { Client } from '@elastic/elasticsearch';
import { ManualClock } from '../../src/domain/clock.js';
import type { RawBatch } from '../../src/domain/raw.js';
import { openElasticsearchStore, type ElasticsearchStore } from '../../src/store/elasticsearch/open.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

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

  it('fail as a whole where the time is no date, instead of being half read', async () => {
    const index = `${prefix}bad`;
    await client.indices.create({ index, mappings: { properties: { '@timestamp': { type: 'boolean' } } } });
    const other = openElasticsearchStore(
      { nodes: [server().url], indices: [`${prefix}*`], fields: [] },
      new ManualClock(0),
    );
    await expect(other.events.read(WINDOW)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'store_rejected',
    });
    await other.close();
    await client.indices.delete({ index });
    expect(await cursors()).toBe(0);
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
