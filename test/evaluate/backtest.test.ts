import { Client } from '@elastic/elasticsearch';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../src/config/load.js';
import type { Episode } from '../../src/domain/anomaly.js';
import { ManualClock } from '../../src/domain/clock.js';
import { SampleQuarantine } from '../../src/collect/quarantine.js';
import type { LearningProgress } from '../../src/job/history.js';
import { backtest, compare } from '../../src/evaluate/backtest.js';
import { Ingester } from '../../src/feeds/ingest.js';
import { listed } from '../../src/simulate/attacks/plan.js';
import { SCANS } from '../../src/simulate/attacks/scans.js';
import { zeekRecord } from '../../src/simulate/formats/record.js';
import { openEmbeddedStore } from '../../src/store/embedded/open.js';
import { Database } from '../../src/store/embedded/database.js';
import { elkhound } from '../cli/run.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { clusterEvening, embeddedEvening, type Evening } from '../security/logins.js';
import { DAY_MS, HOUR_MS, MONDAY, office } from '../simulate/office.js';

interface Run {
  readonly configuration: string;
  readonly episodes: number;
  readonly alertsPerDay: number;
  readonly messagesPerDay: Readonly<Record<string, number>>;
  readonly selfTrained: boolean;
}
interface Fate {
  readonly comparedWith: string;
  readonly fate: string;
  readonly behavior: string;
}

/** Runs the command over a day. */
function run(evening: Evening, proposed?: string): { runs: Run[]; fates: Fate[] } {
  const { store, elasticsearch, job } = evening.config;
  const env: Record<string, string> = { ELKHOUND_HOME: store.home };
  if (elasticsearch.url !== undefined) env.ELKHOUND_ELASTICSEARCH_URL = elasticsearch.url;
  const running = `job: ${job}\nelasticsearch: { indices: ${JSON.stringify(elasticsearch.indices)} }\n`;
  const args = ['backtest', '--days', '1', '--json', '--running', evening.fileOf(running)];
  if (proposed !== undefined) args.push('--config', evening.fileOf(running + proposed));
  const { status, stdout, stderr } = elkhound(args, { env });
  // Nothing but which files it goes by.
  const files = args.filter((one) => one.endsWith('.yml')).map((file) => `configuration: ${file}\n`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: files.join('') });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  return {
    runs: lines.filter(({ type }) => type === 'backtest') as unknown as Run[],
    fates: lines.filter(({ type }) => type === 'episode') as unknown as Fate[],
  };
}

const counted = (fates: readonly Fate[], comparedWith: string): string[] =>
  fates.filter((one) => one.comparedWith === comparedWith).map(({ fate, behavior }) => `${fate} ${behavior}`);

/** @param written what would differ had anything been written */
function expectations(open: () => Promise<Evening>, written: (evening: Evening) => Promise<string>): void {
  let evening: Evening;
  beforeAll(async () => {
    evening = await open();
    await evening.stop();
  }, 300_000);

  it('finds what was recorded, under the configuration that recorded it', () => {
    const { runs, fates } = run(evening);
    expect(runs).toMatchObject([{ configuration: 'running', episodes: 2, selfTrained: true }]);
    expect(runs[0]!.alertsPerDay).toBeGreaterThan(2);
    expect(counted(fates, 'recorded').sort()).toEqual(['stay credential_stuffing', 'stay password_guessing']);
  });

  it('tells what another configuration changes, and what it would send', () => {
    const proposed = [
      'normalize: { ignore: { networks: [203.0.113.0/24] } }',
      'alert: { channels: { night: { url: "http://127.0.0.1:1", minSeverity: low } } }',
    ].join('\n');
    const { runs, fates } = run(evening, proposed);
    expect(runs.map(({ configuration, episodes }) => [configuration, episodes])).toEqual([
      ['running', 2],
      ['proposed', 1],
    ]);
    expect(Object.keys(runs[1]!.messagesPerDay)).toEqual(['night']);
    expect(counted(fates, 'running').sort()).toEqual([
      'stay password_guessing',
      'vanish credential_stuffing',
    ]);
  });

  it('writes nothing', async () => {
    const before = await written(evening);
    expect(before.length).toBeGreaterThan(100);
    run(evening, 'features: { maxTrailingEntities: 1000 }');
    expect((await written(evening)) === before).toBe(true);
  });
}

