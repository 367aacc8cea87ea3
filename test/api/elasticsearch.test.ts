/**
 * The same night in both stores is told in the same words: what the other suites show of the
 * embedded store holds on Elasticsearch too.
 */
import { Client } from '@elastic/elasticsearch';
import type { StoredEvent } from '../../src/collect/ports.js';
import { stableId } from '../../src/domain/hash.js';
import { openElasticsearchStore, type ElasticsearchStore } from '../../src/store/elasticsearch/open.js';
import { applySetup, planSetup } from '../../src/store/elasticsearch/setup.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { EPISODES, EVENTS, NOW_MS } from './fixtures.js';
import {
  dependenciesOn,
  emptyStore,
  INFO,
  leave,
  NIGHT,
  serve,
  type RunningService,
  type TestStore,
} from './service.js';

/** Suites share a server, so the night is another job's, with ids and an index of its own. */
const JOB = `pages-${String(process.pid)}-${String(process.hrtime.bigint())}`;
const INDEX = `${JOB}-conn`;

function renamed<T>(value: T): T {
  const rename = (key: string, inner: unknown): unknown => {
    if (key === 'job') return JOB;
    if (key === 'index' || inner === 'conn.log') return INDEX;
    const isId = typeof inner === 'string' && /^[0-9a-f]{16}$/.test(inner);
    return isId ? stableId(JOB, inner) : inner;
  };
  return JSON.parse(JSON.stringify(value, rename)) as T;
}

const night = renamed(NIGHT);
const episodes = renamed(EPISODES);
const anomaly = night.anomalies[0]!;

/** The fixtures' events as documents, under the names that {@link StoredEvent.entities} lists. */
const events: readonly StoredEvent[] = renamed(EVENTS).map((event) => {
  const [source, destination] = event.entities;
  const user = event.entities.length === 1 && source === 'svc-backup' ? { user: { name: source } } : {};
  const ends = 'user' in user ? {} : { source: { address: source }, destination: { address: destination } };
  const time = new Date(event.endMs).toISOString();
  return {
    ...event,
    format: 'ecs',
    record: { '@timestamp': time, zeek: event.record, ...ends, ...user },
  };
});

const PAGES = [
  '/',
  '/?range=7d&severity=high',
  '/?entity=10.0.4.80',
  ...episodes.map(({ id }) => `/anomalies/${id}`),
  `/anomalies/${anomaly.id}`,
  '/entities/host/10.0.3.41?range=24h',
  '/entities/pair/10.0.4.80%3E192.0.2.66%3A3333%2Ftcp',
  '/entities/user/svc-backup',
  '/coverage?range=7d',
  '/anomalies/none',
];
const ANSWERS = [
  `/v1/anomalies?job=${JOB}&limit=1000`,
  `/v1/anomalies?job=${JOB}&sort=-score&severity=high&limit=20`,
  `/v1/anomalies/${anomaly.id}`,
  `/v1/episodes?job=${JOB}&sort=severity`,
  `/v1/windows?job=${JOB}&limit=300`,
  `/v1/entities/10.0.3.41?job=${JOB}`,
];

describeElasticsearch('API and pages on Elasticsearch', (server) => {
  let client: Client;
  let elasticsearch: ElasticsearchStore;
  let embedded: TestStore;
  let services: readonly RunningService[];

  beforeAll(async () => {
    client = new Client({ node: server().url });
    const options = { nodes: [server().url], indices: [INDEX], fields: [] };
    elasticsearch = openElasticsearchStore(options, { now: () => NOW_MS });
    const { cluster } = elasticsearch;
    await applySetup(cluster, await planSetup(cluster, { nowMs: NOW_MS, retentionMs: 86_400_000 }));
    embedded = await emptyStore();
    await Promise.all([leave(elasticsearch, night), leave(embedded, night), embedded.sink.append(events)]);
    await index(client);
    const info = {
      ...INFO,
      jobs: [{ ...INFO.jobs[0], name: JOB }] as const,
      store: 'elasticsearch' as const,
    };
    services = await Promise.all(
      [embedded, elasticsearch].map((store) => serve(dependenciesOn(store, { info }))),
    );
  });

  afterAll(async () => {
    for (const service of services) await service.close();
    await elasticsearch.close();
    await embedded.destroy();
    await client.indices.delete({ index: INDEX });
    await client.close();
  });

  const fromBoth = (path: string, accept: string): Promise<string[]> =>
    Promise.all(
      services.map(async ({ address }) => {
        const response = await fetch(address + path, { headers: { accept } });
        return `${String(response.status)} ${await response.text()}`;
      }),
    );

  it.each(PAGES)('shows %s as the embedded store does', async (path) => {
    const [expected, shown] = await fromBoth(path, 'text/html');
    expect(shown).toBe(expected);
    expect(shown).toMatch(path.endsWith('none') ? /^404 / : /^200 /);
  });

  it.each(ANSWERS)('answers %s as the embedded store does', async (path) => {
    const [expected, answer] = await fromBoth(path, 'application/json');
    // Only Elasticsearch has an index to name for a raw event.
    const index = `"index":"${INDEX}",`;
    expect(answer!.replaceAll(index, '')).toBe(expected!.replaceAll(index, ''));
    expect(answer).toMatch(/^200 /);
  });

  it('shows the raw events behind an anomaly', async () => {
    const sweep = episodes.find(({ behavior }) => behavior === 'host_sweep')!;
    const [, page] = await fromBoth(`/anomalies/${sweep.id}`, 'text/html');
    expect(page).toContain('&quot;conn_state&quot;: &quot;REJ&quot;');
    expect(page).toContain(INDEX);
  });
});

async function index(client: Client): Promise<void> {
  const keyword = { type: 'keyword' as const };
  const mappings = {
    dynamic: false,
    properties: {
      '@timestamp': { type: 'date' as const },
      source: { properties: { address: keyword } },
      user: { properties: { name: keyword } },
    },
  };
  await client.indices.create({ index: INDEX, mappings });
  const operations = events.flatMap(({ id, record }) => [{ create: { _index: INDEX, _id: id } }, record]);
  await client.bulk({ operations, refresh: true });
}
