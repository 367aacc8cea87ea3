import type { RawBatch } from '../../src/domain/raw.js';
import { evidenceOf } from '../../src/decide/evidence.js';
import { ByteLayer } from '../../src/domain/events.js';
import { batchesOf, eventsOf, normalize } from '../collect/logs.js';
import { describeSamples, sampleFile } from '../sample-data.js';

const ZEEK = {
  ts: 1700000000.5,
  uid: 'C1',
  'id.orig_h': '10.0.0.5',
  'id.orig_p': 50112,
  'id.resp_h': '192.0.2.9',
  'id.resp_p': 443,
  proto: 'tcp',
  duration: 1.5,
  orig_ip_bytes: 600,
  resp_ip_bytes: 9000,
  orig_pkts: 5,
  resp_pkts: 8,
  conn_state: 'SF',
};
const EVE = {
  timestamp: '2023-11-14T22:14:30.000000+0000',
  flow_id: 77,
  event_type: 'flow',
  src_ip: '10.0.0.5',
  src_port: 50112,
  dest_ip: '192.0.2.9',
  dest_port: 443,
  proto: 'TCP',
  flow: {
    start: '2023-11-14T22:13:20.510000+0000',
    end: '2023-11-14T22:13:22.010000+0000',
    pkts_toserver: 5,
    pkts_toclient: 8,
    bytes_toserver: 670,
    bytes_toclient: 9112,
    state: 'closed',
  },
};

function zeek(records: readonly object[], source = 'conn.log'): RawBatch {
  return { source, format: 'zeek', records, places: records.map((_, i) => i + 1) };
}

function eve(records: readonly object[]): RawBatch {
  return { source: 'eve.json', format: 'eve', records, places: records.map((_, i) => i + 101) };
}

/** Other connections, so that a sensor has seen more. */
function others(count: number): object[] {
  return Array.from({ length: count }, (_, i) => ({ ...ZEEK, uid: `D${String(i)}`, 'id.orig_p': 1000 + i }));
}

describe('exact duplicates', () => {
  it('are removed, in one file and between files, and counted', () => {
    const { coverage, windows } = normalize([zeek([ZEEK, ZEEK, { ...ZEEK }]), zeek([ZEEK], 'copy.log')]);
    expect(windows[0]!.events.length).toBe(1);
    expect(coverage).toMatchObject([
      { source: 'conn.log', read: 3, events: 1, duplicates: 2 },
      { source: 'copy.log', read: 1, events: 0, duplicates: 1 },
    ]);
    expect(windows[0]!.coverage).toMatchObject([
      { source: 'conn.log', read: 3, events: 1, duplicates: 2 },
      { source: 'copy.log', read: 1, events: 0, duplicates: 1 },
    ]);
  });

  it.each(['uid', 'ts', 'id.orig_p', 'orig_ip_bytes', 'duration'])(
    'are not records that differ in %s',
    (field) => {
      const other = { ...ZEEK, [field]: field === 'uid' ? 'C2' : ZEEK[field as 'ts'] + 1 };
      expect(normalize([zeek([ZEEK, other])]).coverage).toMatchObject([{ events: 2, duplicates: 0 }]);
    },
  );

  it('are copies in a store too, whatever it calls them', () => {
    const document = {
      '@timestamp': '2023-11-14T22:13:22Z',
      event: { id: 'C1' },
      source: { ip: '10.0.0.5' },
    };
    const batch = (records: readonly object[]): RawBatch => ({
      source: 'logs-zeek',
      format: 'ecs',
      records,
      places: records.map((_, i) => i + 1),
      ids: records.map((_, i) => `store${String(i)}`),
      indices: records.map(() => 'logs-zeek'),
    });
    expect(normalize([batch([document, document])]).coverage).toMatchObject([{ events: 1, duplicates: 1 }]);
    const other = { ...document, event: { id: 'C2' } };
    expect(normalize([batch([document, other])]).coverage).toMatchObject([{ events: 2, duplicates: 0 }]);
  });
});

