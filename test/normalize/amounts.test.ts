/**
 * How much went which way: each kind of amount, told by each kind of source, as what it is.
 */
import { existsSync } from 'node:fs';
import { ByteLayer, Direction, Outcome } from '../../src/domain/events.js';
import type { RawBatch, RecordFormat } from '../../src/domain/raw.js';
import { batchesOf, eventsOf, normalize } from '../collect/logs.js';
import { describeSamples, sampleFile } from '../sample-data.js';

const START = Date.UTC(2026, 10, 20, 10);
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

function batchOf(records: readonly object[], format: RecordFormat = 'ecs', source = 'test'): RawBatch {
  return { source, format, records, places: records.map((_, i) => i + 1) };
}

/** Columns of each event that records come to. */
function read(records: readonly object[], format?: RecordFormat): Record<string, unknown>[] {
  return eventsOf(normalize([batchOf(records, format)]));
}

/** The amounts of an event, in an order that is quick to compare. */
function amountsOf(event: Record<string, unknown>): unknown {
  const { source, destination, sourceBytes, destinationBytes, durationNs, outcome } = event;
  return [source, destination, sourceBytes, destinationBytes, Number(durationNs) / 1e9, outcome];
}

const CLIENT = '10.20.0.15';
const SERVER = '203.0.113.80';
const { unknown, success, failure } = Outcome;

/** A document of a connection from client to server, 65 s long. */
function connection({ event, ...fields }: Record<string, object> = {}): object {
  return {
    '@timestamp': at(65),
    event: { category: ['network'], start: at(0), end: at(65), duration: 65e9, ...event },
    source: { ip: CLIENT, port: 51000 },
    destination: { ip: SERVER, port: 443 },
    network: { transport: 'tcp' },
    ...fields,
  };
}

/** A report of a running flow, with what was sent since it began. */
function report(seconds: number, sent: number, received: number, final = false): object {
  return connection({
    event: { dataset: 'flow', action: 'network_flow', end: at(seconds), duration: seconds * 1e9 },
    flow: { id: 'EAT', final },
    source: { ip: CLIENT, port: 51000, bytes: sent, packets: sent / 1000 },
    destination: { ip: SERVER, port: 443, bytes: received, packets: received / 1000 },
  });
}

/** A session's report of FortiOS through Elastic's integration, which takes the totals for the amounts. */
function session(seconds: number, delta: number, code: string): object {
  return connection({
    event: {
      dataset: 'fortinet_fortigate.log',
      code,
      action: code.endsWith('20') ? 'accept' : 'close',
      start: at(0),
      end: at(seconds),
      duration: seconds * 1e9,
    },
    source: { ip: CLIENT, port: 51000, bytes: 9e9, packets: 9e6 },
    destination: { ip: SERVER, port: 443, bytes: 9e8, packets: 9e5 },
    fortinet: { firewall: { sentdelta: String(delta), rcvddelta: String(delta / 10), sessionid: '7' } },
  });
}

/** One way of a connection, as exporters of NetFlow tell it. */
function half(from: [string, number], to: [string, number], bytes: number, fields: object = {}): object {
  return connection({
    event: { dataset: 'netflow.log', module: 'netflow', action: 'netflow_flow' },
    source: { ip: from[0], port: from[1], bytes, packets: Math.ceil(bytes / 900) },
    destination: { ip: to[0], port: to[1] },
    network: { transport: 'tcp', bytes, packets: Math.ceil(bytes / 900), ...fields },
  });
}

const VISITOR: [string, number] = ['198.51.100.77', 50123];
const SITE: [string, number] = ['10.20.0.80', 443];
/** A visitor downloads from an own server. */
const THERE = half(VISITOR, SITE, 4e6);
const BACK = half(SITE, VISITOR, 4e8);

type Row = [kind: string, records: object[], expected: unknown[]];
const whole = (...amounts: unknown[]): unknown[] => [CLIENT, SERVER, ...amounts];

