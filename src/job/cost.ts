/**
 * What a job will cost, before it starts: told from the counts of the last day and from a sample of
 * its fullest window, and held against the bounds.
 */
import type { EventSource, WindowCount } from '../collect/ports.js';
import type { Config } from '../config/schema.js';
import type { WindowEvents } from '../domain/events.js';
import { ENTITY_KINDS, type EntityKind } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';
import { featuresOf } from '../features/catalogue.js';
import { DerivedColumns } from '../features/columns.js';
import { groupBy } from '../features/grouping.js';
import type { FeatureOptions } from '../features/options.js';
import { KIND_OF_ROLE, ROLES } from '../features/roles.js';
import type { Normalizer } from '../normalize/normalizer.js';
import { configuredNormalizer } from './configured-normalizer.js';

/** What an estimate is made with. */
export interface CostParts {
  readonly events: Pick<EventSource, 'count' | 'read'>;
  readonly windowLengthMs: number;
  /** Events that are read in one request. */
  readonly pageSize: number;
  readonly features: FeatureOptions;
  readonly maxWindowMb: number;
  /** Most events read in a second; absent for no bound. */
  readonly maxEventsPerSecond?: number | undefined;
  /** Events that are looked at. (Default: 20,000) */
  readonly sample?: number;
  normalizer(): Normalizer;
}

/** What estimates a configured job on a store of events. */
export function costPartsOf(
  { elasticsearch, schedule, features, normalize, privacy }: Config,
  events: CostParts['events'],
  nowMs: number,
): CostParts {
  const { windowLength: windowLengthMs } = schedule;
  return {
    events,
    windowLengthMs,
    pageSize: elasticsearch.pageSize,
    features,
    maxWindowMb: normalize.maxWindowMb,
    maxEventsPerSecond: elasticsearch.maxEventsPerSecond,
    normalizer: () => configuredNormalizer({ normalize, privacy }, windowLengthMs, nowMs),
  };
}

/** An estimate. Memory is bytes. */
export interface CostEstimate {
  /** Events of a window on average, and of the fullest one. */
  readonly meanEvents: number;
  readonly peakEvents: number;
  readonly eventsPerDay: number;
  /** Bytes of the answers that bring them. */
  readonly bytesPerDay: number;
  readonly eventsPerSecond: number;
  readonly requestsPerWindow: number;
  /** Entities of the fullest window. */
  readonly entities: Readonly<Record<EntityKind, number>>;
  /** Of the fullest window: its events, and what is computed from them. */
  readonly windowBytes: number;
  readonly featureBytes: number;
  /** The trailing day. */
  readonly stateBytes: number;
}

const SAMPLE = 20_000;
const DAY_MS = 86_400_000;
const MB = 2 ** 20;
/** Vectors over all events that features are computed from. */
const DERIVED_BYTES = 250;
/** A row of features: its values, the aggregates that they come from, and the entity. */
const VALUE_BYTES = 20;
const ROW_BYTES = 250;
/** An entity in the trailing day with the members of its sets. */
const STATE_BYTES = 600;
/** How many times more entities a day has than its fullest window. */
const DAY_OVER_WINDOW = 4;

/** The estimate for what a store holds of the last day of a range; undefined where there is nothing. */
export async function estimateCost(
  parts: CostParts,
  range: Window,
  signal?: AbortSignal,
): Promise<CostEstimate | undefined> {
  const { events, windowLengthMs, pageSize, features } = parts;
  const day = { start: Math.max(range.start, range.end - DAY_MS), end: range.end };
  const counts = await events.count(day, windowLengthMs);
  const [first] = counts;
  if (!first) return undefined;
  const peak = counts.reduce((most, count) => (count.total > most.total ? count : most), first);
  const sum = counts.reduce((all, { total }) => all + total, 0);
  const sample = await sampleOf(parts, peak, signal);
  const spanMs = Math.max(windowLengthMs, day.end - day.start);
  const rows = (kind: EntityKind): number => Math.min(sample.entities[kind], features.maxEntities[kind]);
  const perRow = (kind: EntityKind): number => featuresOf(kind).length * VALUE_BYTES + ROW_BYTES;
  const remembered = (kind: EntityKind): number =>
    Math.min(features.maxTrailingEntities, rows(kind) * DAY_OVER_WINDOW);
  return {
    meanEvents: sum / counts.length,
    peakEvents: peak.total,
    eventsPerDay: (sum * DAY_MS) / spanMs,
    bytesPerDay: (sum * DAY_MS * sample.bytesRead) / spanMs,
    eventsPerSecond: (sum * 1000) / spanMs,
    // Opened and closed, and a page for the end.
    requestsPerWindow: Math.ceil(peak.total / pageSize) + 3,
    entities: sample.entities,
    windowBytes: peak.total * sample.bytesHeld,
    featureBytes:
      peak.total * DERIVED_BYTES + ENTITY_KINDS.reduce((bytes, kind) => bytes + rows(kind) * perRow(kind), 0),
    stateBytes: (['host', 'pair', 'user'] as const).reduce(
      (bytes, kind) => bytes + remembered(kind) * STATE_BYTES,
      0,
    ),
  };
}

