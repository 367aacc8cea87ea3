/**
 * Repetitions within one window: exact duplicates, and one connection told by several records: reports of
 * it while it goes on, one record for each way, or two sensors.
 */
import {
  EventKind,
  Flag,
  icmpParts,
  isConnection,
  Transport,
  TRANSPORT_NAMES,
  type EventColumns,
  type EventTable,
} from '../domain/events.js';
import { communityId } from './community-id.js';
import { joinHalves } from './halves.js';
import { joinReports } from './reports.js';
import { RowTable } from './row-table.js';

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
 * @param startMs begin of the window
 */
export function findRepetitions(
  events: EventTable,
  isStored: readonly boolean[],
  startMs: number,
): Repetitions {
  const keep = new Uint8Array(events.length).fill(1);
  const exact = dropExact(events, keep, isStored);
  const joined = joinReports(events, keep, startMs) + joinHalves(events, keep);
  const merged = events.sources.length > 1 || hasSeveralObservers(events) ? mergeSensors(events, keep) : 0;
  return { keep, found: exact + joined + merged };
}

function dropExact(events: EventTable, keep: Uint8Array, isStored: readonly boolean[]): number {
  const table = new RowTable(events.length);
  const same = (other: number, row: number): boolean => isSame(events, row, other, isStored);
  let found = 0;
  for (let row = 0; row < events.length; row++) {
    const first = table.findOrAdd(hashOf(events, row, isStored), same, row);
    if (first === row) continue;
    keep[row] = 0;
    found++;
  }
  return found;
}

function hashOf({ columns: c, ids }: EventTable, row: number, isStored: readonly boolean[]): number {
  let hash = Math.imul(c.source[row]! + 1, 0x9e3779b1) ^ Math.imul(c.destination[row]!, 0x85ebca6b);
  hash = Math.imul(hash ^ (c.sourcePort[row]! << 16) ^ c.destinationPort[row]!, 0xc2b2ae35);
  hash = Math.imul(hash ^ (c.endMs[row]! | 0) ^ (hash >>> 15), 0x27d4eb2f);
  hash ^= c.detail[row]! ^ (c.kind[row]! << 24) ^ (hash >>> 13);
  // A flood may differ in nothing but its ids.
  return isStored[c.origin[row]!]! ? hash : Math.imul(hash ^ endOf(ids[row]!), 0x9e3779b1);
}

/** The last four characters of an id, which differ most, as a number. */
function endOf(id: string): number {
  let end = id.length;
  for (let i = Math.max(0, id.length - 4); i < id.length; i++) end = Math.imul(end, 131) + id.charCodeAt(i);
  return end;
}

function isSame(events: EventTable, a: number, b: number, isStored: readonly boolean[]): boolean {
  const c = events.columns;
  for (const name of IDENTITY) if (!Object.is(c[name][a], c[name][b])) return false;
  // What a store calls its copies says nothing; the id that the source gave is part of `detail` there.
  return (isStored[c.origin[a]!]! && isStored[c.origin[b]!]!) || events.ids[a] === events.ids[b];
}

function hasSeveralObservers({ columns, length }: EventTable): boolean {
  for (let row = 1; row < length; row++) if (columns.observer[row] !== columns.observer[0]) return true;
  return false;
}

/**
 * One connection, told by two sensors: the record of the sensor that sees more leads, since it sees
 * better, and one that looks at every packet leads over one that samples. It keeps its bytes, their
 * layer and its sampling as they are, and names the others as evidence.
 */
function mergeSensors(events: EventTable, keep: Uint8Array): number {
  const tellers = new Tellers(events);
  const candidates = new Map<number, number[]>();
  const c = events.columns;
  for (let row = 0; row < events.length; row++) {
    if (keep[row] === 0 || !isConnection(c, row)) continue;
    // The same for both directions, so that only possible matches pay for a Community ID.
    const key = (c.source[row]! ^ c.destination[row]!) * 65_536 + portsKey(c, row);
    const known = candidates.get(key);
    if (known) known.push(row);
    else candidates.set(key, [row]);
  }
  let found = 0;
  for (const rows of candidates.values()) {
    if (!tellers.differ(rows)) continue;
    for (const same of byCommunityId(events, rows)) found += mergeRows(events, tellers, same, keep);
  }
  return found;
}

