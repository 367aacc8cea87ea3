/**
 * `elkhound-windows-YYYY.MM`: one document is what was done with one window, and what became of
 * every record read for it.
 */
import { z } from 'zod';
import type { WindowRecord } from '../domain/anomaly.js';
import { SOURCE_STATUSES, total, type SourceCoverage } from '../domain/coverage.js';
import { stableId } from '../domain/hash.js';
import { ECS_VERSION, indexName, MODULE, type IndexDefinition } from './index-definition.js';
import { constant, date, double, integer, keyword, long } from './mapping.js';
import { isoDate, toIso } from './time.js';

const DATASET = 'elkhound.window';
const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** Counts by reason, as a list: reasons are values that one can filter by, not field names. */
const reasonsSchema = z.array(z.object({ reason: z.string(), count: z.number() }));

const coverageSchema = z.object({
  source: z.string(),
  expected: z.object({ lower: z.number(), typical: z.number(), upper: z.number() }).exactOptional(),
  status: z.enum(SOURCE_STATUSES).exactOptional(),
  read: z.number(),
  events: z.number(),
  duplicates: z.number(),
  filtered: reasonsSchema,
  quarantined: reasonsSchema,
  irregular: reasonsSchema.exactOptional(),
});

export const windowSchema = z.object({
  '@timestamp': isoDate,
  ecs: z.object({ version: z.string() }),
  event: z.object({
    kind: z.literal('metric'),
    module: z.literal(MODULE),
    dataset: z.literal(DATASET),
    id: z.string(),
    start: isoDate,
    end: isoDate,
    duration: z.number(),
    created: isoDate,
  }),
  elkhound: z.object({
    job: z.string(),
    /** Number of the lease under which it was written. */
    epoch: z.number().exactOptional(),
    window: z.object({ start: isoDate, end: isoDate, length_ms: z.number() }),
    status: z.enum(['done', 'skipped']),
    reason: z.string().exactOptional(),
    counted: z.number(),
    late: z.number().exactOptional(),
    missed: z.number().exactOptional(),
    /** Sums over all sources. */
    records: z.object({
      read: z.number(),
      events: z.number(),
      duplicates: z.number(),
      filtered: z.number(),
      quarantined: z.number(),
    }),
    coverage: z.array(coverageSchema),
    entities: z.array(z.object({ kind: z.string(), rows: z.number(), others: z.number().exactOptional() })),
    /** Rows scored, of all entity kinds. */
    rows: z.number(),
    anomalies: z.number(),
    model: z.string(),
    revision: z.number(),
    took_ms: z.number(),
    /** From the end of the window until this was written. */
    lag_ms: z.number().exactOptional(),
  }),
});

/** A window record as Elasticsearch keeps it. */
export type WindowDocument = z.infer<typeof windowSchema>;

export const WINDOWS: IndexDefinition = {
  name: 'elkhound-windows',
  description: 'What was done with a window, and what became of the records read for it',
  monthly: true,
  schemaVersion: 3,
  fields: {
    '@timestamp': date,
    'ecs.version': keyword,
    'event.kind': constant('metric'),
    'event.module': constant(MODULE),
    'event.dataset': constant(DATASET),
    'event.id': keyword,
    'event.start': date,
    'event.end': date,
    'event.duration': long,
    'event.created': date,
    'elkhound.job': keyword,
    'elkhound.epoch': long,
    'elkhound.window.start': date,
    'elkhound.window.end': date,
    'elkhound.window.length_ms': long,
    'elkhound.status': keyword,
    'elkhound.reason': keyword,
    'elkhound.counted': long,
    'elkhound.late': long,
    'elkhound.missed': long,
    'elkhound.records.read': long,
    'elkhound.records.events': long,
    'elkhound.records.duplicates': long,
    'elkhound.records.filtered': long,
    'elkhound.records.quarantined': long,
    'elkhound.coverage.source': keyword,
    'elkhound.coverage.status': keyword,
    'elkhound.coverage.expected.lower': double,
    'elkhound.coverage.expected.typical': double,
    'elkhound.coverage.expected.upper': double,
    'elkhound.coverage.filtered.reason': keyword,
    'elkhound.coverage.quarantined.reason': keyword,
    'elkhound.coverage.irregular.reason': keyword,
    'elkhound.entities.kind': keyword,
    'elkhound.rows': long,
    'elkhound.anomalies': long,
    'elkhound.model': keyword,
    'elkhound.revision': integer,
    'elkhound.took_ms': long,
    'elkhound.lag_ms': long,
  },
};

