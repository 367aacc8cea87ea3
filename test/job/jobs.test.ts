/**
 * Several jobs side by side in one service on a real cluster, and two services that share them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@elastic/elasticsearch';
import pino from 'pino';
import { startService, type RunningService } from '../../src/app/app.js';
import { jobConfig } from '../../src/config/jobs.js';
import { parseConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import type { Anomaly } from '../../src/domain/anomaly.js';
import { systemClock } from '../../src/domain/clock.js';
import { backtest, type Backtest } from '../../src/evaluate/backtest.js';
import { applySetup, planSetup } from '../../src/store/elasticsearch/setup.js';
import { eventsOf, openStore, type OpenStore } from '../../src/store/open-store.js';
import { elkhound } from '../cli/run.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

const START = Date.UTC(2026, 10, 2, 8);
const MINUTE_MS = 60_000;
const HOURS = 2;
const PREFIX = `jobs-${String(process.pid)}-`;

interface Flow {
  readonly endMs: number;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly bytes: number;
  readonly ok: boolean;
}

/** An office of thirty that does the same every five minutes, and two who each look for open doors once. */
function traffic(): Flow[] {
  const flows: Flow[] = [];
  for (let window = 0; window < 12 * HOURS; window++) {
    const at = START + window * 5 * MINUTE_MS;
    for (let host = 1; host <= 30; host++) {
      const bytes = 900 + ((host * 37 + window * 11) % 200);
      const to = `192.0.2.${String(1 + (host % 5))}`;
      flows.push({ endMs: at + host * 1000, from: `10.0.0.${String(host)}`, to, port: 443, bytes, ok: true });
    }
    for (const [scanner, inWindow] of [
      [66, 18],
      [77, 20],
    ] as const) {
      for (let n = 1; window === inWindow && n <= 80; n++) {
        const [from, to] = [`10.0.0.${String(scanner)}`, `10.0.1.${String(n)}`];
        flows.push({ endMs: at + 60_000 + n * 500, from, to, port: 445, bytes: 60, ok: false });
      }
    }
  }
  return flows;
}

const ecs = ({ endMs, from, to, port, bytes, ok }: Flow): object => ({
  '@timestamp': new Date(endMs).toISOString(),
  event: { dataset: 'office', outcome: ok ? 'success' : 'failure', category: ['network'] },
  source: { ip: from, bytes, port: 40_000 },
  destination: { ip: to, port, bytes: 2 * bytes },
  network: { transport: 'tcp' },
});
/** The same in words of a product that knows no ECS. */
const foreign = ({ endMs, from, to, port, bytes, ok }: Flow): object => ({
  ts: new Date(endMs).toISOString(),
  log: 'office',
  result: ok ? 'success' : 'failure',
  src: { addr: from, octets: bytes, p: 40_000 },
  dst: { addr: to, p: port, octets: 2 * bytes },
  proto: 'tcp',
});
const FIELDS = JSON.stringify({
  ...{ '@timestamp': 'ts', 'event.dataset': 'log', 'event.outcome': 'result', 'network.transport': 'proto' },
  ...{ 'source.ip': 'src.addr', 'source.port': 'src.p', 'source.bytes': 'src.octets' },
  ...{ 'destination.ip': 'dst.addr', 'destination.port': 'dst.p', 'destination.bytes': 'dst.octets' },
});
const keyword = { type: 'keyword' as const };
const strings = { strings: { match_mapping_type: 'string' as const, mapping: keyword } };

