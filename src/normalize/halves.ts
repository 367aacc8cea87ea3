/**
 * Halves of conversations: NetFlow, cloud flow logs and Suricata's `netflow` tell each way by a record of
 * its own. Those of one five-tuple in a window are one connection; the answer is none of its own.
 */
import {
  Direction,
  EventKind,
  Flag,
  icmpParts,
  Outcome,
  Transport,
  type EventTable,
} from '../domain/events.js';
import { serviceRank } from '../domain/service-ports.js';
import { groupsOf } from './row-table.js';

const UNITS = ['Bytes', 'Packets'] as const;

/**
 * Joins the halves of each connection into one row, which goes from who opened it to who answered. A half
 * whose other one is missing and which looks like an answer is turned around: what was sent is unknown then.
 * @returns how many rows were taken out of `keep`
 */
export function joinHalves(events: EventTable, keep: Uint8Array): number {
  const { flags, kind } = events.columns;
  const halves: number[] = [];
  for (let row = 0; row < events.length; row++) {
    const isHalf = keep[row] !== 0 && kind[row] === EventKind.flow && (flags[row]! & Flag.oneWay) !== 0;
    if (isHalf) halves.push(row);
  }
  if (halves.length === 0) return 0;
  const alone: number[] = [];
  let found = 0;
  for (const rows of groupsOf(halves, hashOf(events), areOfOneConnection(events))) {
    const lead = join(events, rows);
    if ((flags[lead]! & Flag.oneWay) !== 0) alone.push(lead);
    for (const row of rows) if (row !== lead) keep[row] = 0;
    found += rows.length - 1;
  }
  turnAnswers(events, alone);
  return found;
}

/** The same for both ways. Messages of ICMP have no ports, and an answer is of another type. */
function hashOf({ columns: c }: EventTable): (row: number) => number {
  return (row) => {
    const ports = c.transport[row] === Transport.icmp ? 0 : c.sourcePort[row]! ^ c.destinationPort[row]!;
    const ends = Math.imul(c.source[row]! ^ c.destination[row]!, 0x9e3779b1);
    return Math.imul(ends ^ (ends >>> 15) ^ ports ^ (c.transport[row]! << 16), 0x85ebca6b);
  };
}

function areOfOneConnection(events: EventTable): (a: number, b: number) => boolean {
  const { transport, sourcePort, destinationPort, source, destination } = events.columns;
  return (a, b) => {
    if (transport[a] !== transport[b]) return false;
    const hasPorts = transport[a] !== Transport.icmp;
    const [from, to] = isSameWay(events, a, b) ? [source, destination] : [destination, source];
    if (source[a] !== from[b] || destination[a] !== to[b]) return false;
    if (!hasPorts) return true;
    const [fromPort, toPort] =
      from === source ? [sourcePort, destinationPort] : [destinationPort, sourcePort];
    return sourcePort[a] === fromPort[b] && destinationPort[a] === toPort[b];
  };
}

/** Whether a row of the same connection goes the same way; a host may talk to itself. */
function isSameWay({ columns: c }: EventTable, a: number, b: number): boolean {
  return c.source[a] === c.destination[a] ? c.sourcePort[a] === c.sourcePort[b] : c.source[a] === c.source[b];
}

/** Joins rows of one connection into the first one of who opened it. */
function join(events: EventTable, rows: number[]): number {
  if (rows.length === 1) return rows[0]!;
  const { columns: c } = events;
  rows.sort((a, b) => c.startMs[a]! - c.startMs[b]! || c.endMs[a]! - c.endMs[b]! || a - b);
  const some = rows[0]!;
  const ways = [
    rows.filter((row) => isSameWay(events, some, row)),
    rows.filter((row) => !isSameWay(events, some, row)),
  ];
  const [there, back] =
    ways[1]!.length > 0 && isAnswer(events, ways[0]![0]!, ways[1]![0]!)
      ? [ways[1]!, ways[0]!]
      : [ways[0]!, ways[1]!];
  const lead = there[0]!;
  for (const unit of UNITS) {
    const sent = lanesOf(events, there, c[`source${unit}`]);
    const received = lanesOf(events, back, c[`source${unit}`]);
    c[`source${unit}`][lead] = sent;
    c[`destination${unit}`][lead] = received;
  }
  c.startMs[lead] = c.startMs[some]!;
  c.endMs[lead] = Math.max(...rows.map((row) => c.endMs[row]!));
  c.durationNs[lead] = (c.endMs[lead] - c.startMs[lead]) * 1e6;
  if (back.length > 0) {
    c.flags[lead]! &= ~Flag.oneWay;
    c.outcome[lead] = outcomeOf(events, lead);
  }
  for (const row of rows) if (row !== lead) events.merge(lead, row);
  return lead;
}

/** Whether the first of two rows of opposite ways answers the second; the order of rows says nothing. */
function isAnswer(events: EventTable, a: number, b: number): boolean {
  const { columns: c, names } = events;
  // An answer comes later, but clocks of line cards differ by more than it takes; ports do not lie by chance.
  const byService = serviceRank(c.sourcePort[b]!) - serviceRank(c.destinationPort[b]!);
  if (c.transport[a] !== Transport.icmp && byService !== 0) return byService < 0;
  if (isEcho(events, a, ECHO_REPLIES) || isEcho(events, b, ECHO_REQUESTS)) return true;
  if (isEcho(events, b, ECHO_REPLIES) || isEcho(events, a, ECHO_REQUESTS)) return false;
  if (c.startMs[a] !== c.startMs[b]) return c.startMs[a]! > c.startMs[b]!;
  if (c.sourcePort[b] !== c.destinationPort[b]) return c.sourcePort[b]! > c.destinationPort[b]!;
  return names.value(c.source[a]!) > names.value(c.source[b]!);
}

