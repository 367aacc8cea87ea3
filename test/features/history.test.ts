import { decode, encode } from '../../src/domain/typed-arrays.js';
import { FeatureEngine } from '../../src/features/engine.js';
import { featureOptions } from '../../src/features/options.js';
import { windowOf, type TestEvent } from './event-builder.js';

const options = featureOptions.parse({});
const HOUR = 12;
const FIRST = 5_000_000 - (5_000_000 % 288);

function at(
  engine: FeatureEngine,
  k: number,
  events: TestEvent[],
  feature: string,
  kind: 'host' | 'user' = 'host',
): number {
  const features = engine.compute(windowOf(events, FIRST + k));
  const matrix = features.matrices[kind];
  const value = matrix.values[matrix.features.indexOf(feature)]!;
  engine.advance(features);
  return value;
}

const knock = (port: number): TestEvent[] => [{ source: 'a', destination: 'b', port, outcome: 'failure' }];

/** As the state holds it without rounding. */
const GB = 2 ** 30;

type Advance = ReturnType<FeatureEngine['advanceOf']>;
type State = ReturnType<FeatureEngine['toState']>;

/** What a window added, as versions wrote it that kept no bytes. */
function withoutBytes({ window, summaries }: Advance): Advance {
  const old = Object.entries(summaries).map(([role, summary]) => {
    const { bytesOut: _, ...counts } = summary.counts;
    return [role, { ...summary, counts }];
  });
  return { window, summaries: Object.fromEntries(old) as Advance['summaries'] };
}

/** A state as versions wrote it that kept four counts an entity. */
function withoutBytesOfDay(state: State): State {
  const narrow = (text: string): string => encode(decode(text, Float32Array).filter((_, i) => i % 5 < 4));
  const old = Object.entries(state).map(([role, day]) => [
    role,
    { ...day, buckets: day.buckets.map(narrow) },
  ]);
  return Object.fromEntries(old) as State;
}

