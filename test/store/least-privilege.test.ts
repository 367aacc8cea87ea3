import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client } from '@elastic/elasticsearch';
import fc from 'fast-check';
import { Secret } from '../../src/domain/secret.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import { missingPrivilege } from '../../src/store/elasticsearch/denial.js';
import { openElasticsearchStore } from '../../src/store/elasticsearch/open.js';
import {
  kibanaRole,
  runRole,
  setupRole,
  simulateRole,
  type RoleDefinition,
} from '../../src/store/elasticsearch/privileges.js';
import { applySetup, checkSetup, planSetup } from '../../src/store/elasticsearch/setup.js';
import { statesOf } from '../../src/store/elasticsearch/states.js';
import { planUninstall } from '../../src/store/elasticsearch/uninstall.js';
import { anomaliesOf, changesOf, snapshotsOf, windowRecordsOf } from '../contract/arbitraries.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

const PASSWORD = 'correct horse';
const LOGS = ['logs-*'];
const STREAM = 'logs-simulated-default';
const TIMES = { nowMs: Date.UTC(2026, 10, 24), retentionMs: 90 * 86_400_000, logs: LOGS };
const FULL = {
  setup: setupRole(),
  run: runRole(LOGS),
  simulate: simulateRole(STREAM),
  record: kibanaRole(),
};

interface Lacking {
  readonly role: string;
  readonly definition: RoleDefinition;
  /** As the error has to name it. */
  readonly privilege: string;
}

/** The role with each of its privileges left out in turn. */
function lacking(task: keyof typeof FULL): Lacking[] {
  const full = FULL[task];
  const list: Lacking[] = full.cluster.map((privilege) => ({
    role: `${task}_without_${privilege}`,
    definition: { ...full, cluster: full.cluster.filter((one) => one !== privilege) },
    privilege: `cluster privilege ${privilege}`,
  }));
  full.indices.forEach((entry, position) => {
    for (const privilege of entry.privileges) {
      const left = { ...entry, privileges: entry.privileges.filter((one) => one !== privilege) };
      const indices = full.indices.with(position, left).filter(({ privileges }) => privileges.length > 0);
      list.push({
        role: `${task}_without_${privilege}_${String(position)}`,
        definition: { ...full, indices },
        privilege: `index privilege ${privilege} on ${entry.names[0]!}`,
      });
    }
  });
  return list;
}

const LACKING = {
  setup: lacking('setup'),
  run: lacking('run').filter(({ privilege }) => !privilege.startsWith('cluster')),
  simulate: lacking('simulate'),
};
const ROLES = Object.fromEntries([
  ...Object.entries(FULL),
  ...Object.values(LACKING)
    .flat()
    .map(({ role, definition }) => [role, definition] as const),
]) as Record<string, RoleDefinition>;
/** Elasticsearch takes the file apart by lines. */
const ROLES_YML = Object.entries(ROLES)
  .map(([name, role]) => `${name}: ${JSON.stringify(role)}\n`)
  .join('');
const USERS = [
  { name: 'boss', password: PASSWORD, roles: ['superuser'] },
  ...Object.keys(ROLES).map((name) => ({ name, password: PASSWORD, roles: [name] })),
];