const ECHO_REQUESTS = new Set([8, 128]);
const ECHO_REPLIES = new Set([0, 129]);

function isEcho({ columns: c }: EventTable, row: number, types: ReadonlySet<number>): boolean {
  const port = c.sourcePort[row]!;
  return c.transport[row] === Transport.icmp && port >= 0 && types.has(icmpParts(port)[0]);
}

/**
 * What rows of one way add up to. Pieces of a long connection follow each other; rows of one time are one
 * piece, told at two interfaces or by two routers, of which the larger telling counts.
 * @param rows by start
 */
function lanesOf({ columns: c }: EventTable, rows: readonly number[], column: Float64Array): number {
  const lanes: { last: number; sum: number }[] = [];
  for (const row of rows) {
    const value = column[row]!;
    if (Number.isNaN(value)) continue;
    const lane = lanes.find(({ last }) => follows(c, last, row));
    if (lane) {
      lane.last = row;
      lane.sum += value;
    } else lanes.push({ last: row, sum: value });
  }
  return lanes.length === 0 ? NaN : Math.max(...lanes.map(({ sum }) => sum));
}

/** Whether a row begins when the other has ended, but for clocks that tell whole seconds. */
function follows({ startMs, endMs }: EventTable['columns'], last: number, row: number): boolean {
  if (startMs[last] === startMs[row] && endMs[last] === endMs[row]) return false;
  const shorter = Math.min(endMs[last]! - startMs[last]!, endMs[row]! - startMs[row]!);
  return endMs[last]! - startMs[row]! <= shorter / 2;
}

/** Bytes of a packet of TCP that does nothing but refuse, over IPv4 and IPv6. */
const RESET_BYTES = { v4: 40, v6: 60 };

/** An answer of TCP that is one packet, or resets only, may be a refusal. */
function outcomeOf({ columns: c, names }: EventTable, row: number): number {
  if (c.transport[row] !== Transport.tcp) return Outcome.success;
  const packets = c.destinationPackets[row]!;
  const reset = names.value(c.source[row]!).includes(':') ? RESET_BYTES.v6 : RESET_BYTES.v4;
  return packets >= 2 && !(c.destinationBytes[row]! <= packets * reset) ? Outcome.success : Outcome.unknown;
}

/** Ports of one host, or hosts on one port, that a scan from a fixed port reaches and answers do not. */
const MAX_ANSWERED = 20;
/** A half of at most this many packets may be a probe. */
const PROBE_PACKETS = 4;

/**
 * Turns halves around that go from a service to a port that is none: answers whose questions were not told,
 * or fell into another window. A scan from the port of a service looks alike and is left as it is.
 */
function turnAnswers(events: EventTable, alone: readonly number[]): void {
  const { columns: c } = events;
  const answers = alone.filter((row) => {
    if (c.transport[row] === Transport.icmp) return isEcho(events, row, ECHO_REPLIES);
    return (
      serviceRank(c.sourcePort[row]!) > serviceRank(c.destinationPort[row]!) &&
      c.destinationPort[row]! >= 1024
    );
  });
  const probes = answers.filter((row) => !(c.sourcePackets[row]! > PROBE_PACKETS));
  const fromService = (row: number): string => `${String(c.source[row])} ${String(c.sourcePort[row])}`;
  const byHost = fanOut(probes, (row) => `${fromService(row)} ${String(c.destination[row])}`);
  const byPort = fanOut(probes, (row) => `${fromService(row)}:${String(c.destinationPort[row])}`);
  for (const row of answers) {
    const isScan = (byHost.get(row) ?? 0) > MAX_ANSWERED || (byPort.get(row) ?? 0) > MAX_ANSWERED;
    if (!isScan) turn(events, row);
  }
}

/** By row, how many rows share its key. */
function fanOut(rows: readonly number[], keyOf: (row: number) => string): Map<number, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
  return new Map(rows.map((row) => [row, counts.get(keyOf(row))!]));
}

/** Makes an answer the connection that it answers. */
function turn({ columns: c }: EventTable, row: number): void {
  swap(c.source, c.destination, row);
  swap(c.sourcePort, c.destinationPort, row);
  swap(c.sourceBytes, c.destinationBytes, row);
  swap(c.sourcePackets, c.destinationPackets, row);
  const own = c.flags[row]! & (Flag.sourceOwn | Flag.destinationOwn);
  if (own === Flag.sourceOwn || own === Flag.destinationOwn) {
    c.flags[row]! ^= Flag.sourceOwn | Flag.destinationOwn;
    const isInbound = c.direction[row] === Direction.inbound;
    if (isInbound || c.direction[row] === Direction.outbound) {
      c.direction[row] = isInbound ? Direction.outbound : Direction.inbound;
    }
  }
}

function swap(a: Uint32Array | Int32Array | Float64Array, b: typeof a, row: number): void {
  [a[row], b[row]] = [b[row]!, a[row]!];
}
