/**
 * Connections that are reported while they go on: Packetbeat and Elastic Agent tell every ten seconds what
 * was sent since the flow began, FortiGate what was sent since the report before.
 *
 * The reports of a window are one connection, with what was sent between the first and the last of them, or
 * since the connection began where it began in this window. So a window depends on its own records alone, and
 * the windows of a connection never add up to more than it sent. What was sent between the last report of one
 * window and the first of the next is told by neither: a thirtieth, with one report every ten seconds.
 */
import { Flag, type EventTable } from '../domain/events.js';
import { groupsOf } from './row-table.js';

const AMOUNTS = ['sourceBytes', 'destinationBytes', 'sourcePackets', 'destinationPackets'] as const;

/**
 * Joins the reports of each connection into its last one.
 * @param startMs begin of the window
 * @returns how many were taken out of `keep`
 */
export function joinReports(events: EventTable, keep: Uint8Array, startMs: number): number {
  const { flags, durationNs } = events.columns;
  const reports: number[] = [];
  let tellsRunning = false;
  for (let row = 0; row < events.length; row++) {
    if (keep[row] === 0 || (flags[row]! & Flag.report) === 0) continue;
    reports.push(row);
    // A connection that has not ended has no duration.
    tellsRunning ||= (flags[row]! & Flag.soFar) !== 0 && Number.isNaN(durationNs[row]!);
  }
  let found = 0;
  for (const rows of groupsOf(reports, hashOf(events), areOfOneConnection(events))) {
    rows.sort(byProgress(events));
    // Who reports no connection before its end tells of all that it sent.
    const isWhole = events.columns.startMs[rows[0]!]! >= startMs || !tellsRunning;
    joinInto(events, rows, isWhole);
    for (const row of rows.slice(0, -1)) keep[row] = 0;
    found += rows.length - 1;
  }
  return found;
}

function hashOf({ columns: c }: EventTable): (row: number) => number {
  return (row) => {
    const hash = Math.imul(c.source[row]! + 1, 0x9e3779b1) ^ Math.imul(c.destination[row]!, 0x85ebca6b);
    return Math.imul(
      hash ^ c.detail[row]! ^ (c.sourcePort[row]! << 16) ^ c.destinationPort[row]!,
      0xc2b2ae35,
    );
  };
}

function areOfOneConnection({ columns: c }: EventTable): (a: number, b: number) => boolean {
  return (a, b) =>
    c.detail[a] === c.detail[b] &&
    c.source[a] === c.source[b] &&
    c.destination[a] === c.destination[b] &&
    c.sourcePort[a] === c.sourcePort[b] &&
    c.destinationPort[a] === c.destinationPort[b] &&
    c.transport[a] === c.transport[b];
}

/** Earlier reports first, whatever order they are read in. */
function byProgress({ columns: c }: EventTable): (a: number, b: number) => number {
  return (a, b) =>
    c.endMs[a]! - c.endMs[b]! ||
    countOf(c, a) - countOf(c, b) ||
    Number(Number.isNaN(c.durationNs[b]!)) - Number(Number.isNaN(c.durationNs[a]!)) ||
    a - b;
}

/** Packets of a report, or its bytes where it counts none. */
function countOf(c: EventTable['columns'], row: number): number {
  const packets = (c.sourcePackets[row]! || 0) + (c.destinationPackets[row]! || 0);
  return packets || (c.sourceBytes[row]! || 0) + (c.destinationBytes[row]! || 0);
}

function joinInto(events: EventTable, rows: readonly number[], isWhole: boolean): void {
  const { columns: c } = events;
  const first = rows[0]!;
  const last = rows.at(-1)!;
  const isRunning = (c.flags[last]! & Flag.soFar) !== 0 && onlyGrow(events, rows);
  const grew = countOf(c, last) > countOf(c, first);
  for (const name of AMOUNTS) {
    const column = c[name];
    if (!isRunning) column[last] = sumOf(column, rows);
    else if (!isWhole) column[last] = grew ? column[last]! - (column[first]! || 0) : NaN;
  }
  c.startMs[last] = Math.min(...rows.map((row) => c.startMs[row]!));
  const ended = rows.findLast((row) => !Number.isNaN(c.durationNs[row]!));
  if (ended !== undefined) c.durationNs[last] = c.durationNs[ended]!;
  // The amounts are a difference of these two.
  if (first !== last) events.merge(last, first);
}

/**
 * Whether reports count from the begin of the connection. Packetbeat can be told to count from the report
 * before, and does not say so: then counts fall, or stay while there were packets, as the end tells.
 */
function onlyGrow({ columns: c }: EventTable, rows: readonly number[]): boolean {
  for (let i = 1; i < rows.length; i++) {
    const before = rows[i - 1]!;
    const row = rows[i]!;
    if (AMOUNTS.some((name) => c[name][row]! < c[name][before]!)) return false;
    if (c.endMs[row]! > c.endMs[before]! && countOf(c, row) === countOf(c, before)) return false;
  }
  return true;
}

/** Sum of what is known; NaN where nothing is. */
function sumOf(column: Float64Array, rows: readonly number[]): number {
  const known = rows.map((row) => column[row]!).filter((value) => !Number.isNaN(value));
  return known.length === 0 ? NaN : known.reduce((sum, value) => sum + value, 0);
}
