/**
 * Results in the embedded store.
 */
import { alertId, alertSchema, fromAlertDocument, toAlertDocument } from '../../documents/alerts.js';
import { anomalySchema, fromAnomalyDocument, toAnomalyDocument } from '../../documents/anomalies.js';
import { fromWindowDocument, toWindowDocument, windowId, windowSchema } from '../../documents/windows.js';
import type { Page, ResultQuery, ResultReader, ResultStore } from '../../decide/ports.js';
import {
  SEVERITY_NUMBER,
  type Anomaly,
  type Episode,
  type EpisodeChange,
  type WindowRecord,
} from '../../domain/anomaly.js';
import type { Clock } from '../../domain/clock.js';
import type { Window } from '../../domain/window.js';
import { fromCursor, toCursor } from '../cursor.js';
import { nextRevision, sameRecord } from '../revision.js';
import type { Database } from './database.js';
import {
  DocumentTable,
  equals,
  type ColumnValue,
  type Condition,
  type Listed,
  type ListQuery,
} from './document-table.js';
import type { Connection } from './duckdb.js';

const SORT_COLUMNS = { time: 'start_ms', score: 'score', severity: 'severity' } as const;

/** Alerts of episodes that have not risen above them since. */
const NEWEST_ALERTS = '(SELECT *, max(severity) OVER (PARTITION BY episode) AS worst FROM alerts)';

/** {@link ResultStore} and {@link ResultReader} in a database file. */
export class ResultTables implements ResultStore, ResultReader {
  private readonly anomalyTable;
  private readonly alertTable;
  private readonly windowTable;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    this.anomalyTable = new DocumentTable(database, 'anomalies', anomalySchema);
    this.alertTable = new DocumentTable(database, 'alerts', alertSchema);
    this.windowTable = new DocumentTable(database, 'windows', windowSchema);
  }

  async save(anomalies: readonly Anomaly[], changes: readonly EpisodeChange[]): Promise<void> {
    if (anomalies.length === 0 && changes.length === 0) return;
    const ingestedMs = this.clock.now();
    await this.database.transaction(async (connection) => {
      for (const anomaly of anomalies) await this.saveAnomaly(connection, anomaly);
      for (const change of changes) await this.saveAlert(connection, change, ingestedMs);
    });
  }

  async close(record: WindowRecord): Promise<void> {
    await this.database.transaction(async (connection) => {
      const id = windowId(record);
      const stored = await this.windowTable.get(connection, id);
      if (stored !== undefined && sameRecord(record, fromWindowDocument(stored))) return;
      await this.windowTable.put(connection, id, [record.job, record.window.start], toWindowDocument(record));
    });
  }

  async standing(job: string, window: Window): Promise<Anomaly[]> {
    const where = [...equals('job', job), ...equals('start_ms', window.start), ...equals('status', 'active')];
    const listed = await this.anomalyTable.list({ where, sort: 'start_ms', order: 'asc' });
    return listed.map(({ document }) => fromAnomalyDocument(document));
  }

  async records(job: string, range: Window): Promise<WindowRecord[]> {
    const where = [...equals('job', job), ...within(range)];
    const listed = await this.windowTable.list({ where, sort: 'start_ms', order: 'asc' });
    return listed.map(({ document }) => fromWindowDocument(document));
  }

  async anomalies(query: ResultQuery): Promise<Page<Anomaly>> {
    const where = [...conditionsOf(query), ...equals('status', query.status)];
    return toPage(await this.anomalyTable.list(listOf(query, where)), query, fromAnomalyDocument);
  }

  async anomaly(id: string): Promise<Anomaly | undefined> {
    const [listed] = await this.anomalyTable.list({
      where: equals('id', id),
      sort: 'start_ms',
      order: 'desc',
    });
    return listed === undefined ? undefined : fromAnomalyDocument(listed.document);
  }

  async episodes(query: ResultQuery): Promise<Page<Episode>> {
    const where = [...conditionsOf(query), { sql: 'severity = worst', values: [] }];
    const listed = await this.alertTable.list(listOf(query, where), NEWEST_ALERTS);
    return toPage(listed, query, (document) => fromAlertDocument(document).episode);
  }

  async windows(query: {
    job?: string;
    range?: Window;
    limit: number;
    cursor?: string;
  }): Promise<Page<WindowRecord>> {
    const where = [...equals('job', query.job), ...within(query.range)];
    return toPage(await this.windowTable.list(listOf(query, where)), query, fromWindowDocument);
  }

  private async saveAnomaly(connection: Connection, anomaly: Anomaly): Promise<void> {
    const stored = await this.anomalyTable.get(connection, anomaly.id);
    const next = nextRevision(anomaly, stored && fromAnomalyDocument(stored));
    if (next === undefined) return;
    const document = toAnomalyDocument(next);
    const columns = columnsOf(
      next,
      document.elkhound.entity.names,
      next.episode,
      next.status,
      next.window.start,
    );
    await this.anomalyTable.put(connection, next.id, columns, document);
  }

  /** An alert that exists already stays as it is. */
  private async saveAlert(connection: Connection, change: EpisodeChange, ingestedMs: number): Promise<void> {
    const { episode } = change;
    const id = alertId(episode);
    if ((await this.alertTable.get(connection, id)) !== undefined) return;
    const document = toAlertDocument(change, ingestedMs);
    const columns = columnsOf(episode, document.elkhound.entity.names, episode.id, null, episode.start);
    await this.alertTable.add(connection, id, columns, document);
  }
}

