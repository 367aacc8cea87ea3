/**
 * How much went which way: the same of documents in Elasticsearch as of a file.
 */
import { Client } from '@elastic/elasticsearch';
import { ManualClock } from '../../src/domain/clock.js';
import type { RawBatch } from '../../src/domain/raw.js';
import { ECS_FIELDS } from '../../src/normalize/ecs-fields.js';
import { openElasticsearchStore, type ElasticsearchStore } from '../../src/store/elasticsearch/open.js';
import { eventsOf, normalize, WINDOW_MS } from '../collect/logs.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

const START = Date.UTC(2026, 10, 20, 10);
const HOURS = 2;
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();
const CLIENT = { ip: '10.20.0.15', port: 51000 };
const SERVER = { ip: '203.0.113.80', port: 443 };

/** A quiet session that Packetbeat reports every ten seconds for two hours, with totals so far. */
const RUNNING = Array.from({ length: HOURS * 360 }, (_, i) => {
  const seconds = (i + 1) * 10;
  const counts = { bytes: seconds * 1700, packets: seconds * 2 };
  return {
    '@timestamp': at(seconds - 1),
    event: {
      dataset: 'flow',
      action: 'network_flow',
      start: at(0),
      end: at(seconds - 1),
      duration: (seconds - 1) * 1e9,
    },
    flow: { id: 'EQQA', final: seconds === HOURS * 3600 },
    source: { ip: '10.9.0.20', port: 51000, ...counts },
    destination: { ip: '198.51.100.50', port: 22, ...counts },
    network: { transport: 'tcp', bytes: counts.bytes * 2 },
  };
});

const half = (source: object, destination: object, bytes: number): object => ({
  '@timestamp': at(65),
  event: { dataset: 'netflow.log', module: 'netflow', action: 'netflow_flow', start: at(0), end: at(65) },
  source: { ...source, bytes, packets: bytes / 1000 },
  destination,
  network: { transport: 'tcp', bytes },
});

const OTHERS = [
  half({ ip: '198.51.100.77', port: 50123 }, { ip: '10.20.0.80', port: 443 }, 4e6),
  half({ ip: '10.20.0.80', port: 443 }, { ip: '198.51.100.77', port: 50123 }, 4e8),
  {
    '@timestamp': at(60),
    event: { module: 'zeek', dataset: 'zeek.conn', duration: 65.5 },
    client: { ip: CLIENT.ip, bytes: 1e6, ip_bytes: 15e5 },
    server: { ip: SERVER.ip, bytes: 599e6, ip_bytes: 62e7 },
    connection: { state: 'SF' },
    source: CLIENT,
    destination: SERVER,
    network: { transport: 'tcp', bytes: 6e8 },
  },
  {
    '@timestamp': at(70),
    event: { dataset: 'cisco_asa.log', outcome: 'success', start: at(5), end: at(70), duration: 65e9 },
    source: { ...CLIENT, port: 51001 },
    destination: SERVER,
    network: { transport: 'tcp', bytes: 6e8 },
  },
  ...[250, 290].map((seconds) => ({
    '@timestamp': at(seconds),
    event: { dataset: 'fortinet_fortigate.log', code: '0000000020', action: 'accept', end: at(seconds) },
    source: { ...CLIENT, port: 51002, bytes: 9e9 },
    destination: { ...SERVER, bytes: 9e8 },
    fortinet: { firewall: { sentdelta: '4000', rcvddelta: '900', sessionid: '7' } },
    network: { transport: 'tcp' },
  })),
];

describeElasticsearch('amounts of events in Elasticsearch', (server) => {
  const index = `amounts-test-${String(process.pid)}`;
  let client: Client;
  let store: ElasticsearchStore;

  beforeAll(async () => {
    client = new Client({ node: server().url });
    const documents = [...RUNNING, ...OTHERS];
    const operations = documents.flatMap((document) => [{ create: { _index: index } }, document]);
    const { errors } = await client.bulk({ operations, refresh: true });
    expect(errors).toBe(false);
    store = openElasticsearchStore(
      { nodes: [server().url], indices: [index], fields: ECS_FIELDS, pageSize: 100 },
      new ManualClock(0),
    );
  });

  afterAll(async () => {
    await store.close();
    await client.indices.delete({ index });
    await client.close();
  });

  it('are those of a file with the documents, of each window by itself', async () => {
    const windows: Record<string, unknown>[] = [];
    for (let start = START; start < START + HOURS * 3_600_000; start += WINDOW_MS) {
      const batches: RawBatch[] = [];
      for await (const batch of store.events.read({ start, end: start + WINDOW_MS })) batches.push(batch);
      windows.push(...eventsOf(normalize(batches)));
    }
    const records = [...RUNNING, ...OTHERS];
    const file = eventsOf(
      normalize([{ source: 'test', format: 'ecs', records, places: records.map((_, i) => i) }]),
    );
    // What was mapped as a whole number comes without its fraction.
    expect(sorted(windows)).toEqual(
      sorted(file).map((row) => row.map((value) => (value === 65.5e9 ? 65e9 : value))),
    );
    const running = windows.filter(({ source }) => source === '10.9.0.20');
    expect(running).toHaveLength((HOURS * 3_600_000) / WINDOW_MS);
    for (const { sourceBytes } of running) {
      expect(sourceBytes).toBeGreaterThan(0.95 * 300 * 1700);
      expect(sourceBytes).toBeLessThanOrEqual(300 * 1700);
    }
    expect(windows).toHaveLength(running.length + 4);
  });
});

/** What is to be the same, in one order. */
function sorted(events: readonly Record<string, unknown>[]): unknown[][] {
  const names = [
    'source',
    'sourcePort',
    'destination',
    'endMs',
    'durationNs',
    'outcome',
    'sourceBytes',
    'destinationBytes',
    'sourcePackets',
    'destinationPackets',
    'byteLayer',
  ];
  return events
    .map((event) => names.map((name) => event[name]))
    .sort((a, b) => (String(a) < String(b) ? -1 : 1));
}
