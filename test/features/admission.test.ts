import { Random } from '../../src/domain/random.js';
import type { FeatureMatrix } from '../../src/domain/matrix.js';
import { FeatureEngine } from '../../src/features/engine.js';
import { featureOptions } from '../../src/features/options.js';
import { windowOf, type TestEvent } from './event-builder.js';

const LIMIT = 100;
const bounded = featureOptions.parse({
  maxEntities: { host: LIMIT, pair: LIMIT, user: LIMIT, service: LIMIT },
  maxTrailingEntities: 1000,
});
const OUTSIDE = '(other outside hosts)';
const FIRST = 5_000_000 - (5_000_000 % 288);

const spoofed = (i: number): string => `198.18.${String(i >> 8)}.${String(i & 255)}`;

/** A flood of one packet from each of so many outside addresses. */
const flood = (sources: number, from = 0): TestEvent[] =>
  Array.from({ length: sources }, (_, i) => ({
    source: spoofed(from + i),
    destination: '10.0.0.5',
    port: 443,
    sourceOwn: false,
    destinationOwn: true,
    bytesOut: 60,
    packetsOut: 1,
    id: `f${String(i)}`,
  }));

/** An ordinary client of the same server. */
const visits = (source: string, times: number, own = false): TestEvent[] =>
  Array.from({ length: times }, (_, i) => ({
    source,
    destination: '10.0.0.5',
    port: 443,
    sourceOwn: own,
    destinationOwn: true,
    bytesOut: 1000,
    packetsOut: 5,
    id: `${source} ${String(i)}`,
  }));

function rowOf(matrix: FeatureMatrix, id: string): (feature: string) => number {
  const row = matrix.entities.findIndex((entity) => entity.id === id);
  expect(row).toBeGreaterThanOrEqual(0);
  return (feature) => matrix.values[row * matrix.features.length + matrix.features.indexOf(feature)]!;
}

const idsOf = (matrix: FeatureMatrix): string[] => matrix.entities.map(({ id }) => id).sort();

/** Values by entity, in an order of their own. */
const tableOf = ({ entities, values, features: { length } }: FeatureMatrix): [string, string][] =>
  entities
    .map(({ id }, row): [string, string] => [id, values.subarray(row * length, (row + 1) * length).join()])
    .sort(([a], [b]) => (a < b ? -1 : 1));

function shuffled(events: readonly TestEvent[], seed: number): TestEvent[] {
  const random = new Random(seed);
  const mixed = [...events];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}

