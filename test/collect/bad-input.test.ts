/**
 * Bad input among good: no good line is lost, nothing crashes, and every bad line is counted.
 */
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { total } from '../../src/domain/coverage.js';
import { batchesOf, eventsOf, Folder, normalize } from './logs.js';

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

const MAX_LINE_BYTES = 64 * 1024;

/** A good line and the id by which its event is found again. */
interface Good {
  readonly id: string;
  readonly line: string;
}

const FORMATS: readonly ((id: string, time: number) => object)[] = [
  (uid, ts) => ({ ts, uid, 'id.orig_h': '10.0.0.5', 'id.resp_h': '10.0.0.9', conn_state: 'SF', duration: 1 }),
  (uid, ts) => ({ ts, uid, id_orig_h: '10.0.0.5', id_resp_h: '10.0.0.9', query: 'a.example.org', rcode: 0 }),
  (id, time) => ({
    timestamp: new Date(time * 1000).toISOString(),
    flow_id: id,
    event_type: 'alert',
    src_ip: '10.0.0.5',
    dest_ip: '10.0.0.9',
    alert: { signature: 'x' },
  }),
  (id, time) => ({
    '@timestamp': new Date(time * 1000).toISOString(),
    event: { id },
    source: { ip: '10.0.0.5' },
    destination: { ip: '10.0.0.9' },
  }),
];

const good = (index: number): fc.Arbitrary<Good> =>
  fc.nat(FORMATS.length - 1).map((format) => {
    const id = `good${String(index)}`;
    return { id, line: JSON.stringify(FORMATS[format]!(id, 1_700_000_000 + index)) };
  });

const CONN = {
  ts: 1_700_000_000,
  uid: 'bad',
  'id.orig_h': '10.0.0.1',
  'id.resp_h': '10.0.0.2',
  conn_state: 'SF',
};
const text = (record: object): string => JSON.stringify(record);
const nested = (depth: number, open: string, close: string): string =>
  open.repeat(depth) + close.repeat(depth);

/** Lines that can become no event, each with the bytes that would end a line taken out. */
const bad: fc.Arbitrary<string | Buffer> = fc.oneof(
  // Broken JSON: cut off, with a text in its midst, with a NUL.
  fc.integer({ min: 1, max: 60 }).map((end) => text(CONN).slice(0, end)),
  fc.integer({ min: 1, max: 60 }).map((at) => `${text(CONN).slice(0, at)}\u0000}${text(CONN).slice(at)}`),
  // JSON that is no record.
  fc
    .oneof(fc.integer(), fc.boolean(), fc.string(), fc.array(fc.integer()))
    .map((value) => JSON.stringify(value)),
  fc
    .dictionary(
      fc.string({ minLength: 1 }).filter((key) => !/^(ts|event)/.test(key)),
      fc.jsonValue({ maxDepth: 2 }),
    )
    .map((record) => text({ ...record, '': 1 })),
  // Wrong types in good places.
  fc
    .constantFrom('ts', 'id.orig_h', 'id.orig_p', 'duration', 'orig_ip_bytes')
    .chain((field) =>
      fc
        .constantFrom<unknown>({}, { a: 1 }, true, 'nonsense', '12abc', -1)
        .map((value) => text({ ...CONN, [field]: value })),
    ),
  // Absurd times and numbers.
  fc
    .constantFrom(-1, -1e30, 1e21, 1e300, '9999-12-31T23:59:59Z', '2024-13-45T99:00:00Z')
    .map((ts) => text({ ...CONN, ts })),
  fc
    .constantFrom('1e999', '-1e999', '1e300')
    .map((huge) => text({ ...CONN, orig_ip_bytes: 'HUGE' }).replace('"HUGE"', huge)),
  // Too long.
  fc
    .integer({ min: MAX_LINE_BYTES, max: 2 * MAX_LINE_BYTES })
    .map((length) => text({ ...CONN, filler: 'x'.repeat(length) })),
  // Nested too deeply, as record and inside of one.
  fc.constantFrom(
    nested(20_000, '[', ']'),
    nested(5_000, '{"a":', '}').replace('}', '1}'),
    nested(20_000, '{', ''),
  ),
  // Keys that mean something to JavaScript.
  fc.constantFrom(
    '{"__proto__":{"ts":1},"a":1}',
    '{"constructor":{"prototype":{"ts":1}}}',
    '{"toString":1,"ts":{}}',
  ),
  // Bytes.
  fc
    .uint8Array({ minLength: 1, maxLength: 300 })
    .map((bytes) => Buffer.from(bytes).filter((byte) => byte !== 10))
    .map((bytes) => Buffer.from([0, ...bytes])),
);

