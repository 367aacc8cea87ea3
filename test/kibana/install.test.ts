import { Kibana } from '../../src/kibana/install/connection.js';
import {
  applyExtras,
  applyObjects,
  applyRemoval,
  planInstall,
  planUninstall,
  type InstallPlan,
  type SkippedExtra,
} from '../../src/kibana/install/install.js';
import { NO_RECORD, parseRecord, type InstallRecord } from '../../src/kibana/install/record.js';
import { extrasOf } from '../../src/kibana/install/rules.js';
import type { SavedObject } from '../../src/kibana/saved-object.js';
import { FakeKibana, problem, type FakeKibanaOptions } from './fake-kibana.js';
import { sampleObjects } from './sample-objects.js';

let server: FakeKibana;
const start = async (options: FakeKibanaOptions = {}): Promise<void> => {
  server = await FakeKibana.start(options);
};
afterEach(() => server.stop());

interface Run {
  readonly objects?: readonly SavedObject[];
  readonly space?: string;
  readonly record?: InstallRecord;
  readonly overwrite?: boolean;
}

interface Outcome {
  readonly plan: InstallPlan;
  readonly record: InstallRecord;
  readonly skipped: SkippedExtra[];
}

/** As `setup` does it; the record goes through its text, as through the store. */
async function install({
  objects = sampleObjects(),
  space,
  record = NO_RECORD,
  overwrite = false,
}: Run): Promise<Outcome> {
  const kibana = new Kibana({ url: server.url, space });
  const plan = await planInstall(kibana, { objects, record, overwrite, pages: 'https://elkhound.example' });
  const next = await applyObjects(kibana, plan, record);
  const skipped = await applyExtras(kibana, plan);
  return { plan, skipped, record: parseRecord(JSON.stringify(next)) };
}

const fates = ({ plan }: Outcome): string[] =>
  plan.objects.map(({ object, fate, send }) => `${object.type} ${fate}${send ? ' sent' : ''}`);