/** Id of a window's record: a job has one for each window. */
export function windowId({ job, window }: WindowRecord): string {
  return stableId(job, String(window.start), String(window.end));
}

/** Index of a window's record: the month of the window. */
export function windowIndex({ window }: WindowRecord): string {
  return indexName(WINDOWS, window.start);
}

/** The document of a window record; `epoch` is that of the writer's lease, where it has one. */
export function toWindowDocument(record: WindowRecord, epoch?: number): WindowDocument {
  const { window, coverage } = record;
  const [start, end] = [toIso(window.start), toIso(window.end)];
  const lengthMs = window.end - window.start;
  const entities = Object.entries(record.entities).map(([kind, rows]) => {
    const others = record.others?.[kind];
    return { kind, rows, ...(others === undefined ? {} : { others }) };
  });
  return {
    '@timestamp': start,
    ecs: { version: ECS_VERSION },
    event: {
      kind: 'metric',
      module: MODULE,
      dataset: DATASET,
      id: windowId(record),
      start,
      end,
      duration: lengthMs * NANOSECONDS_PER_MILLISECOND,
      created: toIso(record.recordedAtMs),
    },
    elkhound: {
      job: record.job,
      ...(epoch === undefined ? {} : { epoch }),
      window: { start, end, length_ms: lengthMs },
      status: record.status,
      ...(record.reason === undefined ? {} : { reason: record.reason }),
      counted: record.counted,
      ...(record.late === undefined ? {} : { late: record.late }),
      ...(record.missed === undefined ? {} : { missed: record.missed }),
      records: sumOf(coverage),
      coverage: coverage.map(toCoverage),
      entities,
      rows: entities.reduce((sum, { rows }) => sum + rows, 0),
      anomalies: record.anomalies,
      model: record.model,
      revision: record.revision,
      took_ms: record.tookMs,
      lag_ms: record.recordedAtMs - window.end,
    },
  };
}

/** The window record of a document. */
export function fromWindowDocument({ event, elkhound }: WindowDocument): WindowRecord {
  const { window, reason, late, missed } = elkhound;
  const others: [string, number][] = elkhound.entities.flatMap(({ kind, others: beyond }) =>
    beyond === undefined ? [] : [[kind, beyond]],
  );
  return {
    job: elkhound.job,
    window: { start: Date.parse(window.start), end: Date.parse(window.end) },
    status: elkhound.status,
    ...(reason === undefined ? {} : { reason }),
    counted: elkhound.counted,
    ...(late === undefined ? {} : { late }),
    ...(missed === undefined ? {} : { missed }),
    coverage: elkhound.coverage.map(fromCoverage),
    entities: Object.fromEntries(elkhound.entities.map(({ kind, rows }) => [kind, rows])),
    ...(others.length === 0 ? {} : { others: Object.fromEntries(others) }),
    anomalies: elkhound.anomalies,
    model: elkhound.model,
    revision: elkhound.revision,
    recordedAtMs: Date.parse(event.created),
    tookMs: elkhound.took_ms,
  };
}

function sumOf(coverage: readonly SourceCoverage[]): WindowDocument['elkhound']['records'] {
  const sum = { read: 0, events: 0, duplicates: 0, filtered: 0, quarantined: 0 };
  for (const source of coverage) {
    sum.read += source.read;
    sum.events += source.events;
    sum.duplicates += source.duplicates;
    sum.filtered += total(source.filtered);
    sum.quarantined += total(source.quarantined);
  }
  return sum;
}

function toCoverage({ irregular, ...coverage }: SourceCoverage): z.infer<typeof coverageSchema> {
  return {
    ...coverage,
    filtered: toReasons(coverage.filtered),
    quarantined: toReasons(coverage.quarantined),
    ...(irregular ? { irregular: toReasons(irregular) } : {}),
  };
}

function fromCoverage({ irregular, ...part }: z.infer<typeof coverageSchema>): SourceCoverage {
  return {
    ...part,
    filtered: fromReasons(part.filtered),
    quarantined: fromReasons(part.quarantined),
    ...(irregular ? { irregular: fromReasons(irregular) } : {}),
  };
}

function toReasons(counts: Readonly<Partial<Record<string, number>>>): z.infer<typeof reasonsSchema> {
  return Object.entries(counts).map(([reason, count]) => ({ reason, count: count ?? 0 }));
}

function fromReasons(list: z.infer<typeof reasonsSchema>): Record<string, number> {
  return Object.fromEntries(list.map(({ reason, count }) => [reason, count]));
}
