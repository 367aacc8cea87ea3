import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import { applySetup, planSetup, type SetupPlan } from '../../src/store/elasticsearch/setup.js';
import { planUninstall } from '../../src/store/elasticsearch/uninstall.js';

const OPTIONS = { nowMs: Date.UTC(2026, 10, 20), retentionMs: 90 * 86_400_000 };
const SET = { nodes: { a: { ingest: { processors: [{ type: 'date' }, { type: 'set' }] } } } };
/** As of Elasticsearch's own template of logs since 8.9. */
const LOGS = {
  index_templates: [
    { name: 'logs', index_template: { composed_of: ['logs@mappings', 'logs@settings', 'logs@custom'] } },
  ],
};

function custom(settings: object, managedBy?: string): object {
  const _meta = managedBy === undefined ? undefined : { managed_by: managedBy };
  const component_template = { template: { settings, mappings: { dynamic: true } }, version: 3, _meta };
  return { component_templates: [{ name: 'logs@custom', component_template }] };
}

interface Answers {
  readonly ingest?: object;
  readonly logs?: object;
  readonly custom?: object;
  readonly pipeline?: object;
  readonly privileges?: object;
}

/** A server that answers as a complete Elasticsearch is documented to; the test build cannot ingest. */
async function withCluster<T>(answers: Answers, run: (cluster: Cluster) => Promise<T>): Promise<T> {
  const known: readonly (readonly [string, object | undefined])[] = [
    ['GET /_nodes/_local/ingest', answers.ingest ?? SET],
    ['GET /_nodes', { nodes: { a: { version: '9.4.0' } } }],
    ['POST /_index_template/_simulate', { template: {} }],
    ['GET /_resolve/index', { indices: [], aliases: [], data_streams: [] }],
    ['GET /_index_template/logs', answers.logs ?? LOGS],
    ['GET /_component_template/logs@custom', answers.custom],
    ['GET /_ingest/pipeline/', answers.pipeline],
    ['GET /elkhound-', {}],
    ['POST /_security/user/_has_privileges', answers.privileges],
  ];
  const server = createServer((request, response) => {
    const line = decodeURIComponent(`${request.method!} ${request.url!}`);
    const answer = line.startsWith('PUT')
      ? { acknowledged: true }
      : known.find(([start]) => line.startsWith(start))?.[1];
    response.setHeader('x-elastic-product', 'Elasticsearch');
    response.setHeader('content-type', 'application/vnd.elasticsearch+json;compatible-with=8');
    response.statusCode = answer === undefined ? 404 : 200;
    request.resume();
    response.end(JSON.stringify(answer ?? { error: { type: 'resource_not_found_exception' }, status: 404 }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cluster = new Cluster({
    nodes: [`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`],
  });
  try {
    return await run(cluster);
  } finally {
    await cluster.close();
    server.close();
  }
}

function ingestOf({ steps, left }: SetupPlan): { steps: string[]; left: string[] } {
  const about = (path: string): boolean => /_ingest|_component/.test(path);
  return {
    steps: steps.map(({ path }) => path).filter(about),
    left: left.map(({ step, reason }) => `${step.path}: ${reason}`),
  };
}

const PIPELINE = '/_ingest/pipeline/elkhound-ingested';
const CUSTOM = '/_component_template/logs@custom';

describe('the time of ingest', () => {
  it('is set by a pipeline, the final one of new data streams of logs', async () => {
    await withCluster({}, async (cluster) => {
      const plan = await planSetup(cluster, OPTIONS);
      expect(ingestOf(plan)).toEqual({ steps: [PIPELINE, CUSTOM], left: [] });
      expect(plan.steps.find(({ path }) => path === PIPELINE)!.body).toMatchObject({
        processors: [
          { set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}', ignore_failure: true } },
        ],
      });
      expect(plan.steps.find(({ path }) => path === CUSTOM)!.body).toEqual({
        template: { settings: { 'index.final_pipeline': 'elkhound-ingested' } },
        _meta: { managed_by: 'elkhound' },
      });
      expect(await applySetup(cluster, plan)).toEqual([]);
    });
  });

  it.each<[string, Answers, ReturnType<typeof ingestOf>]>([
    ['a build that cannot ingest', { ingest: { nodes: { a: { ingest: { processors: [] } } } } }, none()],
    ['a build without ingest nodes', { ingest: { nodes: {} } }, none()],
    ['what setup made before', { custom: custom({}, 'elkhound') }, { steps: [PIPELINE, CUSTOM], left: [] }],
    [
      'a template of the user that names the pipeline',
      { custom: custom({ 'index.final_pipeline': 'elkhound-ingested' }) },
      { steps: [PIPELINE], left: [] },
    ],
    [
      'a template of the user',
      { custom: custom({ 'index.refresh_interval': '30s' }) },
      { steps: [PIPELINE], left: [`${CUSTOM}: the component template logs@custom is yours`] },
    ],
    [
      'another final pipeline',
      { custom: custom({ 'index.final_pipeline': 'mine' }) },
      {
        steps: [PIPELINE],
        left: [
          `${PIPELINE}: logs@custom names the final pipeline "mine" already, which would have to call elkhound-ingested`,
        ],
      },
    ],
    [
      'logs without a template that can be extended',
      { logs: { index_templates: [{ name: 'logs', index_template: { composed_of: ['logs-settings'] } }] } },
      {
        steps: [PIPELINE],
        left: [`${CUSTOM}: the cluster has no index template "logs" that takes logs@custom in`],
      },
    ],
  ])('minds %s', async (_name, answers, expected) => {
    expect(
      await withCluster(answers, async (cluster) => ingestOf(await planSetup(cluster, OPTIONS))),
    ).toEqual(expected);
  });

  it('prints the user’s own template with the setting in it', async () => {
    const answers = { custom: custom({ 'index.refresh_interval': '30s' }) };
    const { left } = await withCluster(answers, (cluster) => planSetup(cluster, OPTIONS));
    expect(left[0]!.step.body).toEqual({
      version: 3,
      template: {
        settings: { 'index.refresh_interval': '30s', 'index.final_pipeline': 'elkhound-ingested' },
        mappings: { dynamic: true },
      },
    });
  });

  it('needs a privilege of its own, which the role has, and which is named where it is missing', async () => {
    const granted = { has_all_requested: true, cluster: {}, index: {} };
    const { steps } = await withCluster({ privileges: granted }, (cluster) => planSetup(cluster, OPTIONS));
    expect(steps.find(({ path }) => path.endsWith('/elkhound_setup'))!.body).toMatchObject({
      cluster: expect.arrayContaining(['manage_ingest_pipelines']) as string[],
    });
    const privileges = { has_all_requested: false, cluster: { manage_ingest_pipelines: false }, index: {} };
    await expect(withCluster({ privileges }, (cluster) => planSetup(cluster, OPTIONS))).rejects.toMatchObject(
      {
        code: 'unauthorized',
        message: expect.stringContaining('missing cluster privilege manage_ingest_pipelines;') as string,
      },
    );
  });

  it.each<[string, Answers, { path: string; optional?: boolean }[]]>([
    ['nothing where there is nothing', {}, []],
    [
      'what setup made, the pipeline only where no index needs it',
      { custom: custom({}, 'elkhound'), pipeline: { 'elkhound-ingested': {} } },
      [{ path: CUSTOM }, { path: PIPELINE, optional: true }],
    ],
    [
      'not what is the user’s',
      { custom: custom({ 'index.final_pipeline': 'elkhound-ingested' }), pipeline: {} },
      [],
    ],
  ])('uninstall takes back %s', async (_name, answers, expected) => {
    const steps = await withCluster(answers, (cluster) => planUninstall(cluster, false));
    expect(steps.map(({ method, ...step }) => ({ ...step, deletes: method === 'DELETE' }))).toEqual(
      expected.map((step) => ({ ...step, deletes: true })),
    );
  });
});

function none(): ReturnType<typeof ingestOf> {
  return { steps: [], left: [] };
}