/** A line that is blank or a comment after all is none. */
function isLine(line: string | Buffer): boolean {
  const first = line.toString().replace(/\r$/, '');
  return first.trim() !== '' && !first.startsWith('#');
}

const file = fc
  .array(fc.oneof({ weight: 2, arbitrary: fc.constant('good' as const) }, { weight: 1, arbitrary: bad }), {
    minLength: 1,
    maxLength: 40,
  })
  .chain((lines) =>
    fc.tuple(good(lines.length), ...lines.map((line, i) => (line === 'good' ? good(i) : fc.constant(line)))),
  );

async function read(name: string, content: Buffer): Promise<ReturnType<typeof normalize>> {
  return normalize(await batchesOf([folder.write(name, content)], { maxLineBytes: MAX_LINE_BYTES }));
}

function idsOf(normalized: ReturnType<typeof normalize>): Set<unknown> {
  return new Set(eventsOf(normalized).map(({ id }) => id));
}

describe('200 bad inputs among good ones', () => {
  it('lose no good line, crash nothing, and are counted', async () => {
    await fc.assert(
      fc.asyncProperty(file, async (lines) => {
        const goods = lines.filter((line) => typeof line === 'object' && 'id' in line);
        const bads = lines.filter((line) => !goods.includes(line as Good)) as (string | Buffer)[];
        const content = Buffer.concat(
          lines.flatMap((line) => [
            Buffer.from(typeof line === 'object' && 'id' in line ? line.line : line),
            Buffer.from('\n'),
          ]),
        );
        const result = await read('bad.log', content);
        const { read: count, events, duplicates, filtered, quarantined } = result.coverage[0]!;
        expect(count).toBe(goods.length + bads.filter(isLine).length);
        expect(events + duplicates + total(filtered) + total(quarantined)).toBe(count);
        const kept = idsOf(result);
        // A bad field may have cost no more than that field.
        kept.delete('bad');
        expect(kept).toEqual(new Set(goods.map(({ id }) => id)));
        expect(duplicates + total(filtered) + total(quarantined)).toBeLessThanOrEqual(
          bads.filter(isLine).length,
        );
        for (const { excerpt } of result.quarantine.samples) {
          expect(excerpt).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
          expect(excerpt.length).toBeLessThanOrEqual(200);
        }
        expect(Object.prototype).not.toHaveProperty('ts');
      }),
      { numRuns: 200, seed: 20261124 },
    );
  }, 60_000);

  it('and packed ones that break off give every line before the break', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 1, max: 400 })
          .chain((count) =>
            fc.tuple(
              fc.tuple(...Array.from({ length: count }, (_, i) => good(i))),
              fc.double({ min: 0, max: 0.999, noNaN: true }),
            ),
          ),
        async ([goods, share]) => {
          const content = gzipSync(goods.map(({ line }) => `${line}\n`).join(''));
          const cut = content.subarray(0, Math.max(2, Math.floor(content.length * share)));
          const result = await read('bad.log.gz', cut);
          const { read: count, events, quarantined } = result.coverage[0]!;
          expect(quarantined).toEqual({ truncated_gzip: 1 });
          expect(count).toBe(events + 1);
          expect(idsOf(result)).toEqual(new Set(goods.slice(0, events).map(({ id }) => id)));
        },
      ),
      { numRuns: 50, seed: 20261124 },
    );
  }, 60_000);
});
