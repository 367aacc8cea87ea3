/**
 * The events behind an anomaly: what they have in common, and the ten that tell most.
 */
import type { Facts } from '../behaviors/behavior.js';
import type { EvidenceEvent } from '../domain/anomaly.js';
import { NONE } from '../domain/dictionary.js';
import {
  EventKind,
  isConnection,
  Outcome,
  Transport,
  TRANSPORT_NAMES,
  type EventTable,
} from '../domain/events.js';
import { formatQuantity } from '../domain/quantity.js';

/** Most events shown with an anomaly. */
const MAX_EVIDENCE = 10;

/** Facts of the rows, commonest values first; ties go to the smaller name. */
export function factsOf(events: EventTable, rows: Int32Array): Facts {
  const c = events.columns;
  const flows = rows.filter((row) => isConnection(c, row));
  const base = flows.length > 0 ? flows : rows;
  const name = (id: number): string => events.names.value(id);
  const named = (among: Int32Array, column: Uint32Array) =>
    commonest(among, column, NONE, (a, b) => name(a) < name(b));
  const destination = named(base, c.destination);
  const labels = new Set<string>();
  for (const row of rows) if (c.label[row] !== NONE) labels.add(name(c.label[row]!));
  const failed = base.filter((row) => c.outcome[row] === Outcome.failure).length;
  return {
    destination: name(destination.value),
    destinationShare: base.length === 0 ? 0 : destination.count / base.length,
    destinations: new Set(base.map((row) => c.destination[row]!)).size,
    port: commonest(base, c.destinationPort, -1, (a, b) => a < b).value,
    source: name(named(base, c.source).value),
    domain: name(
      named(
        rows.filter((row) => c.domain[row] !== NONE),
        c.domain,
      ).value,
    ),
    user: name(
      named(
        rows.filter((row) => c.user[row] !== NONE && c.outcome[row] === Outcome.success),
        c.user,
      ).value,
    ),
    failedShare: base.length === 0 ? 0 : failed / base.length,
    labels: [...labels].sort(),
  };
}

/** The value that most rows have; of equal ones the first in an order that is the values' own. */
function commonest(
  rows: Int32Array,
  column: Uint32Array | Int32Array,
  none: number,
  isBefore: (a: number, b: number) => boolean,
): { value: number; count: number } {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(column[row]!, (counts.get(column[row]!) ?? 0) + 1);
  let best = { value: none, count: 0 };
  for (const [value, count] of counts) {
    if (count > best.count || (count === best.count && isBefore(value, best.value))) best = { value, count };
  }
  return best;
}

/**
 * The most telling events: other products' alerts and successful logins after failures first, then
 * failures, then the largest; spread over destinations, so that a sweep shows different targets.
 */
export function evidenceOf(events: EventTable, rows: Int32Array): EvidenceEvent[] {
  const ranked = Array.from(rows, (row) => ({ row, weight: weightOf(events, row) }));
  ranked.sort((a, b) => b.weight - a.weight || timeOrder(events, a.row, b.row));
  const chosen: number[] = [];
  const perTarget = new Map<string, number>();
  for (const most of [1, MAX_EVIDENCE]) {
    for (const { row } of ranked) {
      if (chosen.length >= MAX_EVIDENCE) break;
      const target = `${String(events.columns.destination[row])} ${String(events.columns.destinationPort[row])}`;
      const shown = perTarget.get(target) ?? 0;
      if (shown >= most || chosen.includes(row)) continue;
      perTarget.set(target, shown + 1);
      chosen.push(row);
    }
  }
  return chosen.flatMap((row) => evidenceEvents(events, row)).slice(0, MAX_EVIDENCE);
}

function timeOrder(events: EventTable, a: number, b: number): number {
  const c = events.columns;
  return c.endMs[a]! - c.endMs[b]! || (events.ids[a]! < events.ids[b]! ? -1 : 1);
}

function weightOf(events: EventTable, row: number): number {
  const c = events.columns;
  const login = c.kind[row] === EventKind.auth || c.kind[row] === EventKind.ssh;
  let weight = c.kind[row] === EventKind.alert ? 8 : 0;
  if (login && c.outcome[row] === Outcome.success) weight += 4;
  if (c.outcome[row] === Outcome.failure) weight += 2;
  return weight + Math.log1p(known(c.sourceBytes[row]!) + known(c.destinationBytes[row]!)) / 64;
}

/** A quantity, 0 where the source does not say. */
function known(quantity: number): number {
  return Number.isNaN(quantity) ? 0 : quantity;
}

/** The record of an event, and those of other sensors that tell of the same connection. */
function evidenceEvents(events: EventTable, row: number): EvidenceEvent[] {
  const { columns, ids, indices, sources, merged } = events;
  const own = {
    id: ids[row]!,
    index: indices[row]!,
    origin: columns.origin[row]!,
    place: columns.place[row]!,
  };
  const timeMs = columns.endMs[row]!;
  const summary = summaryOf(events, row);
  return [own, ...(merged.get(row) ?? [])].map(({ id, index, origin, place }) => {
    const source = sources[origin] ?? '';
    // A store reads in whatever order it likes, which says nothing about the event.
    if (index !== '') return { id, index, source, place: 0, timeMs, summary };
    return { id: id === '' ? `${source}:${String(place)}` : id, index, source, place, timeMs, summary };
  });
}

const KIND_WORDS: Readonly<Record<number, string>> = {
  [EventKind.dns]: 'DNS',
  [EventKind.http]: 'HTTP',
  [EventKind.tls]: 'TLS',
  [EventKind.ssh]: 'SSH',
  [EventKind.auth]: 'login',
  [EventKind.alert]: 'alert',
  [EventKind.rdp]: 'RDP',
};

/** The event in one line: `10.0.0.5:50112 → 10.0.0.9:445 tcp failed, 120 B out, 0 B in`. */
function summaryOf(events: EventTable, row: number): string {
  const c = events.columns;
  const name = (id: number): string => events.names.value(id);
  const end = (address: number, port: number): string =>
    address === NONE ? '' : port < 0 ? name(address) : `${name(address)}:${String(port)}`;
  const ends = [
    end(c.source[row]!, c.transport[row] === Transport.icmp ? -1 : c.sourcePort[row]!),
    end(c.destination[row]!, c.destinationPort[row]!),
  ].filter((text) => text !== '');
  const words = [
    ends.join(' → '),
    TRANSPORT_NAMES[c.transport[row]!] ?? '',
    KIND_WORDS[c.kind[row]!] ?? '',
    name(c.rule[row]!),
    name(c.name[row]!),
    c.user[row] === NONE ? '' : `user ${name(c.user[row]!)}`,
    ['', 'succeeded', 'failed'][c.outcome[row]!] ?? '',
    c.status[row]! >= 0 && c.kind[row] === EventKind.http ? String(c.status[row]) : '',
    bytesText(c.sourceBytes[row]!, 'out'),
    bytesText(c.destinationBytes[row]!, 'in'),
  ];
  return words.filter((word) => word !== '').join(' ');
}

function bytesText(bytes: number, direction: string): string {
  return Number.isNaN(bytes) ? '' : `${formatQuantity(bytes, 'bytes')} ${direction}`;
}
