import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ManualClock } from '../../src/domain/clock.js';
import { ECS_FIELDS } from '../../src/normalize/ecs-fields.js';
import { ElasticsearchEventSource } from '../../src/store/elasticsearch/event-source.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import type { RawBatch } from '../../src/domain/raw.js';
import { elkhound } from '../cli/run.js';
import { eventsOf as tableOf, normalize } from '../collect/logs.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

/** Nothing else looks there. This build of Elasticsearch has no way to delete it. */
const STREAM = `simulated-${String(process.pid)}`;
const ARGS = [
  'simulate',
  '--start',
  '2026-01-12T08:00:00Z',
  '--hosts',
  '20',
  '--days',
  '0.25',
  '--events',
  '6000',
];
const RANGE = { start: Date.UTC(2026, 0, 12), end: Date.UTC(2026, 0, 13) };

describeElasticsearch('elkhound simulate --to elasticsearch', (server) => {
  const folder = mkdtempSync(join(tmpdir(), 'elkhound-simulate-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let cluster: Cluster;
  beforeAll(() => {
    cluster = new Cluster({ nodes: [server().url] });
  });
  afterAll(() => cluster.close());

  function simulate(): string {
    const { status, stdout, stderr } = elkhound(
      [...ARGS, '--to', 'elasticsearch', '--data-stream', STREAM, '--json'],
      { env: { ELKHOUND_ELASTICSEARCH_URL: server().url }, cwd: folder },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  }

  async function countOf(): Promise<number> {
    await cluster.ask('refresh', (client) => client.indices.refresh({ index: STREAM }));
    return (await cluster.ask('count', (client) => client.count({ index: STREAM }))).count;
  }

  it('writes every event once, however often it is told to', async () => {
    expect(JSON.parse(simulate())).toMatchObject({ events: 6_000, attacks: expect.any(Number) as number });
    expect(await countOf()).toBe(6_000);
    simulate();
    expect(await countOf()).toBe(6_000);
  });

  it('keeps the truth in the data folder, and says where', () => {
    const { truth, attacks } = JSON.parse(simulate()) as { truth: string; attacks: number };
    expect(truth).toBe(join('elkhound-data', `truth-${STREAM}.json`));
    const told = JSON.parse(readFileSync(join(folder, truth), 'utf8')) as { attacks: unknown[] };
    expect(told.attacks).toHaveLength(attacks);
  });

  it('makes a data stream of events that are those of the files', async () => {
    const found = await cluster.ask('resolve the name', (client) =>
      client.indices.resolveIndex({ name: STREAM }),
    );
    expect(found.data_streams).toMatchObject([{ name: STREAM, timestamp_field: '@timestamp' }]);
    const source = new ElasticsearchEventSource(
      cluster,
      { indices: [STREAM], fields: ECS_FIELDS },
      new ManualClock(0),
    );
    const batches: RawBatch[] = [];
    for await (const batch of source.read(RANGE)) batches.push({ ...batch, source: 'sensor' });
    const lines = elkhound([...ARGS, '--out', '-'])
      .stdout.trimEnd()
      .split('\n');
    const records = lines.map((line) => JSON.parse(line) as unknown);
    const places = records.map((_, i) => i + 1);
    const fromFile = eventsIn([{ source: 'sensor', format: 'zeek', records, places }]);
    expect(fromFile).toHaveLength(6_000);
    expect(isDeepStrictEqual(eventsIn(batches), fromFile)).toBe(true);
  });
});

/** Events as texts, in no order but their own. */
function eventsIn(batches: readonly RawBatch[]): string[] {
  const rows = tableOf(normalize(batches));
  return rows
    .map(({ id: _, index: _index, place: _place, detail: _detail, ...event }) => JSON.stringify(event))
    .sort();
}
