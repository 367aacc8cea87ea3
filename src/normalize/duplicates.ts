/**
 * Repetitions within one window: exact duplicates, and one connection told by two sensors.
 */
import {
  EventKind,
  TRANSPORT_NAMES,
  type EventColumns,
  type EventTable,
  type MergedRecord,
} from '../domain/events.js';
import { communityId } from './community-id.js';

/** Columns that must agree for two rows to be the same record. */
const IDENTITY = [
  'kind',
  'endMs',
  'startMs',
  'source',
  'destination',
  'sourcePort',
  'destinationPort',
  'transport',
  'outcome',
  'sourceBytes',
  'destinationBytes',
  'sourcePackets',
  'destinationPackets',
  'name',
  'status',
  'user',
  'rule',
  'detail',
  'observer',
] as const satisfies readonly (keyof EventColumns)[];

/** Rows of a window that repeat others: 1 in `keep` for the rest. */
export interface Repetitions {
  readonly keep: Uint8Array;
  readonly found: number;
}

/**
 * Finds repetitions. Records are the same when everything that is read of them is, at the millisecond:
 * a mirror port that shows each packet twice makes two records a few microseconds apart, and an index
 * does not keep more than milliseconds, so that files and indices come to the same.
 * @param isStored by origin, whether its ids are those of a store, which differ for each copy
 */
export function findRepetitions(events: EventTable, isStored: readonly boolean[]): Repetitions {
  const keep = new Uint8Array(events.length).fill(1);
  const exact = dropExact(events, keep, isStored);
  const merged = events.sources.length > 1 || hasSeveralObservers(events) ? mergeSensors(events, keep) : 0;
  return { keep, found: exact + merged };
}

function dropExact(events: EventTable, keep: Uint8Array, isStored: readonly boolean[]): number {
  const table = new RowTable(events.length);
  const { columns } = events;
  const same = (other: number, row: number): boolean => isSame(events, row, other, isStored);
  let found = 0;
  for (let row = 0; row < events.length; row++) {
    const first = table.findOrAdd(hashOf(columns, row) | 0, same, row);
    if (first === row) continue;
    keep[row] = 0;
    found++;
  }
  return found;
}

function hashOf(c: EventColumns, row: number): number {
  let hash = Math.imul(c.source[row]! + 1, 0x9e3779b1) ^ Math.imul(c.destination[row]!, 0x85ebca6b);
  hash = Math.imul(hash ^ (c.sourcePort[row]! << 16) ^ c.destinationPort[row]!, 0xc2b2ae35);
  hash = Math.imul(hash ^ (c.endMs[row]! | 0) ^ (hash >>> 15), 0x27d4eb2f);
  return hash ^ c.detail[row]! ^ (c.kind[row]! << 24) ^ (hash >>> 13);
}

function isSame(events: EventTable, a: number, b: number, isStored: readonly boolean[]): boolean {
  const c = events.columns;
  for (const name of IDENTITY) if (!Object.is(c[name][a], c[name][b])) return false;
  // What a store calls its copies says nothing; the id that the source gave is part of `detail` there.
  return isStored[c.origin[a]!]! || isStored[c.origin[b]!]! || events.ids[a] === events.ids[b];
}

function hasSeveralObservers({ columns, length }: EventTable): boolean {
  for (let row = 1; row < length; row++) if (columns.observer[row] !== columns.observer[0]) return true;
  return false;
}

/** Who told of a row: its file or index, and its sensor. */
function teller({ columns }: EventTable, row: number): string {
  return `${String(columns.origin[row])} ${String(columns.observer[row])}`;
}

/**
 * One connection, told by two sensors: the record of the sensor that sees more leads, since it sees
 * better, and one that looks at every packet leads over one that samples. It keeps its bytes, their
 * layer and its sampling as they are, and names the other as evidence.
 */
