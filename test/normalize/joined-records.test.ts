/**
 * Laws of connections that several records tell of, whatever they look like.
 */
import fc from 'fast-check';
import { Outcome } from '../../src/domain/events.js';
import { eventsOf, normalize, WINDOW_MS } from '../collect/logs.js';

const START = Date.UTC(2026, 10, 20, 10);
const at = (ms: number): string => new Date(START + ms).toISOString();

function read(records: readonly object[]): Record<string, unknown>[] {
  const places = records.map((_, i) => i + 1);
  return eventsOf(normalize([{ source: 'test', format: 'ecs', records, places }]));
}

/** What was sent at one moment of a flow. */
interface Burst {
  readonly ms: number;
  readonly sent: number;
  readonly received: number;
}

const burst = fc.record({
  ms: fc.integer({ min: 0, max: 5 * WINDOW_MS }),
  sent: fc.integer({ min: 1, max: 1e6 }),
  received: fc.integer({ min: 0, max: 1e6 }),
});

/** Reports of a flow after some of its bursts, and always after the last one, with all that was sent until then. */
function reportsOf(id: string, bursts: readonly Burst[], told: readonly boolean[], ends: boolean): object[] {
  const inOrder = [...bursts].sort((a, b) => a.ms - b.ms);
  const start = inOrder[0]!.ms;
  return inOrder.flatMap(({ ms }, i) => {
    const isLast = i === inOrder.length - 1;
    if (!isLast && told[i % told.length] !== true) return [];
    const until = inOrder.slice(0, i + 1);
    const sum = (value: (of: Burst) => number): number => until.reduce((all, one) => all + value(one), 0);
    return {
      '@timestamp': at(ms + 5000),
      event: { dataset: 'flow', start: at(start), end: at(ms), duration: (ms - start) * 1e6 },
      flow: { id, final: ends && isLast },
      source: { ip: '10.20.0.15', port: 51000, bytes: sum(({ sent }) => sent), packets: until.length },
      destination: { ip: '203.0.113.80', port: 443, bytes: sum(({ received }) => received), packets: 0 },
      network: { transport: 'tcp' },
    };
  });
}

describe('reports of a running flow', () => {
  it('never tell of more than a window sent, wherever they fall and in whatever order', () => {
    const inputs = fc.record({
      bursts: fc.array(burst, { minLength: 1, maxLength: 40 }),
      told: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
      ends: fc.boolean(),
      order: fc.infiniteStream(fc.double({ noNaN: true })),
    });
    fc.assert(
      fc.property(inputs, ({ bursts, told, ends, order }) => {
        // Something that is reported in each window shows that flows are reported while they run.
        const others = Array.from({ length: 7 }, (_, i) =>
          reportsOf(`other ${String(i)}`, [{ ms: i * WINDOW_MS, sent: 1, received: 0 }], [true], false),
        ).flat();
        const records = [
          ...reportsOf('flow', bursts, told, ends),
          ...others.map((one) => ({ ...one, source: { ip: '10.20.0.16' } })),
        ];
        const keys = new Map(records.map((record) => [record, order.next().value as number]));
        const events = read(records.sort((a, b) => keys.get(a)! - keys.get(b)!)).filter(
          ({ source }) => source === '10.20.0.15',
        );
        const windows = events.map(({ endMs }) => Math.floor((Number(endMs) - START) / WINDOW_MS));
        expect(new Set(windows).size).toBe(windows.length);
        for (const [i, event] of events.entries()) {
          const own = bursts.filter(({ ms }) => Math.floor(ms / WINDOW_MS) === windows[i]);
          const sent = own.reduce((sum, one) => sum + one.sent, 0);
          const received = own.reduce((sum, one) => sum + one.received, 0);
          expect(Number(event.sourceBytes) > sent).toBe(false);
          expect(Number(event.destinationBytes) > received).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tell all of a flow that fits a window', () => {
    const short = fc.array(
      burst.map((one) => ({ ...one, ms: one.ms % WINDOW_MS })),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(short, fc.array(fc.boolean(), { minLength: 1 }), (bursts, told) => {
        const [event, ...more] = read(reportsOf('flow', bursts, told, true));
        expect(more).toEqual([]);
        expect(event!.sourceBytes).toBe(bursts.reduce((sum, { sent }) => sum + sent, 0));
      }),
    );
  });
});

describe('halves', () => {
  /** Pieces of one way, that follow each other; at least one. */
  const pieces = fc.array(
    fc.record({ ms: fc.integer({ min: 2, max: 20_000 }), bytes: fc.integer({ min: 100, max: 1e6 }) }),
    {
      minLength: 1,
      maxLength: 8,
    },
  );
  const conversation = fc.record({ there: pieces, back: fc.option(pieces, { nil: [] }) });

  function recordsOf(
    from: [string, number],
    to: [string, number],
    parts: readonly { ms: number; bytes: number }[],
  ): object[] {
    let begin = 0;
    return parts.map(({ ms, bytes }) => {
      const start = begin;
      begin += ms;
      return {
        '@timestamp': at(begin),
        event: { dataset: 'netflow.log', action: 'netflow_flow', start: at(start), end: at(begin) },
        source: { ip: from[0], port: from[1], bytes, packets: Math.ceil(bytes / 1000) },
        destination: { ip: to[0], port: to[1] },
        network: { transport: 'udp', bytes },
      };
    });
  }

  it('of one five-tuple are one connection to the service, in whatever order and number', () => {
    const inputs = fc.record({
      all: fc.array(conversation, { minLength: 1, maxLength: 6 }),
      order: fc.infiniteStream(fc.double({ noNaN: true })),
    });
    fc.assert(
      fc.property(inputs, ({ all, order }) => {
        const records = all.flatMap(({ there, back }, i) => {
          const client: [string, number] = ['198.51.100.77', 50_000 + i];
          const server: [string, number] = ['10.20.0.80', 53];
          return [...recordsOf(client, server, there), ...recordsOf(server, client, back)];
        });
        const keys = new Map(records.map((record) => [record, order.next().value as number]));
        const events = read(records.sort((a, b) => keys.get(a)! - keys.get(b)!));
        const sum = (parts: readonly { bytes: number }[]): number =>
          parts.length === 0 ? NaN : parts.reduce((bytes, part) => bytes + part.bytes, 0);
        const told = events.map((event) => [
          event.source,
          event.sourcePort,
          event.sourceBytes,
          event.destinationBytes,
          event.outcome,
        ]);
        const expected = all.map(({ there, back }, i) => [
          '198.51.100.77',
          50_000 + i,
          sum(there),
          sum(back),
          back.length > 0 ? Outcome.success : Outcome.unknown,
        ]);
        const byPort = (a: unknown[], b: unknown[]): number => Number(a[1]) - Number(b[1]);
        expect(told.sort(byPort)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
