/**
 * How much each source brought in a window, and whether it came from everybody or from a few.
 */
import { NONE } from '../domain/dictionary.js';
import { EntityIndex } from '../domain/entity-index.js';
import { EventKind, Flag, type EventTable, type WindowEvents } from '../domain/events.js';
import { steadySource } from '../domain/source-name.js';
import type { Volume } from './volume-band.js';

/** What one source brought in one window of one site. */
export interface SourceVolume extends Volume {
  /** Its name without dates, see {@link steadySource}. */
  readonly source: string;
  readonly read: number;
  readonly duplicates: number;
  /** Records that its window had no room for. */
  readonly leftOut: number;
  /** Share of hosts of which most records come twice, beyond exact repetitions. */
  readonly doubled: number;
  /** Events by kind, by the number of {@link EventKind}. */
  readonly kinds: readonly number[];
}

/** Fewer hosts do not tell whether all of them became busier, or one of them. */
const MIN_HOSTS = 8;
/** Of more events than this, some hosts are looked at instead of all. */
const MAX_EVENTS = 20_000;
const KINDS = Object.keys(EventKind).length;
/** Kinds of which a connection makes one record. */
const ONCE: ReadonlySet<number> = new Set([EventKind.flow, EventKind.dns, EventKind.tls]);
/** Share of a host's records that come twice where its sensor tells everything twice. */
const MOSTLY = 0.6;

/** Counts of a source while they are summed up. */
type Sum = { -readonly [K in 'read' | 'duplicates' | 'leftOut' | 'events']: SourceVolume[K] } & {
  readonly kinds: number[];
};

/** Volumes of the sources of a window. */
export function volumesOf({ events, coverage }: WindowEvents): SourceVolume[] {
  const steady = events.sources.map(steadySource);
  const sums = new Map<string, Sum>();
  coverage.forEach(({ read, duplicates, filtered }, origin) => {
    const source = steady[origin]!;
    const kinds = new Array<number>(KINDS).fill(0);
    const sum = sums.get(source) ?? { read: 0, duplicates: 0, leftOut: 0, events: 0, kinds };
    sum.read += read;
    sum.duplicates += duplicates;
    sum.leftOut += filtered.window_full ?? 0;
    sums.set(source, sum);
  });
  const { origin, kind } = events.columns;
  const sumOfOrigin = steady.map((source) => sums.get(source)!);
  for (let row = 0; row < events.length; row++) {
    const sum = sumOfOrigin[origin[row]!]!;
    sum.events++;
    sum.kinds[kind[row]!]!++;
  }
  const hosts = hostsOf(events, steady);
  return [...sums].map(([source, sum]) => ({ source, ...sum, ...shapeOf(hosts.get(source)) }));
}

/** What a source told of one host: events, and records that should come once, and come twice. */
interface Told {
  events: number;
  once: number;
  twice: number;
}

/** Of each source, what it told of its own hosts, or of all hosts where it has no own ones. */
function hostsOf(events: EventTable, steady: readonly string[]): Map<string, Told[]> {
  const names = [...new Set(steady)];
  const place = steady.map((name) => names.indexOf(name));
  const own = names.map(() => new Map<number, Told>());
  const others = names.map(() => new Map<number, Told>());
  const seen = names.map(() => new EntityIndex());
  const { origin, source, flags, kind } = events.columns;
  const hashes = events.names.hashes().a;
  const oneIn = Math.max(1, Math.floor(events.length / MAX_EVENTS));
  for (let row = 0; row < events.length; row++) {
    const host = source[row]!;
    if (host === NONE || (hashes[host]! >>> 0) % oneIn !== 0) continue;
    const at = place[origin[row]!]!;
    const hosts = ((flags[row]! & Flag.sourceOwn) === 0 ? others : own)[at]!;
    let told = hosts.get(host);
    if (!told) hosts.set(host, (told = { events: 0, once: 0, twice: 0 }));
    told.events++;
    if (!ONCE.has(kind[row]!)) continue;
    told.once++;
    const { size } = seen[at]!;
    if (connectionOf(seen[at]!, events, row, hashes) < size) told.twice++;
  }
  return new Map(names.map((name, i) => [name, [...(own[i]!.size > 0 ? own[i]! : others[i]!).values()]]));
}

/**
 * Rows that tell again what another row of the same source has told, where a source is known to tell
 * everything twice: every second record of a connection and kind.
 */
export function secondTellings(events: EventTable, isDoubled: (origin: number) => boolean): Uint8Array {
  const again = new Uint8Array(events.length);
  const seen = new EntityIndex();
  const isSecond: boolean[] = [];
  const hashes = events.names.hashes().a;
  const { origin } = events.columns;
  for (let row = 0; row < events.length; row++) {
    if (!isDoubled(origin[row]!)) continue;
    const connection = connectionOf(seen, events, row, hashes);
    if (isSecond[connection]) again[row] = 1;
    isSecond[connection] = isSecond[connection] !== true;
  }
  return again;
}

/** Number of a row's connection and kind of record, from 0 on. */
function connectionOf(
  seen: EntityIndex,
  { columns: c }: EventTable,
  row: number,
  hashes: Int32Array,
): number {
  const ports = Math.imul(c.sourcePort[row]!, 0x9e3779b1) ^ (c.destinationPort[row]! << 4);
  const destination = Math.imul(hashes[c.destination[row]!]!, 0x85ebca6b);
  return seen.add(hashes[c.source[row]!]! ^ ports, destination ^ ports ^ c.kind[row]!);
}

/**
 * The mean logarithm of the events of a host in the middle half of hosts: where all bring twice as
 * much it rises by ln 2, and where one host floods, or a thousand new ones knock once, it stays. And
 * the share of hosts of which every record comes twice. So a fault of the source, which concerns
 * everybody, is told from an attack, which concerns some.
 */
function shapeOf(hosts: readonly Told[] = []): Pick<SourceVolume, 'spread' | 'doubled'> {
  if (hosts.length < MIN_HOSTS) return { spread: null, doubled: 0 };
  const sorted = Float64Array.from(hosts, ({ events }) => events).sort();
  const from = sorted.length >> 2;
  const middle = sorted.subarray(from, sorted.length - from);
  // Of n records that come twice, n of 2n are not the first.
  const isDoubled = ({ once, twice }: Told): boolean => once > 1 && 2 * twice >= MOSTLY * once;
  const telling = hosts.filter(({ once }) => once > 1);
  return {
    spread: middle.reduce((sum, count) => sum + Math.log(count), 0) / middle.length,
    doubled: telling.length < MIN_HOSTS ? 0 : telling.filter(isDoubled).length / telling.length,
  };
}
