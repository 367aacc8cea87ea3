/**
 * Attackers who know the rules: what they do besides, how patiently they do it, and what the other side
 * sends back does not hide them. Their neighbors, who do as much every day or take as much, are not told.
 */
import { parseConfig } from '../../src/config/load.js';
import type { Behavior, EpisodeChange } from '../../src/domain/anomaly.js';
import type { WindowEvents } from '../../src/domain/events.js';
import { windowOf } from '../../src/domain/window.js';
import { configuredNormalizer } from '../../src/job/configured-normalizer.js';
import { WindowDetector } from '../../src/job/detect.js';
import { SiteEngines } from '../../src/job/sites.js';
import { Trainer } from '../../src/job/train.js';
import { NO_ATTACKS } from '../../src/simulate/attacks/plan.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/simulate/calendar.js';
import { zeekRecord } from '../../src/simulate/formats/record.js';
import { Simulation } from '../../src/simulate/simulation.js';

const START_MS = Date.UTC(2026, 0, 5);
const WATCH_MS = START_MS + 2 * DAY_MS;
const END_MS = WATCH_MS + DAY_MS;
const DAYS_MS = [START_MS, START_MS + DAY_MS, WATCH_MS] as const;
const config = parseConfig('', 'test.yml');
const LENGTH_MS = config.schedule.windowLength;
const MB = 1_000_000;

const simulation = new Simulation({ seed: 7, hosts: 40, rate: 0.3, timeZone: 'UTC', plan: NO_ATTACKS });
const [echo, drip, scanner, sweeper, backup, firstBackup, download] = simulation.network.clients.map(
  ({ address }) => address,
) as [string, string, string, string, string, string, string];
const [mailer, firstMailer] = ['10.20.1.201', '10.20.1.202'];
const BEHAVIORS: readonly Behavior[] = ['data_theft', 'host_sweep', 'port_scan'];
const DROP = '203.0.113.50';
const CLOUD = '198.51.100.20';

interface Flow {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly endMs: number;
  readonly seconds?: number;
  readonly up?: number;
  readonly down?: number;
  readonly state?: 'SF' | 'REJ' | 'S0';
}

function record(
  { from, to, port, endMs, seconds = 0.1, up = 0, down = 0, state = 'SF' }: Flow,
  i: number,
): Record<string, unknown> {
  return {
    _path: 'conn',
    ts: endMs / 1000 - seconds,
    uid: `CX${String(i)}`,
    'id.orig_h': from,
    'id.orig_p': 20_000 + (i % 40_000),
    'id.resp_h': to,
    'id.resp_p': port,
    proto: 'tcp',
    duration: seconds,
    orig_bytes: up,
    resp_bytes: down,
    conn_state: state,
    orig_pkts: 1 + Math.ceil(up / 1400),
    resp_pkts: Math.ceil(down / 1400),
  };
}

const at = (hour: number, dayMs = WATCH_MS): number => dayMs + hour * HOUR_MS;
const many = (count: number, flow: (i: number) => Flow): Flow[] =>
  Array.from({ length: count }, (_, i) => flow(i));

/** Good connections to ten web servers, ten a second. */
const good = (from: string, startMs: number): Flow[] =>
  many(2500, (i) => ({
    from,
    to: `93.184.216.${String(1 + (i % 10))}`,
    port: 443,
    endMs: startMs + i * 96,
    up: 600,
    down: 4000,
  }));

const attacks: readonly Flow[] = [
  { from: echo, to: DROP, port: 443, endMs: at(14.07), seconds: 200, up: 10_000 * MB, down: 4_500 * MB },
  ...many(120, (i) => ({
    from: drip,
    to: DROP,
    port: 443,
    endMs: at(10) + i * LENGTH_MS + 3 * MINUTE_MS,
    seconds: 120,
    up: 90 * MB,
    down: 180_000,
  })),
  ...many(1000, (i) => ({
    from: scanner,
    to: '10.20.1.12',
    port: 1000 + i,
    endMs: at(14) + 20_000 + i * 240,
    state: 'REJ',
  })),
  ...good(scanner, at(14) + 20_000),
  ...many(300, (i) => ({
    from: sweeper,
    to: `10.20.${String(10 + Math.floor(i / 250))}.${String(1 + (i % 250))}`,
    port: 9200,
    endMs: at(15) + 20_000 + i * 800,
    state: 'S0',
  })),
  ...good(sweeper, at(15) + 20_000),
];

/** Mail for four hours: in each window 70 of 270 remote hosts do not answer. */
const mail = (from: string, dayMs: number): Flow[] =>
  many(48 * 270, (i) => ({
    from,
    to: `${i % 270 < 70 ? '192.0.2' : '198.51.100'}.${String(1 + ((i % 270) % 200))}`,
    port: 25,
    endMs: at(9, dayMs) + Math.floor(i / 270) * LENGTH_MS + 2_000 + (i % 270) * 1_000,
    ...(i % 270 < 70 ? { state: 'S0' } : { up: 6_000, down: 300 }),
  }));

