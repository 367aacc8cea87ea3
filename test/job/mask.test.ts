import { EventKind } from '../../src/domain/events.js';
import type { SourceStatus } from '../../src/domain/coverage.js';
import { volumesOf } from '../../src/coverage/source-volume.js';
import { FeatureEngine, type WindowFeatures } from '../../src/features/engine.js';
import { featureOptions } from '../../src/features/options.js';
import { gateOf, withoutUntoldZeros, type Gate } from '../../src/job/mask.js';
import { windowOf, type TestEvent } from '../features/event-builder.js';

const HOSTS = Array.from({ length: 12 }, (_, i) => `10.0.0.${String(i + 1)}`);
const flow = (source: string, port: number): TestEvent => ({
  source,
  destination: '10.0.1.1',
  port,
  sourceOwn: true,
  destinationOwn: true,
});

/** A window of two sources, the second of which is as it is said to be. */
function gated(events: readonly TestEvent[], ofSecond: (row: number) => boolean, status: SourceStatus): Gate {
  const window = windowOf(events);
  window.events.sources.push('second');
  window.events.columns.origin.forEach((_, row, origin) => {
    if (row < window.events.length && ofSecond(row)) origin[row] = 1;
  });
  const coverage = ['test', 'second'].map((source) => ({
    source,
    read: 0,
    events: 0,
    duplicates: 0,
    filtered: {},
    quarantined: {},
  }));
  const counted = { ...window, coverage };
  const feeds = [EventKind.flow];
  return gateOf(counted, volumesOf(counted), {
    sources: [{ source: 'second', status, events: 1, isTold: true, feeds }],
    changes: [],
  });
}

function valueOf({ matrices }: WindowFeatures, host: string, feature: string): number {
  const { entities, features, values } = matrices.host;
  const row = entities.findIndex(({ id }) => id === host);
  return row < 0 ? -1 : values[row * features.length + features.indexOf(feature)]!;
}

function featuresOf({ events, lacking }: Gate): WindowFeatures {
  const features = new FeatureEngine(featureOptions.parse({})).compute(events);
  withoutUntoldZeros(features.matrices.host, lacking);
  return features;
}

describe('the gate', () => {
  const seen = flow('10.0.0.1', 443);
  const unseen: TestEvent = { kind: 'auth', source: '10.0.0.2', user: 'alice', sourceOwn: true };

  it('makes missing, not zero, what a silent source would have told, and keeps what others told', () => {
    const silent = featuresOf(gated([seen, unseen], () => false, 'silent'));
    expect(valueOf(silent, '10.0.0.2', 'connections')).toBeNaN();
    expect(valueOf(silent, '10.0.0.1', 'connections')).toBe(1);
    expect(valueOf(silent, '10.0.0.1', 'logins')).toBe(0);
    const sound = featuresOf(gated([seen, unseen], () => false, 'usual'));
    expect(valueOf(sound, '10.0.0.2', 'connections')).toBe(0);
  });

  it.each(['burst', 'new'] as const)('leaves out what a %s source brings, and keeps the whole', (status) => {
    const gate = gated([seen, flow('10.0.0.9', 22)], (row) => row === 1, status);
    expect(gate.events.events.length).toBe(1);
    expect(gate.whole!.events.length).toBe(2);
    expect(valueOf(featuresOf(gate), '10.0.0.9', 'connections')).toBe(-1);
    expect(gate.events.coverage).toMatchObject([{ source: 'test' }, { source: 'second', status }]);
  });

  it('takes every second record of a source that comes twice, so that nobody is lost', () => {
    const once = HOSTS.flatMap((host) => [flow(host, 443), flow(host, 53)]);
    const gate = gated([...once, ...once], () => true, 'doubled');
    expect(gate.volumes.find(({ source }) => source === 'second')!.doubled).toBe(1);
    const features = featuresOf(gate);
    for (const host of HOSTS) expect(valueOf(features, host, 'connections')).toBe(2);
  });

  it('says of a source that brought nothing that it is silent', () => {
    const window = windowOf([seen]);
    const counted = {
      ...window,
      coverage: [{ source: 'test', read: 1, events: 1, duplicates: 0, filtered: {}, quarantined: {} }],
    };
    const review = {
      sources: [{ source: 'gone', status: 'silent', events: 0, isTold: true, feeds: [] }],
      changes: [],
    } as const;
    expect(gateOf(counted, volumesOf(counted), review).events.coverage).toMatchObject([
      { source: 'test' },
      { source: 'gone', status: 'silent', read: 0 },
    ]);
  });

  it('does not take one busy host among quiet ones for a source that bursts', () => {
    const quiet = HOSTS.map((host) => flow(host, 443));
    const flood = Array.from({ length: 5000 }, (_, i) => flow('10.0.0.1', i));
    const spread = (events: readonly TestEvent[]): number => {
      const window = windowOf(events);
      return volumesOf({
        ...window,
        coverage: [{ source: 'test', read: 0, events: 0, duplicates: 0, filtered: {}, quarantined: {} }],
      })[0]!.spread!;
    };
    expect(spread([...quiet, ...flood])).toBeCloseTo(spread(quiet), 5);
    expect(spread([...quiet, ...quiet]) - spread(quiet)).toBeCloseTo(Math.log(2), 5);
  });
});
