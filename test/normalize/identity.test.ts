/**
 * Who is who: one host, one user and one connection, whatever log tells of them and however it writes them.
 */
import fc from 'fast-check';
import { Flag, icmpPort, Outcome, Transport } from '../../src/domain/events.js';
import type { RecordFormat } from '../../src/domain/raw.js';
import { batchesOf, eventsOf, Folder, normalize, type Normalized } from '../collect/logs.js';

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

function of(format: RecordFormat, ...records: unknown[]): Normalized {
  const places = records.map((_, i) => i + 1);
  return normalize([{ source: 'test', format, records, places }]);
}

function eventOf(format: RecordFormat, record: unknown): Record<string, unknown> {
  return eventsOf(of(format, record))[0]!;
}

/** What the lines of a file come to. */
async function read(name: string, ...lines: string[]): Promise<Normalized> {
  return normalize(await batchesOf([folder.write(name, `${lines.join('\n')}\n`)]));
}

const TS = 1_795_168_800;
const ISO = '2026-11-20T10:00:00Z';
const CONN = {
  _path: 'conn',
  ts: TS,
  uid: 'C1',
  'id.orig_h': '10.0.0.5',
  'id.orig_p': 40000,
  'id.resp_h': '198.51.100.7',
  'id.resp_p': 443,
  proto: 'tcp',
  duration: 10,
  conn_state: 'SF',
  orig_pkts: 4,
  orig_ip_bytes: 300,
  resp_pkts: 5,
  resp_ip_bytes: 420,
};
const FLOW = {
  timestamp: ISO,
  flow_id: 101,
  event_type: 'flow',
  src_ip: '10.0.0.5',
  src_port: 40000,
  dest_ip: '198.51.100.7',
  dest_port: 443,
  proto: 'TCP',
  flow: {
    pkts_toserver: 4,
    pkts_toclient: 5,
    bytes_toserver: 356,
    bytes_toclient: 490,
    start: ISO,
    end: ISO,
  },
};
const DOCUMENT = {
  '@timestamp': ISO,
  event: { category: ['network'], type: ['connection'] },
  source: { ip: '10.0.0.5', port: 40000, bytes: 300, packets: 4 },
  destination: { ip: '198.51.100.7', port: 443, bytes: 420, packets: 5 },
  network: { transport: 'tcp' },
};

describe('an address', () => {
  const spellings = fc.constantFrom(
    '2001:db8::5',
    '2001:DB8::5',
    '2001:0db8:0000:0000:0000:0000:0000:0005',
    '2001:db8:0:0::5',
  );

  it('is one host in every format, however it is written', () => {
    fc.assert(
      fc.property(spellings, (address) => {
        const told = [
          eventOf('zeek', { ...CONN, 'id.orig_h': address }),
          eventOf('eve', { ...FLOW, src_ip: address }),
          eventOf('ecs', { ...DOCUMENT, source: { ...DOCUMENT.source, ip: address } }),
          eventOf('table', { '@timestamp': ISO, 'source.ip': address, 'destination.ip': '10.0.0.9' }),
          eventOf(
            'auth',
            `2026-11-20T10:00:00Z gate sshd[1]: Accepted password for root from ${address} port 22 ssh2`,
          ),
        ];
        expect(told.map(({ source }) => source)).toEqual(told.map(() => '2001:db8::5'));
      }),
    );
  });

  it('mapped into IPv6 is the IPv4 address, one with a zone stays apart', () => {
    expect(eventOf('zeek', { ...CONN, 'id.orig_h': '::FFFF:10.0.0.5' })).toMatchObject({
      source: '10.0.0.5',
      flags: Flag.sourceOwn,
    });
    const zoned = { ...CONN, 'id.orig_h': 'FE80:0::1%eth0', 'id.resp_h': 'fe80::1' };
    expect(eventOf('zeek', zoned)).toMatchObject({ source: 'fe80::1%eth0', destination: 'fe80::1' });
  });

  it('lets two sensors tell of one connection', async () => {
    const long = {
      ...FLOW,
      src_ip: '2001:0DB8:0:0:0:0:0:5',
      dest_ip: '2001:0db8:0001:0000:0000:0000:0000:0022',
    };
    const short = { ...CONN, 'id.orig_h': '2001:db8::5', 'id.resp_h': '2001:db8:1::22' };
    const files = [
      folder.write('conn6.json', JSON.stringify(short)),
      folder.write('eve6.json', JSON.stringify(long)),
    ];
    const { coverage } = normalize(await batchesOf(files));
    expect(coverage.map(({ events, duplicates }) => events + duplicates)).toEqual([1, 1]);
    expect(coverage.map(({ duplicates }) => duplicates).sort()).toEqual([0, 1]);
  });
});

