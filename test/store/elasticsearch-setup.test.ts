import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { Client } from '@elastic/elasticsearch';
import { pino } from 'pino';
import { ALERTS_ALIAS } from '../../src/documents/alerts.js';
import { INDICES } from '../../src/documents/indices.js';
import { ManualClock } from '../../src/domain/clock.js';
import { Health } from '../../src/observe/health.js';
import { SetupWatch } from '../../src/service/setup-watch.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import { prepareLogStream } from '../../src/store/elasticsearch/log-stream.js';
import { missingTemplates } from '../../src/store/elasticsearch/rival-templates.js';
import type { SetupStep } from '../../src/store/elasticsearch/setup-step.js';
import { applySetup, checkSetup, planSetup } from '../../src/store/elasticsearch/setup.js';
import { planUninstall } from '../../src/store/elasticsearch/uninstall.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

const OPTIONS = { nowMs: Date.UTC(2026, 10, 23), retentionMs: 90 * 86_400_000 };

describeElasticsearch(
  'setup of a real cluster',
  (server) => {
    let cluster: Cluster;
    let client: Client;
    beforeAll(() => {
      cluster = new Cluster({ nodes: [server().url] });
      client = new Client({ node: server().url });
    });
    afterAll(async () => {
      await cluster.close();
      await client.close();
    });

    it('plans the basic templates, and changes nothing by planning', async () => {
      const plan = await planSetup(cluster, OPTIONS);
      expect(plan).toMatchObject({ version: '8.19.9', variant: 'basic' });
      expect(plan.steps.map(({ path }) => path)).toEqual([
        ...INDICES.map(({ name }) => `/_index_template/${name}`),
        '/elkhound-alerts-2026.11',
      ]);
      await expect(checkSetup(cluster)).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringContaining('elkhound setup') as string,
      });
    });

    it('refuses while the name of the alias is taken', async () => {
      await client.indices.create({ index: ALERTS_ALIAS });
      await expect(planSetup(cluster, OPTIONS)).rejects.toMatchObject({ code: 'store_conflict' });
      await client.indices.delete({ index: ALERTS_ALIAS });
    });

    it('refuses while the template of somebody else would apply to its indices, and names it', async () => {
      const name = 'house-default';
      await client.indices.putIndexTemplate({ name, index_patterns: ['*'], priority: 500, template: {} });
      await expect(planSetup(cluster, OPTIONS)).rejects.toMatchObject({
        code: 'store_conflict',
        message: expect.stringMatching(
          /"house-default" \(priority 500, for \*\) would apply to elkhound-anomalies-2026\.11, .*below 200/,
        ) as string,
      });
      await client.indices.putIndexTemplate({ name, index_patterns: ['elk*'], priority: 100, template: {} });
      await planSetup(cluster, OPTIONS);
      await client.indices.deleteIndexTemplate({ name });
    });

    it('installs everything, as often as it is asked to', async () => {
      const first = await planSetup(cluster, OPTIONS);
      const told: [SetupStep, number][] = [];
      await applySetup(cluster, first, (...step) => told.push(step));
      expect(told).toEqual(first.steps.map((step, index) => [step, index]));
      const again = await planSetup(cluster, OPTIONS);
      expect(again.steps.map(({ path }) => path)).toEqual(
        INDICES.map(({ name }) => `/_index_template/${name}`),
      );
      await applySetup(cluster, again);
      // Another setup that had the same plan, and was slower.
      await applySetup(cluster, first);
      await checkSetup(cluster);
      expect(await client.indices.getAlias({ name: ALERTS_ALIAS })).toEqual({
        'elkhound-alerts-2026.11': { aliases: { [ALERTS_ALIAS]: {} } },
      });
    });

    it('gives later months the alias by the template', async () => {
      await client.indices.create({ index: 'elkhound-alerts-2026.12' });
      const { hits } = await client.search({ index: 'logs-*' });
      expect(hits.hits).toEqual([]);
      const answer = await client.indices.getAlias({ name: ALERTS_ALIAS });
      expect(Object.keys(answer).sort()).toEqual(['elkhound-alerts-2026.11', 'elkhound-alerts-2026.12']);
    });

    it('mends indices that were made without a setup, and those of an older version', async () => {
      const index = 'elkhound-alerts-2026.10';
      await client.indices.create({ index, aliases: {} });
      await client.indices.deleteAlias({ index, name: ALERTS_ALIAS });
      await client.indices.putMapping({ index, _meta: { schema_version: 0 } });
      const { steps } = await planSetup(cluster, OPTIONS);
      const paths = steps.map(({ path }) => path).filter((path) => path.includes(index));
      expect(paths).toEqual([`/${index}/_mapping`, `/${index}/_alias/${ALERTS_ALIAS}`]);
      await applySetup(cluster, { steps });
      const later = await planSetup(cluster, OPTIONS);
      expect(later.steps.filter(({ path }) => path.includes(index))).toEqual([]);
    });

    it('is taken back whole, which start and a running service say', async () => {
      await prepareLogStream(cluster, 'logs-simulated-default');
      const clock = new ManualClock(OPTIONS.nowMs);
      const health = new Health();
      const lines: string[] = [];
      const logger = pino({ level: 'info' }, { write: (line) => lines.push(line) });
      const watch = new SetupWatch({ missing: () => missingTemplates(cluster), health, clock, logger });
      await watch.look();
      expect(health.report()).toMatchObject({ ready: true });
      await applySetup(cluster, { steps: await planUninstall(cluster, false) });
      const templates = await client.indices.getIndexTemplate();
      expect(
        templates.index_templates.map(({ name }) => name).filter((name) => /elkhound|simulated/.test(name)),
      ).toEqual([]);
      const gone = /index templates are gone: elkhound-anomalies, .*run "elkhound setup"/;
      await expect(checkSetup(cluster)).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringMatching(gone) as string,
      });
      // Looked at once a minute.
      await watch.look();
      expect(lines).toEqual([]);
      for (let minute = 0; minute < 2; minute++) {
        clock.set(clock.now() + 60_000);
        await watch.look();
      }
      expect(health.report()).toMatchObject({
        ready: false,
        checks: [{ name: 'setup', ok: false, detail: expect.stringMatching(gone) as string }],
      });
      await applySetup(cluster, await planSetup(cluster, OPTIONS));
      await checkSetup(cluster);
      clock.set(clock.now() + 60_000);
      await watch.look();
      expect(health.report()).toMatchObject({ ready: true });
      expect(lines.map((line) => (JSON.parse(line) as { level: number }).level)).toEqual([50, 30]);
    });

    it('refuses before it writes where a newer version has been', async () => {
      const index = 'elkhound-windows-2030.01';
      await client.indices.create({ index });
      await client.indices.putMapping({ index, _meta: { schema_version: 99 } });
      await expect(planSetup(cluster, OPTIONS)).rejects.toMatchObject({ code: 'unsupported_schema' });
      await expect(checkSetup(cluster)).rejects.toMatchObject({ code: 'unsupported_schema' });
      await client.indices.delete({ index });
    });
  },
  { name: 'setup' },
);

