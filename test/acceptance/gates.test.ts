/**
 * No gate ends in silence: whatever is thought of a source, an attack that is told while it is as usual
 * is told then too.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { ExpectedVolumeState } from '../../src/coverage/expected-volume.js';
import { severityRank } from '../../src/decide/grade.js';
import { parseConfig } from '../../src/config/load.js';
import type { Anomaly, EpisodeChange } from '../../src/domain/anomaly.js';
import { type SourceStatus } from '../../src/domain/coverage.js';
import type { WindowEvents } from '../../src/domain/events.js';
import { windowOf } from '../../src/domain/window.js';
import { configuredNormalizer } from '../../src/job/configured-normalizer.js';
import { WindowDetector } from '../../src/job/detect.js';
import type { Model } from '../../src/job/model.js';
import { SiteEngines } from '../../src/job/sites.js';
import { Trainer } from '../../src/job/train.js';
import type { PlantedAttack } from '../../src/simulate/attacks/attack.js';
import { ATTACKS } from '../../src/simulate/attacks/catalogue.js';
import { listed } from '../../src/simulate/attacks/plan.js';
import { DAY_MS, HOUR_MS } from '../../src/simulate/calendar.js';
import { zeekRecord } from '../../src/simulate/formats/record.js';
import { Simulation } from '../../src/simulate/simulation.js';

const START_MS = Date.UTC(2026, 0, 5);
const WATCH_MS = START_MS + 2 * DAY_MS;
const END_MS = WATCH_MS + 1.5 * DAY_MS;
const config = parseConfig('', 'test.yml');
const LENGTH_MS = config.schedule.windowLength;
const SOURCE = 'conn.log';

/** All of them within a day, each at its hours as far as that goes. */
const plan = listed(
  ATTACKS.map((attack, number) => ({
    attack,
    number,
    startMs: WATCH_MS + (((attack.from + attack.to) / 2) % 24) * HOUR_MS,
  })),
);
const simulation = new Simulation({ seed: 7, hosts: 40, rate: 0.3, timeZone: 'UTC', plan });

/** What a sensor tells; one that tells everything twice does so under other ids. */
function* windows(fromMs: number, toMs: number, twice = false): Generator<WindowEvents> {
  const normalizer = configuredNormalizer(config, LENGTH_MS, toMs);
  for (const events of simulation.eventsBetween(fromMs, toMs)) {
    const told = twice
      ? events.flatMap((event) => [event, { ...event, idLow: (event.idLow ^ 0x5bd1e995) | 0 }])
      : events;
    const records = told.map((event) => zeekRecord(event));
    normalizer.add({ source: SOURCE, format: 'zeek', records, places: records.map((_, i) => i + 1) });
    yield* normalizer.close(windowOf(events.at(-1)!.endMs, LENGTH_MS).start);
  }
  yield* normalizer.close(Infinity);
}

let model: Model;
let learned: string;
let watched: readonly WindowEvents[];
let usual: Watched;

beforeAll(() => {
  const engines = new SiteEngines(config.features);
  const trainer = new Trainer(config.detectors);
  for (const events of windows(START_MS, WATCH_MS)) {
    const features = engines.compute(events);
    trainer.add(features);
    engines.advance(features);
  }
  model = trainer.fit(config.job, START_MS, false);
  learned = engines.toText();
  watched = [...windows(WATCH_MS, END_MS)];
  usual = watch('usual');
}, 120_000);

/** The state with what is expected of the source such that its windows look like it. */
function expecting(status: SourceStatus): SiteEngines {
  const sites = JSON.parse(gunzipSync(Buffer.from(learned, 'base64')).toString('utf8')) as [
    string,
    unknown,
    ExpectedVolumeState,
  ][];
  const changed = sites.map(([site, state, expected]) => [site, state, as(status, expected)]);
  const engines = new SiteEngines(config.features);
  engines.restore(gzipSync(JSON.stringify(changed)).toString('base64'));
  return engines;
}

/** Volumes that make every window too large, or too small, and a source that nothing is known of. */
function as(status: SourceStatus, expected: ExpectedVolumeState): ExpectedVolumeState {
  if (status === 'new') return { ...expected, sources: [] };
  const sources = expected.sources.map(({ memory, ...source }) => ({
    ...source,
    memory: {
      bins: memory.bins.map(
        ([hour, events, spreads]) =>
          [
            hour,
            events.map((count) => (status === 'burst' ? 1 : status === 'low' ? 1000 * count : count)),
            status === 'burst' ? spreads.map(() => 0) : spreads,
          ] as const,
      ),
    },
  }));
  return { ...expected, sources };
}

interface Watched {
  readonly anomalies: readonly Anomaly[];
  readonly changes: readonly EpisodeChange[];
}

function watch(status: SourceStatus): Watched {
  const detector = new WindowDetector(config.job, expecting(status), model, config.decide);
  const all = { anomalies: [] as Anomaly[], changes: [] as EpisodeChange[] };
  for (const events of status === 'doubled' ? windows(WATCH_MS, END_MS, true) : watched) {
    const { anomalies, changes } = detector.detect(events);
    all.anomalies.push(...anomalies);
    all.changes.push(...changes);
  }
  return all;
}

/** Whether somebody was sent something that names who is behind the attack. */
function isTold({ start, end, entities }: PlantedAttack, { anomalies, changes }: Watched): boolean {
  const told = new Set(changes.map(({ episode }) => episode.id));
  const names = new Set(entities.map(({ source, user }) => user ?? source));
  return anomalies.some(
    ({ entity, window, episode, behavior }) =>
      told.has(episode) &&
      behavior !== 'source_health' &&
      window.end > Date.parse(start) &&
      window.start <= Date.parse(end) + LENGTH_MS &&
      (names.has(entity.source) ||
        names.has(entity.user) ||
        (entity.kind === 'host' && names.has(entity.id))),
  );
}

const masked = ['burst', 'new', 'low', 'doubled'] as const;

describe('no gate ends in silence', () => {
  it.each(masked)(
    'each attack that is told of a usual source is told of one that is %s',
    (status) => {
      const seen = watch(status);
      const truth = simulation.truth(WATCH_MS, END_MS);
      const told = truth.filter((attack) => isTold(attack, usual)).map(({ name }) => name);
      expect(told.length).toBeGreaterThan(14);
      expect(truth.filter((attack) => isTold(attack, seen)).map(({ name }) => name)).toEqual(
        expect.arrayContaining(told),
      );
      const health = seen.changes.filter(({ episode }) => episode.behavior === 'source_health');
      expect(health[0]).toMatchObject({ change: 'opened', episode: { entity: { id: SOURCE } } });
    },
    120_000,
  );

  it('says of what is seen in doubt that it is, and lets the source be as severe as what it makes milder', () => {
    const { changes } = watch('new');
    const doubtful = changes.filter(({ episode }) => episode.basis.degraded);
    expect(doubtful.length).toBeGreaterThan(3);
    for (const { episode } of doubtful) expect(episode.reason).toContain('; seen in conn.log, which is new');
    const [health] = changes.filter(
      ({ change, episode }) => change === 'raised' && episode.entity.id === SOURCE,
    );
    const first = doubtful.find(({ episode }) => health!.episode.reason.endsWith(episode.reason));
    expect(severityRank(health!.episode.severity)).toBe(severityRank(first!.episode.severity) + 1);
  }, 120_000);
});