/** ICMP is told apart by types that differ by direction. */
function portsKey(c: EventColumns, row: number): number {
  return c.transport[row] === Transport.icmp ? 0 : c.sourcePort[row]! ^ c.destinationPort[row]!;
}

/** Who told of each row: its file or index, and its sensor there. */
class Tellers {
  private readonly of: Int32Array;
  /** Place of each teller in the line of those that lead. */
  private readonly ranks: number[] = [];

  constructor({ columns: c, length }: EventTable) {
    this.of = new Int32Array(length);
    const numbers = new Map<number, number>();
    const sizes: number[] = [];
    const sampled: boolean[] = [];
    for (let row = 0; row < length; row++) {
      const key = c.origin[row]! * 2 ** 32 + c.observer[row]!;
      let number = numbers.get(key);
      if (number === undefined) numbers.set(key, (number = numbers.size));
      this.of[row] = number;
      sizes[number] = (sizes[number] ?? 0) + 1;
      sampled[number] = (sampled[number] ?? false) || c.samplingInterval[row]! > 1;
    }
    const line = sizes.map((_, number) => number);
    line.sort((a, b) => Number(sampled[a]) - Number(sampled[b]) || sizes[b]! - sizes[a]! || a - b);
    line.forEach((number, rank) => (this.ranks[number] = rank));
  }

  /** Whether rows come from more than one. */
  differ(rows: readonly number[]): boolean {
    return rows.some((row) => this.of[row] !== this.of[rows[0]!]);
  }

  /** The rows of each teller, the one that leads first. */
  split(rows: readonly number[]): number[][] {
    const split: number[][] = this.ranks.map(() => []);
    for (const row of rows) split[this.ranks[this.of[row]!]!]!.push(row);
    return split.filter((own) => own.length > 0);
  }
}

function byCommunityId(events: EventTable, rows: readonly number[]): Iterable<number[]> {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const id = communityIdOf(events, row);
    if (id === undefined) continue;
    const known = groups.get(id);
    if (known) known.push(row);
    else groups.set(id, [row]);
  }
  return groups.values();
}

/**
 * Merges rows of one Community ID. Each row of a teller goes to the first row of one before it that it
 * overlaps in time: an exporter may tell of a long connection in pieces.
 */
function mergeRows(events: EventTable, tellers: Tellers, rows: readonly number[], keep: Uint8Array): number {
  const { startMs, endMs, kind, flags } = events.columns;
  const byStart = (a: number, b: number): number => startMs[a]! - startMs[b]! || a - b;
  let found = 0;
  let leads: number[] = [];
  for (const own of tellers.split(rows)) {
    const alone: number[] = [];
    let at = 0;
    for (const row of own.sort(byStart)) {
      while (at < leads.length && endMs[leads[at]!]! < startMs[row]!) at++;
      const lead = leads[at];
      if (lead === undefined || startMs[lead]! > endMs[row]!) alone.push(row);
      else {
        // What it says beside stays; its amounts are those of the one that leads.
        if (kind[row] !== EventKind.flow) flags[row]! &= ~Flag.connection;
        else {
          keep[row] = 0;
          found++;
        }
        events.merge(lead, row);
      }
    }
    leads = [...leads, ...alone].sort(byStart);
  }
  return found;
}

function communityIdOf(events: EventTable, row: number): string | undefined {
  const c = events.columns;
  const source = events.names.value(c.source[row]!);
  const transport = TRANSPORT_NAMES[c.transport[row]!];
  if (transport !== 'tcp' && transport !== 'udp' && transport !== 'icmp') return undefined;
  const [sourcePort, destinationPort] =
    transport === 'icmp' ? icmpParts(c.sourcePort[row]!) : [c.sourcePort[row]!, c.destinationPort[row]!];
  return communityId({
    source,
    destination: events.names.value(c.destination[row]!),
    sourcePort,
    destinationPort,
    protocol: transport === 'icmp' && source.includes(':') ? 'icmp6' : transport,
  });
}
