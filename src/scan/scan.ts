/**
 * One look at log files without any history: a first pass learns, a second one detects.
 */
import type { Anomaly, Episode } from '../domain/anomaly.js';
import type { SourceCoverage } from '../domain/coverage.js';
import type { EntityKind } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';
import type { DecideOptions } from '../decide/options.js';
import { severityRank } from '../decide/grade.js';
import type { DetectorOptions } from '../detectors/options.js';
import type { FeatureOptions } from '../features/options.js';
import { WindowDetector, type Detection } from '../job/detect.js';
import type { Model } from '../job/model.js';
import type { WindowPasses } from './record-passes.js';
import { SiteEngines } from '../job/sites.js';
import { Trainer } from '../job/train.js';

/** What a scan reads, and how. */
export interface ScanInput {
  readonly job: string;
  readonly passes: WindowPasses;
  readonly options: {
    readonly features: FeatureOptions;
    readonly detectors: DetectorOptions;
    readonly decide: DecideOptions;
    /** Kinds of entities that are scored. (Default: all) */
    readonly entities?: readonly EntityKind[];
  };
  readonly nowMs: number;
  /** Sees every window's result, in order. */
  onWindow?(detection: Detection): void;
}

/** What a scan found. */
export interface ScanResult {
  /** Most severe first, then by score. */
  readonly episodes: readonly Episode[];
  /** The strongest anomaly of each episode, in the same order. */
  readonly findings: readonly Anomaly[];
  /** All anomalies, by time. */
  readonly anomalies: readonly Anomaly[];
  readonly coverage: readonly SourceCoverage[];
  readonly model: Model;
  readonly trainer: Trainer;
  readonly windows: number;
  /** From the first window's start to the last one's end; undefined without events. */
  readonly range: Window | undefined;
}

/** What the first pass of a scan learned. */
export interface Learned {
  readonly trainer: Trainer;
  readonly model: Model;
}

/** Scans all records twice: to learn what is usual in them, and to find what is not. */
export async function scan(input: ScanInput): Promise<ScanResult> {
  return detect(input, await learn(input));
}

/** The pass that detects, with what the other one learned of the same records. */
export async function detect(input: ScanInput, { trainer, model }: Learned): Promise<ScanResult> {
  const { features, decide, entities } = input.options;
  const detector = new WindowDetector(input.job, new SiteEngines(features, false), model, decide, entities);
  const anomalies: Anomaly[] = [];
  const episodes = new Map<string, Episode>();
  let range: Window | undefined;
  let windows = 0;
  for await (const events of input.passes.toDetect()) {
    const detection = detector.detect(events);
    anomalies.push(...detection.anomalies);
    for (const episode of detection.episodes) episodes.set(episode.id, episode);
    range = { start: range?.start ?? events.window.start, end: events.window.end };
    windows++;
    input.onWindow?.(detection);
  }
  const { coverage } = input.passes;
  return { ...ranked(episodes, anomalies), anomalies, coverage, model, trainer, windows, range };
}

/** The pass that learns. */
export async function learn(input: ScanInput): Promise<Learned> {
  const trainer = new Trainer(input.options.detectors);
  const engines = new SiteEngines(input.options.features, false);
  for await (const events of input.passes.toLearn()) {
    const features = engines.compute(events);
    trainer.add(features);
    engines.advance(features);
  }
  return { trainer, model: trainer.fit(input.job, input.nowMs, true) };
}

function ranked(
  episodes: ReadonlyMap<string, Episode>,
  anomalies: readonly Anomaly[],
): { episodes: Episode[]; findings: Anomaly[] } {
  const sorted = [...episodes.values()].sort(
    (a, b) =>
      severityRank(b.severity) - severityRank(a.severity) || b.score - a.score || (a.id < b.id ? -1 : 1),
  );
  const byId = new Map(anomalies.map((anomaly) => [anomaly.id, anomaly]));
  return { episodes: sorted, findings: sorted.map((episode) => byId.get(episode.anomaly)!) };
}
