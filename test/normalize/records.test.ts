/**
 * Records as sensors write them: questions with their answers, connections that tell of more, and values
 * that nobody expects.
 */
import fc from 'fast-check';
import { total } from '../../src/domain/coverage.js';
import { Flag, isConnection, Outcome } from '../../src/domain/events.js';
import type { RecordFormat } from '../../src/domain/raw.js';
import { DerivedColumns } from '../../src/features/columns.js';
import { eventsOf, normalize, type Normalized } from '../collect/logs.js';

const ISO = '2026-11-20T10:00:00Z';

function of(format: RecordFormat, ...records: unknown[]): Normalized {
  const places = records.map((_, i) => i + 1);
  return normalize([{ source: 'test', format, records, places }]);
}

describe('a DNS question and its answer', () => {
  const record = (type: string, more: object = {}, dns: object = {}): object => ({
    timestamp: ISO,
    flow_id: 201,
    event_type: 'dns',
    src_ip: '10.0.0.5',
    src_port: 5001,
    dest_ip: '10.0.0.53',
    dest_port: 53,
    proto: 'UDP',
    dns: { version: 3, type, id: 77, queries: [{ rrname: 'nope.example.net', rrtype: 'A' }], ...dns },
    ...more,
  });
  const QUESTION = record('request', {}, { rcode: 'NOERROR', tx_id: 0 });
  const ANSWER = record('response', {}, { rcode: 'NXDOMAIN', tx_id: 1 });
  const ended = (ms: number): string => new Date(Date.parse(ISO) + ms).toISOString();

  it.each([
    ['as they come', [QUESTION, ANSWER]],
    ['the other way round', [ANSWER, QUESTION]],
    ['told twice', [QUESTION, QUESTION, ANSWER]],
    [
      'where the server is the one that tells',
      [QUESTION, { ...ANSWER, src_ip: '10.0.0.53', src_port: 53, dest_ip: '10.0.0.5', dest_port: 5001 }],
    ],
  ])('are one, %s', (_, records) => {
    const result = of('eve', ...records);
    expect(eventsOf(result)).toMatchObject([
      {
        source: '10.0.0.5',
        destination: '10.0.0.53',
        name: 'nope.example.net',
        status: 3,
        outcome: Outcome.failure,
        flags: 1 | 2 | Flag.nxdomain,
      },
    ]);
    expect(result.coverage).toMatchObject([{ events: 1, filtered: { answered: 1 } }]);
    expect(result.windows[0]!.coverage).toMatchObject([{ events: 1, filtered: { answered: 1 } }]);
  });

  it('are one in documents of Elastic, too', () => {
    const document = (type: string, more: object): object => ({
      '@timestamp': ISO,
      event: { module: 'suricata', dataset: 'suricata.eve' },
      source: { ip: '10.0.0.5', port: 5001 },
      destination: { ip: '10.0.0.53', port: 53 },
      dns: { type, id: '77', question: { name: 'nope.example.net', type: 'A' }, ...more },
    });
    const result = of('ecs', document('query', {}), document('answer', { response_code: 'NXDOMAIN' }));
    expect(eventsOf(result)).toMatchObject([{ status: 3, outcome: Outcome.failure }]);
    expect(result.coverage).toMatchObject([{ events: 1, filtered: { answered: 1 } }]);
  });

  it.each([
    ['without an answer, which has no outcome', [QUESTION], [[Outcome.unknown, -1]]],
    [
      'and the answer to another one',
      [QUESTION, record('response', {}, { id: 78, rcode: 'NXDOMAIN' })],
      [
        [Outcome.unknown, -1],
        [Outcome.failure, 3],
      ],
    ],
    [
      'asked again',
      [QUESTION, record('request', { timestamp: ended(50) }), ANSWER],
      [
        [Outcome.unknown, -1],
        [Outcome.failure, 3],
      ],
    ],
  ])('%s', (_, records, expected) => {
    expect(eventsOf(of('eve', ...records)).map(({ outcome, status }) => [outcome, status])).toEqual(expected);
  });

  it('with several names is told, and is the first of them', () => {
    const queries = ['a.example', 'b.example'].map((rrname) => ({ rrname, rrtype: 'A' }));
    const result = of('eve', record('request', {}, { queries }));
    expect(eventsOf(result)).toMatchObject([{ name: 'a.example' }]);
    expect(result.coverage).toMatchObject([{ events: 1, irregular: { multiple_values: 1 } }]);
  });
});