function mergeSensors(events: EventTable, keep: Uint8Array): number {
  const candidates = new Map<number, number[]>();
  const c = events.columns;
  for (let row = 0; row < events.length; row++) {
    if (keep[row] === 0 || c.kind[row] !== EventKind.flow) continue;
    // The same for both directions, so that only possible matches pay for a Community ID.
    const key =
      (c.source[row]! ^ c.destination[row]!) * 65_536 + (c.sourcePort[row]! ^ c.destinationPort[row]!);
    const known = candidates.get(key);
    if (known) known.push(row);
    else candidates.set(key, [row]);
  }
  const sizes = tellerSizes(events);
  let found = 0;
  for (const rows of candidates.values()) {
    if (rows.length > 1) found += mergeRows(events, rows, sizes, keep);
  }
  return found;
}

function tellerSizes(events: EventTable): Map<string, number> {
  const sizes = new Map<string, number>();
  for (let row = 0; row < events.length; row++) {
    const who = teller(events, row);
    sizes.set(who, (sizes.get(who) ?? 0) + 1);
  }
  return sizes;
}

function mergeRows(
  events: EventTable,
  rows: readonly number[],
  sizes: ReadonlyMap<string, number>,
  keep: Uint8Array,
): number {
  const ordered = [...rows].sort((a, b) => leads(events, sizes, a, b));
  let found = 0;
  for (const [i, lead] of ordered.entries()) {
    if (keep[lead] === 0) continue;
    // A sensor tells of a connection once: two of its records are two connections.
    const tellers = new Set([teller(events, lead)]);
    for (const row of ordered.slice(i + 1)) {
      if (keep[row] === 0 || tellers.has(teller(events, row)) || !isOneConnection(events, lead, row))
        continue;
      keep[row] = 0;
      found++;
      tellers.add(teller(events, row));
      events.merged.set(lead, [...(events.merged.get(lead) ?? []), recordAt(events, row)]);
    }
  }
  return found;
}

/** Order of two rows: the leading one first. */
function leads(events: EventTable, sizes: ReadonlyMap<string, number>, a: number, b: number): number {
  const { samplingInterval } = events.columns;
  const isSampled = (row: number): number => (samplingInterval[row]! > 1 ? 1 : 0);
  const size = (row: number): number => sizes.get(teller(events, row)) ?? 0;
  return isSampled(a) - isSampled(b) || size(b) - size(a) || a - b;
}

function recordAt({ columns, ids, indices }: EventTable, row: number): MergedRecord {
  return {
    id: ids[row]!,
    index: indices[row]!,
    origin: columns.origin[row]!,
    place: columns.place[row]!,
  };
}

function isOneConnection(events: EventTable, a: number, b: number): boolean {
  const c = events.columns;
  if (c.startMs[a]! > c.endMs[b]! || c.startMs[b]! > c.endMs[a]!) return false;
  const id = communityIdOf(events, a);
  return id !== undefined && id === communityIdOf(events, b);
}

function communityIdOf(events: EventTable, row: number): string | undefined {
  const c = events.columns;
  const source = events.names.value(c.source[row]!);
  const transport = TRANSPORT_NAMES[c.transport[row]!];
  if (transport !== 'tcp' && transport !== 'udp' && transport !== 'icmp') return undefined;
  return communityId({
    source,
    destination: events.names.value(c.destination[row]!),
    sourcePort: c.sourcePort[row]!,
    destinationPort: c.destinationPort[row]!,
    protocol: transport === 'icmp' && source.includes(':') ? 'icmp6' : transport,
  });
}

/** Rows by hash, with a test for true equality. */
class RowTable {
  /** One more than the row; 0 in an empty slot. */
  private readonly slots: Int32Array;
  private readonly hashes: Int32Array;
  private readonly mask: number;

  constructor(rows: number) {
    let capacity = 16;
    while (capacity < rows * 2) capacity *= 2;
    this.slots = new Int32Array(capacity);
    this.hashes = new Int32Array(capacity);
    this.mask = capacity - 1;
  }

  /** The first row that is the same, which is the row itself where there is none. */
  findOrAdd(hash: number, same: (other: number, row: number) => boolean, row: number): number {
    for (let slot = hash & this.mask; ; slot = (slot + 1) & this.mask) {
      const other = this.slots[slot]! - 1;
      if (other < 0) {
        this.slots[slot] = row + 1;
        this.hashes[slot] = hash;
        return row;
      }
      if (this.hashes[slot] === hash && same(other, row)) return other;
    }
  }
}