describe('trailing day', () => {
  it('adds up what is too slow for one window', () => {
    const engine = new FeatureEngine(options);
    const seen = Array.from({ length: 50 }, (_, i) => at(engine, i * 3, knock(i), 'ports_contacted_1d'));
    expect(seen.at(-1)).toBe(50);
    expect(at(engine, 150, knock(7), 'failed_1d')).toBe(51);
    expect(at(engine, 151, knock(7), 'ports_contacted_1d')).toBe(50);
  });

  it('forgets what lies more than a day back', () => {
    const engine = new FeatureEngine(options);
    at(engine, 0, knock(1), 'connections_1d');
    expect(at(engine, 20 * HOUR, knock(2), 'ports_contacted_1d')).toBe(2);
    expect(at(engine, 28 * HOUR, knock(3), 'ports_contacted_1d')).toBe(3);
    expect(at(engine, 29 * HOUR, knock(3), 'ports_contacted_1d')).toBe(2);
    expect(at(engine, 80 * HOUR, knock(9), 'connections_1d')).toBe(4);
    expect(at(engine, 81 * HOUR, knock(9), 'connections_1d')).toBe(2);
  });

  it('is not changed by computing, only by advancing', () => {
    const engine = new FeatureEngine(options);
    const events = windowOf(knock(1), FIRST);
    const first = engine.compute(events).matrices.host.values;
    expect(engine.compute(events).matrices.host.values).toEqual(first);
    expect(engine.stateSize).toBe(0);
  });

  it('remembers when a user last logged in', () => {
    const engine = new FeatureEngine(options);
    const login: TestEvent[] = [
      { kind: 'auth', source: 'a', destination: 's', user: 'eve', outcome: 'success' },
    ];
    expect(at(engine, 0, login, 'user_idle_days', 'user')).toBeNaN();
    expect(at(engine, 288 * 9, login, 'user_idle_days', 'user')).toBeCloseTo(9 - 1 / 288, 5);
  });

  it('goes on after its state was stored and restored', () => {
    const engine = new FeatureEngine(options);
    for (let i = 0; i < 40; i++) at(engine, i * 3, knock(i), 'ports_contacted_1d');
    const restored = new FeatureEngine(options);
    restored.restore(JSON.parse(JSON.stringify(engine.toState())) as ReturnType<FeatureEngine['toState']>);
    for (let i = 40; i < 400; i += 7) {
      const events = windowOf(knock(i % 60), FIRST + i * 3);
      const expected = engine.compute(events);
      const actual = restored.compute(events);
      expect(actual.matrices.host.values).toEqual(expected.matrices.host.values);
      engine.advance(expected);
      restored.advance(actual);
    }
    expect(restored.asOfMs).toBe(engine.asOfMs);
  });

  it('adds up the bytes that go outside, however many, and nothing where they are not known', () => {
    const engine = new FeatureEngine(options);
    const send = (bytesOut: number | undefined, destinationOwn: boolean): TestEvent => ({
      source: 'a',
      destination: 'b',
      port: 443,
      destinationOwn,
      ...(bytesOut === undefined ? {} : { bytesOut, bytesIn: 8e9 }),
    });
    const day = (k: number, ...events: TestEvent[]): number => at(engine, k, events, 'bytes_out_external_1d');
    expect(day(0, send(3e9, false), send(5e9, true))).toBe(3e9);
    expect(day(1, send(undefined, false))).toBeNaN();
    expect(day(2, send(4e9, false))).toBe(7e9);
    // The day moves on when a window has been added.
    day(40 * HOUR, send(1, false));
    expect(day(40 * HOUR, send(1, false))).toBe(2);
    // What a window adds goes through text, as it does after a restart.
    const features = engine.compute(windowOf([send(6e9, false)], FIRST + 40 * HOUR + 1));
    const text = JSON.stringify(engine.advanceOf(features));
    engine.replay(JSON.parse(text) as ReturnType<FeatureEngine['advanceOf']>);
    expect(day(40 * HOUR + 2, send(2e9, false))).toBe(8e9);
  });

  it('goes on from a state and from windows of before there were bytes', () => {
    const [old, current] = [new FeatureEngine(options), new FeatureEngine(options)];
    const events = [...knock(1), ...knock(2), { source: 'c', destination: 'd', port: 443, bytesOut: 7 * GB }];
    for (let k = 0; k < 5; k++) {
      const features = current.compute(windowOf(events, FIRST + k));
      current.advance(features);
      const advance = JSON.parse(JSON.stringify(current.advanceOf(features))) as Advance;
      if (k < 4) old.replay(withoutBytes(advance));
      if (k === 3) old.restore(withoutBytesOfDay(old.toState()));
      if (k === 4) old.replay(advance);
    }
    const of = (engine: FeatureEngine, feature: string): number[] => {
      const { host } = engine.compute(windowOf(events, FIRST + 5)).matrices;
      const column = host.features.indexOf(feature);
      return host.entities.map((_, row) => host.values[row * host.features.length + column]!);
    };
    for (const feature of ['connections_1d', 'failed_1d', 'ports_contacted_1d', 'logins_1d']) {
      expect(of(old, feature)).toEqual(of(current, feature));
    }
    const bytes = (engine: FeatureEngine): number | undefined =>
      of(engine, 'bytes_out_external_1d').find((value) => value > 0);
    expect(bytes(current)).toBe(42 * GB);
    // This window and the one that knew them.
    expect(bytes(old)).toBe(14 * GB);
  });

  it('keeps no more entities than allowed, the newest ones', () => {
    const engine = new FeatureEngine({ ...options, maxTrailingEntities: 1000 });
    for (let k = 0; k < 8; k++) {
      const events = Array.from({ length: 400 }, (_, i): TestEvent => ({
        source: `10.${String(k)}.0.${String(i)}`,
        destination: 'b',
        port: 1,
      }));
      engine.advance(engine.compute(windowOf(events, FIRST + k * 3 * HOUR)));
    }
    // Sources and pairs are bounded each; the step in hand may exceed it until the day moves on.
    expect(engine.stateSize).toBeLessThanOrEqual(2 * (1000 + 400));
    expect(
      at(engine, 7 * 3 * HOUR + 1, [{ source: '10.7.0.1', destination: 'b', port: 1 }], 'connections_1d'),
    ).toBe(2);
  });
});