describe('names in a Zeek table', () => {
  const header = (path: string, ...fields: string[]): string[] => [
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    `#path\t${path}`,
    `#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\t${fields.join('\t')}`,
  ];
  const ENDS = `${String(TS)}\tC1\t10.0.0.5\t40000\t198.51.100.7\t80`;

  it.each([
    ['caf\\xc3\\xa9.example.org', 'café.example.org'],
    ['a\\x09b', 'a\tb'],
    // Not UTF-8: as Zeek's JSON has it.
    ['a\\xe9b', 'a\\xe9b'],
    ['a\\xffb\\xc3\\xa9', 'a\\xffbé'],
    ['\\x2d', '-'],
    ['plain', 'plain'],
  ])('are unescaped as in its JSON: %s', async (cell, text) => {
    const lines = [...header('http', 'trans_depth', 'host', 'user_agent'), `${ENDS}\t1\t${cell}\t${cell}`];
    const [event] = eventsOf(await read('http.log', ...lines));
    const json = {
      ts: TS,
      _path: 'http',
      'id.orig_h': '10.0.0.5',
      'id.resp_h': '198.51.100.7',
      host: text,
      user_agent: text,
    };
    expect(event).toMatchObject({ name: text, agent: text });
    expect(eventOf('zeek', json)).toMatchObject({ name: text, agent: text });
  });

  it('and the names of accounts are the same as in its JSON', async () => {
    const lines = [...header('http', 'trans_depth', 'username'), `${ENDS}\t1\tCORP\\\\bob`];
    const [event] = eventsOf(await read('http.log', ...lines));
    const json = {
      ts: TS,
      _path: 'http',
      'id.orig_h': '10.0.0.5',
      'id.resp_h': '198.51.100.7',
      username: 'CORP\\bob',
    };
    expect(event!.user).toBe('bob');
    expect(eventOf('zeek', json).user).toBe('bob');
    expect(eventOf('ecs', { '@timestamp': ISO, user: { name: 'CORP\\bob' } }).user).toBe('bob');
  });

  it('are never those of every object', async () => {
    for (const name of ['__proto__', 'toString', 'constructor', 'valueOf', 'hasOwnProperty']) {
      const lines = [
        `#fields\tts\tuid\t${name}\tid.orig_h\tid.resp_h\tconn_state`,
        `${String(TS)}\tC1\tx\t10.0.0.5\t10.0.0.9\tSF`,
      ];
      expect(eventsOf(await read('conn.log', ...lines))).toMatchObject([{ source: '10.0.0.5', kind: 1 }]);
    }
  });
});

describe('ids', () => {
  it('beyond 2^53 stay apart', async () => {
    const line = (id: string): string => JSON.stringify(FLOW).replace('101', id);
    const events = eventsOf(await read('eve.json', line('1805461738637437953'), line('1805461738637437954')));
    expect(events.map(({ id }) => id)).toEqual(['1805461738637437953', '1805461738637437954']);
  });
});

