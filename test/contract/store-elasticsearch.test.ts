import { Client } from '@elastic/elasticsearch';
import { openElasticsearchStore } from '../../src/store/elasticsearch/open.js';
import { applySetup, planSetup } from '../../src/store/elasticsearch/setup.js';
import { describeElasticsearch, type TestServer } from '../elastic/describe-elasticsearch.js';
import { storeContract, type StoreUnderTest, type TestEvent } from './store.js';

const NOW_MS = Date.UTC(2026, 10, 23);
const CLOCK = { now: () => NOW_MS };
/** So small that a few events are several pages. */
const PAGE_SIZE = 7;

let opened = 0;

describeElasticsearch('Elasticsearch store', (server) => {
  beforeAll(() => setUp(server()));
  storeContract(() => Promise.resolve(open(server())));
});

describeElasticsearch(
  'Elasticsearch 9 store',
  (server) => {
    beforeAll(() => setUp(server()));
    storeContract(() => Promise.resolve(open(server())));
  },
  { name: 'contract', version: '9.1.5' },
);

async function setUp(server: TestServer): Promise<void> {
  const { cluster, close } = openElasticsearchStore({ nodes: [server.url], indices: [], fields: [] }, CLOCK);
  await applySetup(cluster, await planSetup(cluster, { nowMs: NOW_MS, retentionMs: 86_400_000 }));
  await close();
}

function open(server: TestServer): StoreUnderTest {
  const prefix = `events-${String(process.pid)}-${String(process.hrtime.bigint())}-${String(opened++)}-`;
  const options = {
    nodes: [server.url],
    indices: [`${prefix}*`],
    fields: ['@timestamp', 'event.end', 'source.ip'],
  };
  const store = openElasticsearchStore({ ...options, pageSize: PAGE_SIZE }, CLOCK);
  const client = new Client({ node: server.url });
  const created: string[] = [];
  return {
    store,
    addEvents: async (events) => {
      const mappings = { properties: { user: { properties: { name: { type: 'keyword' as const } } } } };
      for (const source of new Set(events.map((event) => event.source))) {
        created.push(`${prefix}${source}`);
        await client.indices.create({ index: `${prefix}${source}`, mappings });
      }
      const operations = events.flatMap((event) => [
        { create: { _index: `${prefix}${event.source}`, _id: event.id } },
        toDocument(event),
      ]);
      const { errors } = await client.bulk({ operations, refresh: true });
      expect(errors).toBe(false);
    },
    sourceOf: (source) => `${prefix}${source}`,
    openCursors: () => openContexts(client, `${prefix}*`),
    close: async () => {
      await store.close();
      if (created.length > 0) await client.indices.delete({ index: created });
      await client.close();
    },
  };
}

function toDocument({ timeMs, endMs, sourceIp, user }: TestEvent): object {
  return {
    '@timestamp': new Date(timeMs).toISOString(),
    ...(endMs === undefined ? {} : { event: { end: new Date(endMs).toISOString() } }),
    ...(sourceIp === undefined ? {} : { source: { ip: sourceIp } }),
    ...(user === undefined ? {} : { user: { name: user } }),
  };
}

/** Of the own indices alone: other suites read from the same server. */
async function openContexts(client: Client, index: string): Promise<number> {
  const { _all: all } = await client.indices.stats({ index, metric: 'search' });
  return all.total?.search?.open_contexts ?? 0;
}