describeElasticsearch(
  'with no privilege too many',
  (server) => {
    const as = async <T>(username: string, use: (cluster: Cluster) => Promise<T>): Promise<T> => {
      const cluster = new Cluster({ nodes: [server().url], username, password: new Secret(PASSWORD) });
      try {
        return await use(cluster);
      } finally {
        await cluster.close();
      }
    };
    const run = (user: string, ...args: string[]): Promise<{ stdout: string }> =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/main.ts', ...args], {
        env: {
          ...process.env,
          ELKHOUND_ELASTICSEARCH_URL: server().url,
          ELKHOUND_ELASTICSEARCH_USERNAME: user,
          ELKHOUND_ELASTICSEARCH_PASSWORD: PASSWORD,
        },
      });

    it.each(LACKING.setup)('setup names it: $privilege', async ({ role, privilege }) => {
      const plans: ((cluster: Cluster) => Promise<unknown>)[] = [
        (cluster) => planSetup(cluster, TIMES),
        (cluster) => planUninstall(cluster, true),
      ];
      for (const plan of plans) {
        await expect(as(role, plan)).rejects.toMatchObject({
          code: 'unauthorized',
          message: expect.stringContaining(privilege) as string,
        });
      }
    });

    it('sets up with the role to set up, and leaves the roles to who may make them', async () => {
      const { stdout } = await run('setup', 'setup');
      expect(stdout).toContain('done: PUT /elkhound-alerts-');
      expect(stdout).toMatch(
        /# not done: .*missing cluster privilege manage_security.*\n.*PUT \/_security\/role/,
      );
      const { steps } = await as('setup', (cluster) => planSetup(cluster, TIMES));
      expect(steps.filter(({ path }) => path.startsWith('/_security')).map(({ body }) => body)).toEqual([
        runRole(LOGS),
        { ...setupRole(), indices: [...setupRole().indices, ...kibanaRole().indices] },
      ]);
    });

    it('remembers what it did in Kibana with the role for that', async () => {
      await as('record', async (cluster) => {
        const states = statesOf(cluster, { now: () => TIMES.nowMs });
        expect(await states.getState('kibana:test')).toBeUndefined();
        expect(await states.putState('kibana:test', 'one', null)).toBe(1);
        expect(await states.putState('kibana:test', 'two', 1)).toBe(2);
        expect(await states.getState('kibana:test')).toEqual({ value: 'two', version: 2 });
      });
    });

    it('runs with the role to run, whatever is written', async () => {
      const options = { nodes: [server().url], indices: LOGS, fields: ['source.ip'], username: 'run' };
      const store = openElasticsearchStore(
        { ...options, password: new Secret(PASSWORD) },
        { now: () => TIMES.nowMs },
      );
      const one = <T>(arbitrary: fc.Arbitrary<T>): T => fc.sample(arbitrary, { numRuns: 1, seed: 2 })[0]!;
      await checkSetup(store.cluster, LOGS);
      const anomaly = one(anomaliesOf('run'));
      await store.results.save([anomaly], [one(changesOf('run'))]);
      await store.results.save([{ ...anomaly, score: anomaly.score / 2 }], []);
      await store.results.close(one(windowRecordsOf('run')));
      await store.models.saveModel(one(snapshotsOf('run')));
      const version = await store.states.putState('run', 'one', null);
      await store.states.putState('run', 'two', version);
      await store.states.removeState('run');
      expect(await store.reader.anomaly(anomaly.id)).toMatchObject({ revision: 2 });
      expect((await store.reader.anomalies({ job: 'run', limit: 5 })).items).toHaveLength(1);
      expect(await store.events.range()).toBeUndefined();
      expect(await store.prune(Date.UTC(2200, 0))).toBeGreaterThan(1);
      await store.close();
      await as('boss', async (cluster) => applySetup(cluster, await planSetup(cluster, TIMES)));
    });

    it.each(LACKING.run)('start names it: $privilege', async ({ role, privilege }) => {
      const only = ['view_index_metadata on logs-*'].some((tolerated) => privilege.endsWith(tolerated));
      const checked = as(role, (cluster) => checkSetup(cluster, LOGS));
      // What the logs are made of is for doctor to ask.
      if (only) return expect(checked).resolves.toBeUndefined();
      await expect(checked).rejects.toMatchObject({
        code: 'unauthorized',
        message: expect.stringContaining(`missing ${privilege};`) as string,
      });
    });

    it('says so at the command line', async () => {
      const { role, privilege } = LACKING.run.find(({ privilege: name }) => name.includes('index on'))!;
      const started = run(role, 'start', '--port', '0');
      await expect(started).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          new RegExp(`^error: could not start .*${privilege.replace('*', '\\*')}`, 'm'),
        ) as string,
      });
    });

    it('simulates with two privileges, and names the one that is missing', async () => {
      await run('simulate', 'simulate', '--to', 'elasticsearch', '--events', '50', '--hosts', '20');
      const client = new Client({ node: server().url, auth: { username: 'boss', password: PASSWORD } });
      await client.indices.refresh({ index: STREAM });
      expect((await client.count({ index: STREAM })).count).toBe(50);
      await client.close();
      for (const { role, privilege } of LACKING.simulate) {
        await expect(run(role, 'simulate', '--to', 'elasticsearch', '--events', '5')).rejects.toMatchObject({
          code: 1,
          stderr: expect.stringContaining(`missing ${privilege};`) as string,
        });
      }
    });

    it('uninstalls, keeps the data unless told, and as often as it is asked to', async () => {
      const { stdout } = await run('setup', 'setup', '--uninstall', '--dry-run');
      expect(stdout).toContain('DELETE /_index_template/elkhound-anomalies');
      expect(stdout).not.toMatch(/DELETE \/elkhound/);
      await as('setup', async (cluster) =>
        applySetup(cluster, { steps: await planUninstall(cluster, false) }),
      );
      const left = (deleteData: boolean): Promise<string[]> =>
        as('setup', async (cluster) => (await planUninstall(cluster, deleteData)).map(({ path }) => path));
      expect(await left(false)).toEqual([]);
      expect(await left(true)).toContain('/elkhound-alerts-2026.11');
      await run('setup', 'setup', '--uninstall', '--delete-data');
      expect(await left(true)).toEqual([]);
    });
  },
  { name: 'least privilege', users: USERS, roles: ROLES_YML },
);

describe('a denial', () => {
  it.each([
    [
      'action [indices:data/read/search] is unauthorized for user [reader] with effective roles [log_reader] on indices [elkhound-x,logs-y], this action is granted by the index privileges [read,all]',
      'missing index privilege read on elkhound-x, logs-y (user [reader])',
    ],
    [
      'action [indices:admin/index_template/put] is unauthorized for API key id [k1] of user [u], this action is granted by the cluster privileges [manage_index_templates,manage,all]',
      'missing cluster privilege manage_index_templates (API key id [k1] of user [u])',
    ],
    ['no permission', undefined],
  ])('is told as the privilege that is missing: %s', (reason, expected) => {
    expect(missingPrivilege(reason)).toBe(expected);
  });
});
