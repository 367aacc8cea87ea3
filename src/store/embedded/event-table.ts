/**
 * Raw events in the embedded store.
 */
import type { EventRef, EventSink, EventSource, StoredEvent, WindowCount } from '../../collect/ports.js';
import type { RawBatch, RawEvent, RecordFormat } from '../../domain/raw.js';
import type { Window } from '../../domain/window.js';
import type { Database } from './database.js';
import type { Row } from './duckdb.js';

/** {@link EventSource} and {@link EventSink} in a database file. */
export class EventTable implements EventSource, EventSink {
  constructor(private readonly database: Database) {}

  async append(events: readonly StoredEvent[]): Promise<number> {
    if (events.length === 0) return 0;
    const { duckdb } = this.database;
    const names = duckdb.LIST(duckdb.VARCHAR);
    return this.database.transaction(async (connection) => {
      const appender = await connection.createAppender('incoming', null, 'temp');
      for (const event of events) {
        appender.appendVarchar(event.id);
        appender.appendVarchar(event.source);
        appender.appendVarchar(event.format);
        appender.appendVarchar(event.path ?? '');
        appender.appendDouble(event.place);
        appender.appendDouble(event.endMs);
        appender.appendList(event.entities, names);
        appender.appendVarchar(JSON.stringify(event.record));
        appender.endRow();
      }
      appender.closeSync();
      const { rowsChanged } = await connection.run(INSERT_NEW);
      await connection.run('DELETE FROM incoming');
      return rowsChanged;
    });
  }

  async range(): Promise<Window | undefined> {
    const [row] = await this.database.rows('SELECT min(end_ms), max(end_ms) FROM events');
    const [first = null, last = null] = row ?? [];
    return first === null || last === null ? undefined : { start: Number(first), end: Number(last) + 1 };
  }

  async count(range: Window, lengthMs: number): Promise<WindowCount[]> {
    const rows = await this.database.rows(
      `SELECT floor(end_ms / ?) * ? AS start, source, count(*)::DOUBLE FROM events
       WHERE end_ms >= ? AND end_ms < ? GROUP BY ALL ORDER BY start, source`,
      [lengthMs, lengthMs, range.start, range.end],
    );
    const counts: { window: Window; bySource: Record<string, number>; total: number }[] = [];
    for (const [start, source, count] of rows) {
      let last = counts.at(-1);
      if (last === undefined || last.window.start !== start) {
        last = { window: { start: Number(start), end: Number(start) + lengthMs }, bySource: {}, total: 0 };
        counts.push(last);
      }
      last.bySource[String(source)] = Number(count);
      last.total += Number(count);
    }
    return counts;
  }

  async *read(window: Window, signal?: AbortSignal): AsyncGenerator<RawBatch> {
    const rows = this.database.stream(
      `SELECT source, format, path, id, place, record FROM events
       WHERE end_ms >= ? AND end_ms < ? ORDER BY end_ms, id`,
      [window.start, window.end],
      signal,
    );
    for await (const chunk of rows) yield* batchesOf(chunk);
  }

  async find(refs: readonly EventRef[]): Promise<RawEvent[]> {
    if (refs.length === 0) return [];
    const marks = refs.map(() => '?').join(', ');
    const rows = await this.database.rows(
      `SELECT ${RAW_EVENT} FROM events WHERE id IN (${marks})`,
      refs.map(({ id }) => id),
    );
    const found = new Map(rows.map((row) => [String(row[0]), toRawEvent(row)]));
    return refs.map(({ id }) => found.get(id)).filter((event) => event !== undefined);
  }

  async ofEntity(value: string, range: Window, limit: number): Promise<RawEvent[]> {
    const rows = await this.database.rows(
      `SELECT ${RAW_EVENT} FROM events WHERE end_ms >= ? AND end_ms < ? AND list_contains(entities, ?)
       ORDER BY end_ms DESC, id LIMIT ?`,
      [range.start, range.end, value, limit],
    );
    return rows.map(toRawEvent);
  }
}

/** The same record has the same id and the same time, so only rows of these times can be known already. */
const INSERT_NEW = `INSERT INTO events
  SELECT DISTINCT ON (id) * FROM incoming
  WHERE id NOT IN (
    SELECT id FROM events
    WHERE end_ms >= (SELECT min(end_ms) FROM incoming) AND end_ms <= (SELECT max(end_ms) FROM incoming)
  )
  ORDER BY end_ms, id`;

const RAW_EVENT = 'id, source, end_ms, record';

function toRawEvent([id, source, endMs, record]: Row): RawEvent {
  return {
    id: String(id),
    source: String(source),
    timeMs: Number(endMs),
    record: JSON.parse(String(record)) as unknown,
  };
}

/** Sorts a chunk into batches by where and how the records were read; their order stays. */
function batchesOf(rows: readonly Row[]): Iterable<RawBatch> {
  const batches = new Map<string, { batch: Omit<RawBatch, 'records' | 'places' | 'ids'>; lists: Lists }>();
  for (const [source, format, path, id, place, record] of rows) {
    const key = JSON.stringify([source, format, path]);
    let entry = batches.get(key);
    if (entry === undefined) {
      const where = { source: String(source), format: format as RecordFormat };
      const batch = path === '' ? where : { ...where, path: String(path) };
      batches.set(key, (entry = { batch, lists: { records: [], places: [], ids: [] } }));
    }
    entry.lists.records.push(JSON.parse(String(record)));
    entry.lists.places.push(Number(place));
    entry.lists.ids.push(String(id));
  }
  return [...batches.values()].map(({ batch, lists }) => ({ ...batch, ...lists }));
}

interface Lists {
  readonly records: unknown[];
  readonly places: number[];
  readonly ids: string[];
}
