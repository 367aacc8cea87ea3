import { Direction, DIRECTION_NAMES, Flag } from '../../src/domain/events.js';
import type { RawBatch, RecordFormat } from '../../src/domain/raw.js';
import { eventsOf, normalize, WINDOW_MS, type Normalized } from '../collect/logs.js';

const CONN = { ts: 1700000000, uid: 'C', proto: 'tcp', conn_state: 'SF' };

function zeek(record: object, options?: object): Normalized {
  return of('zeek', { ...CONN, ...record }, options);
}

function of(format: RecordFormat, record: unknown, options?: object): Normalized {
  return normalize([{ source: 'test', format, records: [record], places: [17] }], options);
}

const AT = { '@timestamp': '2023-11-14T22:13:20Z' };

function ends(source: unknown, destination: unknown, port = 443): object {
  return { 'id.orig_h': source, 'id.resp_h': destination, 'id.orig_p': 50000, 'id.resp_p': port };
}

describe('direction', () => {
  it.each([
    ['10.0.0.1', '192.168.1.1', 'internal'],
    ['10.0.0.1', '192.0.2.1', 'outbound'],
    ['192.0.2.1', '172.16.0.1', 'inbound'],
    ['192.0.2.1', '198.51.100.1', 'external'],
    ['fe80::1', 'fd00::1', 'internal'],
    ['2001:db8::1', '100.64.0.1', 'inbound'],
    ['::ffff:10.0.0.1', '192.0.2.1', 'outbound'],
    ['203.0.113.9', '192.0.2.1', 'outbound'],
  ])('from %s to %s is %s', (source, destination, expected) => {
    const [event] = eventsOf(zeek(ends(source, destination), { ownNetworks: ['203.0.113.0/24'] }));
    expect(DIRECTION_NAMES[event!.direction as number]).toBe(expected);
  });

  it('is what the sensor knows of its own networks', () => {
    const [event] = eventsOf(zeek({ ...ends('192.0.2.1', '198.51.100.1'), local_resp: true }));
    expect(event!.direction).toBe(Direction.inbound);
  });

  it('tells multicast and flows longer than a window', () => {
    const [event] = eventsOf(zeek({ ...ends('10.0.0.1', '224.0.0.251'), duration: WINDOW_MS / 1000 + 1 }));
    expect((event!.flags as number) & (Flag.multicast | Flag.long)).toBe(Flag.multicast | Flag.long);
  });
});

describe('rules', () => {
  const ignore = { networks: ['198.51.100.0/24', '2001:db8::/32'], ports: [53], domains: ['Example.org'] };

  it.each([
    ['loopback', zeek(ends('127.0.0.1', '127.0.0.1'))],
    ['loopback', zeek(ends('::1', '::1'))],
    ['allowed_network', zeek(ends('198.51.100.7', '10.0.0.1'), { ignore })],
    ['allowed_network', zeek(ends('10.0.0.1', '198.51.100.7'), { ignore })],
    ['allowed_network', zeek(ends('2001:db8::5', '10.0.0.1'), { ignore })],
    ['allowed_port', zeek(ends('10.0.0.1', '10.0.0.2', 53), { ignore })],
    [
      'allowed_domain',
      zeek(
        { ...ends('10.0.0.1', '10.0.0.2'), _path: 'dns', query: 'WWW.example.org.', qtype: 1 },
        { ignore },
      ),
    ],
    [
      'allowed_domain',
      zeek({ ...ends('10.0.0.1', '10.0.0.2'), _path: 'ssl', server_name: 'example.org' }, { ignore }),
    ],
    [
      'own_output',
      of('ecs', {
        '@timestamp': '2023-11-14T22:13:20Z',
        event: { module: 'elkhound' },
        source: { ip: '10.0.0.1' },
      }),
    ],
    ['empty', of('ecs', null)],
    ['no_timestamp', of('ecs', { event: { kind: 'event' }, source: { ip: '10.0.0.1' } })],
    ['unsupported_type', of('zeek', { ts: CONN.ts, ...ends('10.0.0.1', '10.0.0.2'), _path: 'x509' })],
    ['no_network_activity', of('auth', 'Nov 14 22:13:20 web CRON[1]: (root) CMD (true)')],
  ])('leave out, as %s', (reason, { coverage, windows }) => {
    expect(coverage).toMatchObject([{ read: 1, events: 0, filtered: { [reason]: 1 }, quarantined: {} }]);
    expect(windows).toEqual([]);
  });

  it.each([
    [
      'a domain that only ends alike',
      zeek({ ...ends('10.0.0.1', '10.0.0.2'), _path: 'dns', query: 'notexample.org', qtype: 1 }, { ignore }),
    ],
    ['the port of a client', zeek({ ...ends('10.0.0.1', '10.0.0.2'), 'id.orig_p': 53 }, { ignore })],
    ['loopback addresses that came over the network', zeek(ends('127.0.0.1', '10.0.0.2'))],
    ['loopback where it is wanted', zeek(ends('127.0.0.1', '127.0.0.1'), { ignore: { loopback: false } })],
  ])('keep %s', (_, { coverage }) => {
    expect(coverage).toMatchObject([{ read: 1, events: 1, filtered: {} }]);
  });
});