describe('a connection that is told with something else', () => {
  const document = (more: object, module?: string): object => ({
    '@timestamp': ISO,
    event: { category: ['network'], type: ['connection'], ...(module === undefined ? {} : { module }) },
    source: { ip: '10.0.0.5', port: 40000, bytes: 2e9, packets: 2e6 },
    destination: { ip: '198.51.100.7', port: 443, bytes: 1e6 },
    network: { transport: 'tcp' },
    ...more,
  });
  const CASES: [string, object, number][] = [
    ['TLS', { tls: { version: '1.3', client: { server_name: 'a.example' } } }, 4],
    ['HTTP', { http: { request: { method: 'POST', body: { bytes: 7 } } } }, 3],
    ['DNS', { dns: { question: { name: 'a.example' } } }, 2],
    ['an alert', { event: { kind: 'alert', category: ['network'], type: ['connection'] } }, 7],
  ];
  /** Bytes that the flows of the only window sent. */
  const sent = ({ windows: [window] }: Normalized): number => {
    const derived = new DerivedColumns(window!.events, false);
    const bytes = derived.measure('sourceBytes');
    return derived.rows('flow').reduce((sum, row) => sum + bytes[row]!, 0);
  };

  it.each(CASES)('counts as a flow besides: %s', (_, more, kind) => {
    const result = of('ecs', document(more));
    expect(eventsOf(result)).toMatchObject([{ kind, sourceBytes: 2e9 }]);
    expect(sent(result)).toBe(2e9);
  });

  it.each(CASES)('counts once where another sensor tells of the connection: %s', (_, more) => {
    const flow = { ...document({}), observer: { name: 'zeek' } };
    const result = of('ecs', flow, document(more));
    expect(sent(result)).toBe(2e9);
    expect(result.windows[0]!.events.length).toBeGreaterThan(0);
  });

  it.each([
    ['a sensor that has records of connections', document({ tls: { version: '1.3' } }, 'suricata')],
    [
      'a record of a protocol',
      document({
        event: { type: ['protocol', 'connection'], category: ['network'] },
        tls: { version: '1.3' },
      }),
    ],
    [
      'one without amounts',
      {
        ...document({ tls: { version: '1.3' } }),
        source: { ip: '10.0.0.5' },
        destination: { ip: '198.51.100.7' },
      },
    ],
  ])('is none: %s', (_, record) => {
    const { windows } = of('ecs', record);
    expect(isConnection(windows[0]!.events.columns, 0)).toBe(false);
  });
});

describe('text that a shipper did not parse', () => {
  it.each(['{"ts":1795168800.1,"id.orig_h":"10.0.0.5"}', '{"event_type":"alert","src_ip":"10.0.0.5"}'])(
    'is no silence: %s',
    (message) => {
      const { coverage } = of('ecs', { '@timestamp': ISO, message, ecs: { version: '8.0.0' } });
      expect(coverage).toMatchObject([{ events: 0, filtered: {}, quarantined: { unparsed_message: 1 } }]);
    },
  );

  it('that is about something else is left out', () => {
    const { coverage } = of('ecs', { '@timestamp': ISO, message: '{"level":"info"}' });
    expect(coverage).toMatchObject([{ events: 0, filtered: { unsupported_type: 1 } }]);
  });
});

it('an EVE record may have lost its own time on the way through Logstash', () => {
  const alert = {
    event_type: 'alert',
    flow_id: 1,
    src_ip: '203.0.113.9',
    dest_ip: '10.0.0.5',
    alert: { signature: 'A' },
  };
  expect(eventsOf(of('eve', { ...alert, '@timestamp': ISO }))).toMatchObject([
    { endMs: Date.parse(ISO), rule: 'A' },
  ]);
});

