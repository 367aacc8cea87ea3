/**
 * An hour in which millions of spoofed addresses knock at one server, among an office's traffic.
 */
import type { RawBatch } from '../src/domain/raw.js';
import { zeekRecord } from '../src/simulate/formats/record.js';
import { connections, START_MS } from './conn-log.js';

const HOUR_MS = 3_600_000;
/** The flood begins on the second day, when the office is at work. */
export const FLOOD_MS = START_MS + 34 * HOUR_MS;
export const TARGET = '10.20.1.11';
const BATCH = 10_000;

/** What is simulated. */
export interface SpoofedHour {
  /** Connections of the office, from midnight on. */
  readonly events: number;
  readonly hosts: number;
  /** Distinct sources of the flood, one connection each; 0 for none. */
  readonly sources: number;
}

/** Batches of both in the order of time. */
export function* spoofedBatches({ events, hosts, sources }: SpoofedHour): Generator<RawBatch> {
  let sent = 0;
  for (const some of connections(events, hosts)) {
    if (some.length === 0) continue;
    const untilMs = some.at(-1)!.endMs;
    const due = Math.floor(sources * Math.min(1, Math.max(0, (untilMs - FLOOD_MS) / HOUR_MS)));
    while (sent < due) yield flood(sent, (sent = Math.min(due, sent + BATCH)), sources);
    yield batchOf('office', some.map(zeekRecord));
  }
}

function flood(from: number, to: number, sources: number): RawBatch {
  const records = Array.from({ length: to - from }, (_, at) => {
    const i = from + at;
    return {
      _path: 'conn',
      ts: (FLOOD_MS + (i * HOUR_MS) / sources) / 1000,
      uid: `F${i.toString(36)}`,
      'id.orig_h': addressOf(i),
      'id.orig_p': 1024 + (i % 60_000),
      'id.resp_h': TARGET,
      'id.resp_p': 443,
      proto: 'tcp',
      conn_state: 'S0',
      orig_pkts: 1,
      resp_pkts: 0,
      orig_ip_bytes: 60,
      resp_ip_bytes: 0,
    };
  });
  return batchOf('office', records);
}

/** An address for each number below 2²³, in no order; none twice. */
function addressOf(i: number): string {
  const mixed = (Math.imul(i, 1_664_525) + 1_013_904_223) & 0x7f_ffff;
  return `45.${String(mixed >> 16)}.${String((mixed >> 8) & 255)}.${String(mixed & 255)}`;
}

function batchOf(source: string, records: unknown[]): RawBatch {
  return { source, format: 'zeek', records, places: records.map((_, i) => i + 1) };
}
