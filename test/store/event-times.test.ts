/**
 * Which window a document belongs to: the same on Elasticsearch, counted and read, as of a file.
 */
import { Client } from '@elastic/elasticsearch';
import fc from 'fast-check';
import { ManualClock } from '../../src/domain/clock.js';
import { windowStart, type Window } from '../../src/domain/window.js';
import { Draft } from '../../src/normalize/draft.js';
import { ecsMapper } from '../../src/normalize/ecs.js';
import { ECS_FIELDS } from '../../src/normalize/ecs-fields.js';
import { isEndBelieved, weeksOf } from '../../src/normalize/event-time.js';
import { WallClock } from '../../src/normalize/time.js';
import { eventsIn } from '../../src/store/elasticsearch/event-query.js';
import { openElasticsearchStore, type ElasticsearchStore } from '../../src/store/elasticsearch/open.js';
import { eventsOf, normalize } from '../collect/logs.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 12, 9, 30);
const UTC = new WallClock('UTC');

interface Times {
  readonly end?: number;
  readonly stamp?: number;
}

function documentOf({ end, stamp }: Times): Record<string, unknown> {
  return {
    ...(stamp === undefined ? {} : { '@timestamp': new Date(stamp).toISOString() }),
    event: { dataset: 'd', ...(end === undefined ? {} : { end: new Date(end).toISOString() }) },
    source: { ip: '10.0.0.1' },
    destination: { ip: '192.0.2.7', port: 443 },
  };
}

/** When an event ended as a file with the document would have it. */
function endOf(document: Record<string, unknown>): number {
  const draft = new Draft();
  expect(ecsMapper(document, draft, UTC)).toBeUndefined();
  return draft.endMs;
}

const near = fc.integer({ min: NOW - 60 * DAY, max: NOW + DAY });
const apart = fc.oneof(
  fc.integer({ min: -2 * HOUR, max: 2 * HOUR }),
  fc.integer({ min: -45 * DAY, max: 45 * DAY }),
  // A clock that was never set, NetFlow's that has run over, one of another year.
  fc.constantFrom(-NOW + 17, -49.71 * DAY, -365 * DAY, 1500 * DAY, 28 * DAY, -28 * DAY, 35 * DAY, -35 * DAY),
);
const times: fc.Arbitrary<Times> = fc.oneof(
  fc.tuple(near, apart).map(([stamp, by]) => ({ stamp, end: Math.round(stamp + by) })),
  fc.tuple(near, apart).map(([end, by]) => ({ end, stamp: Math.round(end + by) })),
  near.map((stamp) => ({ stamp })),
  near.map((end) => ({ end })),
);

