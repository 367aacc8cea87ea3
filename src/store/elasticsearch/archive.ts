/**
 * All our documents in Elasticsearch, one after the other, to be changed or deleted.
 */
import type { estypes } from '@elastic/elasticsearch';
import { INDICES } from '../../documents/indices.js';
import { indexPattern } from '../../documents/index-definition.js';
import { STATE } from '../../documents/state.js';
import { AppError } from '../../domain/error.js';
import type { Archive, DocumentEdit, RewriteCount } from '../store.js';
import type { Cluster } from './cluster.js';

/** Models are megabytes each, other documents a few kilobytes. */
const PAGE = 200;
const KEEP_ALIVE = '5m';

/** {@link Archive} on Elasticsearch; states are read by key, and are none of it. */
export class ElasticsearchArchive implements Archive {
  constructor(private readonly cluster: Cluster) {}

  async rewrite(edit: DocumentEdit, dryRun: boolean): Promise<RewriteCount[]> {
    const counts: RewriteCount[] = [];
    for (const definition of INDICES.filter(({ name }) => name !== STATE.name)) {
      const count = { index: definition.name, deleted: 0, scrubbed: 0 };
      await this.refresh(indexPattern(definition));
      for await (const hits of this.pages(indexPattern(definition))) {
        const operations = hits.flatMap((hit) => operationsOf(hit, edit(hit._source as object), count));
        if (operations.length > 0 && !dryRun) await this.send(operations);
      }
      await this.refresh(indexPattern(definition));
      counts.push(count);
    }
    return counts;
  }

  private async refresh(index: string): Promise<void> {
    await this.cluster.ask(`refresh ${index}`, (client) =>
      client.indices.refresh({ index, ignore_unavailable: true }),
    );
  }

  /** All documents as of one moment. */
  private async *pages(index: string): AsyncGenerator<estypes.SearchHit[]> {
    const { id } = await this.cluster.ask('open a point in time', (client) =>
      client.openPointInTime({ index, keep_alive: KEEP_ALIVE, ignore_unavailable: true }),
    );
    try {
      let after: estypes.SortResults | undefined;
      do {
        const search = {
          pit: { id, keep_alive: KEEP_ALIVE },
          size: PAGE,
          seq_no_primary_term: true,
          allow_partial_search_results: false,
          sort: [{ _shard_doc: 'asc' as const }],
          ...(after === undefined ? {} : { search_after: after }),
        };
        const { hits } = (await this.cluster.ask(`read ${index}`, (client) => client.search(search))).hits;
        if (hits.length > 0) yield hits;
        after = hits.length < PAGE ? undefined : hits.at(-1)?.sort;
      } while (after !== undefined);
    } finally {
      await this.cluster.ask('close a point in time', (client) =>
        client.closePointInTime({ id }, { ignore: [404] }),
      );
    }
  }

  private async send(operations: object[]): Promise<void> {
    const answer = await this.cluster.ask('rewrite documents', (client) => client.bulk({ operations }));
    const failed = answer.items.map((item) => Object.values(item)[0]).find((item) => item?.error);
    if (failed === undefined) return;
    if (failed.status === 409) {
      throw new AppError('store_conflict', `a document of ${failed._index} changed meanwhile: forget again`);
    }
    throw new AppError('store_rejected', `could not rewrite a document of ${failed._index}`);
  }
}

function operationsOf(hit: estypes.SearchHit, edited: object | undefined, count: RewriteCount): object[] {
  if (edited === hit._source) return [];
  const target = {
    _index: hit._index,
    _id: hit._id,
    if_seq_no: hit._seq_no,
    if_primary_term: hit._primary_term,
  };
  if (edited === undefined) {
    count.deleted++;
    return [{ delete: target }];
  }
  count.scrubbed++;
  return [{ index: target }, edited];
}
