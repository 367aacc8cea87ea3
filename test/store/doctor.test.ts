import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from '@elastic/elasticsearch';
import { parseConfig } from '../../src/config/load.js';
import { ManualClock, systemClock } from '../../src/domain/clock.js';
import { Secret } from '../../src/domain/secret.js';
import { ECS_FIELDS } from '../../src/normalize/ecs-fields.js';
import { configuredNormalizer } from '../../src/job/configured-normalizer.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import type { Examination } from '../../src/store/elasticsearch/doctor/examination.js';
import { examine } from '../../src/store/elasticsearch/doctor/examine.js';
import { applySetup, planSetup } from '../../src/store/elasticsearch/setup.js';
import type { Finding } from '../../src/store/finding.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

const OPTIONS = parseConfig('', 'test.yml');
const PASSWORD = 'correct horse';
const MINUTE_MS = 60_000;
const keyword = { type: 'keyword' as const };
const MAPPING = {
  properties: {
    '@timestamp': { type: 'date' as const },
    event: {
      properties: {
        dataset: keyword,
        module: keyword,
        end: { type: 'date' as const },
        ingested: { type: 'date' as const },
        duration: { type: 'long' as const },
      },
    },
    source: { properties: { ip: { type: 'ip' as const }, bytes: { type: 'long' as const } } },
    destination: {
      properties: {
        ip: { type: 'ip' as const },
        bytes: { type: 'long' as const },
        port: { type: 'long' as const },
      },
    },
  },
};
const ROLES = `
half: { "cluster": ["monitor"], "indices": [ { "names": ["logs-*"], "privileges": ["read", "view_index_metadata"] } ] }
`;

