import { Client } from '@elastic/elasticsearch';
import { ManualClock } from '../../src/domain/clock.js';
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

      it('of one that is away are told as left out, and the rest is read', async () => {
        const west = { seeds: ['127.0.0.1:1'], skip_unavailable: true };
        await here.cluster.putSettings({ persistent: { 'cluster.remote.west': west } });
        const options = { indices: [name, 'west:logs-*'], fields: ['@timestamp', 'source.ip'] };
        const partly = openElasticsearchStore({ nodes: [own().url], ...options }, new ManualClock(0));
        const counts = await partly.events.count(WINDOW, 300_000);
        expect(counts.map(({ total }) => total)).toEqual([1]);
        expect(partly.events.leftOut()).toMatchObject([{ source: 'west:*', reason: 'unreachable_cluster' }]);
        const read: string[] = [];
        const rejected: string[] = [];
        for await (const batch of partly.events.read(WINDOW)) {
          read.push(...(batch.ids ?? []));
          rejected.push(...(batch.rejected ?? []).map(({ source, reason }) => `${source} ${reason}`));
        }
        expect(read).toEqual(['home']);
        expect(rejected).toEqual(['west:* unreachable_cluster']);
        await partly.close();
        const none = { 'cluster.remote.west.seeds': null, 'cluster.remote.west.skip_unavailable': null };
        await here.cluster.putSettings({ persistent: none });
      });
    });
  },
  { name: 'with-remote' },
);
