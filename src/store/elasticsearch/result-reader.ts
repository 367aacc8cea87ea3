/**
 * Lists of results in Elasticsearch.
 */
import type { estypes } from '@elastic/elasticsearch';
import { ALERTS, alertSchema, fromAlertDocument, type AlertDocument } from '../../documents/alerts.js';
import { ANOMALIES, anomalySchema, fromAnomalyDocument } from '../../documents/anomalies.js';
import { fromWindowDocument, WINDOWS, windowSchema } from '../../documents/windows.js';
import type { Page, ResultQuery, ResultReader } from '../../decide/ports.js';
import { SEVERITY_NUMBER, type Anomaly, type Episode, type WindowRecord } from '../../domain/anomaly.js';
import type { Window } from '../../domain/window.js';
import { fromCursor, toCursor, type Place } from '../cursor.js';
import type { Documents, Hit, PageQuery } from './documents.js';

const SORT_FIELDS = { time: 'event.start', score: 'elkhound.score', severity: 'event.severity' } as const;
/** Tells ties apart; `_id` itself cannot be sorted by. */
const TIE = 'event.id';

type Filter = estypes.QueryDslQueryContainer;

/** {@link ResultReader} on Elasticsearch. */
export class ElasticsearchResultReader implements ResultReader {
  constructor(private readonly documents: Documents) {}

  async anomalies(query: ResultQuery): Promise<Page<Anomaly>> {
    const page = pageOf(query);
    const filter = query.status === undefined ? [] : [term('elkhound.status', query.status)];
    const hits = await this.documents.page(ANOMALIES, anomalySchema, {
      ...page,
      filter: [...filtersOf(query), ...filter],
      limit: query.limit + 1,
    });
    return toPage(hits, query.limit, sortOf(query), fromAnomalyDocument);
  }

  async anomaly(id: string): Promise<Anomaly | undefined> {
    const [hit] = await this.documents.page(ANOMALIES, anomalySchema, {
      filter: [{ ids: { values: [id] } }],
      sort: [SORT_FIELDS.time, TIE],
      order: 'desc',
      limit: 1,
    });
    return hit === undefined ? undefined : fromAnomalyDocument(hit.document);
  }

  async episodes(query: ResultQuery): Promise<Page<Episode>> {
    const page = { ...pageOf(query), filter: filtersOf(query), limit: query.limit + 1 };
    const found: Hit<AlertDocument>[] = [];
    let after = page.after;
    for (let more = true; more && found.length <= query.limit;) {
      const hits = await this.documents.page(ALERTS, alertSchema, { ...page, after });
      found.push(...(await this.newest(hits)));
      after = hits.at(-1)?.place;
      more = hits.length === page.limit;
    }
    return toPage(found, query.limit, sortOf(query), (document) => fromAlertDocument(document).episode);
  }

  async windows(query: {
    job?: string;
    range?: Window;
    limit: number;
    cursor?: string;
  }): Promise<Page<WindowRecord>> {
    const { cursor } = query;
    const hits = await this.documents.page(WINDOWS, windowSchema, {
      filter: [...optionalTerm('elkhound.job', query.job), ...rangeOf(query.range)],
      sort: [SORT_FIELDS.time, TIE],
      order: 'desc',
      limit: query.limit + 1,
      after: cursor === undefined ? undefined : fromCursor(cursor, '-time'),
    });
    return toPage(hits, query.limit, '-time', fromWindowDocument);
  }

  /** Of the alerts found, those whose episode has not risen above them since. */
  private async newest(hits: readonly Hit<AlertDocument>[]): Promise<Hit<AlertDocument>[]> {
    if (hits.length === 0) return [];
    const ids = [...new Set(hits.map(({ document }) => document.elkhound.episode.id))];
    const answer = await this.documents.search(ALERTS, {
      size: 0,
      query: { bool: { filter: [{ terms: { 'elkhound.episode.id': ids } }] } },
      aggs: {
        episodes: {
          terms: { field: 'elkhound.episode.id', size: ids.length },
          aggs: { severity: { max: { field: 'event.severity' } } },
        },
      },
    });
    const { buckets } = answer.aggregations?.episodes as estypes.AggregationsStringTermsAggregate;
    const worst = new Map<string, number>();
    for (const bucket of buckets as (estypes.AggregationsStringTermsBucket & {
      severity: { value: number };
    })[]) {
      worst.set(String(bucket.key), bucket.severity.value);
    }
    return hits.filter(({ document }) => worst.get(document.elkhound.episode.id) === document.event.severity);
  }
}

function sortOf(query: ResultQuery): NonNullable<ResultQuery['sort']> {
  return query.sort ?? '-time';
}

function pageOf(query: ResultQuery): Pick<PageQuery, 'sort' | 'order' | 'after'> {
  const sort = sortOf(query);
  const field = SORT_FIELDS[sort.replace('-', '') as keyof typeof SORT_FIELDS];
  const after = query.cursor === undefined ? undefined : fromCursor(query.cursor, sort);
  return { sort: [field, TIE], order: sort.startsWith('-') ? 'desc' : 'asc', after };
}

/** Every value goes into a `term` or `range`, where no character has a meaning. */
function filtersOf(query: ResultQuery): Filter[] {
  const { minSeverity, minScore } = query;
  return [
    ...optionalTerm('elkhound.job', query.job),
    ...optionalTerm('elkhound.site', query.site),
    ...optionalTerm('elkhound.entity.kind', query.entityKind),
    ...optionalTerm('elkhound.entity.names', query.entity),
    ...optionalTerm('elkhound.behavior', query.behavior),
    ...optionalTerm('elkhound.episode.id', query.episode),
    ...(minSeverity === undefined
      ? []
      : [{ range: { 'event.severity': { gte: SEVERITY_NUMBER[minSeverity] } } }]),
    ...(minScore === undefined ? [] : [{ range: { 'elkhound.score': { gte: minScore } } }]),
    ...rangeOf(query.range),
  ];
}

function rangeOf(range: Window | undefined): Filter[] {
  if (range === undefined) return [];
  return [{ range: { 'event.start': { gte: range.start, lt: range.end, format: 'epoch_millis' } } }];
}

function optionalTerm(field: string, value: string | undefined): Filter[] {
  return value === undefined ? [] : [term(field, value)];
}

function term(field: string, value: string): Filter {
  return { term: { [field]: { value } } };
}

function toPage<D, T>(
  hits: readonly Hit<D>[],
  limit: number,
  sort: string,
  from: (document: D) => T,
): Page<T> {
  const items = hits.slice(0, limit);
  const last: Place | undefined = hits.length > limit ? items.at(-1)?.place : undefined;
  return {
    items: items.map(({ document }) => from(document)),
    next: last === undefined ? null : toCursor(sort, last),
  };
}
