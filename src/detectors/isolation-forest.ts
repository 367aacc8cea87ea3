/**
 * Isolation forest (Liu, Ting, Zhou 2008): what few random cuts set apart is strange.
 *
 * Cuts are drawn on the scale that a feature is compared on, and kept in the feature's own unit:
 * both give the same order, so that scoring needs no logarithm.
 */
import type { FeatureMatrix } from '../domain/matrix.js';
import { decode, encode } from '../domain/typed-arrays.js';
import {
  allRows,
  snapshotData,
  type Detector,
  type DetectorSnapshot,
  type Explanation,
  type FittedDetector,
} from './detector.js';
import { growForest, type ForestOptions } from './forest-growth.js';
import { scoreForest, type Forest } from './forest.js';
import { columnMedians, fillMissing, signedExp, signedLog } from './scaling.js';

const NAME = 'isolation_forest';
const VERSION = 1;

/** `data` of a forest's snapshot; arrays as {@link encode} writes them. */
interface ForestData {
  readonly features: readonly string[];
  readonly medians: string;
  readonly sampleSize: number;
  readonly count: number;
  readonly depth: number;
  readonly nodeFeatures: string;
  readonly thresholds: string;
  readonly means: string;
}

/** Isolation forest over the scaled features of a matrix. */
export class IsolationForest implements Detector {
  readonly name = NAME;

  /**
   * @param logarithmic tells which features are compared on a logarithmic scale
   * @throws RangeError for options out of range
   */
  constructor(
    private readonly options: ForestOptions,
    private readonly logarithmic: (feature: string) => boolean,
  ) {
    if (!(options.trees >= 1)) throw new RangeError(`trees must be at least 1: ${String(options.trees)}`);
    if (!(options.sampleSize >= 2)) {
      throw new RangeError(`sampleSize must be at least 2: ${String(options.sampleSize)}`);
    }
  }

  fit(matrix: FeatureMatrix, seed: number): FittedIsolationForest {
    const width = matrix.features.length;
    const logarithmic = Uint8Array.from(matrix.features, (name) => (this.logarithmic(name) ? 1 : 0));
    const medians = columnMedians(matrix.values, width);
    const scaled = new Float32Array(matrix.values.length);
    for (let row = 0; row < matrix.entities.length; row++) {
      fillMissing(matrix.values, row, medians, scaled, row);
    }
    for (let i = 0; i < scaled.length; i++)
      if (logarithmic[i % width] === 1) scaled[i] = signedLog(scaled[i]!);
    const forest = growForest(scaled, width, this.options, seed);
    const { features, thresholds } = forest;
    for (let node = 0; node < thresholds.length; node++) {
      if (logarithmic[features[node]!] === 1) thresholds[node] = signedExp(thresholds[node]!);
    }
    return new FittedIsolationForest(matrix.features, medians, forest);
  }
}

/** A fitted forest, with what stands in for missing values. */
export class FittedIsolationForest implements FittedDetector {
  readonly name = NAME;

  constructor(
    private readonly features: readonly string[],
    private readonly medians: Float32Array,
    private readonly forest: Forest,
  ) {}

  /** Anomaly scores 2^(−E[h]/c), 0–1. */
  score(matrix: FeatureMatrix, rows = allRows(matrix)): Float64Array {
    const width = this.features.length;
    return scoreForest(this.forest, rows.length, width, (from, to, block) => {
      for (let i = from; i < to; i++) fillMissing(matrix.values, rows[i]!, this.medians, block, i - from);
    });
  }

  /**
   * Path lengths add up along a path: each cut changes the expected path by the difference of the
   * means of its two ends. The parts are these differences by feature, shorter paths positive.
   */
  explain(matrix: FeatureMatrix, row: number): Explanation {
    const width = this.features.length;
    const values = new Float32Array(width);
    fillMissing(matrix.values, row, this.medians, values, 0);
    const { count, depth, features, thresholds, means } = this.forest;
    const parts = new Float64Array(width);
    let bias = 0;
    let total = 0;
    for (let tree = 0; tree < count; tree++) {
      const nodes = tree << depth;
      const ends = tree << (depth + 1);
      let node = 1;
      for (let level = 0; level < depth; level++) {
        const feature = features[nodes + node]!;
        const child = 2 * node + +(values[feature]! > thresholds[nodes + node]!);
        parts[feature]! += (means[ends + node]! - means[ends + child]!) / count;
        node = child;
      }
      bias -= means[ends + 1]! / count;
      total -= means[ends + node]! / count;
    }
    return { bias, parts, total };
  }

  toSnapshot(): DetectorSnapshot {
    const { sampleSize, count, depth, features, thresholds, means } = this.forest;
    const data: ForestData = {
      features: this.features,
      medians: encode(this.medians),
      sampleSize,
      count,
      depth,
      nodeFeatures: encode(features),
      thresholds: encode(thresholds),
      means: encode(means),
    };
    return { type: NAME, version: VERSION, data };
  }

  /** @throws RangeError for a snapshot of another type or version */
  static fromSnapshot(snapshot: DetectorSnapshot): FittedIsolationForest {
    const data = snapshotData(snapshot, NAME, VERSION) as ForestData;
    return new FittedIsolationForest(data.features, decode(data.medians, Float32Array), {
      count: data.count,
      depth: data.depth,
      sampleSize: data.sampleSize,
      features: decode(data.nodeFeatures, Uint16Array),
      thresholds: decode(data.thresholds, Float32Array),
      means: decode(data.means, Float32Array),
    });
  }
}
