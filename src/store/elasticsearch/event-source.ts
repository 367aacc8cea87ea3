/**
 * Raw events in Elasticsearch, by window of event time.
 */
import type { estypes } from '@elastic/elasticsearch';
import type { EventRef, EventSource, LeftOut, RangeBounds, WindowCount } from '../../collect/ports.js';
import type { Clock } from '../../domain/clock.js';
import type { RawBatch, RawEvent } from '../../domain/raw.js';
import type { Window } from '../../domain/window.js';
import { isEndBelieved } from '../../normalize/event-time.js';
import type { Cluster } from './cluster.js';
import { countWindows, CountStep } from './event-count.js';
import { HitReader, requestedFields } from './event-hits.js';
import { mappingOf, TIME_FIELDS, type EventMapping, type TimeField } from './event-mapping.js';
import {
  allEvents,
  entityQuery,
  eventsIn,
  filterQuery,
  inIndices,
  timeOf,
  type Selection,
} from './event-query.js';
import { PageSize, readPages, type PagesPart } from './event-pages.js';
import { rangeOf } from './event-range.js';
import { Reach } from './event-reach.js';
import type { Pace } from './pace.js';
import { lookAtRemotes, scopesOf, searchIn, type Asked, type Scope } from './event-search.js';
import { sourcedIndices } from './event-sourced.js';
import { FieldNames } from './field-names.js';

/** Where the events lie and which of their fields are wanted. */
export interface EventSourceOptions {
  /** Index expressions: names, aliases, patterns, also on remote clusters. */
  readonly indices: readonly string[];
  /** ECS fields that {@link EventSource.read} returns; patterns are allowed. */
  readonly fields: readonly string[];
  /** What ECS fields are called there, where they have other names. */
  readonly names?: Readonly<Partial<Record<string, string>>>;
  /** Only what it matches: text as in Kibana's query bar, or a query. (Default: everything) */
  readonly filter?: string | object | undefined;
  /** Records fetched in one request, 1–10,000. (Default: 10,000) */
  readonly pageSize?: number;
  /** Most events read in a second; absent for no bound. */
  readonly pace?: Pace;
  /** Parts that a window is read in side by side. (Default: 1) */
  readonly slices?: number;
  /** Hears, once for each, what is read in another way than is configured. */
  readonly onNotice?: (notice: string) => void;
}

const PAGE_SIZE = 10_000;
/** Mappings change seldom; a change is noticed that late. */
const MAPPING_AGE_MS = 60_000;
/** What cannot be reached is looked for again that often: it may be back. */
const REACH_AGE_MS = 15_000;
/** What documents hold beside it is dearer to find out. */
const SOURCED_AGE_MS = 600_000;

/** What was asked, and when. */
interface Aged<T> {
  readonly atMs: number;
  readonly value: T;
}

/** {@link EventSource} on Elasticsearch. Own output never counts as an event. */
export class ElasticsearchEventSource implements EventSource {
  private readonly index: readonly string[];
  private readonly pageSize: PageSize;
  private readonly step = new CountStep();
  private readonly reach = new Reach();
  private readonly names: FieldNames;
  private readonly filter: estypes.QueryDslQueryContainer | undefined;
  private known: Aged<EventMapping> | undefined;
  /** Indices whose fields are read from the documents too. */
  private sourced: Aged<readonly string[]> | undefined;

  /** @throws AppError `invalid_config` for a filter that cannot be parsed */
  constructor(
    private readonly cluster: Cluster,
    private readonly options: EventSourceOptions,
    private readonly clock: Clock,
  ) {
    const { indices, pageSize = PAGE_SIZE, names, filter, onNotice } = options;
    this.index = [...indices];
    this.pageSize = new PageSize(pageSize, onNotice && onceOfFewer(pageSize, onNotice));
    this.names = new FieldNames(names);
    this.filter = filter === undefined ? undefined : filterQuery(filter, this.names);
  }

  range(bounds: RangeBounds = {}): Promise<Window | undefined> {
    return this.ask((selection, scopes) => rangeOf(this.asked, scopes, selection, bounds));
  }

  async absence(): Promise<string | undefined> {
    const { mapping } = await this.selection();
    if (mapping.indices.length > 0) return undefined;
    return `no index matches ${this.index.join(', ')}; name the indices that hold the logs in elasticsearch.indices`;
  }

  count(range: Window, lengthMs: number): Promise<WindowCount[]> {
    return this.ask((selection, scopes) =>
      countWindows({ ...this.asked, step: this.step }, scopes, selection, range, lengthMs),
    );
  }

  async *read(window: Window, signal?: AbortSignal): AsyncGenerator<RawBatch> {
    const selection = await this.selection();
    const { fields, slices = 1, pace } = this.options;
    const { pageSize: size, cluster, reach } = this;
    const lacking = new Map<string, LeftOut>();
    const onOpen = async (): Promise<void> => {
      await lookAtRemotes(this.asked, this.index);
      for (const one of reach.leftOut) lacking.set(one.source, one);
    };
    const request = { index: this.index, parts: await this.partsOf(window, selection), onOpen };
    const reader = new HitReader(fields, this.names, selection.mapping);
    try {
      for await (const hits of readPages(cluster, reach, request, { size, slices }, signal)) {
        await pace?.take(hits.length, signal);
        yield* reader.batchesOf(hits);
      }
    } catch (error) {
      this.known = undefined;
      throw error;
    }
    // A remote cluster may have gone since.
    for (const one of reach.leftOut) lacking.set(one.source, one);
    yield* reader.unreadable([...lacking.values()]);
  }

  leftOut(): readonly LeftOut[] {
    return this.reach.leftOut;
  }