describe('import into a space', () => {
  it('sends what is not there, with the header and the file that Kibana wants', async () => {
    await start();
    const first = await install({});
    expect(fates(first)).toEqual(['tag new sent', 'index-pattern new sent', 'dashboard new sent']);
    expect([...server.in().keys()]).toEqual([
      'tag:sample-tag',
      'index-pattern:sample-view',
      'dashboard:sample-dashboard',
    ]);
    expect(server.in().get('dashboard:sample-dashboard')!.attributes).toMatchObject({ title: 'Overview' });
    const sent = server.requests.find(({ path }) => path.startsWith('/api/saved_objects/_import'))!;
    expect(sent.headers).toMatchObject({
      'kbn-xsrf': 'true',
      'content-type': expect.stringMatching(/^multipart\/form-data; boundary=/) as string,
    });
  });

  it('sends nothing a second time, though Kibana has migrated what it got', async () => {
    await start();
    const { record } = await install({});
    const before = server.writes().length;
    const second = await install({ record });
    expect(fates(second)).toEqual(['tag current', 'index-pattern current', 'dashboard current']);
    expect(second.plan.extras.map(({ action }) => action)).toEqual(['keep', 'keep', 'keep', 'keep']);
    expect(server.writes().slice(before)).toEqual([]);
  });

  it('brings a new version, also after Kibana itself was upgraded', async () => {
    await start();
    const { record } = await install({});
    server.upgrade();
    const next = await install({ record, objects: sampleObjects('Overview of today') });
    expect(fates(next)).toEqual(['tag current', 'index-pattern current', 'dashboard update sent']);
    expect(server.in().get('dashboard:sample-dashboard')!.attributes.title).toBe('Overview of today');
  });

  it('keeps what a user has changed, until told otherwise', async () => {
    await start();
    const { record } = await install({});
    server.edit('dashboard:sample-dashboard', { title: 'Mine' });
    const kept = await install({ record, objects: sampleObjects('Overview of today') });
    expect(fates(kept)).toEqual(['tag current', 'index-pattern current', 'dashboard changed']);
    expect(server.in().get('dashboard:sample-dashboard')!.attributes.title).toBe('Mine');
    const told = await install({ record: kept.record, overwrite: true });
    expect(fates(told)).toContain('dashboard changed sent');
    expect(server.in().get('dashboard:sample-dashboard')!.attributes.title).toBe('Overview');
    expect(fates(await install({ record: told.record }))).toContain('dashboard current');
  });

  it('counts what was saved without a change as not changed', async () => {
    await start();
    const { record } = await install({});
    server.edit('dashboard:sample-dashboard', {});
    expect(fates(await install({ record }))).toContain('dashboard current');
  });

  it('keeps what it has not put there itself', async () => {
    await start();
    await install({});
    expect(fates(await install({}))).toEqual(['tag unknown', 'index-pattern unknown', 'dashboard unknown']);
  });

  it.each([undefined, 'no JSON', '{"objects":{"tag:sample-tag":{}},"ids":{}}'])(
    'remembers nothing by a record such as %j',
    async (text) => {
      await start();
      await install({});
      expect(fates(await install({ record: parseRecord(text) }))).toContain('tag unknown');
    },
  );

  it('brings back what a user has deleted', async () => {
    await start();
    const { record } = await install({});
    server.in().delete('index-pattern:sample-view');
    expect(fates(await install({ record }))).toEqual([
      'tag current',
      'index-pattern new sent',
      'dashboard current',
    ]);
  });

  it('leads links to the ids that a second space gives, and finds them again', async () => {
    await start({ spaces: ['soc'] });
    await install({});
    const soc = await install({ space: 'soc' });
    const given = soc.record.ids['dashboard:sample-dashboard']!;
    expect(given).not.toBe('sample-dashboard');
    const dashboard = server.in('soc').get(`dashboard:${given}`)!;
    const view = soc.record.ids['index-pattern:sample-view']!;
    expect(dashboard.attributes.description).toBe(
      `sample-dashboard, /app/dashboards#/view/${given} and /app/dashboards#/view/sample-dashboard-2, (index:'${view}')`,
    );
    expect(dashboard.references.map(({ id }) => id)).toEqual([soc.record.ids['tag:sample-tag'], view]);
    expect(fates(await install({ space: 'soc', record: soc.record }))).toEqual([
      'tag current',
      'index-pattern current',
      'dashboard current',
    ]);
    expect(server.in('soc').size).toBe(3);
  });
});

