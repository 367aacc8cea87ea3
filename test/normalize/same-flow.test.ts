/**
 * One thing, told in several formats, comes to the same event.
 */
import { batchesOf, eventsOf, normalize } from '../collect/logs.js';
import type { RawBatch, RecordFormat } from '../../src/domain/raw.js';
import { ByteLayer } from '../../src/domain/events.js';
import { ECS_FIELDS } from '../../src/normalize/ecs-fields.js';
import { ecsMapper } from '../../src/normalize/ecs.js';
import { describeSamples, sampleFile } from '../sample-data.js';

function eventOf(
  format: RecordFormat,
  record: unknown,
  extra: Partial<RawBatch> = {},
): Record<string, unknown> {
  const [event] = eventsOf(normalize([{ source: 'test', format, records: [record], places: [1], ...extra }]));
  return event!;
}

/** The document as Elasticsearch answers `fields`: dotted, every value an array. */
function fieldsOf(document: object, prefix = ''): Record<string, unknown[]> {
  return Object.fromEntries(
    Object.entries(document).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(fieldsOf(value, `${prefix}${name}.`))
        : [[`${prefix}${name}`, Array.isArray(value) ? (value as unknown[]) : [value]] as const],
    ),
  );
}

const ZEEK = {
  ts: 1700000000.123456,
  uid: 'C1',
  'id.orig_h': '10.0.0.5',
  'id.orig_p': 50112,
  'id.resp_h': '192.0.2.9',
  'id.resp_p': 443,
  proto: 'tcp',
  service: 'ssl',
  duration: 1.876544,
  orig_bytes: 300,
  resp_bytes: 8600,
  conn_state: 'S0',
  local_orig: true,
  local_resp: false,
  orig_pkts: 5,
  orig_ip_bytes: 560,
  resp_pkts: 8,
  resp_ip_bytes: 9012,
};
const DOCUMENT = {
  '@timestamp': '2023-11-14T22:13:22.000Z',
  event: {
    id: 'C1',
    start: '2023-11-14T22:13:20.123Z',
    end: '2023-11-14T22:13:22.000Z',
    duration: 1_876_544_000,
    module: 'zeek',
    category: ['network'],
    type: ['connection', 'start', 'end'],
  },
  source: { ip: '10.0.0.5', port: 50112, bytes: 560, packets: 5 },
  destination: { ip: '192.0.2.9', port: 443, bytes: 9012, packets: 8 },
  network: { transport: 'tcp', protocol: 'ssl', direction: 'outbound', bytes: 9572 },
  zeek: { connection: { state: 'S0' } },
};

describe('one flow', () => {
  it('is the same event from Zeek, from an ECS document, and from fields of Elasticsearch', () => {
    const zeek = eventOf('zeek', ZEEK);
    expect(zeek).toMatchObject({
      startMs: 1700000000123,
      endMs: 1700000002000,
      durationNs: 1_876_544_000,
      sourceBytes: 560,
      destinationBytes: 9012,
      byteLayer: ByteLayer.network,
    });
    expect(eventOf('ecs', DOCUMENT)).toEqual(zeek);
    expect(eventOf('ecs', fieldsOf(DOCUMENT))).toEqual(zeek);
  });

  it('counts payload where Zeek counts no packets, and says so', () => {
    const { orig_ip_bytes: _a, resp_ip_bytes: _b, orig_pkts: _c, resp_pkts: _d, ...bare } = ZEEK;
    expect(eventOf('zeek', bare)).toMatchObject({
      sourceBytes: 300,
      destinationBytes: 8600,
      sourcePackets: NaN,
      byteLayer: ByteLayer.payload,
    });
  });

  it('keeps the sampling of its exporter, and its bytes as counted', () => {
    const document = { ...DOCUMENT, event: { module: 'netflow' }, netflow: { sampling_interval: 1000 } };
    expect(eventOf('ecs', document)).toMatchObject({ samplingInterval: 1000, sourceBytes: 560 });
  });

  it('does not believe a start after its end or years before it', () => {
    for (const start of ['1975-03-14T03:34:26Z', '2023-11-14T22:13:22.001Z']) {
      const event = eventOf('ecs', { ...DOCUMENT, event: { end: DOCUMENT.event.end, start } });
      expect(event).toMatchObject({ startMs: 1700000002000, endMs: 1700000002000, durationNs: NaN });
    }
  });
});

describe('the fields that Elasticsearch is asked for', () => {
  it('are all that is read of a document', () => {
    const asked = new Set<string>();
    const document: Record<string, unknown> = {
      '@timestamp': ['2023-11-14T22:13:22.000Z'],
      'source.ip': ['10.0.0.5'],
      'destination.ip': ['10.0.0.9'],
    };
    const spy = new Proxy(document, {
      get: (target, name) => {
        asked.add(String(name));
        return target[String(name)];
      },
    });
    for (const kind of [
      {},
      { 'event.kind': ['alert'] },
      { 'event.category': ['authentication'], 'destination.ip': undefined },
      { 'dns.question.name': ['a.example'] },
      { 'http.request.method': ['GET'] },
      { 'tls.version': ['1.2'] },
      { 'zeek.ssh.client': ['x'] },
    ]) {
      Object.assign(spy, kind);
      eventOf('ecs', spy);
      for (const name of Object.keys(kind)) Object.assign(spy, { [name]: undefined });
    }
    const dotted = [...asked].filter((name) => name.includes('.') || name === '@timestamp');
    expect(dotted.filter((name) => !(ECS_FIELDS as readonly string[]).includes(name))).toEqual([]);
    expect(dotted.length).toBeGreaterThan(50);
    expect(ecsMapper).toBeInstanceOf(Function);
  });
});

/** What a log and its documents must agree on; Elastic's integration has no event.end and no observer. */
const SHARED = [
  'kind',
  'source',
  'destination',
  'sourcePort',
  'destinationPort',
  'transport',
  'direction',
  'outcome',
  'flags',
  'sourceBytes',
  'destinationBytes',
  'sourcePackets',
  'destinationPackets',
  'name',
  'domain',
  'agent',
  'status',
  'authFailures',
  'user',
  'rule',
  'id',
] as const;

describeSamples('real Zeek logs and the ECS documents that Elastic makes of them', () => {
  it.each([
    ['connection/test-conn.log', 9, ['durationNs', 'service']],
    ['dns/test-dns.log', 4, ['service']],
    ['http/test-http.log', 4, []],
    ['ssl/test-ssl.log', 6, []],
    ['ssh/test-ssh.log', 2, ['service']],
    ['notice/test-notice.log', 2, []],
    ['weird/test-weird.log', 1, []],
    ['intel/test-intel.log', 1, []],
  ])('%s come to the same %i events', async (name, count, more) => {
    const fields = [...SHARED, ...more];
    const pick = (event: Record<string, unknown>): unknown =>
      Object.fromEntries(fields.map((field) => [field, event[field]]));
    const read = async (file: string): Promise<unknown[]> =>
      eventsOf(normalize(await batchesOf([sampleFile(`vendor/zeek_${file}`)]))).map(pick);
    const events = await read(name);
    expect(events).toHaveLength(count);
    expect(await read(`${name}-expected.json`)).toEqual(events);
  });
});