  async find(refs: readonly EventRef[]): Promise<RawEvent[]> {
    if (refs.length === 0) return [];
    const found = new Map<string, RawEvent>();
    const index = [...new Set(refs.map(({ index }) => index))];
    const answer = await searchIn(
      this.asked,
      'find events',
      { index, times: [], except: [] },
      {
        query: { ids: { values: [...new Set(refs.map(({ id }) => id))] } },
        // One id may lie in several of the indices.
        size: Math.min(refs.length * refs.length, PAGE_SIZE),
        ...(await this.whole()),
      },
    );
    for (const hit of answer.hits.hits) {
      found.set(keyOf(hit._id ?? '', hit._index), eventOf(hit, this.names));
    }
    return refs.map(({ id, index }) => found.get(keyOf(id, index))).filter((event) => event !== undefined);
  }

  ofEntity(value: string, range: Window, limit: number): Promise<RawEvent[]> {
    return this.ask(async (selection, scopes) => {
      const whole = await this.whole();
      const of = async (scope: Scope, field: TimeField): Promise<RawEvent[]> => {
        const answer = await searchIn(this.asked, 'find events of an entity', scope, {
          query: allEvents(selection, timeOf(field, range, selection), entityQuery(value, selection)),
          sort: [{ [this.names.inLogs(field)]: { order: 'desc', unmapped_type: 'date' } }],
          size: limit,
          ...whole,
        });
        return answer.hits.hits.map((hit) => eventOf(hit, this.names));
      };
      const parts = scopes.flatMap((scope) => scope.times.map((field) => of(scope, field)));
      const newestFirst = (a: RawEvent, b: RawEvent): number => b.timeMs - a.timeMs || (a.id < b.id ? -1 : 1);
      return (await Promise.all(parts)).flat().sort(newestFirst).slice(0, limit);
    });
  }

  /** Asks what depends on the mappings; where that fails they may have changed, so they are looked at again. */
  private async ask<T>(question: (selection: Selection, scopes: Scope[]) => Promise<T>): Promise<T> {
    const selection = await this.selection();
    try {
      return await question(selection, scopesOf(this.index, selection.mapping));
    } catch (error) {
      this.known = undefined;
      throw error;
    }
  }

  private get asked(): Asked {
    return { cluster: this.cluster, reach: this.reach };
  }

  private async selection(): Promise<Selection> {
    const { names, filter, index, cluster, reach } = this;
    const ageMs = reach.leftOut.length > 0 ? REACH_AGE_MS : MAPPING_AGE_MS;
    if (!this.isFresh(this.known, ageMs)) {
      reach.tryAgain();
      const value = await reach.ask(() => mappingOf(cluster, reach.of(index), names), false);
      this.known = { atMs: this.clock.now(), value };
    }
    return { names, filter, mapping: this.known!.value };
  }

  /** A window's events: those of indices that map their fields, and those read from the documents. */
  private async partsOf(window: Window, selection: Selection): Promise<PagesPart[]> {
    const { names, options, cluster, reach, index } = this;
    if (!this.isFresh(this.sourced, SOURCED_AGE_MS)) {
      const asked = { cluster, reach, indices: index, selection, fields: options.fields };
      this.sourced = { atMs: this.clock.now(), value: await sourcedIndices(asked) };
    }
    const query = eventsIn(window, selection);
    const there = inIndices(this.sourced!.value);
    const part = (of: estypes.QueryDslQueryContainer, isSourced: boolean): PagesPart => ({
      query: of,
      fields: requestedFields(options.fields, names, selection.mapping, isSourced),
    });
    if (there.length === 0) return [part(query, false)];
    return [
      part({ bool: { filter: [query], must_not: there } }, false),
      part({ bool: { filter: [query, ...there] } }, true),
    ];
  }

  /** A clock that was set back makes nothing younger. */
  private isFresh(known: Aged<unknown> | undefined, ageMs: number): boolean {
    return known !== undefined && Math.abs(this.clock.now() - known.atMs) <= ageMs;
  }

  /** The document as it was sent, and its time. */
  private async whole(): Promise<Pick<estypes.SearchRequest, '_source' | 'fields'>> {
    const { mapping } = await this.selection();
    const fields = TIME_FIELDS.map((field) => ({
      field: this.names.inLogs(field),
      ...(mapping.unformatted.has(field) ? {} : { format: 'epoch_millis' }),
    }));
    return { _source: true, fields };
  }
}

function eventOf(hit: estypes.SearchHit, names: FieldNames): RawEvent {
  const fields = (hit.fields ?? {}) as Partial<Record<string, unknown[]>>;
  const [end, stamp] = TIME_FIELDS.map((field) => millisecondsOf(fields[names.inLogs(field)]?.[0])) as [
    number,
    number,
  ];
  return {
    id: hit._id ?? '',
    index: hit._index,
    source: hit._index,
    timeMs: Math.floor(Number.isNaN(stamp) || isEndBelieved(end, stamp) ? end : stamp),
    record: names.addTo(hit._source),
  };
}

/** A time in milliseconds as number or text; other texts come from an index that maps it as no date. */
function millisecondsOf(value: unknown): number {
  const number = Number(value ?? NaN);
  return Number.isNaN(number) && typeof value === 'string' ? Date.parse(value) : number;
}

function keyOf(id: string, index: string): string {
  return `${index}/${id}`;
}

/** Tells of smaller pages once, however often they are made smaller still. */
function onceOfFewer(wanted: number, tell: (notice: string) => void): (size: number, answer: string) => void {
  let isTold = false;
  return (_size, answer) => {
    if (!isTold)
      tell(
        `events are read in smaller pages than elasticsearch.pageSize (${String(wanted)}), which takes longer: ${answer}`,
      );
    isTold = true;
  };
}
