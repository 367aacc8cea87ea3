import { ElkhoundProcess } from '../acceptance/process.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { FakeKibana } from './fake-kibana.js';

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describeElasticsearch(
  'elkhound setup with a Kibana',
  (server) => {
    let kibana: FakeKibana;
    beforeAll(async () => {
      kibana = await FakeKibana.start({ spaces: ['soc'], authorization: 'ApiKey abc' });
    });
    afterAll(() => kibana.stop());

    const setup = async (args: readonly string[], key = 'abc'): Promise<Run> => {
      const run = ElkhoundProcess.start(['setup', ...args], {
        ELKHOUND_ELASTICSEARCH_URL: server().url,
        ELKHOUND_KIBANA_API_KEY: key,
      });
      const code = await run.end();
      return { code, stdout: run.stdout, stderr: run.stderr };
    };
    const withUrl = (...args: string[]): string[] => ['--kibana-url', kibana.url, ...args];

    it('prints what it would do, and does none of it', async () => {
      const { code, stdout } = await setup(withUrl('--dry-run'));
      expect(code).toBe(0);
      expect(stdout).toContain('index-pattern:elkhound-anomalies: install');
      expect(stdout).toContain('POST kbn:/api/detection_engine/rules');
      expect(kibana.writes()).toEqual([]);
      expect((await fetch(`${server().url}/_index_template/elkhound-anomalies`)).status).toBe(404);
    });

    it('changes neither where one of them refuses', async () => {
      const { code, stdout, stderr } = await setup(withUrl(), 'another-key');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/Kibana does not know who asks \(status 401\)/);
      expect(stderr).not.toContain('another-key');
      expect((await fetch(`${server().url}/_index_template/elkhound-anomalies`)).status).toBe(404);
    });

    it('imports, remembers that in Elasticsearch, and has nothing to do a second time', async () => {
      const first = await setup(withUrl());
      expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
      expect(first.stdout).toContain('done: index-pattern:elkhound-anomalies: install');
      expect(kibana.in().has('index-pattern:elkhound-anomalies')).toBe(true);
      expect(kibana.extras.size).toBe(4);
      const before = kibana.writes().length;
      const second = await setup(withUrl('--json'));
      const { kibana: found } = JSON.parse(second.stdout) as {
        kibana: { objects: { fate: string }[]; extras: { action: string }[] };
      };
      expect(new Set(found.objects.map(({ fate }) => fate))).toEqual(new Set(['current']));
      expect(new Set(found.extras.map(({ action }) => action))).toEqual(new Set(['keep']));
      expect(kibana.writes().slice(before)).toEqual([]);
    });

    it('keeps what somebody has changed, and says so', async () => {
      kibana.edit('index-pattern:elkhound-anomalies', { name: 'Mine' });
      const { stdout } = await setup(withUrl());
      expect(stdout).toContain(
        'index-pattern:elkhound-anomalies: kept: somebody has changed it; --overwrite replaces it',
      );
      expect(kibana.in().get('index-pattern:elkhound-anomalies')!.attributes.name).toBe('Mine');
      expect((await setup(withUrl('--overwrite'))).stdout).toContain(
        'done: index-pattern:elkhound-anomalies: replace, though somebody has changed it',
      );
      expect(kibana.in().get('index-pattern:elkhound-anomalies')!.attributes.name).toBe(
        'Elkhound: anomalies',
      );
    });

    it('keeps spaces apart, and takes back those it is told', async () => {
      expect((await setup(withUrl('--kibana-space', 'soc'))).code).toBe(0);
      expect(kibana.in('soc').size).toBe(kibana.in().size);
      expect((await setup(withUrl('--kibana-space', 'soc', '--uninstall'))).code).toBe(0);
      expect([kibana.in('soc').size, kibana.extras.size]).toEqual([0, 4]);
      expect(kibana.in().has('index-pattern:elkhound-anomalies')).toBe(true);
    });

    it.each([
      [['--kibana-space', 'soc'], /--kibana-space: needs --kibana-url/],
      [['--overwrite'], /--overwrite: needs --kibana-url/],
      [['--kibana-url', 'kibana'], /--kibana-url: expected an address/],
    ])('refuses %j', async (args, message) => {
      const { code, stderr } = await setup(args);
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    });
  },
  { name: 'kibana setup' },
);