describeElasticsearch('several jobs', (server) => {
  const [east, west, plain, broken] = ['east', 'west', 'plain', 'broken'].map((name) => PREFIX + name);
  const job = (name: string, options: string): string => `\n  - { name: ${name}, ${options} }`;
  const jobs = [
    // No event of one of the two.
    job(east!, `indices: [${PREFIX}ecs*], filter: 'event.dataset: off* and not source.ip: 10.0.0.64/30'`),
    job(west!, `indices: [${PREFIX}foreign], windowLength: 10m, entities: [host], fields: ${FIELDS}`),
    job(plain!, `indices: [${PREFIX}ecs*], windowLength: 10m, entities: [host]`),
    job(broken!, `indices: [${PREFIX}ecs*], filter: { nonsense: {} }`),
  ];
  let client: Client;
  let store: OpenStore;
  const configOf = (which: readonly string[], more = ''): Config =>
    parseConfig(
      `elasticsearch: { url: '${server().url}', requestTimeout: 7s ${more} }
api: { port: 0 }
store: { retention: 20000d }
schedule: { cron: '* * * * * *', queryDelay: 1s, lease: 10s }
jobs:${which.join('')}`,
      'test.yml',
    );
  const ran = new Map<string, Set<string>>();
  async function start(service: string, config: Config): Promise<RunningService> {
    const running = await startService({
      config,
      version: 'test',
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      simulated: false,
      untilMs: Infinity,
      onWindow: ({ job: name, window }) => {
        const key = `${name} ${String(window.end)}`;
        ran.set(key, (ran.get(key) ?? new Set()).add(service));
      },
    });
    void running.run();
    return running;
  }
  /** Waits until a job has dealt with everything before a time. */
  async function reached(name: string, endMs: number): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      const [last] = (await store.store.reader.windows({ job: name, limit: 1 })).items;
      if (last && last.window.end >= endMs) return;
      await delay(200);
    }
    throw new Error(`the job ${name} did not get to ${new Date(endMs).toISOString()}`);
  }
  async function add(index: string, documents: readonly object[]): Promise<void> {
    const operations = documents.flatMap((document) => [{ create: { _index: PREFIX + index } }, document]);
    const { errors } = await client.bulk({ operations, refresh: true });
    expect(errors).toBe(false);
  }
  const found = async (name: string): Promise<readonly Anomaly[]> =>
    (await store.store.reader.anomalies({ job: name, status: 'active', limit: 1000, sort: 'time' })).items;

  beforeAll(async () => {
    client = new Client({ node: server().url });
    for (const index of ['ecs-1', 'ecs-2', 'foreign']) {
      const properties = { '@timestamp': { type: 'date' as const }, ts: { type: 'date' as const } };
      await client.indices.create({
        index: PREFIX + index,
        settings: { number_of_shards: 2 },
        mappings: { properties, dynamic_templates: [strings] },
      });
    }
    const address = { type: 'ip' as const };
    for (const index of ['ecs-1', 'ecs-2']) {
      const ends = { source: { properties: { ip: address } }, destination: { properties: { ip: address } } };
      await client.indices.putMapping({ index: PREFIX + index, properties: ends });
    }
    const flows = traffic();
    await add('ecs-1', flows.slice(0, 500).map(ecs));
    await add('ecs-2', flows.slice(500).map(ecs));
    await add('foreign', flows.map(foreign));
    store = await openStore(configOf(jobs), systemClock);
    if (store.kind !== 'elasticsearch') throw new Error('no cluster');
    const { cluster } = store.store;
    await applySetup(cluster, await planSetup(cluster, { nowMs: START, retentionMs: 86_400_000 }));
  });
  afterAll(async () => {
    await client.indices.delete({ index: ['ecs-1', 'ecs-2', 'foreign'].map((name) => PREFIX + name) });
    await store.store.close();
    await client.close();
  });

  describe('in one service', () => {
    let service: RunningService;
    const end = START + HOURS * 60 * MINUTE_MS;
    const get = async (path: string): Promise<string> => (await fetch(`${service.address}${path}`)).text();

    beforeAll(async () => {
      service = await start('one', configOf(jobs));
      for (const name of [east!, west!, plain!]) await reached(name, end);
    });
    afterAll(() => service.stop());

    it('each find what their indices, filters and windows hold', async () => {
      const inEast = await found(east!);
      expect(new Set(inEast.map(({ entity }) => entity.source ?? entity.id))).toEqual(new Set(['10.0.0.77']));
      expect(inEast.map(({ behavior }) => behavior)).toContain('host_sweep');
      expect(JSON.stringify(inEast)).not.toContain('10.0.0.66');
      for (const { window } of inEast) expect(window.end - window.start).toBe(5 * MINUTE_MS);
      const inWest = await found(west!);
      expect(new Set(inWest.map(({ entity }) => entity.id))).toEqual(new Set(['10.0.0.66', '10.0.0.77']));
      for (const { window, entity } of inWest) {
        expect([entity.kind, window.end - window.start]).toEqual(['host', 10 * MINUTE_MS]);
      }
    });

    it('find the same under names of their own as under those of ECS', async () => {
      const told = (anomalies: readonly Anomaly[]) =>
        anomalies.map(({ entity, window, behavior, reason, contributions, severity }) => ({
          ...{ entity, window, behavior, reason, severity },
          contributions: contributions.map(({ feature, actual, typical }) => ({ feature, actual, typical })),
        }));
      const [inWest, inPlain] = [await found(west!), await found(plain!)];
      expect(told(inWest)).toEqual(told(inPlain));
      inWest.forEach(({ score }, i) => {
        expect(Math.abs(score - inPlain[i]!.score)).toBeLessThanOrEqual(1e-9);
      });
    });

    it('are listed and filtered by the API and on the pages', async () => {
      const { items } = JSON.parse(await get('/v1/jobs')) as { items: { name: string; windowMs: number }[] };
      expect(items).toMatchObject([
        { name: east, windowMs: 5 * MINUTE_MS, lastWindow: {}, model: expect.any(String) as string },
        { name: west, windowMs: 10 * MINUTE_MS },
        { name: plain },
        { name: broken },
      ]);
      expect(items[3]).not.toHaveProperty('lastWindow');
      const all = await get('/');
      expect(all).toContain(`job ${east!}`);
      expect(all).toContain(`job ${west!}`);
      const one = await get(`/?job=${east!}`);
      expect(one).toContain('10.0.0.77');
      expect(one).not.toContain('10.0.0.66');
      expect(await get(`/coverage?job=${west!}&range=24h`)).toContain('>office<');
      // The events of an entity are those of the job that found it strange.
      const entity = await get(`/v1/entities/10.0.0.66?job=${west!}`);
      expect((JSON.parse(entity) as { events: unknown[] }).events).toHaveLength(50);
    });

    it('go on beside one that fails, which is told', async () => {
      const ready = await fetch(`${service.address}/readyz`);
      expect(ready.status).toBe(503);
      const { checks } = (await ready.json()) as { checks: { name: string; ok: boolean }[] };
      expect(checks).toContainEqual({ name: `windows of ${broken!}`, ok: false });
      expect(checks).toContainEqual({ name: `windows of ${east!}`, ok: true });
      expect(await get('/')).toContain(`windows of ${broken!}: could not`);
    });
  });

  describe('shared by two services', () => {
    it('are each run by one, and taken over where it left off', async () => {
      const [first, second] = [jobs.slice(0, 2), jobs.slice(0, 3)].map((which) => configOf(which));
      const more = (hours: number): Flow[] =>
        traffic()
          .filter(({ ok }) => ok)
          .map((flow) => ({ ...flow, endMs: flow.endMs + hours * 60 * MINUTE_MS }));
      const one = await start('first', first!);
      await reached(east!, START + HOURS * 60 * MINUTE_MS);
      const two = await start('second', second!);
      ran.clear();
      for (const hours of [2, 4]) {
        if (hours === 4) await one.stop();
        await add('ecs-2', more(hours).map(ecs));
        await add('foreign', more(hours).map(foreign));
        const end = START + (hours + HOURS) * 60 * MINUTE_MS;
        for (const name of [east!, west!, plain!]) await reached(name, end);
        const runners = [east!, west!, plain!].map((name) => [...ran.get(`${name} ${String(end)}`)!]);
        // Either may have been first to a job that was free, but never both.
        for (const services of runners) expect(services).toHaveLength(1);
        if (hours === 4) expect(runners.flat()).toEqual(['second', 'second', 'second']);
      }
      await two.stop();
      // Nobody ran what another had done.
      expect([...ran.values()].filter((services) => services.size > 1)).toEqual([]);
      expect(new Set((await found(east!)).map(({ entity }) => entity.source ?? entity.id))).toEqual(
        new Set(['10.0.0.77']),
      );
    });
  });

  describe('by commands', () => {
    it('are run again alone, with the same results in any number of slices', async () => {
      const range = { start: START, end: START + HOURS * 60 * MINUTE_MS };
      const run = (slices: number): Promise<Backtest> => {
        const config = jobConfig(configOf(jobs, `, slices: ${String(slices)}, pageSize: 100`), plain);
        return backtest({ events: eventsOf(store, config), config, range, clock: systemClock });
      };
      const [one, four] = [await run(1), await run(4)];
      expect(one.episodes.length).toBeGreaterThan(1);
      const withoutScores = ({ episodes }: Backtest) => episodes.map(({ score: _, ...episode }) => episode);
      expect(withoutScores(four)).toEqual(withoutScores(one));
      four.episodes.forEach(({ score }, i) => {
        expect(Math.abs(score - one.episodes[i]!.score)).toBeLessThanOrEqual(1e-9);
      });
    });

    it('have to be named where there are several', () => {
      const folder = mkdtempSync(join(tmpdir(), 'elkhound-jobs-'));
      const file = join(folder, 'elkhound.yml');
      writeFileSync(file, `jobs:${jobs.slice(0, 2).join('')}`);
      const env = { ELKHOUND_ELASTICSEARCH_URL: server().url };
      const run = (...more: string[]) =>
        elkhound(['backtest', '--days', '1', '--json', '--running', file, ...more], { env });
      expect(run()).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(
          `there are several jobs; expected one of ${east!}, ${west!}`,
        ) as string,
      });
      const { status, stdout } = run('--job', east!);
      expect(status).toBe(0);
      const fates = stdout.trim().split('\n').slice(1);
      // What it finds anew is what the job has recorded.
      expect(fates.length).toBeGreaterThan(0);
      for (const line of fates) expect(JSON.parse(line)).toMatchObject({ type: 'episode', fate: 'stay' });
      rmSync(folder, { recursive: true });
    });
  });
});