describe('admission', () => {
  const events = [...flood(3000), ...visits('10.0.0.7', 2, true), ...visits('203.0.113.9', 40)];

  it('sums those beyond the bound into one row, and loses nobody', () => {
    const { matrices, rowsOf } = new FeatureEngine(bounded).compute(windowOf(events));
    const { host, pair } = matrices;
    // The visited server has a row as well.
    expect(host.entities).toHaveLength(LIMIT + 2);
    const crowd = host.entities.find(({ id }) => id === OUTSIDE)!;
    expect(crowd).toEqual({ kind: 'host', id: OUTSIDE, others: 3002 - LIMIT });
    const of = rowOf(host, OUTSIDE);
    expect(of('connections')).toBe(3002 - LIMIT);
    expect(of('bytes_out')).toBe(60 * (3002 - LIMIT));
    expect(of('connections_per_service_max')).toBe(3002 - LIMIT);
    expect(rowsOf(crowd)).toHaveLength(3002 - LIMIT);
    expect(rowOf(host, '10.0.0.5')('in_hosts')).toBe(3002);
    let connections = 0;
    for (const { id } of host.entities) {
      const value = rowOf(host, id)('connections');
      if (!Number.isNaN(value)) connections += value;
    }
    expect(connections).toBe(events.length);
    expect(pair.entities).toHaveLength(LIMIT + 1);
    expect(rowOf(pair, '(other connections of outside hosts)')('pair_connections')).toBe(3002 - LIMIT);
  });

  it('admits own, busy and known entities before strangers that come once', () => {
    const engine = new FeatureEngine(bounded);
    engine.advance(engine.compute(windowOf(visits('203.0.113.77', 1), FIRST)));
    const window = windowOf([...events, ...visits('203.0.113.77', 1)], FIRST + 1);
    const ids = idsOf(engine.compute(window).matrices.host);
    expect(ids).toEqual(expect.arrayContaining(['10.0.0.7', '203.0.113.9', '203.0.113.77']));
  });

  it('keeps room for the busy ones where own addresses are forged', () => {
    const forged = flood(3000).map((event) => ({
      ...event,
      source: `10.9.${event.source!}`,
      sourceOwn: true,
    }));
    const { host } = new FeatureEngine(bounded).compute(
      windowOf([...forged, ...visits('203.0.113.9', 40)]),
    ).matrices;
    expect(idsOf(host)).toContain('203.0.113.9');
    expect(rowOf(host, '(other own hosts)')('connections')).toBe(3000 - LIMIT + 1);
    expect(host.own[host.entities.findIndex(({ id }) => id === '(other own hosts)')]).toBe(1);
  });

  it('does not depend on the order of the records', () => {
    const compute = (rows: readonly TestEvent[]) => {
      const engine = new FeatureEngine(bounded);
      for (let k = 0; k < 3; k++) {
        engine.advance(engine.compute(windowOf([...flood(900, k * 450), ...rows], FIRST + k)));
      }
      return engine.compute(windowOf(rows, FIRST + 3)).matrices;
    };
    const expected = compute(events);
    for (const seed of [1, 2, 3]) {
      const actual = compute(shuffled(events, seed));
      for (const kind of ['host', 'pair', 'service'] as const) {
        expect(tableOf(actual[kind])).toEqual(tableOf(expected[kind]));
      }
    }
  });

  it('changes nothing where there is room', () => {
    const some = [...flood(50), ...visits('10.0.0.7', 3, true)];
    const [small, large] = [bounded, featureOptions.parse({})].map(
      (options) => new FeatureEngine(options).compute(windowOf(some)).matrices,
    );
    expect(small).toEqual(large);
  });
});

describe('trailing state in a flood', () => {
  it('counts more ports than it remembers without regard to the order of the records', () => {
    const scan = (k: number): TestEvent[] =>
      Array.from({ length: 900 }, (_, i) => ({ source: 'a', destination: 'b', port: k * 600 + i + 1 }));
    const counted = (seed: number): number[] => {
      const engine = new FeatureEngine(bounded);
      return [0, 1, 2, 3].map((k) => {
        const rows = seed === 0 ? scan(k) : shuffled(scan(k), seed);
        const features = engine.compute(windowOf(rows, FIRST + k));
        engine.advance(features);
        return rowOf(features.matrices.host, 'a')('ports_contacted_1d');
      });
    };
    expect(counted(0).slice(0, 2)).toEqual([900, 1500]);
    for (const seed of [1, 2, 3]) expect(counted(seed)).toEqual(counted(0));
  });

  it('stays within its bound in every window, and keeps who is there all the time', () => {
    const engine = new FeatureEngine({
      ...bounded,
      maxEntities: { ...bounded.maxEntities, host: 800, pair: 800 },
    });
    const regular = visits('203.0.113.9', 3);
    for (let k = 0; k < 30; k++) {
      engine.advance(engine.compute(windowOf([...flood(1500, k * 1500), ...regular], FIRST + k)));
      // Sources and pairs each: the bound with its slack, or what one window adds to it.
      expect(engine.stateSize).toBeLessThanOrEqual(2 * 1250);
    }
    expect(engine.evicted).toBeGreaterThan(20_000);
    const { host } = engine.compute(windowOf(regular, FIRST + 30)).matrices;
    expect(rowOf(host, '203.0.113.9')('connections_1d')).toBe(31 * 3);
  });

  it('is rebuilt from what each window added, evictions included', () => {
    const [engine, replayed] = [new FeatureEngine(bounded), new FeatureEngine(bounded)];
    for (let k = 0; k < 30; k++) {
      const features = engine.compute(windowOf([...flood(900, k * 900), ...visits('b', 2)], FIRST + k));
      engine.advance(features);
      replayed.replay(
        JSON.parse(JSON.stringify(engine.advanceOf(features))) as ReturnType<typeof engine.advanceOf>,
      );
    }
    expect(engine.evicted).toBeGreaterThan(0);
    expect(replayed.toState()).toEqual(engine.toState());
  });
});