describe('the rule of the two times', () => {
  it('stays a small question over all time', () => {
    const allTime = { start: 0, end: 253_402_300_800_000 };
    for (const range of [allTime, { start: NOW - 400 * DAY, end: NOW }])
      expect(JSON.stringify(eventsIn(range)).length).toBeLessThan(40_000);
  });

  it('is the same asked by weeks and of each document: one window has it', () => {
    const has = ({ start, end }: Window, time: number): boolean => time >= start && time < end;
    fc.assert(
      fc.property(near, apart, fc.integer({ min: 1, max: 40 * DAY }), (stamp, by, lengthMs) => {
        const end = Math.round(stamp + by);
        const decides = isEndBelieved(end, stamp);
        for (const time of [end, stamp]) {
          const start = windowStart(time, lengthMs);
          const parts = weeksOf({ start, end: start + lengthMs });
          const asEnd = parts.some(({ part, believed }) => has(part, end) && has(believed, stamp));
          const asStamp = parts.some(({ part, believed }) => has(part, stamp) && !has(believed, end));
          expect(asEnd).toBe(decides && has({ start, end: start + lengthMs }, end));
          expect(asStamp).toBe(!decides && has({ start, end: start + lengthMs }, stamp));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['an hour of a flow that began at its @timestamp', HOUR, true],
    ['three weeks of one', 21 * DAY, true],
    ['a backlog of three weeks, shipped now', -21 * DAY, true],
    ['1969', -NOW - 3 * HOUR, false],
    ['the clock of a router that ran over after 49.71 days', -49.71 * DAY, false],
    ['2031', 1500 * DAY, false],
  ])('%s', (_, apartMs, believed) => {
    expect(endOf(documentOf({ stamp: NOW, end: NOW + apartMs }))).toBe(believed ? NOW + apartMs : NOW);
  });

  it('tells of what it did not believe, could not read, or what begins after its @timestamp', () => {
    const record = (stamp: number, event: object): object => ({ ...documentOf({ stamp }), event });
    const iso = (ms: number): string => new Date(ms).toISOString();
    const records = [
      record(NOW, { end: '1969-12-31T20:21:16.792Z', start: '1969-12-31T20:20:51.697Z' }),
      record(NOW + 1, { end: 'yesterday' }),
      record(NOW + 2, { start: iso(NOW + 2 * HOUR), end: iso(NOW + 2 * HOUR + 1) }),
      // Where `@timestamp` is the beginning, a long flow is as it should be.
      record(NOW + 3, { start: iso(NOW + 3), end: iso(NOW + 3 * HOUR) }),
    ];
    const result = normalize([{ source: 'f', format: 'ecs', records, places: [1, 2, 3, 4] }]);
    expect(eventsOf(result).map(({ endMs }) => endMs)).toEqual([
      NOW,
      NOW + 1,
      NOW + 2 * HOUR + 1,
      NOW + 3 * HOUR,
    ]);
    expect(result.coverage).toMatchObject([
      { events: 4, irregular: { end_not_believed: 1, end_not_a_date: 1, ahead_of_timestamp: 1 } },
    ]);
  });
});

describeElasticsearch('the rule of the two times on Elasticsearch', (server) => {
  const index = `times-${String(process.pid)}`;
  let client: Client;
  let store: ElasticsearchStore;
  let expected: Map<string, number>;

  beforeAll(async () => {
    client = new Client({ node: server().url });
    const documents = fc.sample(times, { numRuns: 600, seed: 14 }).map(documentOf);
    expected = new Map(documents.map((document, n) => [String(n), endOf(document)]));
    for (const type of ['date', 'date_nanos'] as const) {
      const event = { properties: { end: { type }, dataset: { type: 'keyword' as const } } };
      await client.indices.create({
        index: `${index}-${type}`,
        mappings: { properties: { '@timestamp': { type }, event } },
      });
    }
    const operations = documents.flatMap((document, n) => [
      { create: { _index: `${index}-${isNanos(document, n) ? 'date_nanos' : 'date'}`, _id: String(n) } },
      document,
    ]);
    expect((await client.bulk({ operations, refresh: true })).errors).toBe(false);
    store = openElasticsearchStore(
      { nodes: [server().url], indices: [`${index}-*`], fields: ECS_FIELDS },
      new ManualClock(NOW),
    );
  });

  /** Nanoseconds since 1970 tell of no time before. */
  function isNanos(document: Record<string, unknown>, n: number): boolean {
    return n % 2 === 0 && !JSON.stringify(document).includes('"19');
  }

  afterAll(async () => {
    await store.close();
    await client.indices.delete({ index: `${index}-date,${index}-date_nanos` });
    await client.close();
  });

  it.each([5 * HOUR, DAY, 11 * DAY])(
    'counts each document in its window alone, of %i ms',
    async (lengthMs) => {
      const range = {
        start: windowStart(NOW - 120 * DAY, lengthMs),
        end: windowStart(NOW + 90 * DAY, lengthMs),
      };
      const counts = new Map<number, number>();
      for (const time of expected.values()) {
        const start = windowStart(time, lengthMs);
        if (time >= range.start && time < range.end) counts.set(start, (counts.get(start) ?? 0) + 1);
      }
      const counted = await store.events.count(range, lengthMs);
      expect(new Map(counted.map(({ window, total }) => [window.start, total]))).toEqual(counts);
    },
  );

  it('reads each document with its window, as normalize has it', async () => {
    const read = new Map<string, number>();
    for (let start = NOW - 110 * DAY; start < NOW + 60 * DAY; start += 17 * DAY) {
      const window = { start, end: start + 17 * DAY };
      for await (const { records, ids } of store.events.read(window)) {
        records.forEach((record, i) => {
          const end = endOf(record as Record<string, unknown>);
          expect(end).toBeGreaterThanOrEqual(window.start);
          expect(end).toBeLessThan(window.end);
          expect(read.has(ids![i]!)).toBe(false);
          read.set(ids![i]!, end);
        });
      }
    }
    const range = { start: NOW - 110 * DAY, end: NOW + 60 * DAY };
    const inRange = [...expected].filter(([, time]) => time >= range.start && time < range.end);
    expect(Object.fromEntries(read)).toEqual(Object.fromEntries(inRange));
    expect(read.size).toBeGreaterThan(500);
  });
});