describe('one connection told by two sensors', () => {
  it('is one event: the sensor that sees more leads, both are named as evidence', () => {
    const result = normalize([eve([EVE]), zeek([...others(3), ZEEK])]);
    const [{ events }] = result.windows as [(typeof result.windows)[0]];
    expect(events.length).toBe(4);
    const event = eventsOf(result).find(({ id }) => id === 'C1');
    // Neither mixed nor converted: the bytes of the one that leads, and what they include.
    expect(event).toMatchObject({ sourceBytes: 600, byteLayer: ByteLayer.network, endMs: 1700000002000 });
    expect(result.coverage).toMatchObject([
      { source: 'eve.json', read: 1, events: 0, duplicates: 1 },
      { source: 'conn.log', read: 4, events: 4, duplicates: 0 },
    ]);
    const row = events.ids.indexOf('C1');
    expect(evidenceOf(events, Int32Array.of(row))).toMatchObject([
      { id: 'C1', source: 'conn.log', place: 4 },
      { id: '77', source: 'eve.json', place: 101 },
    ]);
  });

  it('is led by the other where that one sees more, in its own bytes', () => {
    const more = Array.from({ length: 3 }, (_, i) => ({ ...EVE, flow_id: i, src_port: 1000 + i }));
    const result = normalize([zeek([ZEEK]), eve([EVE, ...more])]);
    expect(eventsOf(result).find(({ id }) => id === '77')).toMatchObject({
      sourceBytes: 670,
      byteLayer: ByteLayer.link,
    });
    expect(result.coverage[0]).toMatchObject({ source: 'conn.log', duplicates: 1 });
  });

  it('is not led by one that samples, however much it sees', () => {
    const sampled = (port: number): object => ({
      '@timestamp': '2023-11-14T22:13:22Z',
      event: { start: '2023-11-14T22:13:21Z', module: 'netflow' },
      source: { ip: '10.0.0.5', port, bytes: 120, packets: 1 },
      destination: { ip: '192.0.2.9', port: 443 },
      network: { transport: 'tcp' },
      netflow: { sampling_interval: 100 },
    });
    const flows = [50112, 1, 2, 3].map(sampled);
    const result = normalize([
      { source: 'netflow', format: 'ecs', records: flows, places: [1, 2, 3, 4] },
      zeek([ZEEK]),
    ]);
    const merged = eventsOf(result).find(({ sourcePort }) => sourcePort === 50112);
    expect(merged).toMatchObject({ id: 'C1', samplingInterval: 0, sourceBytes: 600 });
    expect(eventsOf(result).filter(({ samplingInterval }) => samplingInterval === 100)).toHaveLength(3);
  });

  it('is one where one of them tells of it in pieces', () => {
    const pieces = [0, 500, 1000].map((from) => ({
      ...EVE,
      flow_id: from,
      flow: {
        ...EVE.flow,
        start: new Date(1700000000500 + from).toISOString(),
        end: new Date(1700000000999 + from).toISOString(),
      },
    }));
    const result = normalize([zeek([ZEEK, ...others(5)]), eve(pieces)]);
    expect(result.coverage[1]).toMatchObject({ events: 0, duplicates: 3 });
    expect([...result.windows[0]!.events.merged.values()]).toMatchObject([
      [{ id: '0' }, { id: '500' }, { id: '1000' }],
    ]);
  });

  it('is found quickly however often two hosts talk', () => {
    const pings = (prefix: string): object[] =>
      Array.from({ length: 10_000 }, (_, i) => ({
        ...ZEEK,
        uid: `${prefix}${String(i)}`,
        proto: 'icmp',
        'id.orig_p': 8,
        'id.resp_p': 0,
      }));
    const result = normalize([zeek(pings('P'), 'a.log'), zeek(pings('Q'), 'b.log')]);
    expect(result.coverage.map(({ events, duplicates }) => [events, duplicates])).toEqual([
      [10_000, 0],
      [0, 10_000],
    ]);
  });

  it('is so in either direction, and by sensors in one file', () => {
    const turned = {
      ...EVE,
      src_ip: EVE.dest_ip,
      src_port: EVE.dest_port,
      dest_ip: EVE.src_ip,
      dest_port: EVE.src_port,
    };
    expect(normalize([zeek([ZEEK, ...others(1)]), eve([turned])]).coverage[1]).toMatchObject({
      duplicates: 1,
    });
    const named = [
      { ...ZEEK, _node_name: 'worker-1' },
      { ...ZEEK, _node_name: 'worker-2', uid: 'C9', ts: ZEEK.ts + 0.01 },
    ];
    expect(normalize([zeek(named)]).coverage).toMatchObject([{ events: 1, duplicates: 1 }]);
  });

  it.each([
    ['another port', { src_port: 50113 }],
    ['another transport', { proto: 'UDP' }],
    [
      'another time',
      { flow: { ...EVE.flow, start: '2023-11-14T22:13:22.100Z', end: '2023-11-14T22:13:23.000Z' } },
    ],
  ])('is two with %s', (_, change) => {
    expect(normalize([zeek([ZEEK]), eve([{ ...EVE, ...change }])]).coverage).toMatchObject([
      { events: 1 },
      { events: 1 },
    ]);
  });

  it('is two where one sensor tells both', () => {
    const result = normalize([zeek([ZEEK, { ...ZEEK, uid: 'C2', ts: ZEEK.ts + 0.1 }]), eve([EVE])]);
    expect(result.coverage).toMatchObject([
      { source: 'conn.log', events: 2 },
      { source: 'eve.json', events: 0, duplicates: 1 },
    ]);
  });
});

describeSamples('two real sensors in one log', () => {
  it('tell of 22 connections twice', async () => {
    const { coverage, windows } = normalize([
      ...(await batchesOf([sampleFile('flows/apt29/day1.combined_zeek.log.gz')])),
    ]);
    const merged = windows.flatMap(({ events }) =>
      [...events.merged].map(([row, others]) => ({ events, row, others })),
    );
    expect(coverage[0]!.duplicates).toBe(merged.reduce((sum, { others }) => sum + others.length, 0));
    expect(merged.length).toBe(22);
    for (const { events, row, others } of merged) {
      expect(others.every(({ id }) => id !== '' && id !== events.ids[row])).toBe(true);
    }
  });
});
