/**
 * The same logs, as one file and as a data set for each kind of record, give the same findings: on every
 * day of the week, and over the end of a month and of a year.
 */
import { configuredNormalizer } from '../../src/job/configured-normalizer.js';
import { WindowDetector } from '../../src/job/detect.js';
import { SiteEngines } from '../../src/job/sites.js';
import { Trainer } from '../../src/job/train.js';
import { parseConfig } from '../../src/config/load.js';
import { windowOf } from '../../src/domain/window.js';
import type { WindowEvents } from '../../src/domain/events.js';
import { Random } from '../../src/domain/random.js';
import { ATTACKS } from '../../src/simulate/attacks/catalogue.js';
import { spread } from '../../src/simulate/attacks/plan.js';
import { Calendar, DAY_MS } from '../../src/simulate/calendar.js';
import type { SimulatedEvent } from '../../src/simulate/event.js';
import { zeekRecord } from '../../src/simulate/formats/record.js';
import { Simulation } from '../../src/simulate/simulation.js';

const CONFIG = parseConfig('', 'test.yml');
const LENGTH_MS = CONFIG.schedule.windowLength;
/** More than the day for which what comes first counts as there from the start. */
const CALM_MS = 1.25 * DAY_MS;
const WATCHED_MS = 0.5 * DAY_MS;
const SEED = 7;

type SourceOf = (event: SimulatedEvent) => string;
const oneFile: SourceOf = () => 'all.log';
const dataSets: SourceOf = ({ kind }) => `zeek.${kind}`;

function* windowsOf(
  chunks: readonly (readonly SimulatedEvent[])[],
  sourceOf: SourceOf,
  endMs: number,
): Generator<WindowEvents> {
  const normalizer = configuredNormalizer(CONFIG, LENGTH_MS, endMs);
  for (const events of chunks) {
    for (const source of new Set(events.map(sourceOf))) {
      const records = events.filter((event) => sourceOf(event) === source).map(zeekRecord);
      normalizer.add({ source, format: 'zeek', records, places: records.map((_, i) => i + 1) });
    }
    yield* normalizer.close(windowOf(events.at(-1)!.endMs, LENGTH_MS).start);
  }
  yield* normalizer.close(Infinity);
}

/** What is found, and told of sources, where the logs come from these sources. */
function findings(
  chunks: readonly (readonly SimulatedEvent[])[],
  sourceOf: SourceOf,
  watchMs: number,
): string[] {
  const engines = new SiteEngines(CONFIG.features);
  const trainer = new Trainer(CONFIG.detectors);
  let detector: WindowDetector | undefined;
  const found: string[] = [];
  for (const events of windowsOf(chunks, sourceOf, watchMs + WATCHED_MS)) {
    if (events.window.start < watchMs) {
      const features = engines.compute(events);
      if (features.gate.lacking.size === 0) trainer.add(features);
      engines.advance(features);
      continue;
    }
    const model = (detector ??= new WindowDetector(
      CONFIG.job,
      engines,
      trainer.fit(CONFIG.job, watchMs, false),
      CONFIG.decide,
    ));
    for (const { id, behavior, entity, severity } of model.detect(events).anomalies) {
      found.push([new Date(events.window.start).toISOString(), entity.id, behavior, severity, id].join(' '));
    }
  }
  return found.sort();
}

it.each([
  ['Monday', '2026-01-12'],
  ['Tuesday', '2026-01-13'],
  ['Wednesday', '2026-01-14'],
  ['Thursday', '2026-01-15'],
  ['Friday', '2026-01-16'],
  ['Saturday', '2026-01-17'],
  ['Sunday', '2026-01-18'],
  ['the end of a month', '2026-01-31'],
  ['the end of a year', '2025-12-31'],
])('one file and a data set for each kind are the same: %s, %s', (_day, date) => {
  const watchMs = Date.parse(date);
  const startMs = watchMs - CALM_MS;
  const plan = spread(ATTACKS, watchMs, 0.5, new Calendar('UTC'), new Random(SEED).derive('evaluation'));
  const simulation = new Simulation({ seed: SEED, hosts: 20, rate: 1, timeZone: 'UTC', plan });
  const chunks = [...simulation.eventsBetween(startMs, watchMs + WATCHED_MS)];
  const whole = findings(chunks, oneFile, watchMs);
  expect(whole.length).toBeGreaterThan(5);
  expect(findings(chunks, dataSets, watchMs)).toEqual(whole);
});
