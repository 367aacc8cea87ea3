/**
 * Documents of ours in Elasticsearch: got by id, listed page by page, visible to searches in time.
 */
import type { estypes } from '@elastic/elasticsearch';
import type { z } from 'zod';
import { indexPattern, type IndexDefinition } from '../../documents/index-definition.js';
import { readDocument } from '../../documents/read-document.js';
import type { Place } from '../cursor.js';
import { bulkWrite, type BulkOutcome, type BulkWrite, type StoredVersion } from './bulk-writer.js';
import type { Cluster } from './cluster.js';

/** Where a document lies. */
export interface Address {
  readonly index: string;
  readonly id: string;
}

/** A document with the state that a later write must name. */
export interface Stored<D> {
  readonly document: D;
  readonly version: StoredVersion;
}

/** One page of a list to be. */
export interface PageQuery {
  readonly filter: estypes.QueryDslQueryContainer[];
  /** Numeric or date field, then a keyword field that tells ties apart. */
  readonly sort: readonly [field: string, tie: string];
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly after?: Place | undefined;
}

/** A document found, with its place in the order asked for. */
export interface Hit<D> {
  readonly document: D;
  readonly place: Place;
}

const MGET_SIZE = 500;

/** All reading and writing of our own documents goes through here. */
export class Documents {
  /**
   * Indices written since they were last made visible to searches. A list that this process reads
   * right after it has written must be whole, so it refreshes exactly these first; to refresh with
   * every write would slow down the windows, of which few are listed.
   */
  private readonly written = new Set<string>();

  constructor(readonly cluster: Cluster) {}

  /** Writes and remembers where; see {@link bulkWrite}. */
  async write(writes: readonly BulkWrite[]): Promise<BulkOutcome[]> {
    for (const { index } of writes) this.written.add(index);
    return bulkWrite(this.cluster, writes);
  }

  /** Deletes a document; one that is not there is none. */
  async remove({ index, id }: Address): Promise<void> {
    this.written.add(index);
    await this.cluster.ask('delete a document', (client) => client.delete({ index, id }, { ignore: [404] }));
  }

  /** Documents by id, as of this moment; those that do not exist are absent. */
  async get<S extends z.ZodType>(
    schema: S,
    addresses: readonly Address[],
  ): Promise<Map<string, Stored<z.infer<S>>>> {
    const found = new Map<string, Stored<z.infer<S>>>();
    for (let from = 0; from < addresses.length; from += MGET_SIZE) {
      const docs = addresses
        .slice(from, from + MGET_SIZE)
        .map(({ index, id }) => ({ _index: index, _id: id }));
      const answer = await this.cluster.ask('read documents', (client) => client.mget({ docs }));
      for (const doc of answer.docs) {
        if (!('found' in doc) || !doc.found) continue;
        const version = { seqNo: doc._seq_no!, primaryTerm: doc._primary_term! };
        found.set(doc._id, { document: readDocument(schema, doc._source, doc._index), version });
      }
    }
    return found;
  }

  /** One page of the documents of a definition. */
  async page<S extends z.ZodType>(
    definition: IndexDefinition,
    schema: S,
    query: PageQuery,
  ): Promise<Hit<z.infer<S>>[]> {
    const { sort, order, after } = query;
    const hits = await this.search(definition, {
      query: { bool: { filter: query.filter } },
      sort: sort.map((field) => ({ [field]: { order } })),
      size: query.limit,
      track_total_hits: false,
      ...(after === undefined ? {} : { search_after: [...after] }),
    });
    return hits.hits.hits.map((hit) => ({
      document: readDocument(schema, hit._source, hit._index),
      place: [Number(hit.sort?.[0]), String(hit.sort?.[1])],
    }));
  }

  /** All documents of a definition that match, in order. */
  async *all<S extends z.ZodType>(
    definition: IndexDefinition,
    schema: S,
    query: Omit<PageQuery, 'after'>,
  ): AsyncGenerator<z.infer<S>> {
    for (let after: Place | undefined; ;) {
      const hits = await this.page(definition, schema, { ...query, after });
      for (const { document } of hits) yield document;
      after = hits.at(-1)?.place;
      if (hits.length < query.limit) return;
    }
  }

  /** A search over the indices of a definition that sees everything this process has written. */
  async search(definition: IndexDefinition, request: estypes.SearchRequest): Promise<estypes.SearchResponse> {
    await this.show(definition);
    return this.cluster.ask(`search ${definition.name}`, (client) =>
      client.search({
        index: indexPattern(definition),
        ignore_unavailable: true,
        allow_partial_search_results: false,
        ...request,
      }),
    );
  }

  private async show(definition: IndexDefinition): Promise<void> {
    const index = [...this.written].filter((name) => name.startsWith(definition.name));
    if (index.length === 0) return;
    for (const name of index) this.written.delete(name);
    try {
      await this.cluster.ask(`refresh ${definition.name}`, (client) =>
        client.indices.refresh({ index, ignore_unavailable: true }),
      );
    } catch (error) {
      for (const name of index) this.written.add(name);
      throw error;
    }
  }
}