describe('values that nobody expects, in every field of every format', () => {
  const NAMES = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'then',
    'toJSON',
    '',
    '.',
  ];
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1e308,
      NaN,
      '',
      '-',
      [],
      {},
      [[]],
      [null],
      [{}],
      { toString: 1 },
      { valueOf: null },
    ),
    fc.constantFrom<unknown>(
      '\u0000',
      '\ud800',
      '1e999',
      '999.1.1.1',
      '::ffff:1.2.3.4',
      'fe80::1%eth0',
      '[::1]',
      'icmp',
      'x'.repeat(5000),
    ),
    fc.constantFrom(...NAMES),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const GOOD: [RecordFormat, object][] = [
    [
      'zeek',
      {
        ...{
          ts: 1795168800.1,
          uid: 'C',
          _path: 'conn',
          'id.orig_h': '10.0.0.1',
          'id.orig_p': 1,
          'id.resp_h': '192.0.2.9',
          'id.resp_p': 80,
        },
        ...{
          proto: 'tcp',
          service: 'http',
          duration: 1,
          conn_state: 'SF',
          history: 'S',
          orig_pkts: 1,
          orig_ip_bytes: 1,
          local_orig: true,
        },
        ...{
          query: 'a.b',
          qtype_name: 'A',
          rcode_name: 'NOERROR',
          server_name: 'a.b',
          user_agent: 'u',
          status_code: 200,
          method: 'GET',
        },
        ...{
          trans_depth: 1,
          auth_success: true,
          auth_attempts: 3,
          username: 'x',
          note: 'n',
          msg: 'm',
          label: 'l',
          peer: 'p',
        },
      },
    ],
    [
      'eve',
      {
        ...{
          timestamp: ISO,
          event_type: 'flow',
          flow_id: 1,
          src_ip: '10.0.0.1',
          src_port: 1,
          dest_ip: '192.0.2.9',
          dest_port: 80,
        },
        ...{
          proto: 'TCP',
          app_proto: 'http',
          host: 'sensor',
          tcp: { tcp_flags_ts: '1b', rst: true },
          tls: { sni: 'a', version: 'TLS 1.2' },
        },
        ...{
          flow: { start: ISO, end: ISO, bytes_toserver: 1, pkts_toclient: 1, state: 'closed' },
          alert: { signature: 's' },
        },
        ...{
          dns: { type: 'answer', id: 1, rrname: 'a', rcode: 'NOERROR', queries: [{ rrname: 'a' }] },
          http: { hostname: 'h', status: 200 },
        },
      },
    ],
    [
      'ecs',
      {
        ...{
          '@timestamp': ISO,
          source: { ip: '10.0.0.1', port: 1, bytes: 1 },
          destination: { ip: '192.0.2.9', port: 80, bytes: 1 },
        },
        ...{
          event: {
            category: ['network'],
            type: ['connection'],
            kind: 'event',
            module: 'm',
            duration: 1,
            start: ISO,
            end: ISO,
            id: 'i',
          },
        },
        ...{
          network: { transport: 'tcp', protocol: 'http', direction: 'outbound' },
          dns: { id: 1, type: 'query', question: { name: 'a' } },
        },
        ...{
          tls: { version: '1.2' },
          user: { name: 'u' },
          host: { name: 'h' },
          http: { request: { method: 'GET' } },
          message: '{}',
        },
      },
    ],
  ];
  const TYPES: Readonly<Record<string, readonly string[]>> = {
    zeek: [
      'conn',
      'dns',
      'http',
      'ssl',
      'ssh',
      'rdp',
      'notice',
      'weird',
      'intel',
      'ntlm',
      'kerberos',
      'sip',
      'snmp',
    ],
    eve: ['flow', 'netflow', 'alert', 'dns', 'http', 'tls', 'ssh', 'anomaly', 'smb'],
    ecs: ['network', 'authentication', 'intrusion_detection'],
  };

  /** The record with a value somewhere in it, at a field that it has or at one that it should not. */
  function planted(
    record: object,
    path: readonly number[],
    name: string | undefined,
    value: unknown,
  ): object {
    const copy = structuredClone(record) as Record<string, unknown>;
    let at = copy;
    for (const step of path) {
      const keys = Object.keys(at);
      const key = keys[step % keys.length]!;
      const inner = at[key];
      if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) {
        at[key] = value;
        return copy;
      }
      at = inner as Record<string, unknown>;
    }
    const last = Object.keys(at)[0] ?? 'a';
    Object.defineProperty(at, name ?? last, { value, enumerable: true, configurable: true, writable: true });
    return copy;
  }

  const record = fc.constantFrom(...GOOD).chain(([format, good]) =>
    fc
      .tuple(
        fc.constantFrom(...TYPES[format]!),
        fc.array(
          fc.tuple(
            fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }),
            fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
            odd,
          ),
          {
            minLength: 1,
            maxLength: 4,
          },
        ),
      )
      .map(([type, plants]) => {
        const field = { zeek: { _path: type }, eve: { event_type: type } }[format as string];
        const base = field
          ? { ...good, ...field }
          : { ...good, event: { ...(good as { event: object }).event, category: [type] } };
        return {
          format,
          record: plants.reduce<object>(
            (made, [path, name, value]) => planted(made, path, name, value),
            base,
          ),
        };
      }),
  );

  it('cost at most their own record, and every record is counted', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (records) => {
        const batches = records.map(({ format, record: one }, i) => ({
          source: 'test',
          format,
          records: [one],
          places: [i + 1],
        }));
        const result = normalize(batches);
        const [{ read, events, duplicates, filtered, quarantined }] = result.coverage as [
          Normalized['coverage'][number],
        ];
        expect(events + duplicates + total(filtered) + total(quarantined)).toBe(read);
        expect(read).toBe(records.length);
        expect(quarantined).not.toHaveProperty('unreadable');
        for (const { events: table } of result.windows) {
          expect(table.names.values.every((name) => typeof name === 'string')).toBe(true);
          expect(table.columns.destinationPort.every((port) => port >= -1 && port < 65_536)).toBe(true);
        }
        expect({}).not.toHaveProperty('ts');
      }),
      { numRuns: 300 },
    );
  });

  it('cost one record where even that fails', () => {
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new TypeError('no');
        },
      },
    );
    expect(of('ecs', trap).coverage).toMatchObject([{ read: 1, quarantined: { unreadable: 1 } }]);
  });
});
