import { Client } from '@elastic/elasticsearch';
import { parseConfig } from '../../src/config/load.js';
import { ManualClock } from '../../src/domain/clock.js';
import { configuredNormalizer } from '../../src/job/configured-normalizer.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import { examine } from '../../src/store/elasticsearch/doctor/examine.js';
import { openElasticsearchStore, type ElasticsearchStore } from '../../src/store/elasticsearch/open.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

const START = Date.UTC(2026, 10, 1, 8);
const WINDOW = { start: START, end: START + 300_000 };
const at = (ms: number): string => new Date(START + ms).toISOString();

/** Two clusters: ours, which knows the other one as `east`. */
describeElasticsearch(
  'logs of a remote cluster',
  (own) => {
    describeElasticsearch('beside those of our own', (remote) => {
      const name = `remote-${String(process.pid)}`;
      let here: Client;
      let there: Client;
      let store: ElasticsearchStore;

      beforeAll(async () => {
        here = new Client({ node: own().url });
        there = new Client({ node: remote().url });
        const { nodes } = await there.nodes.info({ node_id: '_local', metric: 'transport' });
        const [seed] = Object.values(nodes).map(({ transport }) => transport!.publish_address);
        await here.cluster.putSettings({ persistent: { 'cluster.remote.east.seeds': [seed] } });
        const event = (ip: string, ms: number): object => ({
          '@timestamp': at(ms),
          event: { dataset: 'zeek.conn' },
          source: { ip },
        });
        await here.index({ index: name, id: 'home', document: event('10.0.0.1', 1), refresh: true });
        const ours = { ...event('10.0.0.9', 4), event: { module: 'elkhound', kind: 'alert' } };
        await there.bulk({
          refresh: true,
          operations: [
            ...[{ create: { _index: name, _id: 'away' } }, event('10.0.0.2', 2)],
            ...[{ create: { _index: name, _id: 'late' } }, event('10.0.0.2', 300_001)],
            ...[{ create: { _index: name, _id: 'own' } }, ours],
          ],
        });
        const options = {
          indices: [name, `east:${name}*`],
          fields: ['@timestamp', 'source.ip', 'event.dataset'],
        };
        store = openElasticsearchStore({ nodes: [own().url], ...options }, new ManualClock(0));
      }, 60_000);

      afterAll(async () => {
        await store.close();
        await there.indices.delete({ index: name });
        await Promise.all([here.close(), there.close()]);
      });

      it('are read, counted and found, our own output there left out', async () => {
        const read: string[] = [];
        for await (const { indices, ids } of store.events.read(WINDOW)) {
          read.push(...ids!.map((id, i) => `${indices![i]!}/${id}`));
        }
        expect(read.sort()).toEqual([`east:${name}/away`, `${name}/home`]);
        const counts = await store.events.count({ start: START, end: START + 600_000 }, 300_000);
        expect(counts.map(({ total }) => total)).toEqual([2, 1]);
        expect(await store.events.range()).toEqual({ start: START + 1, end: START + 300_002 });
        const [found] = await store.events.find([{ id: 'away', index: `east:${name}` }]);
        expect(found).toMatchObject({ id: 'away', timeMs: START + 2 });
        const ofHost = await store.events.ofEntity('10.0.0.2', WINDOW, 10);
        expect(ofHost.map(({ id }) => id)).toEqual(['away']);
      });

      /** A remote cluster at whose address nobody is, for as long as something is done. */
      async function withAway(skips: boolean, act: () => Promise<void>): Promise<void> {
        const settings = (west: object | null) =>
          here.cluster.putSettings({ persistent: { 'cluster.remote.west': west } });
        await settings({ seeds: ['127.0.0.1:1'], skip_unavailable: skips });
        try {
          await act();
        } finally {
          await settings({ seeds: null, skip_unavailable: null });
        }
      }

      /** What the doctor says of our index and of those of remote clusters. */
      async function examined(...remote: string[]): Promise<Record<string, string[]>> {
        const cluster = new Cluster({ nodes: [own().url] });
        const findings = await examine([
          {
            job: 'default',
            cluster,
            clock: new ManualClock(START + 600_000),
            indices: [name, ...remote],
            fields: ['@timestamp', 'source.ip', 'event.dataset'],
            pageSize: 1000,
            windowLengthMs: 300_000,
            queryDelayMs: 60_000,
            ownNetworks: [],
            normalizer: () => configuredNormalizer(parseConfig('', 'test.yml'), 300_000, START),
          },
        ]);
        await cluster.close();
        const of = (check: string): string[] =>
          findings
            .filter((finding) => finding.check === check)
            .map(({ status, message }) => `${status}: ${message}`);
        return { remote: of('remote clusters'), load: of('load'), logs: of('logs') };
      }

      it('are told of by the doctor: which remote cluster cannot be asked, and what the rest holds', async () => {
        expect(await examined(`east:${name}*`)).toEqual({
          remote: [`ok: east:${name}* can be asked`],
          load: [expect.stringMatching(/^ok: 2 events a window/)],
          logs: [],
        });
        await withAway(true, async () => {
          expect(await examined(`east:${name}*`, 'west:logs-*')).toEqual({
            remote: [expect.stringMatching(/^failure: west:\* cannot be read, the rest goes on, .+:.+/)],
            load: [expect.stringMatching(/^ok: 2 events a window/)],
            logs: [],
          });
        });
        await withAway(false, async () => {
          expect(await examined(`east:${name}*`, 'west:logs-*')).toEqual({
            remote: [
              expect.stringMatching(/^failure: west:logs-\* cannot be read, and keeps the job from reading/),
            ],
            load: [expect.stringMatching(/^ok: 2 events a window/)],
            logs: [],
          });
        });
        expect((await examined()).remote).toEqual([]);
      });

      it('of one that goes while a window is read are told as left out', async () => {
        const seeds = (of: readonly string[]) =>
          here.cluster.putSettings({ persistent: { 'cluster.remote.east.seeds': of } });
        const { nodes } = await there.nodes.info({ node_id: '_local', metric: 'transport' });
        const known = Object.values(nodes).map(({ transport }) => transport!.publish_address);
        expect((await store.events.count(WINDOW, 300_000)).map(({ total }) => total)).toEqual([2]);
        await seeds(['127.0.0.1:1']);
        const rejected: string[] = [];
        for await (const batch of store.events.read(WINDOW)) {
          rejected.push(...(batch.rejected ?? []).map(({ source, reason }) => `${source} ${reason}`));
        }
        await seeds(known);
        expect(rejected).toEqual(['east:* unreachable_cluster']);
      });

      it('of one that is away are told as left out, and the rest is read', async () => {
        await withAway(true, async () => {
          const options = { indices: [name, 'west:logs-*'], fields: ['@timestamp', 'source.ip'] };
          const partly = openElasticsearchStore({ nodes: [own().url], ...options }, new ManualClock(0));
          const counts = await partly.events.count(WINDOW, 300_000);
          expect(counts.map(({ total }) => total)).toEqual([1]);
          expect(partly.events.leftOut()).toMatchObject([
            { source: 'west:*', reason: 'unreachable_cluster' },
          ]);
          const read: string[] = [];
          const rejected: string[] = [];
          for await (const batch of partly.events.read(WINDOW)) {
            read.push(...(batch.ids ?? []));
            rejected.push(...(batch.rejected ?? []).map(({ source, reason }) => `${source} ${reason}`));
          }
          expect(read).toEqual(['home']);
          expect(rejected).toEqual(['west:* unreachable_cluster']);
          await partly.close();
        });
      });
    });
  },
  { name: 'with-remote' },
);