describe('a login', () => {
  const login = (host: object): object => ({
    '@timestamp': ISO,
    event: { category: ['authentication'], dataset: 'system.auth', outcome: 'failure' },
    source: { ip: '203.0.113.66' },
    user: { name: 'root' },
    host,
  });

  it('is one at the host that its own file names, not at a bridge that many have', () => {
    const line = `${ISO} gate sshd[1]: Failed password for root from 203.0.113.66 port 50111 ssh2`;
    const host = { name: 'gate', id: 'b1', ip: ['172.17.0.1', '192.0.2.7'] };
    expect(eventOf('auth', line).destination).toBe('gate');
    expect(eventOf('ecs', login(host))).toMatchObject({ destination: 'gate', flags: Flag.destinationOwn });
    expect(eventOf('ecs', login({ id: 'b1', ip: ['172.17.0.1'] })).destination).toBe('b1');
    expect(eventOf('ecs', login({ ip: ['192.0.2.7', '172.17.0.1'] })).destination).toBe('192.0.2.7');
  });
});

describe('late packets', () => {
  const zeek = (
    history: string | undefined,
    state: string,
    from: number,
    to: number,
    more: object = {},
  ): object => ({
    ...CONN,
    'id.orig_h': '10.0.0.80',
    'id.orig_p': from,
    'id.resp_h': '10.0.0.5',
    'id.resp_p': to,
    conn_state: state,
    history,
    orig_pkts: 1,
    orig_ip_bytes: 40,
    resp_pkts: 0,
    resp_ip_bytes: 0,
    ...more,
  });
  const eve = (flags: string | undefined, from: number, to: number): object => ({
    ...FLOW,
    src_ip: '10.0.0.80',
    src_port: from,
    dest_ip: '10.0.0.5',
    dest_port: to,
    flow: { ...FLOW.flow, pkts_toserver: 1, pkts_toclient: 0, state: 'new' },
    ...(flags === undefined ? {} : { tcp: { tcp_flags: flags, tcp_flags_ts: flags, tcp_flags_tc: '00' } }),
  });
  const denied = (from: number, to: number): object => ({
    '@timestamp': ISO,
    event: { category: ['network'], type: ['connection', 'denied'], dataset: 'cisco_asa.log' },
    source: { ip: '10.0.0.80', port: from },
    destination: { ip: '10.0.0.5', port: to },
    network: { transport: 'tcp' },
  });

  it.each<[string, RecordFormat, object, number]>([
    ['a FIN', 'zeek', zeek('F', 'SH', 443, 50123), 0],
    ['a RST', 'zeek', zeek('R', 'RSTOS0', 443, 1025), 0],
    ['data', 'zeek', zeek('D', 'OTH', 3389, 50123), 0],
    ['an opening that nobody wrote a history of', 'zeek', zeek(undefined, 'OTH', 443, 2000), 0],
    ['a DNS answer', 'zeek', zeek('D', 'S0', 53, 50123, { proto: 'udp' }), 0],
    ['of TCP in Suricata', 'eve', eve('11', 443, 50123), 0],
    ['at a firewall', 'ecs', denied(443, 50123), 0],
    ['that are a scan from the port of a service', 'zeek', zeek('S', 'S0', 443, 50123), 1],
    ['that are a refused scan from the port of a service', 'zeek', zeek('Sr', 'REJ', 53, 50123), 1],
    ['that are a scan without a history', 'zeek', zeek(undefined, 'S0', 443, 50123), 1],
    ['that are a scan in Suricata', 'eve', eve('02', 443, 50123), 1],
    ['to another service', 'zeek', zeek('F', 'SH', 443, 3306), 1],
    ['to a well-known port', 'zeek', zeek('F', 'SH', 443, 22), 1],
    ['of UDP to a port below those of clients', 'zeek', zeek('D', 'S0', 53, 20000, { proto: 'udp' }), 1],
    ['to a port that a firewall saw nothing else of', 'ecs', denied(443, 2000), 1],
    ['from a client', 'zeek', zeek('F', 'SH', 50123, 50124), 1],
    ['that are too many to be late', 'zeek', zeek('D', 'OTH', 443, 50123, { orig_pkts: 1000 }), 1],
  ])('%s', (_, format, record, kind) => {
    expect(eventOf(format, record)).toMatchObject({ kind, source: '10.0.0.80', destination: '10.0.0.5' });
  });

  it('of both sides are the rest of what the client began', () => {
    const rest = zeek('DadA', 'OTH', 443, 50123, {
      orig_pkts: 90,
      orig_ip_bytes: 90_000,
      resp_pkts: 40,
      resp_ip_bytes: 1600,
    });
    expect(
      eventOf('zeek', { ...rest, local_orig: true, local_resp: false, 'id.resp_h': '198.51.100.9' }),
    ).toMatchObject({
      kind: 1,
      source: '198.51.100.9',
      sourcePort: 50123,
      destination: '10.0.0.80',
      destinationPort: 443,
      sourceBytes: 1600,
      destinationBytes: 90_000,
      sourcePackets: 40,
      destinationPackets: 90,
      outcome: Outcome.unknown,
      flags: Flag.destinationOwn,
    });
  });
});