describeElasticsearch(
  'the doctor of a real cluster',
  (server) => {
    const nowMs = Date.now();
    let client: Client;
    let cluster: Cluster;
    const examination = (more: Partial<Examination> = {}): Examination => ({
      job: 'default',
      cluster,
      clock: new ManualClock(nowMs),
      indices: ['logs-*'],
      fields: ECS_FIELDS,
      pageSize: 10_000,
      windowLengthMs: 300_000,
      queryDelayMs: 60_000,
      ownNetworks: [],
      normalizer: () => configuredNormalizer(OPTIONS, 300_000, nowMs),
      ...more,
    });
    const said = (findings: readonly Finding[], check: string): Finding[] =>
      findings.filter((finding) => finding.check === check);
    const flow = (number: number, more: object = {}): object => ({
      '@timestamp': new Date(nowMs - number * MINUTE_MS).toISOString(),
      event: { dataset: 'zeek.connection', duration: 2e8, outcome: 'success' },
      source: { ip: '10.0.0.5', bytes: 100, packets: 2 },
      destination: { ip: '192.0.2.7', port: 443, bytes: 900 },
      dns: { question: { name: 'example.net' } },
      user: { name: 'alice' },
      rule: { name: 'rule' },
      ...more,
    });
    const add = async (index: string, documents: object[], mappings: object = MAPPING): Promise<void> => {
      await client.indices.create({ index, mappings });
      const operations = documents.flatMap((document) => [{ create: { _index: index } }, document]);
      const { errors } = await client.bulk({ operations, refresh: true });
      expect(errors).toBe(false);
    };
    const healthy = (): Promise<void> =>
      add(
        'logs-zeek',
        Array.from({ length: 100 }, (_, i) => {
          const ingested = new Date(nowMs - (i + 1) * MINUTE_MS + 20_000).toISOString();
          return flow(i + 1, {
            event: { dataset: 'zeek.connection', duration: 2e8, outcome: 'success', ingested },
          });
        }),
      );
    beforeAll(async () => {
      const auth = { username: 'boss', password: PASSWORD };
      client = new Client({ node: server().url, auth });
      // A new cluster gives itself a license a moment after it answers.
      while (!('license' in (await client.license.get({}, { ignore: [404] })))) await delay(100);
      cluster = new Cluster({ nodes: [server().url], username: 'boss', password: new Secret(PASSWORD) });
    });
    afterEach(async () => {
      const indices = Object.keys(await client.indices.get({ index: 'logs-*', allow_no_indices: true }));
      const mine = indices.filter((name) => !name.includes('elkhound'));
      if (mine.length > 0) await client.indices.delete({ index: mine });
    });
    afterAll(async () => {
      await client.close();
      await cluster.close();
    });

    it('says that it is not set up and that there are no logs, and what to do', async () => {
      const findings = await examine([examination()]);
      expect(said(findings, 'connection')).toMatchObject([
        { status: 'ok', message: `Elasticsearch 8.19.9 answers at ${server().url}` },
      ]);
      expect(said(findings, 'license')).toMatchObject([{ status: 'ok' }]);
      expect(said(findings, 'setup')).toMatchObject([
        { status: 'failure', remedy: expect.stringContaining('elkhound setup') as string },
      ]);
      expect(said(findings, 'logs')).toMatchObject([{ status: 'failure' }]);
      await applySetup(cluster, await planSetup(cluster, { nowMs, retentionMs: 1, logs: ['logs-*'] }));
    });

    it('finds by trying that no index is made by writing', async () => {
      await client.cluster.putSettings({ persistent: { 'action.auto_create_index': 'false' } });
      const findings = await examine([examination()]);
      await client.cluster.putSettings({ persistent: { 'action.auto_create_index': null } });
      expect(said(findings, 'writing')).toMatchObject([
        {
          status: 'failure',
          message: expect.stringContaining('could not make an index by writing to it') as string,
          remedy: expect.stringContaining('"action.auto_create_index": "+elkhound-') as string,
        },
      ]);
      expect(said(await examine([examination()]), 'writing')).toMatchObject([{ status: 'ok' }]);
    });

    it('finds nothing where all is well', async () => {
      await healthy();
      // The server's clock is real, and so must be the one that it is compared with.
      const findings = await examine([examination({ clock: systemClock })]);
      const wrong = findings.filter(({ status }) => status !== 'ok' && status !== 'unavailable');
      expect(wrong).toEqual([]);
      expect(said(findings, 'ingest lag')[0]!.message).toContain('20.0 s (half)');
      expect(said(findings, 'load')[0]!.message).toMatch(/5 events a window, 5 at most \(1 requests/);
      expect(said(findings, 'own output')[0]!.message).toContain('nothing');
    });

    it('names the features that are blind in a source, and what no log tells', async () => {
      await healthy();
      const blind = (i: number): object => ({
        ...flow(i),
        event: { dataset: 'fortinet.firewall', duration: 2e8, outcome: 'success' },
        source: { ip: '10.0.0.5', packets: 2, ...(i === 1 ? { bytes: 5 } : {}) },
        dns: {},
        rule: {},
      });
      await add(
        'logs-fortinet',
        Array.from({ length: 50 }, (_, i) => blind(i + 1)),
      );
      const found = said(await examine([examination()]), 'fields');
      expect(found[0]).toMatchObject({
        status: 'warning',
        message: expect.stringMatching(
          /^source\.bytes is told by 2 % of the flows of fortinet\.firewall: bytes_out, .* blind there$/,
        ) as string,
        remedy: expect.stringContaining('source.bytes') as string,
      });
      expect(found.slice(1)).toEqual(
        ['dns.question.name', 'user.name', 'rule.name'].map((field) => ({
          check: 'fields',
          status: 'unavailable',
          message: expect.stringContaining(`no sampled log tells ${field}: `) as string,
        })),
      );
    });

    it('suggests the delay that late logs need', async () => {
      const late = new Date(nowMs - MINUTE_MS).toISOString();
      await add('logs-late', [flow(5, { event: { dataset: 'a', ingested: late } })]);
      const [lag] = said(await examine([examination()]), 'ingest lag');
      expect(lag).toMatchObject({
        status: 'warning',
        remedy: expect.stringContaining('schedule.queryDelay to 240s (now 60.0 s)') as string,
      });
    });

    it('tells of mappings that are in conflict, or of no use', async () => {
      await healthy();
      await add('logs-strings', [flow(1)], {
        properties: { ...MAPPING.properties, source: { properties: { ip: keyword, bytes: keyword } } },
      });
      const found = said(await examine([examination()]), 'mappings');
      expect(found.map(({ status, message }) => [status, message])).toEqual([
        [
          'warning',
          expect.stringMatching(/^source\.bytes is mapped in several ways: .*keyword \(logs-strings\)/),
        ],
        [
          'warning',
          expect.stringContaining('source.ip is mapped as keyword (logs-strings), where ip is needed'),
        ],
      ]);
    });

    it('looks at each of several jobs: its filter, and its fields under their own names', async () => {
      await healthy();
      const { properties } = MAPPING;
      await add('logs-own', [{ ts: new Date(nowMs - MINUTE_MS).toISOString(), src: '10.0.0.5' }], {
        properties: { ts: properties['@timestamp'], src: keyword },
      });
      const findings = await examine([
        examination({ job: 'a', indices: ['logs-zeek'], filter: 'event.modul: zeek or source.ip: 10.0.0.5' }),
        examination({ job: 'b', indices: ['logs-zeek'], filter: 'source.ip: 10.0.0.0/8' }),
        examination({ job: 'c', indices: ['logs-zeek'], filter: { nonsense: {} } }),
        examination({ job: 'd', indices: ['logs-own'], names: { '@timestamp': 'ts', 'source.ip': 'src' } }),
      ]);
      expect(said(findings, 'filter')).toMatchObject([
        {
          job: 'a',
          status: 'failure',
          message: 'the filter asks for event.modul, which logs-zeek do not map: nothing has it',
          remedy: 'name a field that the logs have, such as event.module',
        },
        { job: 'b', status: 'ok', message: 'the filter keeps 100 of 100 documents' },
        { job: 'c', status: 'failure', message: expect.stringContaining('nonsense') as string },
      ]);
      expect(said(findings, 'mappings').filter(({ job }) => job === 'd')).toMatchObject([
        { message: expect.stringContaining('src is mapped as keyword') as string },
      ]);
      expect(said(findings, 'load').map(({ job }) => job)).toEqual(['a', 'b', 'd']);
      expect(said(findings, 'connection')).toHaveLength(1);
    });

    it('asks about busy global networks that nobody claims', async () => {
      const hosts = ['2001:db8:5::1', '2001:db8:5::2', '2001:db8:5:0:1::3'];
      await add(
        'logs-six',
        hosts.map((ip, i) => flow(i + 1, { source: { ip, bytes: 1, packets: 1 } })),
      );
      const [unclaimed] = said(await examine([examination()]), 'own networks');
      expect(unclaimed).toMatchObject({
        status: 'warning',
        message: expect.stringContaining('2001:db8:5::/64 sends 3 of 3 events from 3 addresses') as string,
        remedy: expect.stringContaining('normalize.ownNetworks') as string,
      });
      const claimed = await examine([examination({ ownNetworks: ['2001:db8::/32'] })]);
      expect(said(claimed, 'own networks')).toMatchObject([{ status: 'ok' }]);
    });

    it('names each privilege that is missing, and tells clocks apart', async () => {
      await healthy();
      const half = new Cluster({ nodes: [server().url], username: 'half', password: new Secret(PASSWORD) });
      const clock = new ManualClock(nowMs + 3_600_000);
      const findings = await examine([examination({ cluster: half, clock })]);
      expect(said(findings, 'privileges').map(({ message }) => message)).toContain(
        'missing index privilege read on elkhound-*',
      );
      expect(said(findings, 'privileges')).toHaveLength(7);
      expect(said(findings, 'clock')).toMatchObject([
        { status: 'warning', remedy: expect.stringContaining('NTP') as string },
      ]);
      await half.close();
    });

    it('is a command with an exit code', async () => {
      const env = {
        ...process.env,
        ELKHOUND_ELASTICSEARCH_URL: server().url,
        ELKHOUND_ELASTICSEARCH_USERNAME: 'boss',
        ELKHOUND_ELASTICSEARCH_PASSWORD: 'mistaken',
      };
      const failed = doctor(env, '--json');
      await expect(failed).rejects.toMatchObject({ code: 1 });
      const { findings } = JSON.parse(
        ((await failed.catch((error: unknown) => error)) as { stdout: string }).stdout,
      );
      expect(findings).toMatchObject([
        { check: 'connection', status: 'failure', remedy: expect.any(String) },
      ]);
      await healthy();
      const { stdout } = await doctor({ ...env, ELKHOUND_ELASTICSEARCH_PASSWORD: PASSWORD });
      expect(stdout).toMatch(/^ok {7}connection: Elasticsearch 8\.19\.9/);
    });
  },
  {
    name: 'doctor',
    users: [
      { name: 'boss', password: PASSWORD, roles: ['superuser'] },
      { name: 'half', password: PASSWORD, roles: ['half'] },
    ],
    roles: ROLES,
  },
);

function doctor(env: NodeJS.ProcessEnv, ...args: string[]): Promise<{ stdout: string }> {
  return promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/main.ts', 'doctor', ...args], {
    env,
  });
}