/** 1.9 GB at night, in two hours. */
const night = (from: string, dayMs: number): Flow[] =>
  many(24, (i) => ({
    from,
    to: CLOUD,
    port: 443,
    endMs: at(1, dayMs) + i * LENGTH_MS + 4 * MINUTE_MS,
    seconds: 200,
    up: 80 * MB,
    down: MB,
  }));

const neighbors: readonly Flow[] = [
  ...DAYS_MS.flatMap((dayMs) => [...night(backup, dayMs), ...mail(mailer, dayMs)]),
  ...night(firstBackup, WATCH_MS),
  ...mail(firstMailer, WATCH_MS),
  { from: download, to: CLOUD, port: 443, endMs: at(11.05), seconds: 120, up: 90 * MB, down: 40_000 * MB },
];

const planted = [...attacks, ...neighbors]
  .sort((a, b) => a.endMs - b.endMs)
  .map((flow, i) => ({ endMs: flow.endMs, record: record(flow, i) }));

function* windows(fromMs: number, toMs: number): Generator<WindowEvents> {
  const normalizer = configuredNormalizer(config, LENGTH_MS, toMs);
  let next = planted.findIndex(({ endMs }) => endMs >= fromMs);
  for (const events of simulation.eventsBetween(fromMs, toMs)) {
    const lastMs = events.at(-1)!.endMs;
    const records = events.map((event) => zeekRecord(event));
    for (; next < planted.length && planted[next]!.endMs <= lastMs; next++)
      records.push(planted[next]!.record);
    normalizer.add({ source: 'conn.log', format: 'zeek', records, places: records.map((_, i) => i + 1) });
    yield* normalizer.close(windowOf(lastMs, LENGTH_MS).start);
  }
  yield* normalizer.close(Infinity);
}

const changes: EpisodeChange[] = [];

beforeAll(() => {
  const engines = new SiteEngines(config.features);
  const trainer = new Trainer(config.detectors);
  for (const events of windows(START_MS, WATCH_MS)) {
    const features = engines.compute(events);
    trainer.add(features);
    engines.advance(features);
  }
  const model = trainer.fit(config.job, START_MS, false);
  const detector = new WindowDetector(config.job, engines, model, config.decide);
  for (const events of windows(WATCH_MS, END_MS)) changes.push(...detector.detect(events).changes);
}, 120_000);

/** What is told of somebody's theft, sweep or scan: change, severity, when it begins and why. */
function toldOf(id: string): string[] {
  return changes
    .filter(({ episode }) => episode.entity.id === id && BEHAVIORS.includes(episode.behavior))
    .map(({ change, episode }) => {
      const time = new Date(episode.start).toISOString().slice(11, 16);
      return `${change} ${episode.severity} ${episode.behavior} ${time}: ${episode.reason}`;
    });
}

describe('an attacker who knows the rules', () => {
  it('is told of though as much came back as hides the share that went out', () => {
    expect(toldOf(echo)).toEqual([
      `opened high data_theft 14:00: ${echo} sent 10 GB to outside hosts, mostly ${DROP} in a day; it usually sends 955 kB`,
    ]);
  });

  it('is told of though each window stays below the bar', () => {
    expect(toldOf(drip)).toEqual([
      `opened medium data_theft 10:55: ${drip} sent 1.1 GB to outside hosts, mostly ${DROP} in a day; it usually sends 1.5 MB`,
      `raised high data_theft 10:55: ${drip} sent 6 GB to outside hosts, mostly ${DROP} in a day; it usually sends 1.5 MB`,
    ]);
  });

  it('is told of though good connections dilute what failed', () => {
    expect(toldOf(scanner)).toEqual([
      `opened high port_scan 14:00: ${scanner} failed to connect to 1,000 ports of 10.20.1.12 in 5 minutes; it usually fails at no port`,
    ]);
    expect(toldOf(sweeper)).toEqual([
      `opened medium host_sweep 15:00: ${sweeper} failed to connect to 300 hosts on port 9200 in 5 minutes; it usually fails at no host`,
    ]);
  });
});

describe('a neighbor', () => {
  it('who sends as much every night is not told, and is the first time', () => {
    expect(toldOf(backup)).toEqual([]);
    expect(toldOf(firstBackup)).toEqual([
      `opened medium data_theft 02:00: ${firstBackup} sent 1 GB to outside hosts, mostly ${CLOUD} in a day; it usually sends 667 kB`,
    ]);
  });

  it('whom as many do not answer every day is not told, and is the first time', () => {
    expect(toldOf(mailer)).toEqual([]);
    expect(toldOf(firstMailer)).toEqual([
      `opened medium host_sweep 09:00: ${firstMailer} failed to connect to 70 hosts on port 25 in 5 minutes; hosts like it usually fail at no host`,
    ]);
  });

  it('who downloads much is not told', () => {
    expect(toldOf(download)).toEqual([]);
  });

  it('in an ordinary office is not told', () => {
    const known = [echo, drip, scanner, sweeper, firstBackup, firstMailer];
    const others = changes.filter(({ episode }) => !known.includes(episode.entity.id));
    expect(others.map(({ episode }) => episode.reason)).toEqual([]);
  });
});