/** A server that answers as a complete Elasticsearch is documented to, as far as setup asks. */
async function completeElasticsearch(): Promise<{ url: string; puts: string[]; close: () => void }> {
  const puts: string[] = [];
  const answers: readonly (readonly [RegExp, unknown])[] = [
    [/^GET \/_nodes/, { nodes: { a: { version: '9.4.0' } } }],
    [/^POST \/_index_template\/_simulate/, { template: {}, overlapping: [] }],
    [/^GET \/_resolve\/index/, { indices: [], aliases: [], data_streams: [] }],
    [/^GET \//, {}],
    [/^PUT /, { acknowledged: true }],
  ];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    if (line.startsWith('PUT')) puts.push(line.slice(4));
    request.resume();
    response.setHeader('x-elastic-product', 'Elasticsearch');
    response.setHeader('content-type', 'application/vnd.elasticsearch+json;compatible-with=8');
    response.end(JSON.stringify(answers.find(([pattern]) => pattern.test(line))?.[1]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { url, puts, close: () => void server.close() };
}

describe('setup of a complete Elasticsearch', () => {
  it('installs the deletion policy before the templates that name it', async () => {
    const { url, puts, close } = await completeElasticsearch();
    const cluster = new Cluster({ nodes: [url] });
    const plan = await planSetup(cluster, OPTIONS);
    expect(plan).toMatchObject({ version: '9.4.0', variant: 'full' });
    expect(plan.steps[0]).toMatchObject({
      path: '/_ilm/policy/elkhound',
      body: { policy: { phases: { delete: { min_age: '121d' } } } },
    });
    await applySetup(cluster, plan);
    expect(puts).toEqual(plan.steps.map(({ path }) => path));
    await cluster.close();
    close();
  });
});

describe('elkhound setup', () => {
  const run = promisify(execFile);
  const command = ['--import', 'tsx', 'src/main.ts', 'setup'];

  it('prints what it would send, for the console of Kibana', async () => {
    const { url, puts, close } = await completeElasticsearch();
    const env = { ...process.env, ELKHOUND_ELASTICSEARCH_URL: url };
    const { stdout } = await run(process.execPath, [...command, '--dry-run'], { env });
    expect(stdout).toContain('PUT /_ilm/policy/elkhound\n{');
    expect(puts).toEqual([]);
    const json = await run(process.execPath, [...command, '--json'], { env });
    expect(JSON.parse(json.stdout)).toMatchObject({ variant: 'full', applied: true });
    expect(puts).toContain('/_index_template/elkhound-alerts');
    close();
  });

  it('says what is missing without an address', async () => {
    const env = { ...process.env, ELKHOUND_ELASTICSEARCH_URL: '' };
    await expect(run(process.execPath, command, { env })).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('elasticsearch.url') as string,
    });
  });
});
