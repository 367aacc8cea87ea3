/**
 * The same records in every encoding, packing and wrapper, with every line ending: the same events, and
 * nothing lost silently.
 */
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { total } from '../../src/domain/coverage.js';
import { batchesOf, eventsOf, Folder, normalize } from './logs.js';

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

const TIME = '2026-11-20T10:00:00.123456789Z';
/** Where a container's log cuts a text in two. */
const MIDDLE = 40;

/** Records as text, one a line. */
const KINDS: Readonly<Record<string, (i: number) => string>> = {
  zeek: (i) =>
    JSON.stringify({
      ts: 1_795_168_800 + i,
      uid: `C${String(i)}`,
      'id.orig_h': '10.0.0.5',
      'id.resp_h': '198.51.100.7',
      conn_state: 'SF',
    }),
  eve: (i) =>
    JSON.stringify({
      timestamp: new Date(1_795_168_800_000 + i * 1000).toISOString(),
      event_type: 'alert',
      flow_id: i,
      src_ip: '203.0.113.9',
      dest_ip: '10.0.0.5',
      alert: { signature: 'ünïcode' },
    }),
  ecs: (i) =>
    JSON.stringify({
      '@timestamp': new Date(1_795_168_800_000 + i * 1000).toISOString(),
      event: { id: String(i), category: ['network'] },
      source: { ip: '10.0.0.5' },
      destination: { ip: '203.0.113.9' },
    }),
  auth: (i) =>
    `2026-11-20T10:00:${String(i).padStart(2, '0')}Z gate sshd[1]: Failed password for root from 203.0.113.66 port ${String(50_000 + i)} ssh2`,
};

type Wrap = (text: string) => string;
const PLAIN: Wrap = (text) => text;
/** What any text may come in. */
const ANY: Readonly<Record<string, Wrap>> = {
  plain: PLAIN,
  cri: (text) => `${TIME} stdout F ${text}`,
  'cri in parts': (text) =>
    `${TIME} stderr P ${text.slice(0, MIDDLE)}\n${TIME} stderr F ${text.slice(MIDDLE)}`,
  docker: (text) => JSON.stringify({ log: `${text}\n`, stream: 'stdout', time: TIME }),
  'docker in parts': (text) =>
    [text.slice(0, MIDDLE), `${text.slice(MIDDLE)}\n`]
      .map((log) => JSON.stringify({ log, stream: 'stdout', time: TIME }))
      .join('\n'),
  splunk: (text) => JSON.stringify({ preview: false, result: { _raw: text } }),
  filebeat: (text) => JSON.stringify({ '@timestamp': TIME, message: text, agent: { type: 'filebeat' } }),
};
/** What JSON may come in besides. */
const JSON_ONLY: Readonly<Record<string, Wrap>> = {
  'RFC 3164': (text) => `Nov 20 10:00:00 ids1 suricata[77]: ${text}`,
  'RFC 3164 with priority': (text) => `<13>Nov  2 10:00:00 fw1 suricata: ${text}`,
  'RFC 5424': (text) => `<13>1 ${TIME} ids1 suricata 77 - [a@1 b="\\]{"][c d="e"] \uFEFF${text}`,
  cee: (text) => `Nov 20 10:00:00 ids1 suricata[77]: @cee: ${text}`,
  journal: (text) =>
    JSON.stringify({
      __REALTIME_TIMESTAMP: '1795168800000000',
      _HOSTNAME: 'ids1',
      SYSLOG_IDENTIFIER: 'suricata',
      MESSAGE: text,
    }),
  'syslog in a container': (text) => `${TIME} stdout F Nov 20 10:00:00 ids1 suricata[77]: ${text}`,
};

const ENCODINGS: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with its mark': (text) => Buffer.from(`\uFEFF${text}`),
  'UTF-16 LE': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  'UTF-16 LE without a mark': (text) => Buffer.from(text, 'utf16le'),
  'UTF-16 BE': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
};
const PACKINGS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  none: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  'gzip in two members': (bytes) =>
    Buffer.concat([gzipSync(bytes.subarray(0, 101)), gzipSync(bytes.subarray(101))]),
  'gzip with something behind it': (bytes) =>
    Buffer.concat([gzipSync(bytes), Buffer.from('rotated by hand\n')]),
};
const oneOf = (names: object): fc.Arbitrary<string> => fc.constantFrom(...Object.keys(names));

it('means the same however it is written, packed and wrapped', async () => {
  await fc.assert(
    fc.asyncProperty(
      oneOf(KINDS).chain((kind) =>
        fc.record({
          kind: fc.constant(kind),
          wrapper: oneOf(kind === 'auth' ? ANY : { ...ANY, ...JSON_ONLY }),
          encoding: oneOf(ENCODINGS),
          packing: oneOf(PACKINGS),
          ending: fc.constantFrom('\n', '\r\n'),
          count: fc.integer({ min: 2, max: 9 }),
        }),
      ),
      async ({ kind, wrapper, encoding, packing, ending, count }) => {
        const records = Array.from({ length: count }, (_, i) => KINDS[kind]!(i));
        const wrap = { ...ANY, ...JSON_ONLY }[wrapper]!;
        const text = records.flatMap((record) => wrap(record).split('\n')).join(ending) + ending;
        const read = async (bytes: Buffer): Promise<ReturnType<typeof normalize>> =>
          normalize(await batchesOf([folder.write('input.log', bytes)]));
        const plain = await read(Buffer.from(records.join('\n')));
        const other = await read(PACKINGS[packing]!(ENCODINGS[encoding]!(text)));
        const [coverage] = other.coverage;
        expect(coverage!.events).toBe(count);
        const { events, duplicates, filtered, quarantined } = coverage!;
        expect(coverage!.read).toBe(events + duplicates + total(filtered) + total(quarantined));
        const bare = (event: Record<string, unknown>): Record<string, unknown> => ({ ...event, place: 0 });
        expect(eventsOf(other).map(bare)).toEqual(eventsOf(plain).map(bare));
      },
    ),
    { numRuns: 120 },
  );
});
