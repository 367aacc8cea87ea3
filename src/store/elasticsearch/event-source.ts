/**
 * Raw events in Elasticsearch, by window of event time.
 */
import type { estypes } from '@elastic/elasticsearch';

import type { EventRef, EventSource, WindowCount } from '../../collect/ports.js';
import { steadySource } from '../../collect/source-name.js';
import type { RawBatch, RawEvent } from '../../domain/raw.js';
import type { Window } from '../../domain/window.js';
import type { Cluster } from './cluster.js';
import { countWindows } from './event-count.js';
import { entityQuery, eventsIn, ownOutput, timeOf, TIME_FIELDS } from './event-query.js';
import { readPages } from './event-pages.js';
import type { Pace } from './pace.js';

/** Where the events lie and which of their fields are wanted. */
export interface EventSourceOptions {
  /** Index expressions: names, aliases, patterns, also on remote clusters. */
  readonly indices: readonly string[];
  /** Fields that {@link EventSource.read} returns; patterns are allowed. */
  readonly fields: readonly string[];
  /** Records fetched in one request, 1–10,000. (Default: 10,000) */
  readonly pageSize?: number;
  /** Most events read in a second; absent for no bound. */
  readonly pace?: Pace;
}

const PAGE_SIZE = 10_000;

/** {@link EventSource} on Elasticsearch. Own output never counts as an event. */
export class ElasticsearchEventSource implements EventSource {
  private readonly index: string[];
  private readonly pageSize: number;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: EventSourceOptions,
  ) {
    this.index = [...options.indices];
    this.pageSize = options.pageSize ?? PAGE_SIZE;
  }

  async range(): Promise<Window | undefined> {
    const bounds = (field: string) => ({ first: { min: { field } }, last: { max: { field } } });
    const answer = await this.search('find the range of events', {
      size: 0,
      query: { bool: { must_not: ownOutput() } },
      aggs: {
        ended: { filter: { exists: { field: 'event.end' } }, aggs: bounds('event.end') },
        stamped: {
          filter: { bool: { must_not: [{ exists: { field: 'event.end' } }] } },
          aggs: bounds('@timestamp'),
        },
      },
    });
    const parts = Object.values(answer.aggregations ?? {}) as unknown as Bounds[];
    const known = parts.filter(({ first, last }) => first.value !== null && last.value !== null);
    if (known.length === 0) return undefined;
    return {
      start: Math.min(...known.map(({ first }) => first.value!)),
      end: Math.max(...known.map(({ last }) => Math.floor(last.value!))) + 1,
    };
  }

  count(range: Window, lengthMs: number): Promise<WindowCount[]> {
    return countWindows((request) => this.search('count events', request), range, lengthMs);
  }

  async *read(window: Window, signal?: AbortSignal): AsyncGenerator<RawBatch> {
    const request = { index: this.index, query: eventsIn(window), fields: fieldsOf(this.options.fields) };
    let place = 1;
    for await (const hits of readPages(this.cluster, request, this.pageSize, signal)) {
      await this.options.pace?.take(hits.length, signal);
      yield* batchesOf(hits, place);
      place += hits.length;
    }
  }

  async find(refs: readonly EventRef[]): Promise<RawEvent[]> {
    if (refs.length === 0) return [];
    const found = new Map<string, RawEvent>();
    const answer = await this.search('find events', {
      index: [...new Set(refs.map(({ index }) => index))],
      query: { ids: { values: [...new Set(refs.map(({ id }) => id))] } },
      // One id may lie in several of the indices.
      size: Math.min(refs.length * refs.length, PAGE_SIZE),
      ...WHOLE,
    });
    for (const hit of answer.hits.hits) found.set(keyOf(hit._id ?? '', hit._index), eventOf(hit));
    return refs.map(({ id, index }) => found.get(keyOf(id, index))).filter((event) => event !== undefined);
  }

  async ofEntity(value: string, range: Window, limit: number): Promise<RawEvent[]> {
    const of = async (field: (typeof TIME_FIELDS)[number]): Promise<RawEvent[]> => {
      const answer = await this.search('find events of an entity', {
        query: { bool: { filter: [timeOf(field, range), entityQuery(value)], must_not: ownOutput() } },
        sort: [{ [field]: { order: 'desc', unmapped_type: 'date' } }],
        size: limit,
        ...WHOLE,
      });
      return answer.hits.hits.map(eventOf);
    };
    const [ended, stamped] = await Promise.all(TIME_FIELDS.map(of));
    const newestFirst = (a: RawEvent, b: RawEvent): number => b.timeMs - a.timeMs || (a.id < b.id ? -1 : 1);
    return [...ended!, ...stamped!].sort(newestFirst).slice(0, limit);
  }

  private search(what: string, request: estypes.SearchRequest): Promise<estypes.SearchResponse> {
    return this.cluster.ask(what, (client) =>
      client.search({
        index: this.index,
        ignore_unavailable: true,
        allow_partial_search_results: false,
        track_total_hits: false,
        ...request,
      }),
    );
  }
}

interface Bounds {
  readonly first: { readonly value: number | null };
  readonly last: { readonly value: number | null };
}

/** The document as it was sent, and its time. */
const WHOLE = {
  _source: true,
  fields: TIME_FIELDS.map((field) => ({ field, format: 'epoch_millis' })),
};

/** Dates come back in one format, however an index maps them. */
const DATES: ReadonlySet<string> = new Set(['@timestamp', 'event.start', 'event.end']);

function fieldsOf(names: readonly string[]): estypes.QueryDslFieldAndFormat[] {
  return names.map((field) =>
    DATES.has(field) ? { field, format: 'strict_date_optional_time_nanos' } : { field },
  );
}

interface OpenBatch extends RawBatch {
  readonly records: unknown[];
  readonly places: number[];
  readonly ids: string[];
  readonly indices: string[];
}

/** Sorts a page by source; the order within a source stays. */
function batchesOf(hits: readonly estypes.SearchHit[], firstPlace: number): Iterable<RawBatch> {
  const batches = new Map<string, OpenBatch>();
  hits.forEach((hit, position) => {
    const source = sourceOf(hit);
    let batch = batches.get(source);
    if (!batch) {
      batch = { source, format: 'ecs', records: [], places: [], ids: [], indices: [] };
      batches.set(source, batch);
    }
    batch.records.push(hit.fields ?? {});
    batch.places.push(firstPlace + position);
    batch.ids.push(hit._id ?? '');
    batch.indices.push(hit._index);
  });
  return batches.values();
}

/** The data set and the sensor that a document is of, or else what its index is a part of. */
function sourceOf({ fields, _index }: estypes.SearchHit): string {
  const first = (name: string): string => {
    const value = (fields as Partial<Record<string, unknown[]>> | undefined)?.[name]?.[0];
    return typeof value === 'string' ? value : '';
  };
  const dataset = first('event.dataset') || steadySource(_index);
  const observer = first('observer.name');
  return observer === '' ? dataset : `${dataset}@${observer}`;
}

function eventOf(hit: estypes.SearchHit): RawEvent {
  const fields = (hit.fields ?? {}) as Partial<Record<string, unknown[]>>;
  const time = fields['event.end']?.[0] ?? fields['@timestamp']?.[0];
  return {
    id: hit._id ?? '',
    index: hit._index,
    source: hit._index,
    timeMs: Math.floor(Number(time)),
    record: hit._source,
  };
}

function keyOf(id: string, index: string): string {
  return `${index}/${id}`;
}