/** The columns of a result between its id and its document. */
function columnsOf(
  result: Anomaly | Episode,
  names: readonly string[],
  episode: string,
  status: string | null,
  startMs: number,
): ColumnValue[] {
  const { job, site, entity, behavior, severity, score } = result;
  return [
    job,
    site,
    entity.kind,
    names,
    behavior,
    episode,
    SEVERITY_NUMBER[severity],
    score,
    status,
    startMs,
  ];
}

function conditionsOf(query: ResultQuery): Condition[] {
  const { entity, minSeverity, minScore } = query;
  return [
    ...equals('job', query.job),
    ...equals('site', query.site),
    ...equals('kind', query.entityKind),
    ...equals('behavior', query.behavior),
    ...equals('episode', query.episode),
    ...(entity === undefined ? [] : [{ sql: 'list_contains(names, ?)', values: [entity] }]),
    ...(minSeverity === undefined ? [] : [{ sql: 'severity >= ?', values: [SEVERITY_NUMBER[minSeverity]] }]),
    ...(minScore === undefined ? [] : [{ sql: 'score >= ?', values: [minScore] }]),
    ...within(query.range),
  ];
}

function within(range: Window | undefined): Condition[] {
  return range === undefined
    ? []
    : [{ sql: 'start_ms >= ? AND start_ms < ?', values: [range.start, range.end] }];
}

type Paging = Pick<ResultQuery, 'sort' | 'limit' | 'cursor'>;

function sortOf({ sort }: Paging): NonNullable<ResultQuery['sort']> {
  return sort ?? '-time';
}

/** One row more than asked for tells whether there is a next page. */
function listOf(query: Paging, where: readonly Condition[]): ListQuery {
  const sort = sortOf(query);
  return {
    where,
    sort: SORT_COLUMNS[sort.replace('-', '') as keyof typeof SORT_COLUMNS],
    order: sort.startsWith('-') ? 'desc' : 'asc',
    limit: query.limit + 1,
    after: query.cursor === undefined ? undefined : fromCursor(query.cursor, sort),
  };
}

function toPage<D, T>(listed: readonly Listed<D>[], query: Paging, from: (document: D) => T): Page<T> {
  const items = listed.slice(0, query.limit);
  const last = listed.length > query.limit ? items.at(-1) : undefined;
  return {
    items: items.map(({ document }) => from(document)),
    next: last === undefined ? null : toCursor(sortOf(query), last.place),
  };
}
