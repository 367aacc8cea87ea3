/**
 * Simulated Zeek connection logs for benchmarks.
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ATTACKS } from '../src/simulate/attacks/catalogue.js';
import { spread } from '../src/simulate/attacks/plan.js';
import { Calendar, DAY_MS } from '../src/simulate/calendar.js';
import type { SimulatedEvent } from '../src/simulate/event.js';
import { zeekRecord } from '../src/simulate/formats/record.js';
import { Simulation } from '../src/simulate/simulation.js';
import { Random } from '../src/domain/random.js';

/** Where the logs begin: a Monday. */
export const START_MS = Date.UTC(2026, 0, 12);
const MAX_DAYS = 100;

/** Connections of an office with attacks in it, some thousands at a time; `count` in all. */
export function* connections(count: number, hosts: number): Generator<SimulatedEvent[]> {
  const calendar = new Calendar('UTC');
  const plan = spread(ATTACKS, START_MS, MAX_DAYS, calendar, new Random(3));
  const simulation = new Simulation({ seed: 3, hosts, rate: 1, timeZone: 'UTC', plan });
  let left = count;
  for (const events of simulation.eventsBetween(START_MS, START_MS + MAX_DAYS * DAY_MS)) {
    const flows = events.filter(({ kind }) => kind === 'flow').slice(0, left);
    left -= flows.length;
    yield flows;
    if (left <= 0) return;
  }
}

function* linesOf(count: number, hosts: number): Generator<string> {
  for (const events of connections(count, hosts)) {
    yield events.map((event) => `${JSON.stringify(zeekRecord(event))}\n`).join('');
  }
}

/** Writes such a log, packed. */
export async function writeConnLog(path: string, lines: number, hosts: number): Promise<void> {
  await pipeline(Readable.from(linesOf(lines, hosts)), createGzip({ level: 4 }), createWriteStream(path));
}