describe('a window that is larger than it may be', () => {
  it('takes what there is room for, counts the rest with its reason, and goes on', () => {
    const batches = Array.from({ length: 40 }, (_, k) => ({
      source: 'test',
      format: 'zeek' as const,
      records: Array.from({ length: 500 }, (__, i) => ({
        ...CONN,
        ts: CONN.ts + (k === 39 ? WINDOW_MS / 1000 : 0),
        ...ends(`198.18.${String(k)}.${String(i % 250)}`, '10.0.0.1', i + 1),
      })),
      places: Array.from({ length: 500 }, (__, i) => i),
    }));
    const { coverage, windows } = normalize(batches, { maxWindowMb: 1 });
    const [full, next] = windows;
    const { events } = full!.coverage[0]!;
    // A megabyte is some thousands of events, half of which can be strangers'.
    expect(events).toBeGreaterThan(1500);
    expect(events).toBeLessThan(3500);
    expect(full!.events.length).toBe(events);
    expect(full!.events.bytes).toBeLessThan(2 ** 20 + 500 * 400);
    expect(full!.coverage).toMatchObject([
      { read: 39 * 500, filtered: { window_full: 39 * 500 - events }, quarantined: {} },
    ]);
    expect(next!.coverage).toMatchObject([{ read: 500, events: 500, filtered: {} }]);
    expect(coverage).toMatchObject([
      { read: 40 * 500, events: events + 500, filtered: { window_full: 39 * 500 - events } },
    ]);
  });

  it('keeps room for own hosts and other sources, however many strangers come before them', () => {
    const batch = (source: string, count: number, from: (i: number) => string): RawBatch => ({
      source,
      format: 'zeek',
      records: Array.from({ length: count }, (_, i) => ({ ...CONN, ...ends(from(i), '10.0.0.1', i + 1) })),
      places: Array.from({ length: count }, (_, i) => i),
    });
    const stranger = (i: number): string => `198.18.${String(i >> 8)}.${String(i & 255)}`;
    const own = (i: number): string => `10.9.${String(i >> 8)}.${String(i & 255)}`;
    const flood = batch('conn.log', 20_000, stranger);
    const forged = batch('conn.log', 20_000, own);
    const few = [batch('conn.log', 300, own), batch('dns.log', 300, (i) => own(i + 30_000))];
    const kept = (batches: readonly RawBatch[]): number[] => {
      const [window] = normalize(batches, { maxWindowMb: 1 }).windows;
      const { source, origin } = window!.events.columns;
      return ['conn.log', 'dns.log'].map((name) => {
        let rows = 0;
        for (let row = 0; row < window!.events.length; row++) {
          const isOwn = window!.events.names.value(source[row]!).startsWith('10.9.');
          if (isOwn && window!.events.sources[origin[row]!] === name) rows++;
        }
        return rows;
      });
    };
    expect(kept([flood, ...few])).toEqual([300, 300]);
    // What forges own addresses fills its own source, and leaves room for the others.
    expect(kept([forged, ...few])[1]).toBe(300);
  });

  it('tells a thousand sources apart, and takes the others together', () => {
    const { windows } = normalize(
      Array.from({ length: 1100 }, (_, i) => ({
        source: `sensor-${String(i)}`,
        format: 'zeek' as const,
        records: [{ ...CONN, ...ends('10.0.0.2', '10.0.0.1', i + 1) }],
        places: [1],
      })),
    );
    const [{ coverage }] = windows as [(typeof windows)[number]];
    expect(coverage).toHaveLength(1001);
    expect(coverage.at(-1)).toMatchObject({ source: '(other sources)', read: 100, events: 100 });
  });
});