interface Sample {
  /** Of one event: in an answer, and in memory. */
  readonly bytesRead: number;
  readonly bytesHeld: number;
  readonly entities: Readonly<Record<EntityKind, number>>;
}

async function sampleOf(
  { events, normalizer, sample = SAMPLE }: CostParts,
  { window, total }: WindowCount,
  signal?: AbortSignal,
): Promise<Sample> {
  const fresh = normalizer();
  let [read, bytes] = [0, 0];
  for await (const batch of events.read(window, signal)) {
    fresh.add(batch);
    read += batch.records.length;
    bytes += JSON.stringify(batch.records).length;
    if (read >= sample) break;
  }
  const windows = fresh.close(Infinity);
  const held = windows.reduce((sum, one) => sum + one.events.bytes, 0);
  const each = Math.max(1, read);
  return { bytesRead: bytes / each, bytesHeld: held / each, entities: entitiesOf(windows, total / each) };
}

/**
 * Entities by kind of a window that is `times` as large as the sample. New ones come at the rate at
 * which the sample's last events were the only ones of theirs (Good–Turing), which is the most that
 * is to be expected: of what is seen again and again there is little more to come.
 */
function entitiesOf(windows: readonly WindowEvents[], times: number): Record<EntityKind, number> {
  const entities: Record<EntityKind, number> = { host: 0, pair: 0, user: 0, service: 0 };
  for (const { events } of windows) {
    const derived = new DerivedColumns(events, false);
    for (const role of ROLES) {
      const { of, size } = groupBy(role, derived);
      const seen = new Int32Array(size);
      for (const group of of) if (group >= 0) seen[group]!++;
      const once = seen.reduce((sum, count) => sum + (count === 1 ? 1 : 0), 0);
      const kind = KIND_OF_ROLE[role];
      const estimate = Math.round(size + once * Math.max(0, times - 1));
      // A host is one row whether it acts or is visited, and the bound is of each.
      entities[kind] = role === 'destination' ? Math.max(entities.host, estimate) : entities[kind] + estimate;
    }
  }
  return entities;
}

/** The estimate as sentences. */
export function costText(cost: CostEstimate): string {
  const { meanEvents, peakEvents, eventsPerDay, bytesPerDay, requestsPerWindow, entities } = cost;
  const kinds = ENTITY_KINDS.map((kind) => nounText(entities[kind], kind)).join(', ');
  const memory = cost.windowBytes + cost.featureBytes + cost.stateBytes;
  return [
    `${nounText(eventsPerDay, 'event')} a day, which are ${megabytes(bytesPerDay)} to read`,
    `a window has ${nounText(meanEvents, 'event')} on average`,
    `the fullest one has ${nounText(peakEvents, 'event')} (${kinds}) and takes ${nounText(requestsPerWindow, 'request')}`,
    `about ${megabytes(memory)} of memory are needed: ${megabytes(cost.windowBytes)} for events, ${megabytes(cost.featureBytes)} for features and ${megabytes(cost.stateBytes)} for the state`,
  ].join('; ');
}

function nounText(value: number, noun: string): string {
  return `${count(value)} ${noun}${Math.round(value) === 1 ? '' : 's'}`;
}

/** A bound that will not do. */
export interface OverBound {
  /** What is over it, and what then happens. */
  readonly message: string;
  readonly remedy: string;
}

/** What is over its bound. */
export function overBounds(
  cost: CostEstimate,
  { features, maxWindowMb, maxEventsPerSecond = Infinity }: CostParts,
): OverBound[] {
  const over: OverBound[] = [];
  if (cost.windowBytes > maxWindowMb * MB) {
    over.push({
      message: `the fullest window takes ${megabytes(cost.windowBytes)}, normalize.maxWindowMb is ${count(maxWindowMb)}: events beyond it are left out and counted`,
      remedy: 'shorten schedule.windowLength, or raise normalize.maxWindowMb',
    });
  }
  for (const kind of ENTITY_KINDS) {
    const [entities, limit] = [cost.entities[kind], features.maxEntities[kind]];
    if (entities <= limit) continue;
    over.push({
      message: `the fullest window has about ${count(entities)} ${kind}s, features.maxEntities.${kind} is ${count(limit)}: those beyond it share one row`,
      remedy: `raise features.maxEntities.${kind} where there is memory for it`,
    });
  }
  if (cost.eventsPerSecond > maxEventsPerSecond) {
    over.push({
      message: `${count(cost.eventsPerSecond)} events come in a second, elasticsearch.maxEventsPerSecond is ${count(maxEventsPerSecond)}: windows fall behind for good`,
      remedy: 'raise elasticsearch.maxEventsPerSecond, or name fewer indices in elasticsearch.indices',
    });
  }
  return over;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function megabytes(bytes: number): string {
  return `${count(Math.ceil(bytes / MB))} MB`;
}
