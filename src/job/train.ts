/**
 * Learning from a stretch of windows.
 */
import { stableId } from '../domain/hash.js';
import { ENTITY_KINDS } from '../domain/matrix.js';
import { Ensemble } from '../detectors/ensemble.js';
import type { DetectorOptions } from '../detectors/options.js';
import { TrainingSample } from '../detectors/training-sample.js';
import { CATALOGUE, featureNamed } from '../features/catalogue.js';
import type { WindowFeatures } from '../features/engine.js';
import { MODEL_VERSION, ModelBuilder, type Model } from './model.js';

/** Gathers feature rows window by window, within bounds, and fits the detectors. */
export class Trainer {
  private readonly samples = new Map<string, TrainingSample>();
  private fromMs = Infinity;
  private toMs = -Infinity;
  private windowMs = 0;

  constructor(private readonly options: DetectorOptions) {}

  /** Adds the rows of a window. */
  add(features: WindowFeatures): void {
    const { site, window } = features.events;
    this.fromMs = Math.min(this.fromMs, window.start);
    this.toMs = Math.max(this.toMs, window.end);
    this.windowMs = window.end - window.start;
    for (const kind of ENTITY_KINDS) {
      const matrix = features.matrices[kind];
      const key = `${kind} ${site}`;
      let sample = this.samples.get(key);
      if (!sample) {
        sample = new TrainingSample(kind, site, matrix.features, this.options.maxTrainingRows);
        this.samples.set(key, sample);
      }
      sample.add(matrix);
    }
  }

  /** Samples gathered so far, for reports and rivals. */
  get gathered(): readonly TrainingSample[] {
    return [...this.samples.values()];
  }

  /**
   * Fits a model on what was added.
   * @param selfTrained the same windows will be scored, for lack of history
   */
  fit(job: string, createdAtMs: number, selfTrained: boolean): Model {
    const builder = new ModelBuilder();
    for (const sample of this.samples.values()) {
      const ensemble = Ensemble.fit(sample, this.options, featureNamed);
      if (ensemble) builder.add(sample.site, sample.kind, ensemble);
    }
    const empty = this.fromMs > this.toMs;
    const fittedFromMs = empty ? createdAtMs : this.fromMs;
    const fittedToMs = empty ? createdAtMs : this.toMs;
    // A model of another version, of other features or of other windows is another one, whatever it was fitted on.
    const form = [String(MODEL_VERSION), CATALOGUE.map(({ name }) => name).join()];
    const span = [String(fittedFromMs), String(fittedToMs), String(this.windowMs)];
    const id = stableId('model', job, ...span, String(this.options.seed), ...form);
    return builder.build({ id, job, createdAtMs, fittedFromMs, fittedToMs, selfTrained });
  }
}