describe('malformed records', () => {
  const good = ends('10.0.0.1', '10.0.0.2');

  it.each([
    ['no_time', zeek({ ...good, ts: undefined })],
    ['no_time', zeek({ ...good, ts: 'soon' })],
    ['no_time', of('ecs', { '@timestamp': 'soon', source: { ip: '10.0.0.1' } })],
    ['absurd_time', zeek({ ...good, ts: -5 })],
    ['absurd_time', zeek({ ...good, ts: 4_000_000_000 })],
    ['bad_address', zeek(ends('10.0.0.300', '10.0.0.2'))],
    ['bad_address', zeek(ends({ ip: '10.0.0.1' }, '10.0.0.2'))],
    ['bad_address', of('ecs', { '@timestamp': '2023-11-14T22:13:20Z', source: { ip: 'web' } })],
    ['bad_syslog', of('auth', 'sshd: Failed password')],
    ['not_an_object', of('zeek', [])],
    ['not_a_line', of('auth', {})],
  ])('are quarantined, as %s, with their place', (reason, { coverage, quarantine }) => {
    expect(coverage).toMatchObject([{ read: 1, events: 0, filtered: {}, quarantined: { [reason]: 1 } }]);
    expect(quarantine.samples).toMatchObject([{ source: 'test', place: 17, reason }]);
  });

  it.each([
    ['bad_port', 'destinationPort', -1, zeek({ ...good, 'id.resp_p': 70000 })],
    ['bad_port', 'destinationPort', -1, zeek({ ...good, 'id.resp_p': 'http' })],
    ['bad_number', 'sourceBytes', NaN, zeek({ ...good, orig_ip_bytes: -1 })],
    ['bad_number', 'sourceBytes', NaN, zeek({ ...good, orig_ip_bytes: 'many' })],
    ['bad_number', 'sourcePackets', NaN, zeek({ ...good, orig_pkts: 1e300 })],
    ['bad_number', 'status', -1, zeek({ ...good, _path: 'http', status_code: 'OK' })],
    ['bad_duration', 'durationNs', NaN, zeek({ ...good, duration: [] })],
    ['bad_duration', 'durationNs', NaN, zeek({ ...good, duration: -1.2e-5 })],
    ['bad_duration', 'durationNs', NaN, zeek({ ...good, duration: 1e12 })],
    [
      'bad_address',
      'destination',
      '',
      zeek({ ...ends('10.0.0.1', 'web'), _path: 'dns', query: 'a.example' }),
    ],
    ['multiple_values', 'source', '10.0.0.1', of('ecs', { ...AT, source: { ip: ['10.0.0.1', '10.0.0.2'] } })],
    [
      'multiple_values',
      'source',
      '10.0.0.1',
      of('ecs', { ...AT, source: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] }),
    ],
  ])('lose no more than a field, %s: %s', (reason, field, value, result) => {
    expect(result.coverage).toMatchObject([
      { read: 1, events: 1, irregular: { [reason]: 1 }, quarantined: {} },
    ]);
    expect(eventsOf(result)).toMatchObject([{ [field]: value, endMs: CONN.ts * 1000 }]);
  });

  it('are shown without control characters', () => {
    const { quarantine } = of('auth', `\u0000\u001b[31m${'x'.repeat(500)}\u0085\n`);
    expect(quarantine.samples[0]!.excerpt).toBe(`  [31m${'x'.repeat(194)}`);
  });

  it('do not count as ends where names are usual', () => {
    const ssh = 'Nov 14 22:13:20 web sshd[1]: Failed password for root from gw.example.org port 22 ssh2';
    expect(eventsOf(of('auth', ssh))).toMatchObject([{ source: 'gw.example.org', destination: 'web' }]);
    const named = {
      '@timestamp': '2023-11-14T22:13:20Z',
      source: { ip: '10.0.0.1' },
      destination: { domain: 'web' },
    };
    expect(eventsOf(of('ecs', named))).toMatchObject([{ destination: 'web' }]);
  });
});

describe('names', () => {
  it.each([
    ['WWW.Example.co.uk.', 'www.example.co.uk', 'example.co.uk'],
    ['a.b.blogspot.com', 'a.b.blogspot.com', 'b.blogspot.com'],
    ['printer', 'printer', 'printer'],
    ['_tcp.local', '_tcp.local', '_tcp.local'],
  ])('%s belongs to its registered domain', (query, name, domain) => {
    const record = { ...ends('10.0.0.1', '10.0.0.2', 53), _path: 'dns', query, qtype: 1 };
    expect(eventsOf(zeek(record))).toMatchObject([{ name, domain }]);
  });

  it.each([
    ['example.org:8080', 'example.org', false],
    ['192.0.2.1:80', '192.0.2.1', true],
    ['[2001:db8::1]:80', '[2001:db8::1]', true],
    ['2001:db8::1', '2001:db8::1', true],
  ])('of the HTTP host %s is %s', (host, name, isBare) => {
    const [event] = eventsOf(
      zeek({ ...ends('10.0.0.1', '10.0.0.2'), _path: 'http', host, method: 'GET', trans_depth: 1 }),
    );
    expect(event!.name).toBe(name);
    expect(((event!.flags as number) & Flag.bareAddress) !== 0).toBe(isBare);
  });
});
