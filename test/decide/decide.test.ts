import type { Anomaly } from '../../src/domain/anomaly.js';
import type { SourceDoubt } from '../../src/domain/coverage.js';
import { Decider } from '../../src/decide/decide.js';
import type { ScoredMatrix, ScoredWindow } from '../../src/decide/scored.js';
import { decideOptions } from '../../src/decide/options.js';
import { toAnomalyDocument } from '../../src/documents/anomalies.js';
import { featureNamed } from '../../src/features/catalogue.js';
import { FeatureEngine } from '../../src/features/engine.js';
import { featureOptions } from '../../src/features/options.js';
import { windowOf, type TestEvent } from '../features/event-builder.js';

const basis = { model: 'm', historyDays: 7, selfTrained: false };

/** Decides windows of events without any trained detector: only the rules speak. */
class Harness {
  private readonly engine: FeatureEngine;
  readonly decider = new Decider(decideOptions.parse({}));

  constructor(maxHosts = 50_000) {
    this.engine = new FeatureEngine(featureOptions.parse({ maxEntities: { host: maxHosts } }));
  }

  decide(
    events: readonly TestEvent[],
    k = 0,
    typical = NaN,
    doubt?: SourceDoubt,
  ): ReturnType<Decider['decide']> {
    const window = windowOf(events, 5_000_000 + k);
    const features = this.engine.compute(window);
    this.engine.advance(features);
    const kinds = Object.values(features.matrices).map((matrix): ScoredMatrix => ({
      matrix,
      beyond: new Uint16Array(matrix.entities.length),
      resolution: 1e-4,
      tails: (rows) => new Float64Array(rows.length).fill(0.5),
      detectors: () => [],
      explain: () => ({ contributions: [], rung: 'entity' }),
      usual: () => ({ typical, upper: typical }),
      isUntold: () => false,
      describe: featureNamed,
    }));
    const scored: ScoredWindow = {
      job: 'default',
      site: 'default',
      window: window.window,
      events: window.events,
      kinds,
      basis,
      rememberedMs: features.rememberedMs,
      rowsOf: features.rowsOf,
    };
    // With a doubt, nothing but the doubtful events is there.
    return doubt
      ? this.decider.decide({ ...scored, kinds: [] }, { ...scored, doubts: [doubt] })
      : this.decider.decide(scored);
  }
}

const sweep = (hosts: number, source = '10.0.0.5'): TestEvent[] =>
  Array.from({ length: hosts }, (_, i) => ({
    source,
    destination: `10.1.${String(i >> 8)}.${String(i & 255)}`,
    port: 445,
    outcome: 'failure',
    bytesOut: 60,
    bytesIn: 0,
    destinationOwn: true,
  }));

function only(anomalies: readonly Anomaly[]): Anomaly {
  expect(anomalies.map(({ behavior, entity }) => `${behavior} ${entity.id}`)).toHaveLength(1);
  return anomalies[0]!;
}

