/**
 * What a sensor logs as Zeek or EVE, and what an index holds of it as ECS, comes to the same events.
 */
import { isDeepStrictEqual } from 'node:util';
import { ByteLayer, EventKind } from '../../src/domain/events.js';
import type { RecordFormat } from '../../src/domain/raw.js';
import { NO_ATTACKS } from '../../src/simulate/attacks/plan.js';
import type { SimulatedEvent } from '../../src/simulate/event.js';
import { writeEve } from '../../src/simulate/formats/eve.js';
import { LineWriter } from '../../src/simulate/formats/line-writer.js';
import { ecsDocument, zeekRecord } from '../../src/simulate/formats/record.js';
import { Simulation } from '../../src/simulate/simulation.js';
import { eventsOf, normalize } from '../collect/logs.js';

const FROM_MS = Date.UTC(2026, 10, 16, 9);

const simulation = new Simulation({ seed: 7, hosts: 40, rate: 1, timeZone: 'UTC', plan: NO_ATTACKS });
const events = [...simulation.eventsBetween(FROM_MS, FROM_MS + 3_600_000)].flat();

function eventsAs(
  format: RecordFormat,
  write: (event: SimulatedEvent) => unknown,
): Record<string, unknown>[] {
  const records = events.map(write);
  return eventsOf(normalize([{ source: 'sensor', format, records, places: records.map((_, i) => i + 1) }]));
}

/** Everything but what tells records of one moment apart. */
function withoutDetail({ detail: _, ...event }: Record<string, unknown>): Record<string, unknown> {
  return event;
}

/** The first events that differ; comparing all at once would be slow to explain. */
function differences(actual: unknown[], expected: unknown[]): unknown[] {
  return actual
    .map((event, i) => [event, expected[i]])
    .filter((pair) => !isDeepStrictEqual(...(pair as [unknown, unknown])))
    .slice(0, 3);
}

it('Zeek and ECS are the same events', () => {
  const zeek = eventsAs('zeek', zeekRecord).map(withoutDetail);
  expect(zeek).toHaveLength(events.length);
  expect(new Set(zeek.map(({ kind }) => kind)).size).toBeGreaterThan(4);
  expect(differences(eventsAs('ecs', ecsDocument).map(withoutDetail), zeek)).toEqual([]);
});

const SAME_FLOW = [
  'startMs',
  'endMs',
  'durationNs',
  'source',
  'destination',
  'sourcePort',
  'destinationPort',
  'transport',
  'direction',
  'outcome',
  'sourcePackets',
  'destinationPackets',
];

function packets({ sourcePackets, destinationPackets }: Record<string, unknown>): number {
  return (sourcePackets as number) + (destinationPackets as number);
}

/** What flows have in common, without the headers of Ethernet frames, in order. */
function flowsOf(all: Record<string, unknown>[]): unknown[] {
  return (
    all
      // Of a single packet Zeek measures no duration.
      .filter((event) => event.kind === EventKind.flow && packets(event) > 1)
      .map((event) => {
        const header = event.byteLayer === ByteLayer.link ? 14 : 0;
        const bytes = (event.sourceBytes as number) - header * (event.sourcePackets as number);
        return [...SAME_FLOW.map((field) => event[field]), bytes];
      })
  );
}

it('flows of EVE are those of Zeek, with the bytes of Ethernet frames', () => {
  const out = new LineWriter(0);
  const eve = eventsAs('eve', (event) => {
    writeEve(event, out);
    return JSON.parse(out.takeText()) as unknown;
  });
  const flows = flowsOf(eve);
  expect(flows.length).toBeGreaterThan(500);
  expect(differences(flows, flowsOf(eventsAs('zeek', zeekRecord)))).toEqual([]);
});
