/**
 * What is known of one entity over a range: its anomalies, those of its connections, its newest events.
 */
import { canonicalAddress } from '../domain/address.js';
import type { Anomaly, WindowRecord } from '../domain/anomaly.js';
import type { SubjectKind } from '../domain/matrix.js';
import type { RawEvent } from '../domain/raw.js';
import type { Window } from '../domain/window.js';
import type { Page } from '../decide/ports.js';
import { shownJob, type ApiDependencies } from './dependencies.js';
import { addressOf } from './finding.js';

export interface EntityHistory {
  /** The job whose events are shown: the one that was asked for, else that of its newest anomaly. */
  readonly job: string;
  readonly range: Window;
  /** Newest first; of the entity itself and of pairs and services that name it. */
  readonly anomalies: Page<Anomaly>;
  readonly events: readonly RawEvent[];
}

export interface EntityQuery {
  readonly id: string;
  readonly kind?: SubjectKind;
  readonly job?: string;
  readonly range: Window;
  readonly limit: number;
  readonly cursor?: string;
}

const RAW_EVENTS = 50;
const RECORDS_PAGE = 1000;
/** 30 days of windows of 5 minutes; of shorter ones the newest. */
const MAX_RECORDS = 9000;

/** Looks up an entity, of an address by any spelling; one that was never strange has only events. */
export async function entityHistory(
  { reader, source, info }: Pick<ApiDependencies, 'reader' | 'source' | 'info'>,
  { id, kind, ...conditions }: EntityQuery,
): Promise<EntityHistory> {
  const name = canonicalAddress(id);
  const anomalies = await reader.anomalies({
    ...conditions,
    entity: name,
    ...(kind === undefined ? {} : { entityKind: kind }),
    sort: '-time',
  });
  const own = anomalies.items.find(({ entity }) => entity.id === name);
  const address = own === undefined ? canonicalAddress(addressIn(name)) : addressOf(own.entity);
  const job = shownJob(info, conditions.job ?? anomalies.items[0]?.job);
  const events = await source(job).ofEntity(address, conditions.range, RAW_EVENTS);
  return { job, range: conditions.range, anomalies, events };
}

/** The address in the id of a pair (`10.0.0.5>10.0.0.9:443/tcp`) or service; other ids name themselves. */
function addressIn(id: string): string {
  const pair = id.indexOf('>');
  if (pair > 0) return id.slice(0, pair);
  return /^(.+):\d+\/[a-z]+$/.exec(id)?.[1] ?? id;
}

/** Records of the range's windows of a job, oldest first: where nothing is strange, was anybody looking? */
export async function windowsIn(
  { reader }: Pick<ApiDependencies, 'reader'>,
  job: string,
  range: Window,
): Promise<WindowRecord[]> {
  const records: WindowRecord[] = [];
  let cursor: string | null = null;
  do {
    const query = { job, range, limit: RECORDS_PAGE, ...(cursor === null ? {} : { cursor }) };
    const { items, next }: Page<WindowRecord> = await reader.windows(query);
    records.push(...items);
    cursor = next;
  } while (cursor !== null && records.length < MAX_RECORDS);
  return records.reverse();
}
