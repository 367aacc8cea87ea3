/**
 * Learns an office's first day, watches its second with a flood of spoofed sources in it, and prints
 * what came of it as JSON.
 */
import { parseConfig } from '../src/config/load.js';
import { total } from '../src/domain/coverage.js';
import type { Config } from '../src/config/schema.js';
import type { WindowEvents } from '../src/domain/events.js';
import type { RawBatch } from '../src/domain/raw.js';
import { WindowDetector } from '../src/job/detect.js';
import { SiteEngines } from '../src/job/sites.js';
import { Trainer } from '../src/job/train.js';
import { FLOOD_MS, spoofedBatches, TARGET, type SpoofedHour } from './spoofed-traffic.js';
import { configuredNormalizer } from '../src/job/configured-normalizer.js';

const NOW_MS = Date.UTC(2026, 5, 1);

/** What the benchmark reads of a process. */
export interface SpoofedOutcome {
  readonly peakMb: number;
  readonly seconds: number;
  readonly events: number;
  /** Events that were left out for want of room. */
  readonly leftOut: number;
  /** Most rows of one window, and most entities that shared a row. */
  readonly rows: number;
  readonly others: number;
  /** Entities in the trailing state at the end, and how many had to be forgotten for want of room. */
  readonly remembered: number;
  readonly evicted: number;
  /** What was found of the flood: the crowd that came, the server that was hit. */
  readonly crowd: string;
  readonly target: string;
}

/** The windows of batches that come in the order of time. */
function* windowsOf(batches: Iterable<RawBatch>, config: Config): Generator<WindowEvents> {
  const normalizer = configuredNormalizer(config, config.schedule.windowLength, NOW_MS);
  for (const batch of batches) {
    normalizer.add(batch);
    const newest = normalizer.openWindows.at(-1);
    // What ends a little later than its neighbors still finds its window open.
    if (newest) yield* normalizer.close(newest.start - (newest.end - newest.start));
  }
  yield* normalizer.close(Infinity);
}

function run({ events, hosts, sources }: SpoofedHour): SpoofedOutcome {
  const config = parseConfig('', 'defaults');
  const startedMs = performance.now();
  const engines = new SiteEngines(config.features);
  const trainer = new Trainer(config.detectors);
  let detector: WindowDetector | undefined;
  let [rows, others, read, leftOut] = [0, 0, 0, 0];
  const found = new Map<string, string>();
  for (const window of windowsOf(spoofedBatches({ events, hosts, sources }), config)) {
    for (const source of window.coverage) {
      read += source.events;
      leftOut += total(source.filtered);
    }
    if (window.window.end <= FLOOD_MS) {
      const features = engines.compute(window);
      trainer.add(features);
      engines.advance(features);
      continue;
    }
    detector ??= new WindowDetector(
      config.job,
      engines,
      trainer.fit(config.job, NOW_MS, false),
      config.decide,
    );
    const { anomalies, features } = detector.detect(window);
    for (const { entity, severity, behavior, reason } of anomalies) {
      if (!found.has(entity.id)) found.set(entity.id, `${severity} ${behavior}: ${reason}`);
    }
    const { entities } = features.matrices.host;
    rows = Math.max(rows, entities.length);
    others = Math.max(
      others,
      entities.reduce((sum, entity) => sum + (entity.others ?? 0), 0),
    );
  }
  return {
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    seconds: Math.round(performance.now() - startedMs) / 1000,
    events: read,
    leftOut,
    rows,
    others,
    remembered: engines.usage.entities,
    evicted: engines.usage.evicted,
    crowd: found.get('(other outside hosts)') ?? 'not found',
    target: found.get(TARGET) ?? 'not found',
  };
}

const [events, hosts, sources] = process.argv.slice(2).map(Number) as [number, number, number];
process.stdout.write(JSON.stringify(run({ events, hosts, sources })));
