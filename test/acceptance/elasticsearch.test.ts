import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elkhound } from '../cli/run.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { ElkhoundProcess, getJson, Webhook } from './process.js';

interface Entity {
  readonly source?: string;
  readonly user?: string;
}
interface Scored {
  readonly id: string;
  readonly score: number;
}
interface Hits {
  readonly hits: {
    readonly hits: readonly { readonly _id: string; readonly _source: Record<string, unknown> }[];
  };
}

/**
 * Two days and a quarter, whatever the day of the test; the first quiet ones are learned from. They end on
 * a Monday, so that data sets which a weekend does not have come up for the first time while it is watched.
 */
const START = '2026-01-10T12:00:00.000Z';
const END = '2026-01-12T18:00:00.000Z';
const SIMULATION = '--seed 7 --hosts 24 --days 2.25 --calm 1.75 --attacks loud'
  .split(' ')
  .concat('--start', START);

const folder = mkdtempSync(join(tmpdir(), 'elkhound-cluster-'));
const logs = join(folder, 'logs');
mkdirSync(logs);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A field of a document with dotted or nested keys. */
function field(source: Record<string, unknown>, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], source);
}

describeElasticsearch(
  'elkhound on a cluster with nothing but its address',
  (server) => {
    const environment = (): Record<string, string> => ({ ELKHOUND_ELASTICSEARCH_URL: server().url });
    const search = async (index: string, query: object = {}): Promise<Hits['hits']['hits']> => {
      const response = await fetch(`${server().url}/${index}/_search`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ size: 10_000, ...query }),
      });
      return ((await response.json()) as Hits).hits.hits;
    };
    let webhook: Webhook;
    let truth: { readonly name: string; readonly entities: readonly Entity[] }[];

    beforeAll(async () => {
      webhook = await Webhook.start();
      const env = environment();
      // Before it is set up, nothing is written.
      const early = elkhound(['start', '--port', '0'], { env });
      expect(early).toMatchObject({ status: 1, stderr: expect.stringContaining('elkhound setup') as string });
      for (const args of [
        ['setup'],
        ['simulate', '--to', 'elasticsearch', ...SIMULATION],
        ['simulate', '--out', join(logs, 'all.log'), '--truth', join(folder, 'truth.json'), ...SIMULATION],
      ]) {
        const { status, stderr } = elkhound(args, { env });
        expect({ command: args[0], status, stderr }).toMatchObject({ status: 0, stderr: '' });
      }
      truth = (JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as { attacks: typeof truth })
        .attacks;
      const service = ElkhoundProcess.start(['start', '--port', '0', '--until', END], {
        ...env,
        ELKHOUND_WEBHOOK_URL: webhook.url,
      });
      expect({ code: await service.end(), stderr: service.stderr }).toMatchObject({ code: 0 });
    }, 300_000);
    afterAll(() => webhook.stop());

    it('finds the planted attacks by a plain search through the alias', async () => {
      const alerts = await search('logs-elkhound.alert-default');
      const named = new Set(
        alerts.flatMap(({ _source }) =>
          [
            'source.ip',
            'host.ip',
            'user.name',
            'elkhound.entity.source',
            'elkhound.entity.id',
            'elkhound.entity.user',
          ].map((path) => String(field(_source, path))),
        ),
      );
      expect(truth.length).toBeGreaterThan(5);
      const missed = truth.filter(
        ({ entities }) => !entities.some(({ source, user }) => named.has(source ?? user ?? '')),
      );
      expect(missed.map(({ name }) => name)).toEqual([]);
      for (const { _source } of alerts) expect(field(_source, 'event.kind')).toBe('alert');
    });

    it('told each episode once', async () => {
      const alerts = await search('logs-elkhound.alert-default');
      const worth = alerts.filter(({ _source }) => Number(field(_source, 'event.severity')) >= 47);
      const ids = webhook.messages.map(({ id }) => id);
      expect(ids.length).toBe(worth.length);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('finds the same in the same logs as files, to the last digits', async () => {
      const home = { ELKHOUND_HOME: join(folder, 'home') };
      const args = ['start', '--from', logs, '--no-follow', '--port', '0'];
      expect(await ElkhoundProcess.start([...args, '--until', END], home).end()).toBe(0);
      const service = ElkhoundProcess.start(['start', '--port', '0'], home);
      const address = await service.address();
      const { items } = await getJson<{ items: Scored[] }>(`${address}/v1/anomalies?limit=1000`);
      await service.stop();
      const stored = await search('elkhound-anomalies-*');
      const scores = new Map(
        stored.map(({ _id, _source }) => [_id, Number(field(_source, 'elkhound.score'))]),
      );
      expect(items.map(({ id }) => id).sort()).toEqual([...scores.keys()].sort());
      for (const { id, score } of items) expect(Math.abs(score - scores.get(id)!)).toBeLessThanOrEqual(1e-9);
    }, 120_000);
  },
  { name: 'acceptance' },
);