describe('rules', () => {
  it('are made on the alerts alias and the windows, with ids of their space', async () => {
    await start({ spaces: ['soc'] });
    await install({});
    await install({ space: 'soc' });
    expect(server.extras.size).toBe(8);
    const [own, other] = ['default', 'soc'].map((space) => extrasOf(space).map(({ create }) => create.path));
    expect(own!.slice(1).filter((path) => other!.includes(path))).toEqual([]);
    for (const path of own!.slice(1)) {
      expect(path).toMatch(/\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(
      server.extras.get('default /api/detection_engine/rules?rule_id=elkhound-external-alerts'),
    ).toMatchObject({
      type: 'query',
      index: ['logs-elkhound.alert-default'],
      timestamp_override: 'event.ingested',
      severity_mapping: [
        { operator: 'equals', value: '21', severity: 'low' },
        { operator: 'equals', value: '47', severity: 'medium' },
        { operator: 'equals', value: '73', severity: 'high' },
        { operator: 'equals', value: '99', severity: 'critical' },
      ],
      references: ['https://elkhound.example'],
    });
  });

  it('are asked for in the version of the API that they are written for', async () => {
    await start();
    await install({});
    const versions = server.requests.map(({ path, headers }) => [
      path.startsWith('/api/detection_engine/'),
      headers['elastic-api-version'],
    ]);
    expect(versions).toContainEqual([true, '2023-10-31']);
    expect(versions).toContainEqual([false, undefined]);
    expect(versions.filter(([detection, version]) => detection !== (version !== undefined))).toEqual([]);
  });

  it('that Kibana will not make leave the rest alone, with its reason', async () => {
    const locked = '/api/detection_engine/rules';
    await start({
      intercept: (method, path) =>
        method === 'POST' && path === locked
          ? problem(403, 'Forbidden', 'API [POST /api/detection_engine/rules] is unauthorized for user')
          : undefined,
    });
    const { skipped } = await install({});
    expect(skipped.map(({ extra }) => extra.create.path)).toEqual([locked]);
    expect(skipped[0]!.reason).toContain('is unauthorized for user');
    expect(server.extras.size).toBe(3);
  });

  it('that a user has changed are replaced only when told', async () => {
    await start();
    const { record } = await install({});
    const key = [...server.extras.keys()].find((path) => path.includes('/api/alerting/rule/'))!;
    server.extras.set(key, { name: 'Mine' });
    await install({ record });
    expect(server.extras.get(key)).toEqual({ name: 'Mine' });
    await install({ record, overwrite: true });
    expect(server.extras.get(key)).toMatchObject({ tags: ['Elkhound'] });
  });
});

describe('removal from a space', () => {
  const remove = async (record: InstallRecord, overwrite = false): Promise<InstallRecord> => {
    const kibana = new Kibana({ url: server.url });
    const plan = await planUninstall(kibana, { record, overwrite });
    return applyRemoval(kibana, plan, record);
  };

  it('takes away what setup has put there, and nothing else', async () => {
    await start();
    const { record } = await install({});
    const other = { type: 'dashboard', id: 'theirs', attributes: {}, references: [], updated_at: '' };
    server.in().set('dashboard:theirs', other);
    server.extras.set('default /api/alerting/rule/theirs', {});
    expect(await remove(record)).toEqual(NO_RECORD);
    expect([...server.in().keys()]).toEqual(['dashboard:theirs']);
    expect([...server.extras.keys()]).toEqual(['default /api/alerting/rule/theirs']);
  });

  it('leaves what a user has changed, with what that needs', async () => {
    await start();
    const { record } = await install({});
    server.edit('index-pattern:sample-view', { name: 'Mine' });
    const left = await remove(record);
    expect([...server.in().keys()]).toEqual(['tag:sample-tag', 'index-pattern:sample-view']);
    expect(Object.keys(left.objects)).toEqual(['tag:sample-tag', 'index-pattern:sample-view']);
    expect(await remove(left, true)).toEqual(NO_RECORD);
    expect(server.in().size).toBe(0);
  });

  it('says what Kibana would not remove', async () => {
    const refused = {
      type: 'tag',
      id: 'sample-tag',
      success: false,
      error: { statusCode: 403, message: 'no' },
    };
    await start({
      intercept: (_method, path) =>
        path === '/api/saved_objects/_bulk_delete'
          ? { status: 200, body: { statuses: [refused] } }
          : undefined,
    });
    const { record } = await install({});
    await expect(remove(record)).rejects.toThrow(
      /could not remove the saved objects .*: tag:sample-tag: no$/,
    );
  });

  it('does not mind what somebody has removed meanwhile', async () => {
    await start();
    const { record } = await install({});
    const kibana = new Kibana({ url: server.url });
    const plan = await planUninstall(kibana, { record, overwrite: false });
    server.in().delete('tag:sample-tag');
    expect(await applyRemoval(kibana, plan, record)).toEqual(NO_RECORD);
    expect(server.in().size).toBe(0);
  });

  it('takes away nothing that is unknown to the record', async () => {
    await start();
    await install({});
    await remove(NO_RECORD);
    expect(server.in().size).toBe(3);
  });
});