const TABLE: Row[] = [
  [
    'amounts of both sides are what each sent',
    [
      connection({
        source: { ip: CLIENT, bytes: 7 },
        destination: { ip: SERVER, bytes: 9 },
        network: { bytes: 16 },
      }),
    ],
    [whole(7, 9, 65, unknown)],
  ],
  [
    'a total of both ways is not what one side sent',
    [
      connection({
        event: { dataset: 'cisco_asa.log', module: 'cisco_asa', outcome: 'success' },
        network: { transport: 'tcp', bytes: 6e8 },
      }),
    ],
    [whole(NaN, NaN, 65, success)],
  ],
  [
    'of a total and one side the rest is the other side’s',
    [connection({ source: { ip: CLIENT, bytes: 7 }, network: { bytes: 100 } })],
    [whole(7, 93, 65, unknown)],
  ],
  [
    'a total that was made of one side says nothing of the other',
    [connection({ source: { ip: CLIENT, bytes: 7 }, network: { bytes: 7 } })],
    [whole(7, NaN, 65, unknown)],
  ],
  [
    'a packet was sent by its source',
    [
      {
        '@timestamp': at(0),
        event: { dataset: 'iptables.log', type: ['denied'] },
        source: { ip: CLIENT },
        destination: { ip: SERVER },
        network: { bytes: 60 },
      },
    ],
    [whole(60, NaN, NaN, failure)],
  ],
  [
    'one packet is one, whoever tells it',
    [
      {
        '@timestamp': at(0),
        event: { category: 'network' },
        source: { ip: CLIENT },
        destination: { ip: SERVER },
        network: { bytes: 60, packets: 1 },
      },
    ],
    [whole(60, NaN, NaN, unknown)],
  ],
  [
    'old NetFlow has what its source sent as total',
    [
      connection({
        event: { dataset: 'netflow.log' },
        network: { transport: 'tcp', bytes: 5000, packets: 9 },
      }),
    ],
    [whole(5000, NaN, 65, unknown)],
  ],
  [
    'client and server are source and destination',
    [connection({ client: { ip: CLIENT, bytes: 7 }, server: { ip: SERVER, bytes: 9 } })],
    [whole(7, 9, 65, unknown)],
  ],
  [
    'the client of an answer is its destination',
    [connection({ client: { ip: SERVER, bytes: 7 }, server: { ip: CLIENT, bytes: 9 } })],
    [whole(9, 7, 65, unknown)],
  ],
  [
    'client and server alone have addresses and ports',
    [
      {
        '@timestamp': at(0),
        event: { category: 'network' },
        client: { ip: CLIENT, bytes: 7, port: 51000 },
        server: { ip: SERVER, bytes: 9, port: 443 },
      },
    ],
    [whole(7, 9, NaN, unknown)],
  ],
  [
    'reports of a running flow are one connection',
    [report(10, 1e6, 2e4), report(20, 2e6, 4e4), report(160, 16e6, 32e4, true)],
    [whole(16e6, 32e4, 160, unknown)],
  ],
  [
    'a window has what was added in it, and the connection a duration when it has ended',
    [
      report(10, 1e6, 2e4),
      report(310, 31e6, 62e4),
      report(590, 59e6, 118e4),
      report(610, 61e6, 122e4),
      report(640, 64e6, 128e4, true),
    ],
    [whole(1e6, 2e4, NaN, unknown), whole(28e6, 56e4, NaN, unknown), whole(3e6, 6e4, 640, unknown)],
  ],
  [
    'what the only report of a window adds is not known',
    [report(10, 1e6, 2e4), report(310, 31e6, 62e4)],
    [whole(1e6, 2e4, NaN, unknown), whole(NaN, NaN, NaN, unknown)],
  ],
  [
    'who reports flows at their end only tells all of them there',
    [report(640, 64e6, 128e4, true)],
    [whole(64e6, 128e4, 640, unknown)],
  ],
  [
    'reports that count from the report before add up',
    [report(310, 17e3, 17e3), report(320, 17e3, 17e3), report(330, 20e3, 4e3)],
    [whole(54e3, 38e3, NaN, unknown)],
  ],
  [
    'a session of FortiGate has its deltas',
    [session(310, 4000, '0000000020'), session(430, 5000, '0000000020'), session(500, 600, '0000000013')],
    [whole(9600, 960, 500, unknown)],
  ],
  [
    'a session of Juniper is told when it has ended',
    [
      connection({
        event: { end: at(60), duration: 60e9 },
        source: { ip: CLIENT, port: 51000, bytes: 5e6 },
        juniper: { srx: { tag: 'APPTRACK_SESSION_VOL_UPDATE', session_id_32: '28' } },
      }),
      connection({
        source: { ip: CLIENT, port: 51000, bytes: 6e6 },
        destination: { ip: SERVER, port: 443, bytes: 7e6 },
        juniper: { srx: { tag: 'APPTRACK_SESSION_CLOSE', session_id_32: '28' } },
      }),
    ],
    [whole(6e6, 7e6, 65, unknown)],
  ],
  [
    'the begin of a session of Sophos sent nothing yet that is known',
    [
      connection({
        source: { ip: CLIENT, bytes: 0 },
        destination: { ip: SERVER, bytes: 0 },
        sophos: { xg: { connevent: 'Start', connid: '1' } },
      }),
    ],
    [whole(NaN, NaN, NaN, unknown)],
  ],
  [
    'halves are one connection of who opened it',
    [THERE, BACK],
    [[VISITOR[0], SITE[0], 4e6, 4e8, 65, success]],
  ],
  [
    'halves are one connection, the answer first',
    [BACK, THERE],
    [[VISITOR[0], SITE[0], 4e6, 4e8, 65, success]],
  ],
  ['a half is none that failed', [THERE], [[VISITOR[0], SITE[0], 4e6, NaN, 65, unknown]]],
  ['an answer is no connection of the server', [BACK], [[VISITOR[0], SITE[0], NaN, 4e8, 65, unknown]]],
  [
    'a reset is no success',
    [half(VISITOR, SITE, 40, { packets: 1 }), half(SITE, VISITOR, 40, { packets: 1 })],
    [[VISITOR[0], SITE[0], 40, 40, 65, unknown]],
  ],
  [
    'a flow that a cloud let through is a half too',
    [
      connection({
        event: { dataset: 'aws.vpcflow', outcome: 'success', duration: undefined },
        source: { ip: CLIENT, port: 51000, bytes: 7 },
      }),
    ],
    [whole(7, NaN, 65, unknown)],
  ],
  [
    'a flow that a cloud refused has failed',
    [
      connection({
        event: { dataset: 'aws.vpcflow', outcome: 'failure' },
        source: { ip: CLIENT, port: 51000, bytes: 7 },
      }),
    ],
    [whole(7, NaN, 65, failure)],
  ],
];