describe('ICMP', () => {
  it('has types and codes, and no ports, in every format', () => {
    const told = [
      eventOf('zeek', { ...CONN, proto: 'icmp', 'id.orig_p': 3, 'id.resp_p': 1 }),
      eventOf('eve', {
        ...FLOW,
        src_port: undefined,
        dest_port: undefined,
        proto: 'ICMP',
        icmp_type: 3,
        icmp_code: 1,
      }),
      eventOf('ecs', {
        ...DOCUMENT,
        event: { ...DOCUMENT.event, module: 'netflow' },
        source: { ip: '10.0.0.5', port: 0 },
        destination: { ip: '198.51.100.7', port: 769 },
        network: { transport: 'icmp' },
      }),
      eventOf('ecs', {
        ...DOCUMENT,
        network: { transport: 'icmp' },
        zeek: { connection: { icmp: { type: 3, code: 1 } } },
      }),
    ];
    for (const event of told) {
      expect(event).toMatchObject({
        transport: Transport.icmp,
        sourcePort: icmpPort(3, 1),
        destinationPort: -1,
      });
    }
  });

  it('has no ports where a record has numbers that are not known to be its type', () => {
    const echo = {
      ...DOCUMENT,
      network: { transport: 'ipv6-icmp' },
      source: { ...DOCUMENT.source, port: 4711 },
    };
    expect(eventOf('ecs', echo)).toMatchObject({ sourcePort: -1, destinationPort: -1 });
  });

  it.each(['ICMP', 'IPV6-ICMP', 'IPv6-ICMP', 'ipv6-icmp', 'icmp6', 58, '1'])('is what %s says', (proto) => {
    const record = {
      ...FLOW,
      src_port: undefined,
      dest_port: undefined,
      proto,
      icmp_type: 133,
      icmp_code: 0,
    };
    expect(eventOf('eve', record)).toMatchObject({ transport: Transport.icmp, sourcePort: icmpPort(133, 0) });
  });
});

describe('a Zeek log under a name of its own', () => {
  it.each([
    ['conn-external', 1],
    ['open_conn', 1],
    ['conn_internal', 1],
    ['elsewhere', 1],
    ['conn_long', 0],
    ['conn-long', 0],
    ['conn_red', 0],
    ['conn_agg', 0],
  ])('%s: %i connections', (path, events) => {
    const { coverage } = of('zeek', { ...CONN, _path: path });
    const filtered = events === 1 ? {} : { unsupported_type: 1 };
    expect(coverage).toMatchObject([{ events, filtered, quarantined: {} }]);
  });

  it('repeats what the log itself says', () => {
    const { coverage } = of('zeek', CONN, { ...CONN, _path: 'conn-http' });
    expect(coverage).toMatchObject([{ events: 1, duplicates: 1 }]);
  });

  it('is known to repeat by the name of its file, too', async () => {
    const { _path: _, ...conn } = CONN;
    for (const [name, events] of [
      ['conn_long.log', 0],
      ['conn-external.log', 1],
      ['my_summary_conn.log', 1],
    ] as const) {
      expect((await read(name, JSON.stringify(conn))).coverage).toMatchObject([{ read: 1, events }]);
    }
  });

  it('that shares a field with another one is not that one', () => {
    const { conn_state: _, ...exchange } = CONN;
    const quic = { ...exchange, _path: 'quic', server_name: 'a.example', history: 'IIS' };
    expect(of('zeek', quic).coverage).toMatchObject([{ events: 0, filtered: { unsupported_type: 1 } }]);
  });
});
