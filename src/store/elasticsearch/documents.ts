/**
 * Documents of ours in Elasticsearch: got by id, listed page by page, visible to searches in time.
 */
import type { estypes } from '@elastic/elasticsearch';
import type { z } from 'zod';
import { indexPattern, type IndexDefinition } from '../../documents/index-definition.js';
import { readDocument } from '../../documents/read-document.js';
import type { Place } from '../cursor.js';
import {
  deadLetterId,
  deadLetterIndex,
  toDeadLetterDocument,
  type DeadLetter,
} from '../../documents/deadletter.js';
import type { Clock } from '../../domain/clock.js';
import { AppError } from '../../domain/error.js';
import type { Fence } from '../fence.js';
import type { BulkWrite, StoredVersion } from './bulk-request.js';
import type { BulkOutcome, BulkWriter } from './bulk-writer.js';
import { errorOfItem } from './cluster-error.js';
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

/** What {@link Documents} works with. */
export interface DocumentsParts {
  readonly cluster: Cluster;
  readonly writer: BulkWriter;
  readonly clock: Clock;
  /** The job's fence, once there is one; its epoch goes into the documents that tell of progress. */
  readonly fence?: Fence;
  /** Those of the same store without a fence, which see what is written here. */
  readonly outer?: Documents;
  /** Sees each document that was refused and kept as a dead letter. */
  readonly onDeadLetter: (letter: DeadLetter) => void;
}

/** All reading and writing of our own documents goes through here. */
export class Documents {
  /**
   * Indices written since they were last made visible to searches. A list that this process reads
   * right after it has written must be whole, so it refreshes exactly these first; to refresh with
   * every write would slow down the windows, of which few are listed.
   */
  private readonly written = new Set<string>();
  readonly cluster: Cluster;

  constructor(private readonly parts: DocumentsParts) {
    this.cluster = parts.cluster;
  }

  /** Number of the lease under which is written, for the documents to carry; undefined without a lease. */
  get epoch(): number | undefined {
    return this.parts.fence?.epoch;
  }

  /**
   * @param epoch of a stored document of the job
   * @throws AppError `lease_lost` where somebody has written it under a later lease
   */
  refuseNewer(epoch = 0): void {
    if (this.epoch === undefined || epoch <= this.epoch) return;
    throw new AppError('lease_lost', 'another service has taken over the job and has written since', {
      retryable: true,
    });
  }

  /**
   * Writes, and remembers where. A document that is refused goes to the dead letters instead, so that
   * nothing waits for it; see {@link BulkWriter.write} for the errors.
   */
  async write(writes: readonly BulkWrite[]): Promise<BulkOutcome[]> {
    for (const { index } of writes) this.note(index);
    const outcomes = await this.parts.writer.write(writes);
    const letters = writes.flatMap(({ index, id, document }, position): DeadLetter[] => {
      const outcome = outcomes[position]!;
      return typeof outcome === 'object' ? [{ index, id, document, ...outcome }] : [];
    });
    if (letters.length > 0) await this.keep(letters);
    return outcomes;
  }

  /**
   * Writes one document that must not be missing.
   * @throws AppError `store_rejected` where it is refused
   */
  async put(write: BulkWrite): Promise<'written' | 'conflict'> {
    this.note(write.index);
    const [outcome] = await this.parts.writer.write([write]);
    if (typeof outcome !== 'object') return outcome!;
    throw new AppError(
      'store_rejected',
      `could not write to ${write.index}: ${outcome.type}: ${outcome.reason}`,
    );
  }

  /** A letter that is there already tells the same. */
  private async keep(letters: readonly DeadLetter[]): Promise<void> {
    const nowMs = this.parts.clock.now();
    const index = deadLetterIndex(nowMs);
    for (const letter of letters) {
      await this.put({ index, id: deadLetterId(letter), document: toDeadLetterDocument(letter, nowMs) });
      this.parts.onDeadLetter(letter);
    }
  }

  /** Deletes a document; one that is not there is none. */
  async remove({ index, id }: Address): Promise<void> {
    this.note(index);
    await this.cluster.ask('delete a document', (client) => {
      this.parts.fence?.guard();
      return client.delete({ index, id }, { ignore: [404] });
    });
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
        if ('error' in doc) throwUnlessAbsent(doc);
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

  private note(index: string): void {
    this.written.add(index);
    this.parts.outer?.note(index);
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

/** An index that is not there yet holds nothing; whatever else went wrong says nothing about the document. */
function throwUnlessAbsent({ _index, error }: estypes.MgetMultiGetError): void {
  if (error.type === 'index_not_found_exception') return;
  const status = error.type === 'security_exception' ? 403 : 503;
  throw errorOfItem(`read from ${_index}`, status, error);
}