describe('amounts', () => {
  it.each(TABLE)('%s', (_, records, expected) => {
    expect(read(records).map(amountsOf)).toEqual(expected);
  });

  it('of a half from a port that a scan comes from are left as they are told', () => {
    const scan = Array.from({ length: 30 }, (_, i) => half(['198.51.100.9', 443], [SITE[0], 30_000 + i], 60));
    for (const event of read(scan)) expect(event).toMatchObject({ source: '198.51.100.9', sourceBytes: 60 });
  });

  it('of an answer name both records and keep the law of counts', () => {
    const { windows, coverage } = normalize([batchOf([THERE, BACK])]);
    expect(coverage).toMatchObject([{ read: 2, events: 1, duplicates: 1 }]);
    expect(windows[0]!.events.merged).toEqual(new Map([[0, [expect.objectContaining({ place: 2 })]]]));
  });

  it('told by two routers are counted once', () => {
    const events = eventsOf(normalize([batchOf([THERE, BACK]), batchOf([THERE, BACK], 'ecs', 'other')]));
    expect(events.map(amountsOf)).toEqual([[VISITOR[0], SITE[0], 4e6, 4e8, 65, success]]);
  });

  it('of pings are of who asked, whatever the time', () => {
    const eve = (type: number, [from, to]: [string, string], begin: number): object => ({
      timestamp: at(20),
      event_type: 'netflow',
      src_ip: from,
      dest_ip: to,
      proto: 'ICMP',
      icmp_type: type,
      icmp_code: 0,
      netflow: { pkts: 3, bytes: 294, start: at(begin), end: at(10) },
    });
    const records = [eve(0, [SERVER, CLIENT], 1), eve(8, [CLIENT, SERVER], 2)];
    expect(read(records, 'eve').map(amountsOf)).toEqual([whole(294, 294, 9, success)]);
  });

  it.each([[{ dataset: 'netflow.log', action: 'netflow_flow' }], [{ dataset: 'pfsense.log' }]])(
    'of %j do not make an outside host an own one by an interface',
    (event) => {
      const [one] = read([
        connection({ event, network: { direction: 'inbound', bytes: 7, transport: 'tcp' } }),
      ]);
      expect(one).toMatchObject({ direction: Direction.outbound, sourceBytes: 7 });
    },
  );
});

