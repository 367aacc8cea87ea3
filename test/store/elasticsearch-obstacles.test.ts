/**
 * Indices that cannot be read as they should: each stops nothing but itself, and is told.
 */
import { Client, type estypes } from '@elastic/elasticsearch';
import { parseConfig } from '../../src/config/load.js';
import { ManualClock } from '../../src/domain/clock.js';
import { emptyCoverage, type SourceCoverage } from '../../src/domain/coverage.js';
import { ECS_FIELDS } from '../../src/normalize/ecs-fields.js';
import type { Normalizer } from '../../src/normalize/normalizer.js';
import { configuredNormalizer } from '../../src/job/configured-normalizer.js';
import { readEvents } from '../../src/job/history.js';
import { openElasticsearchStore, type ElasticsearchStore } from '../../src/store/elasticsearch/open.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

const START = Date.UTC(2026, 10, 1, 8);
const LENGTH = 300_000;
const WINDOW = { start: START, end: START + LENGTH };
const MINUTE = 60_000;

describeElasticsearch(
  'an index that cannot be read as it should',
  (server) => {
    const date = { type: 'date' as const };
    const keyword = { type: 'keyword' as const };
    const ip = { type: 'ip' as const };
    const properties = {
      '@timestamp': date,
      event: { properties: { end: date, dataset: keyword } },
      source: { properties: { ip } },
      destination: { properties: { ip } },
    };
    const iso = (ms: number): string => new Date(ms).toISOString();
    const flow = (n: number, more: object = {}): object => ({
      '@timestamp': iso(START + n * 1000),
      event: { end: iso(START + n * 1000), dataset: 'd', outcome: 'failure' },
      source: { ip: `10.0.0.${String(n)}`, bytes: 100 + n },
      destination: { ip: '192.0.2.7', port: 443 },
      ...more,
    });
    const clock = new ManualClock(START);
    let client: Client;
    let store: ElasticsearchStore;

    async function add(
      name: string,
      index: Partial<estypes.IndicesCreateRequest>,
      ...documents: object[]
    ): Promise<void> {
      await client.indices.create({ index: name, ...index });
      const operations = documents.flatMap((document) => [{ create: { _index: name } }, document]);
      if (documents.length > 0) expect((await client.bulk({ operations, refresh: true })).errors).toBe(false);
    }

    function open(more: object = {}): void {
      const options = { nodes: [server().url], indices: ['o-*'], fields: ECS_FIELDS, ...more };
      store = openElasticsearchStore(
        { ...options, retry: { attempts: 1, firstWaitMs: 1, longestWaitMs: 1 } },
        clock,
      );
    }

    /** Bytes by host, what else is told of the window, and how many documents are counted. */
    async function read(): Promise<{
      hosts: Record<string, number>;
      coverage: SourceCoverage[];
      counted: number;
    }> {
      const { normalize: options, privacy } = parseConfig('', 'test.yml');
      const normalizer = (): Normalizer =>
        configuredNormalizer({ normalize: options, privacy }, LENGTH, START + 86_400_000);
      const counts = await store.events.count(WINDOW, LENGTH);
      const { windows, aside } = await readEvents({ events: store.events, normalizer }, WINDOW);
      const hosts = windows.flatMap(({ events: { columns, names, length } }) =>
        Array.from({ length }, (_, row) => [names.value(columns.source[row]!), columns.sourceBytes[row]]),
      ) as [string, number][];
      const counted = counts.reduce((sum, { total }) => sum + total, 0);
      return { hosts: Object.fromEntries(hosts), coverage: [...aside], counted };
    }

    beforeAll(() => {
      client = new Client({ node: server().url });
    });
    afterEach(async () => {
      await store.close();
      const found = await client.indices.get({ index: 'o-*', expand_wildcards: 'all' });
      for (const index of Object.keys(found)) {
        await client.indices.putSettings({ index, settings: { 'index.blocks.read': null } });
        await client.indices.delete({ index });
      }
    });
    afterAll(() => client.close());

    it('by its mapping has its fields read from the documents', async () => {
      await add('o-whole', { mappings: { properties } }, flow(1));
      await add('o-bare', { mappings: { dynamic: false, properties: { '@timestamp': date } } }, flow(2));
      await add('o-part', { mappings: { dynamic: false, properties } }, flow(3));
      const total_fields = { limit: 5, ignore_dynamic_beyond_limit: true };
      await add(
        'o-limit',
        {
          mappings: { properties: { '@timestamp': date } },
          settings: { mapping: { total_fields } },
        },
        flow(4),
      );
      const source = { type: 'nested' as const, properties: { ip, bytes: { type: 'long' as const } } };
      await add('o-nested', { mappings: { properties: { ...properties, source } } }, flow(5));
      open();
      const { hosts, coverage, counted } = await read();
      expect(hosts).toEqual({
        '10.0.0.1': 101,
        '10.0.0.2': 102,
        '10.0.0.3': 103,
        '10.0.0.4': 104,
        '10.0.0.5': 105,
      });
      expect(counted).toBe(5);
      expect(coverage).toEqual([
        {
          ...emptyCoverage('d'),
          // Their window is that of `@timestamp`, since nobody can ask for an end that is not mapped.
          irregular: { end_not_a_date: 1, value_not_indexed: 1, nested_fields: 1 },
        },
      ]);
    });

    it('since it keeps no documents is told', async () => {
      await add('o-whole', { mappings: { properties } }, flow(1));
      await add('o-none', { mappings: { _source: { enabled: false }, properties } }, flow(2), flow(3));
      open();
      const { hosts, coverage } = await read();
      expect(hosts).toEqual({ '10.0.0.1': 101 });
      expect(coverage).toEqual([{ ...emptyCoverage('o-none'), read: 2, quarantined: { no_fields: 2 } }]);
    });

    it('under a block, or without a copy, is left out until it is back', async () => {
      await add('o-whole', { mappings: { properties } }, flow(1));
      await add('o-block', { mappings: { properties } }, flow(2));
      const lost = { 'index.routing.allocation.require._name': 'nobody' } as never;
      await add('o-lost', { settings: lost, wait_for_active_shards: 0, timeout: '1s' });
      await client.indices.putSettings({
        index: 'o-block',
        settings: { 'index.blocks.read': true },
      });
      open();
      const first = await read();
      expect(first).toMatchObject({ hosts: { '10.0.0.1': 101 }, counted: 1 });
      expect(first.coverage).toEqual([
        { ...emptyCoverage('o-block'), read: 1, quarantined: { unreachable_index: 1 } },
        { ...emptyCoverage('o-lost'), read: 1, quarantined: { unreachable_index: 1 } },
      ]);
      expect(store.events.leftOut()).toEqual([
        {
          source: 'o-block',
          reason: 'unreachable_index',
          detail: 'it is blocked: FORBIDDEN/7/index read (api)',
        },
        { source: 'o-lost', reason: 'unreachable_index', detail: 'a part of it has no copy on any node' },
      ]);
      await client.indices.putSettings({
        index: 'o-block',
        settings: { 'index.blocks.read': null },
      });
      await client.indices.delete({ index: 'o-lost' });
      clock.set(START + 2 * MINUTE);
      expect(await read()).toEqual({ hosts: { '10.0.0.1': 101, '10.0.0.2': 102 }, coverage: [], counted: 2 });
      expect(store.events.leftOut()).toEqual([]);
    });

    it('with a small result window is read in smaller pages', async () => {
      const flows = Array.from({ length: 30 }, (_, n) => flow(n + 1));
      await add('o-whole', { mappings: { properties } }, ...flows);
      const small = { 'index.max_result_window': 3 } as never;
      await add(
        'o-small',
        { mappings: { properties }, settings: small },
        ...flows.map((one) => ({ ...one, label: 'x' })),
      );
      const notices: string[] = [];
      open({ pageSize: 20, onNotice: (notice: string) => notices.push(notice) });
      const sizes: number[] = [];
      for await (const { records } of store.events.read(WINDOW)) sizes.push(records.length);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(60);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
      expect(notices).toEqual([
        expect.stringMatching(/smaller pages than elasticsearch\.pageSize \(20\).*max_result_window/),
      ]);
    });

    it('beside many others is counted with all of them, in as many requests as the cluster allows', async () => {
      await client.cluster.putSettings({ persistent: { 'search.max_buckets': 400 } });
      const windows = 120;
      const names = ['o-a', 'o-b', 'o-c', 'o-d'];
      for (const [n, name] of names.entries()) {
        const documents = Array.from({ length: windows }, (_, at) => {
          const time = iso(START + at * LENGTH + n);
          return flow(1, { '@timestamp': time, event: n % 2 === 0 ? { end: time } : {} });
        });
        await add(name, { mappings: { properties } }, ...documents);
      }
      open();
      const counts = await store.events.count({ start: START, end: START + windows * LENGTH }, LENGTH);
      await client.cluster.putSettings({ persistent: { 'search.max_buckets': null } });
      expect(counts).toHaveLength(windows);
      for (const { bySource, total } of counts) {
        expect(bySource).toEqual(Object.fromEntries(names.map((name) => [name, 1])));
        expect(total).toBe(4);
      }
    });
  },
  { name: 'obstacles' },
);