describe('the doctor', () => {
  it('says so where nobody answers, or somebody else does', async () => {
    const server = createServer((_request, response) => response.end('{}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const other = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    for (const [node, message] of [
      ['http://127.0.0.1:1', 'ECONNREFUSED'],
      [other, 'expected the address of Elasticsearch'],
    ] as const) {
      const cluster = new Cluster({ nodes: [node] });
      const clock = new ManualClock(0);
      const normalizer = () => configuredNormalizer(OPTIONS, 1, 0);
      const rest = { pageSize: 1, windowLengthMs: 1, queryDelayMs: 1, ownNetworks: [], normalizer };
      const findings = await examine([{ job: 'a', cluster, clock, indices: ['a'], fields: ['a'], ...rest }]);
      expect(findings).toMatchObject([
        { status: 'failure', message: expect.stringContaining(message), remedy: expect.any(String) },
      ]);
      await cluster.close();
    }
    server.close();
  });

  it('looks at the embedded store too', async () => {
    const home = mkdtempSync(join(tmpdir(), 'elkhound-doctor-'));
    const env = { ...process.env, ELKHOUND_ELASTICSEARCH_URL: '', ELKHOUND_HOME: home };
    const { stdout } = await doctor(env);
    expect(stdout).toMatch(
      /^ok {7}connection: the embedded store .*\nWARNING {2}logs: there are no events yet\n/,
    );
    rmSync(home, { recursive: true });
  });
});