describe('durations', () => {
  it.each<[string, object, number]>([
    ['whole nanoseconds', { duration: 65_500_000_000 }, 65_500_000_000],
    ['a fraction of nanoseconds', { duration: '1500000000.5' }, 1_500_000_001],
    ['seconds with a fraction', { duration: 65.5 }, 65_500_000_000],
    ['a text of seconds', { duration: '0.25' }, 250_000_000],
    ['seconds that start and end confirm', { duration: 65, start: at(0), end: at(65) }, 65_000_000_000],
    ['a fraction that start and end confirm', { duration: 0.5, start: at(0), end: at(0.5) }, 500_000_000],
    ['nanoseconds that start and end confirm', { duration: 65e9, start: at(0), end: at(65) }, 65_000_000_000],
    ['a short time in nanoseconds', { duration: 900, start: at(0), end: at(0) }, 900],
  ])('of %s', (_, event, expected) => {
    const document = { '@timestamp': at(65), event, source: { ip: CLIENT }, destination: { ip: SERVER } };
    expect(read([document])).toMatchObject([{ durationNs: expected }]);
  });
});

it('seconds that an index keeps as a whole number are known by what was sent', () => {
  const event = { category: 'network', duration: 65 };
  const ends = { source: { ip: CLIENT, bytes: 1500 }, destination: { ip: SERVER, bytes: 6e8 } };
  expect(read([{ '@timestamp': at(65), event, ...ends }])).toMatchObject([{ durationNs: 65e9 }]);
});

/** Inputs made after public reports of the field, beside the samples. */
const CASES = '../cases/files';

describeSamples(
  'amounts of logs that others were misled by',
  () => {
    it.each<[string, Record<string, unknown>]>([
      ['01-packetbeat-cumulative-flow.ndjson', { sourceBytes: 16_000_000, destinationBytes: 320_000 }],
      ['02-asa-teardown-total-bytes.ndjson', { sourceBytes: NaN, destinationBytes: NaN }],
      [
        '03-securityonion-zeek-conn.ndjson',
        {
          sourceBytes: 1_500_000,
          destinationBytes: 620_000_000,
          durationNs: 65_500_000_000,
          outcome: success,
          byteLayer: ByteLayer.network,
        },
      ],
      ...['04-netflow-unidirectional-halves.ndjson', '04b-eve-netflow-unidirectional-halves.json'].map(
        (name): [string, Record<string, unknown>] => [
          name,
          {
            source: '198.51.100.77',
            destination: '10.20.0.80',
            destinationPort: 443,
            direction: Direction.inbound,
            sourceBytes: 4_000_000,
            destinationBytes: 400_000_000,
          },
        ],
      ),
    ])('%s is one connection', async (name, expected) => {
      const path = sampleFile(`${CASES}/${name}`);
      expect(existsSync(path)).toBe(true);
      const events = eventsOf(normalize(await batchesOf([path])));
      expect(events).toHaveLength(1);
      expect(events[0]).toMatchObject(expected);
    });
  },
  CASES,
);
