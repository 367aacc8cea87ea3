import { isDeepStrictEqual } from 'node:util';
import type { RecordFormat } from '../../src/domain/raw.js';
import { ATTACKS } from '../../src/simulate/attacks/catalogue.js';
import type { SimulatedEvent } from '../../src/simulate/event.js';
import { FORMATS, type FormatName, type WriteRecord } from '../../src/simulate/formats/format.js';
import { LineWriter } from '../../src/simulate/formats/line-writer.js';
import { documentId, ecsDocument, zeekRecord } from '../../src/simulate/formats/record.js';
import { ZEEK_PATH } from '../../src/simulate/formats/zeek.js';
import { eventsOf as tableOf, normalize } from '../collect/logs.js';
import { eventsOf, HOUR_MS, MONDAY, office, onMonday } from './office.js';

const NAMES = Object.keys(FORMATS) as FormatName[];
const simulation = office({ plan: onMonday(ATTACKS) });
const fromMs = MONDAY + 8 * HOUR_MS;
/** Three hours with most attacks under way, and the night's thefts. */
const events = [
  ...eventsOf(simulation, MONDAY + HOUR_MS / 2, MONDAY + HOUR_MS),
  ...eventsOf(simulation, fromMs, fromMs + 2 * HOUR_MS),
];

function linesOf(write: WriteRecord, of: readonly SimulatedEvent[] = events): string[] {
  const out = new LineWriter(0);
  return of.map((event) => {
    write(event, out);
    return out.takeText();
  });
}

function recordsOf(format: FormatName): Record<string, unknown>[] {
  return linesOf(FORMATS[format].stream).map((line) => JSON.parse(line) as Record<string, unknown>);
}

function normalized(format: RecordFormat, records: readonly unknown[]): Record<string, unknown>[] {
  const batch = { source: 'sensor', format, records, places: records.map((_, i) => i + 1) };
  const { coverage, windows } = normalize([batch]);
  expect(coverage[0]).toMatchObject({ duplicates: 0, filtered: {}, quarantined: {} });
  return tableOf({ windows });
}

it.each(NAMES)('%s: every record is one line of JSON in ASCII', (name) => {
  for (const write of [FORMATS[name].stream, FORMATS[name].write]) {
    const lines = linesOf(write);
    expect(lines.filter((line) => !/^\{[\x20-\x7e]+\}$/.test(line))).toEqual([]);
    expect(lines.every((line) => typeof JSON.parse(line) === 'object')).toBe(true);
  }
});

it('numbers come out as they are', () => {
  const out = new LineWriter(0);
  for (const value of [
    0,
    7,
    10,
    99,
    100,
    65_535,
    1e6,
    999_999_999,
    0x3fff_ffff,
    0x4000_0000,
    2 ** 40,
    2 ** 53,
  ]) {
    expect(out.integer(value).takeText()).toBe(String(value));
  }
  expect(out.seconds(0).takeText()).toBe('0.000000');
  expect(out.seconds(3_600_000_042).takeText()).toBe('3600.000042');
  const timeMs = Date.UTC(2026, 1, 28, 23, 59, 59, 7);
  expect(out.epochSeconds(timeMs, 42).takeText()).toBe('1772323199.007042');
  expect(out.isoMilliseconds(timeMs).takeText()).toBe('2026-02-28T23:59:59.007Z');
  expect(out.isoMicroseconds(timeMs + 993, 5).takeText()).toBe('2026-03-01T00:00:00.000005+0000');
  expect(new Set([1, 2, -1, 2 ** 31 - 1, -(2 ** 31)].map((low) => out.uid(7, low).takeText())).size).toBe(5);
});

it('a Zeek record is that of its line, and names its log only in a stream', () => {
  const [stream] = linesOf(FORMATS.zeek.stream);
  expect(zeekRecord(events[0]!)).toEqual(JSON.parse(stream!));
  const records = recordsOf('zeek');
  expect(records.every(({ _path }, i) => _path === ZEEK_PATH[events[i]!.kind])).toBe(true);
  const inFiles = linesOf(FORMATS.zeek.write).map((line) => JSON.parse(line) as object);
  const withoutPath = records.map(({ _path, ...rest }) => rest);
  expect(isDeepStrictEqual(inFiles, withoutPath)).toBe(true);
});

it('records of one connection share its id, and each has one of its own', () => {
  const ids = (records: Record<string, unknown>[], key: string): unknown[] =>
    records.map((record) => record[key]);
  const uids = ids(recordsOf('zeek'), 'uid');
  const inEcs = events.map(ecsDocument).map(({ event }) => (event as { id: string }).id);
  expect(isDeepStrictEqual(inEcs, uids)).toBe(true);
  const flows = events.filter(({ kind }) => kind === 'flow').length;
  const connections = new Set(uids).size;
  // Of some connections only the beginning or the end lies in the hours looked at.
  expect(connections).toBeGreaterThanOrEqual(flows);
  expect(connections).toBeLessThan(flows * 1.05);
  expect(new Set(ids(recordsOf('eve'), 'flow_id')).size).toBe(connections);
  expect(new Set(events.map(documentId)).size).toBe(events.length);
});

it('Zeek and ECS are the same events, attacks included', () => {
  const withoutDetail = ({ detail: _, ...event }: Record<string, unknown>): object => event;
  const zeek = normalized('zeek', recordsOf('zeek')).map(withoutDetail);
  const ecs = normalized('ecs', recordsOf('ecs')).map(withoutDetail);
  expect(zeek).toHaveLength(events.length);
  expect(zeek.filter((event, i) => !isDeepStrictEqual(event, ecs[i])).slice(0, 2)).toEqual([]);
});

it('normalize finds the end that the simulation has, and what failed', () => {
  const inOrder = [...events].sort((a, b) => a.endMs - b.endMs).map(({ endMs }) => endMs);
  const rows = normalized('zeek', recordsOf('zeek'));
  const found = rows.map(({ endMs }) => endMs as number).sort((a, b) => a - b);
  expect(isDeepStrictEqual(found, inOrder)).toBe(true);
  const failed = (all: Record<string, unknown>[]): number =>
    all.filter(({ kind, outcome, transport }) => kind === 1 && outcome === 2 && transport === 1).length;
  const refused = events.filter(({ transport, kind, state }) => {
    return kind === 'flow' && transport === 'tcp' && (state === 'REJ' || state === 'S0');
  }).length;
  expect(refused).toBeGreaterThan(100);
  expect(failed(rows)).toBe(refused);
  expect(failed(normalized('eve', recordsOf('eve')))).toBe(refused);
});