describe('elkhound backtest on the embedded store', () => {
  expectations(
    () => embeddedEvening(),
    async ({ config }) => {
      const database = await Database.open(config.store);
      const rows: unknown[] = [];
      for (const table of [
        'events',
        'anomalies',
        'alerts',
        'windows',
        'notifications',
        'models',
        'states',
        'actions',
      ]) {
        rows.push(await database.rows(`SELECT columns(*)::VARCHAR FROM ${table} ORDER BY ALL`));
      }
      await database.close();
      return JSON.stringify(rows);
    },
  );
});

describeElasticsearch(
  'elkhound backtest on Elasticsearch',
  (server) => {
    expectations(
      () => clusterEvening(server().url, 'backtest'),
      async () => {
        const client = new Client({ node: server().url });
        await client.indices.refresh({ index: '*' });
        const { indices = {} } = await client.indices.stats({ index: '*', level: 'shards' });
        await client.close();
        const states = Object.entries(indices).map(([index, { shards = {}, total }]) => {
          const numbers = Object.values(shards).flatMap((copies) =>
            copies.map(({ seq_no }) => seq_no?.max_seq_no),
          );
          return [index, total?.docs, numbers];
        });
        return JSON.stringify(states.sort());
      },
    );
  },
  { name: 'backtest' },
);

describe('backtest', () => {
  it('learns from what lies before the days that it judges', async () => {
    const home = mkdtempSync(join(tmpdir(), 'elkhound-backtest-'));
    const judgedMs = MONDAY + 2.25 * DAY_MS;
    const endMs = MONDAY + 2.75 * DAY_MS;
    const plan = listed(
      SCANS.map((attack, number) => ({ attack, startMs: judgedMs + (2 + number) * HOUR_MS, number })),
    );
    const simulation = office({ rate: 0.1, plan });
    const clock = new ManualClock(endMs);
    const store = await openEmbeddedStore({ home }, clock);
    const config = parseConfig('', 'test.yml');
    const ingester = new Ingester({
      sink: store.sink,
      privacy: config.privacy,
      quarantine: new SampleQuarantine(),
      referenceMs: () => endMs,
      timeZone: 'UTC',
    });
    for (const events of simulation.eventsBetween(MONDAY, endMs)) {
      const records = events.map(zeekRecord);
      await ingester.add({ source: 'office', format: 'zeek', records, places: records.map((_, i) => i + 1) });
    }
    await ingester.flush();
    const range = { start: judgedMs, end: endMs };
    const learned: LearningProgress[] = [];
    const done: (readonly [number, number])[] = [];
    const result = await backtest({
      events: store.events,
      config,
      range,
      clock,
      onLearning: (progress) => learned.push(progress),
      onWindow: (_endMs, number, of) => done.push([number, of]),
    });
    await store.close();
    rmSync(home, { recursive: true });
    expect(result.selfTrained).toBe(false);
    // Its progress begins with nothing, and ends with all.
    expect(learned[0]!.read).toBe(0);
    expect(learned.at(-1)!.read).toBe(learned[0]!.windows);
    expect(done).toEqual(done.map((_, index) => [index + 1, done.length]));
    expect(done.length).toBeGreaterThanOrEqual(result.windows);
    expect(result.windows).toBeLessThanOrEqual((endMs - judgedMs) / config.schedule.windowLength);
    for (const { start } of result.episodes) expect(start).toBeGreaterThanOrEqual(judgedMs);
    const told = new Set(result.episodes.map(({ behavior }) => behavior));
    expect(told.has('host_sweep') || told.has('port_scan')).toBe(true);
  }, 240_000);

  it('takes episodes for the same where entity, behavior and time agree', () => {
    const HOUR = 3_600_000;
    const of = (id: string, start: number, end: number, behavior = 'port_scan'): Episode =>
      ({ id, site: 's', entity: { kind: 'host', id: 'h' }, behavior, start, end }) as unknown as Episode;
    const before = [of('a', 0, HOUR), of('b', 5 * HOUR, 6 * HOUR), of('c', 0, HOUR, 'flood')];
    const after = [of('x', HOUR, 2 * HOUR), of('y', 9 * HOUR, 10 * HOUR)];
    const { stay, vanish, appear } = compare(before, after);
    expect([stay, vanish, appear].map((list) => list.map(({ id }) => id))).toEqual([
      ['x'],
      ['b', 'c'],
      ['y'],
    ]);
  });
});
