/**
 * Raw events in the embedded store.
 */
import type {
  EventRef,
  EventSink,
  EventSource,
  RangeBounds,
  StoredEvent,
  WindowCount,
} from '../../collect/ports.js';
import type { RawBatch, RawEvent, RecordFormat } from '../../domain/raw.js';
import type { Window } from '../../domain/window.js';
import type { Database } from './database.js';
import type { Chunk, Row } from './duckdb.js';

/** Beyond any time. */
const MAX_MS = Number.MAX_SAFE_INTEGER;

/** {@link EventSource} and {@link EventSink} in a database file. */
export class EventTable implements EventSource, EventSink {
  constructor(private readonly database: Database) {}

  async append(events: readonly StoredEvent[]): Promise<number> {
    const batch = [...new Map(events.map((event) => [event.id, event])).values()];
    if (batch.length === 0) return 0;
    return this.database.transaction(async (connection) => {
      const appender = await connection.createAppender('incoming', null, 'temp');
      for (let from = 0; from < batch.length; from += CHUNK_ROWS) {
        appender.appendDataChunk(this.chunkOf(batch.slice(from, from + CHUNK_ROWS)));
      }
      appender.closeSync();
      const { rowsChanged } = await connection.run(INSERT_NEW, spanOf(batch));
      await connection.run('TRUNCATE incoming');
      return rowsChanged;
    });
  }

  async range({ beforeMs = MAX_MS, spanMs = MAX_MS }: RangeBounds = {}): Promise<Window | undefined> {
    const [row] = await this.database.rows(
      `WITH known AS (SELECT end_ms FROM events WHERE end_ms < ?)
       SELECT min(end_ms), max(end_ms) FROM known WHERE end_ms > (SELECT max(end_ms) FROM known) - ?`,
      [beforeMs, spanMs],
    );
    const [first = null, last = null] = row ?? [];
    return first === null || last === null ? undefined : { start: Number(first), end: Number(last) + 1 };
  }

  /** Whoever fills the store says what becomes of it. */
  absence(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  leftOut(): readonly [] {
    return [];
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
        // Without a prototype, so that no name of a source meets what an object has anyway.
        const bySource = Object.create(null) as Record<string, number>;
        last = { window: { start: Number(start), end: Number(start) + lengthMs }, bySource, total: 0 };
        counts.push(last);
      }
      last.bySource[String(source)] = Number(count);
      last.total += Number(count);
    }
    return counts;
  }

  async *read(window: Window, signal?: AbortSignal): AsyncGenerator<RawBatch> {
    const chunks = this.database.stream(
      `SELECT source, format, path, id, place, record FROM events
       WHERE end_ms >= ? AND end_ms < ? ORDER BY end_ms, id`,
      [window.start, window.end],
      signal,
    );
    for await (const chunk of chunks) yield* batchesOf(chunk);
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

  /** Columns in the order of the table. */
  private chunkOf(events: readonly StoredEvent[]): Chunk {
    const { DuckDBDataChunk, VARCHAR, DOUBLE, LIST, listValue } = this.database.duckdb;
    const types = [VARCHAR, VARCHAR, VARCHAR, VARCHAR, DOUBLE, DOUBLE, LIST(VARCHAR), VARCHAR];
    const chunk = DuckDBDataChunk.create(types, events.length);
    chunk.setColumns([
      events.map(({ id }) => id),
      events.map(({ source }) => source),
      events.map(({ format }) => format),
      events.map(({ path }) => path ?? ''),
      events.map(({ place }) => place),
      events.map(({ endMs }) => endMs),
      events.map(({ entities }) => listValue(entities)),
      events.map(({ record }) => JSON.stringify(record)),
    ]);
    return chunk;
  }
}

/** As many rows as DuckDB handles at once. */
const CHUNK_ROWS = 2048;

/** The same record has the same id and the same time, so only rows of these times can be known already. */
const INSERT_NEW = `INSERT INTO events
  SELECT incoming.* FROM incoming
  ANTI JOIN (SELECT id FROM events WHERE end_ms >= ? AND end_ms <= ?) AS known ON known.id = incoming.id`;

/** Earliest and latest time of the events. */
function spanOf(events: readonly StoredEvent[]): [first: number, last: number] {
  let [first, last] = [Infinity, -Infinity];
  for (const { endMs } of events) {
    first = Math.min(first, endMs);
    last = Math.max(last, endMs);
  }
  return [first, last];
}

const RAW_EVENT = 'id, source, end_ms, record, format, path';

function toRawEvent([id, source, endMs, record, format, path]: Row): RawEvent {
  return {
    id: String(id),
    source: String(source),
    timeMs: Number(endMs),
    format: format as RecordFormat,
    ...(path === '' ? {} : { path: String(path) }),
    record: JSON.parse(String(record)) as unknown,
  };
}

/** Sorts a chunk into batches by where and how the records were read; their order stays. */
function batchesOf(chunk: Chunk): Iterable<RawBatch> {
  const [sources, formats, paths, ids, places, records] = chunk.getColumns() as [
    string[],
    RecordFormat[],
    string[],
    string[],
    number[],
    string[],
  ];
  const batches = new Map<string, OpenBatch>();
  for (let row = 0; row < chunk.rowCount; row++) {
    const [source, format, path] = [sources[row]!, formats[row]!, paths[row]!];
    const key = `${format}\n${path}\n${source}`;
    let batch = batches.get(key);
    if (batch === undefined) {
      batch = { source, format, ...(path === '' ? {} : { path }), records: [], places: [], ids: [] };
      batches.set(key, batch);
    }
    batch.records.push(JSON.parse(records[row]!));
    batch.places.push(places[row]!);
    batch.ids.push(ids[row]!);
  }
  return batches.values();
}

interface OpenBatch extends RawBatch {
  readonly records: unknown[];
  readonly places: number[];
  readonly ids: string[];
}
