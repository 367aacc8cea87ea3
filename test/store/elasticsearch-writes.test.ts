import { Client } from '@elastic/elasticsearch';
import fc from 'fast-check';
import { DEAD_LETTERS, deadLetterSchema, type DeadLetter } from '../../src/documents/deadletter.js';
import { readDocument } from '../../src/documents/read-document.js';
import { anomalyIndex } from '../../src/documents/anomalies.js';
import { windowIndex } from '../../src/documents/windows.js';
import { AppError } from '../../src/domain/error.js';
import { openElasticsearchStore, type ElasticsearchStore } from '../../src/store/elasticsearch/open.js';
import { applySetup, planSetup } from '../../src/store/elasticsearch/setup.js';
import { anomaliesOf, windowRecordsOf } from '../contract/arbitraries.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

const NOW_MS = Date.UTC(2026, 10, 24);
const RETRY = { attempts: 2, firstWaitMs: 5, longestWaitMs: 20 };

function one<T>(arbitrary: fc.Arbitrary<T>): T {
  return fc.sample(arbitrary, { numRuns: 1, seed: 5 })[0]!;
}

describeElasticsearch(
  'writes to a real cluster',
  (server) => {
    let store: ElasticsearchStore;
    let client: Client;
    const letters: DeadLetter[] = [];
    beforeAll(async () => {
      client = new Client({ node: server().url });
      const onDeadLetter = (letter: DeadLetter): void => void letters.push(letter);
      const options = { nodes: [server().url], indices: ['none'], fields: [], retry: RETRY, onDeadLetter };
      store = openElasticsearchStore(options, { now: () => NOW_MS });
      await applySetup(store.cluster, await planSetup(store.cluster, { nowMs: NOW_MS, retentionMs: 1 }));
    });
    afterAll(async () => {
      await store.close();
      await client.close();
    });

    const sourcesOf = async (index: string, value: string, field: string): Promise<unknown[]> => {
      await client.indices.refresh({ index });
      const { hits } = await client.search({ index, query: { term: { [field]: value } } });
      return hits.hits.map((hit) => hit._source);
    };

    it('keep what is refused as a dead letter, once, and go on', async () => {
      const [bad, good] = fc
        .sample(anomaliesOf('letters'), { numRuns: 2, seed: 5 })
        .map((anomaly) => ({ ...anomaly, window: { start: NOW_MS, end: NOW_MS + 300_000 } }));
      // Somebody has made the index by hand, with a field that takes no number like this one.
      const index = anomalyIndex(bad!);
      await client.indices.create({
        index,
        mappings: { properties: { elkhound: { properties: { score: { type: 'date', format: 'yyyy' } } } } },
      });
      await client.indices.putMapping({ index, _meta: { schema_version: 1 } });
      await store.results.save([bad!], []);
      await store.results.save([bad!], []);
      const found = await sourcesOf(`${DEAD_LETTERS.name}-*`, bad!.id, 'elkhound.refused.id');
      expect(found).toHaveLength(1);
      const letter = readDocument(deadLetterSchema, found[0], index);
      expect(letter.elkhound.refused).toMatchObject({ index, id: bad!.id });
      expect(JSON.parse(letter.elkhound.refused.document)).toMatchObject({ elkhound: { score: bad!.score } });
      expect(letter.error.message).toContain('elkhound.score');
      expect(letters.map(({ id }) => id)).toEqual([bad!.id, bad!.id]);
      await client.indices.delete({ index });
      await store.results.save([good!], []);
      expect(await store.reader.anomaly(good!.id)).toEqual(good);
    });

    it('fail as worth another try where the index is blocked, and succeed once it is free', async () => {
      const record = { ...one(windowRecordsOf('blocked')), window: { start: NOW_MS, end: NOW_MS + 300_000 } };
      const index = windowIndex(record);
      await client.indices.create({ index }).catch(() => undefined);
      const before = letters.length;
      for (const [block, remedy] of [
        ['index.blocks.write', 'lift the block of the index'],
        ['index.blocks.read_only_allow_delete', 'free disk space'],
      ] as const) {
        await client.indices.putSettings({ index, settings: { [block]: true } });
        await expect(store.results.close(record)).rejects.toMatchObject({
          code: 'store_unavailable',
          retryable: true,
          message: expect.stringContaining(remedy) as string,
        });
        await client.indices.putSettings({ index, settings: { [block]: null } });
      }
      await store.results.close(record);
      expect(await store.results.records('blocked', record.window)).toEqual([record]);
      expect(letters).toHaveLength(before);
    });

    it('carry the epoch of the lease, and stop where a later one has written', async () => {
      const record = { ...one(windowRecordsOf('fenced')), window: { start: NOW_MS, end: NOW_MS + 300_000 } };
      const holder = (epoch: number): ElasticsearchStore => store.fencedBy({ epoch, guard: () => 10_000 });
      await holder(2).results.close(record);
      const [source] = await sourcesOf(windowIndex(record), 'fenced', 'elkhound.job');
      expect(source).toMatchObject({ elkhound: { epoch: 2 } });
      const lost = { code: 'lease_lost', retryable: true };
      await expect(holder(1).results.close({ ...record, counted: record.counted + 1 })).rejects.toMatchObject(
        lost,
      );
      expect(await store.results.records('fenced', record.window)).toEqual([record]);
      const version = await holder(2).states.putState('fenced', 'two', null);
      await expect(holder(1).states.putState('fenced', 'one', version)).rejects.toMatchObject(lost);
      await holder(3).states.putState('fenced', 'three', version);
    });

    it('do not happen where the lease is not held', async () => {
      const lost = new AppError('lease_lost', 'gone', { retryable: true });
      const fenced = store.fencedBy({
        epoch: 1,
        guard: () => {
          throw lost;
        },
      });
      const anomaly = one(anomaliesOf('unheld'));
      const record = one(windowRecordsOf('unheld'));
      await expect(fenced.results.save([anomaly], [])).rejects.toBe(lost);
      await expect(fenced.results.close(record)).rejects.toBe(lost);
      await expect(fenced.states.putState('unheld', 'x', null)).rejects.toBe(lost);
      expect(await store.reader.anomaly(anomaly.id)).toBeUndefined();
      expect(await store.results.records('unheld', record.window)).toEqual([]);
      expect(await store.states.getState('unheld')).toBeUndefined();
    });
  },
  { name: 'writes' },
);