describe('Decider', () => {
  it('says a sweep in one sentence with what is usual, technique and evidence', () => {
    const { anomalies, changes } = new Harness().decide(sweep(812), 0, 3);
    const anomaly = only(anomalies);
    expect(anomaly.behavior).toBe('host_sweep');
    expect(anomaly.reason).toBe(
      '10.0.0.5 contacted 812 hosts on port 445 in 5 minutes; it usually contacts 3',
    );
    expect(anomaly.severity).toBe('critical');
    expect(anomaly.technique?.id).toBe('T1046');
    expect(anomaly.evidence).toHaveLength(10);
    expect(new Set(anomaly.evidence.map(({ summary }) => summary)).size).toBe(10);
    expect(anomaly.contributions[0]).toMatchObject({
      feature: 'hosts_per_port_max',
      actual: 812,
      typical: 3,
    });
    expect(changes).toEqual([
      { change: 'opened', episode: expect.objectContaining({ anomaly: anomaly.id }) as unknown },
    ]);
  });

  it.each([
    [1.5, 'critical', []],
    [50, 'high', ['critical']],
    [undefined, 'high', ['critical']],
  ] as const)('tells what is seen in a burst by the factor %s as %s', (factor, severity, held) => {
    const doubt = {
      source: 'conn.log',
      status: 'burst',
      ...(factor === undefined ? {} : { factor }),
    } as const;
    const decision = new Harness().decide(sweep(812), 0, 3, doubt);
    expect(only(decision.anomalies)).toMatchObject({
      severity,
      basis: { degraded: true },
      reason:
        '10.0.0.5 contacted 812 hosts on port 445 in 5 minutes; it usually contacts 3; seen while conn.log sends more than usual of every host',
    });
    expect(decision.changes).toMatchObject([{ change: 'opened', episode: { severity } }]);
    expect(decision.held.map((one) => [one.source, one.severity])).toEqual(
      held.map((one) => ['conn.log', one]),
    );
  });

  it('keeps quiet where the same is usual for the entity', () => {
    expect(new Harness().decide(sweep(30), 0, 28).anomalies).toEqual([]);
    expect(new Harness().decide(sweep(5), 0, 1).anomalies).toEqual([]);
  });

  it('tells a diluted scan by what failed, with that alone as evidence', () => {
    const scan = Array.from({ length: 200 }, (_, i): TestEvent => ({
      source: '10.0.0.5',
      destination: '10.1.0.1',
      port: 1000 + i,
      outcome: 'failure',
      destinationOwn: true,
    }));
    const good = Array.from({ length: 800 }, (_, i): TestEvent => ({
      source: '10.0.0.5',
      destination: `203.0.113.${String(i % 10)}`,
      port: 443,
      outcome: 'success',
      bytesOut: 600,
      bytesIn: 4000,
    }));
    // More failures come to the scanner itself, from seven strangers.
    const others = Array.from({ length: 245 }, (_, i): TestEvent => ({
      source: `203.0.113.${String(200 + (i % 7))}`,
      destination: '10.0.0.5',
      port: 8443,
      outcome: 'failure',
      sourceOwn: false,
      destinationOwn: true,
    }));
    const harness = new Harness();
    expect(harness.decide([...good, ...others], 0, 0).anomalies).toEqual([]);
    const anomaly = only(harness.decide([...scan, ...good, ...others], 1, 0).anomalies);
    expect(anomaly).toMatchObject({
      behavior: 'port_scan',
      severity: 'high',
      reason: '10.0.0.5 failed to connect to 200 ports of 10.1.0.1 in 5 minutes; it usually fails at no port',
    });
    expect(anomaly.counterparts?.destinations).toEqual(['10.1.0.1']);
    for (const { summary } of anomaly.evidence) expect(summary).toContain('10.1.0.1');
  });

  it('tells a theft of a day while it goes on', () => {
    const harness = new Harness();
    const send = (k: number, bytesOut: number): string[] =>
      harness
        .decide(
          [{ source: '10.0.0.5', destination: '203.0.113.8', port: 443, bytesOut, bytesIn: bytesOut }],
          k,
        )
        .anomalies.map(({ severity, reason }) => `${severity} ${reason}`);
    expect(Array.from({ length: 10 }, (_, k) => send(k, 99e6)).flat()).toEqual([]);
    expect(send(10, 99e6)).toEqual([
      'medium 10.0.0.5 sent 1.1 GB to outside hosts, mostly 203.0.113.8 in 55 minutes',
    ]);
    expect(send(11, 1e6)).toEqual([]);
    expect(send(12, 99e6)).toHaveLength(1);
  });

  it('tells a flood of an own host by its pair, of an outside host by the host', () => {
    const flood = (source: string, sourceOwn: boolean): TestEvent[] =>
      Array.from({ length: 400 }, () => ({
        source,
        destination: '203.0.113.9',
        port: 80,
        outcome: 'failure',
        sourceOwn,
      }));
    expect(only(new Harness().decide(flood('10.0.0.5', true)).anomalies)).toMatchObject({
      behavior: 'flood',
      entity: { kind: 'pair', source: '10.0.0.5', destination: '203.0.113.9', port: 80 },
    });
    expect(only(new Harness().decide(flood('198.51.100.7', false)).anomalies)).toMatchObject({
      behavior: 'flood',
      entity: { kind: 'host', source: '198.51.100.7' },
    });
  });

  it('tells a flood of spoofed sources by the crowd of them and by its target, and no scan of a crowd', () => {
    const from = (i: number): string => `198.18.${String(i >> 8)}.${String(i & 255)}`;
    const flood = Array.from({ length: 5000 }, (_, i): TestEvent => ({
      source: from(i),
      destination: '10.0.0.5',
      port: 443,
      outcome: 'failure',
      sourceOwn: false,
      destinationOwn: true,
    }));
    const [anomaly, target] = new Harness(1000).decide(flood, 0, 3).anomalies as [Anomaly, Anomaly];
    expect(target).toMatchObject({
      behavior: 'flood',
      entity: { kind: 'host', id: '10.0.0.5' },
      reason: '5,000 hosts connected to 10.0.0.5 port 443 in 5 minutes; usually 3 do',
    });
    expect(anomaly).toMatchObject({
      behavior: 'flood',
      entity: { kind: 'host', id: '(other outside hosts)', others: 4000 },
      reason:
        '4,000 other outside hosts opened 4,000 connections to 10.0.0.5 port 443 in 5 minutes; they usually open 3',
    });
    expect(anomaly.evidence).toHaveLength(10);
    const knocks = flood.map((event, i) => ({
      ...event,
      destination: `10.1.${String(i >> 8)}.${String(i & 255)}`,
    }));
    expect(new Harness(1000).decide(knocks, 0, 3).anomalies).toEqual([]);
  });

  it('tells a tunnel by its client alone: not as a flood of lookups, nor at the resolver that forwards it', () => {
    const lookup = (source: string, destination: string, destinationOwn: boolean, i: number): TestEvent[] => {
      const name = `${'chunk-of-stolen-text'.repeat(2)}${String(i)}.evil.example`;
      const ends = { source, destination, port: 53, transport: 'udp', destinationOwn } as const;
      return [
        { ...ends, kind: 'dns', name, domain: 'evil.example' },
        { ...ends, kind: 'flow' },
      ];
    };
    const events = Array.from({ length: 400 }, (_, i) => [
      ...lookup('10.0.0.5', '10.0.0.2', true, i),
      ...(i % 2 === 0 ? lookup('10.0.0.2', '203.0.113.53', false, i) : []),
    ]).flat();
    const anomaly = only(new Harness().decide(events).anomalies);
    expect(anomaly).toMatchObject({ behavior: 'dns_tunnel', entity: { kind: 'host', id: '10.0.0.5' } });
    for (const { summary } of anomaly.evidence) expect(summary).toMatch(/ DNS chunk-of-stolen-text/);
  });

  it('names the other end, which a search for the victim or the drop site finds', () => {
    const anomaly = only(new Harness().decide(sweep(30)).anomalies);
    expect(anomaly.counterparts?.sources).toEqual([]);
    expect(anomaly.counterparts?.destinations).toHaveLength(10);
    const thief = Array.from({ length: 3 }, (_, i): TestEvent => ({
      source: '10.0.0.5',
      destination: i === 0 ? '203.0.113.8' : '198.51.100.176',
      port: 443,
      bytesOut: 200e6,
      bytesIn: 1000,
    }));
    const theft = only(new Harness().decide(thief).anomalies);
    expect(theft.counterparts).toEqual({ sources: [], destinations: ['198.51.100.176', '203.0.113.8'] });
    const document = toAnomalyDocument(theft);
    expect(document.destination).toEqual({ address: '198.51.100.176', ip: '198.51.100.176' });
    expect(document.related.ip).toEqual(['10.0.0.5', '198.51.100.176', '203.0.113.8']);
    expect(document.host).toEqual({ ip: ['10.0.0.5'] });
  });

  it('says of a scan over several windows how long it has been seen, not "a day"', () => {
    const harness = new Harness();
    const ports = (k: number): TestEvent[] =>
      Array.from({ length: 12 }, (_, i) => ({
        source: '10.0.0.5',
        destination: '10.1.0.1',
        port: 1000 + 12 * k + i,
        outcome: 'failure',
        destinationOwn: true,
      }));
    const reasons = Array.from({ length: 4 }, (_, k) =>
      harness.decide(ports(k), k).anomalies.map(({ reason }) => reason),
    ).flat();
    expect(reasons).toEqual([
      '10.0.0.5 tried 36 ports of 10.1.0.1 in 15 minutes',
      '10.0.0.5 tried 48 ports of 10.1.0.1 in 20 minutes',
    ]);
  });

  it('names the port that a mover administers over, not the one that it logs in over', () => {
    const visit = (port: number, i: number): TestEvent => ({
      source: '10.0.0.5',
      destination: `10.0.1.${String(i)}`,
      port,
      outcome: 'success',
      destinationOwn: true,
    });
    const events = Array.from({ length: 8 }, (_, i) => [visit(3389, i), visit(88, 1), visit(88, 1)]).flat();
    const anomaly = only(new Harness().decide(events).anomalies);
    expect(anomaly.reason).toBe(
      '10.0.0.5 contacted 8 hosts on administration ports such as 3389 in 5 minutes',
    );
    expect(anomaly.evidence).toHaveLength(8);
  });

  it.each([
    [12, [], 'high', '198.51.100.7 had 12 failed logins at 10.0.0.2 in 5 minutes'],
    [12, ['alice'], 'high', '198.51.100.7 had 12 failed logins at 10.0.0.2 in 5 minutes and got in as alice'],
    [24, [], 'high', '198.51.100.7 had 24 failed logins at 10.0.0.2 in 5 minutes'],
    [
      24,
      ['alice'],
      'critical',
      '198.51.100.7 had 24 failed logins at 10.0.0.2 in 5 minutes and got in as alice',
    ],
  ])('says of %i guesses whether they succeeded: %j', (count, users, severity, reason) => {
    const guess = (user: string, outcome: 'success' | 'failure'): TestEvent => ({
      kind: 'ssh',
      source: '198.51.100.7',
      destination: '10.0.0.2',
      port: 22,
      failures: outcome === 'failure' ? 1 : 0,
      outcome,
      sourceOwn: false,
      user,
    });
    const tries = Array.from({ length: count }, () => guess('alice', 'failure'));
    const anomalies = new Harness().decide([
      ...tries,
      ...users.map((user) => guess(user, 'success')),
    ]).anomalies;
    const told = anomalies.find(({ entity }) => entity.kind === 'host' && entity.id === '198.51.100.7');
    expect(told).toMatchObject({ behavior: 'password_guessing', severity });
    expect(told!.reason.startsWith(reason)).toBe(true);
    if (users.length === 0) expect(told!.reason).not.toContain('got in');
  });

  it('finds guessing that is too slow for one window', () => {
    const harness = new Harness();
    const found: string[] = [];
    for (let k = 0; k < 60; k++) {
      const guess: TestEvent[] = [
        {
          kind: 'ssh',
          source: '198.51.100.7',
          destination: '10.0.0.2',
          port: 22,
          failures: 1,
          outcome: 'failure',
          sourceOwn: false,
          user: `u${String(k)}`,
        },
      ];
      found.push(...harness.decide(guess, k * 2).anomalies.map(({ behavior }) => behavior));
    }
    expect(new Set(found)).toEqual(new Set(['password_guessing']));
    expect(found.length).toBe(21);
  });

  it('raises guessing that succeeds over many users to credential stuffing', () => {
    const tries = Array.from({ length: 40 }, (_, i): TestEvent => ({
      kind: 'auth',
      source: '198.51.100.7',
      destination: 'vpn',
      user: `user${String(i)}`,
      failures: 1,
      outcome: 'failure',
      sourceOwn: false,
    }));
    const success: TestEvent = {
      kind: 'auth',
      source: '198.51.100.7',
      destination: 'vpn',
      user: 'alice',
      outcome: 'success',
      sourceOwn: false,
    };
    const { anomalies } = new Harness().decide([...tries, success]);
    expect(anomalies[0]).toMatchObject({ behavior: 'credential_stuffing', severity: 'critical' });
    expect(anomalies[0]!.evidence[0]!.summary).toContain('user alice succeeded');
  });

  it('joins windows up to half an hour apart into one episode, and raises it once', () => {
    const harness = new Harness();
    const first = harness.decide(sweep(25), 0, 1);
    const again = harness.decide(sweep(26), 6, 1);
    const worse = harness.decide(sweep(400), 12, 1);
    const later = harness.decide(sweep(25), 25, 1);
    expect(first.changes.map(({ change }) => change)).toEqual(['opened']);
    expect(again.changes).toEqual([]);
    expect(worse.changes.map(({ change, episode }) => `${change} ${episode.severity}`)).toEqual([
      'raised critical',
    ]);
    expect(new Set([first, again, worse].map(({ anomalies }) => only(anomalies).episode)).size).toBe(1);
    expect(later.changes.map(({ change }) => change)).toEqual(['opened']);
    expect(only(later.anomalies).episode).not.toBe(only(first.anomalies).episode);
    expect(worse.episodes[0]).toMatchObject({ windows: 3, start: first.episodes[0]!.start });
  });

  it('gives the same ids and scores again after its state was stored and restored', () => {
    const harness = new Harness();
    harness.decide(sweep(25), 0, 1);
    const other = new Harness();
    other.decide(sweep(25), 0, 1);
    other.decider.episodes.restore(JSON.parse(JSON.stringify(harness.decider.episodes.toState())) as never);
    expect(other.decide(sweep(30), 1, 1)).toEqual(harness.decide(sweep(30), 1, 1));
  });

  it('keeps labels as truth on the anomaly and nowhere else', () => {
    const labelled = sweep(50).map((event) => ({ ...event, label: 'Malicious' }));
    const anomaly = only(new Harness().decide(labelled, 0, 1).anomalies);
    expect(anomaly.labels).toEqual(['Malicious']);
    expect({ ...anomaly, labels: [] }).toEqual({
      ...only(new Harness().decide(sweep(50), 0, 1).anomalies),
      labels: [],
    });
  });
});
