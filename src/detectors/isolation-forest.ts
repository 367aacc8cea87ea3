/**
 * Isolation forest (Liu, Ting, Zhou 2008): what few random cuts set apart is strange.
 */
import type { FeatureMatrix } from '../domain/matrix.js';
import { decode, encode } from '../domain/typed-arrays.js';
import {
  snapshotData,
  type Detector,
  type DetectorSnapshot,
  type Explanation,
  type FittedDetector,
} from './detector.js';
import { growForest, type ForestOptions } from './forest-growth.js';
import { scoreForest, type Forest } from './forest.js';
import { applyScaling, fitScaling, type Scaling } from './scaling.js';

const NAME = 'isolation_forest';
const VERSION = 1;

/** `data` of a forest's snapshot; arrays as {@link encode} writes them. */
interface ForestData {
  readonly features: readonly string[];
  readonly logarithmic: string;
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
    const scaling = fitScaling(matrix.values, width, logarithmic);
    const scaled = new Float32Array(matrix.values.length);
    applyScaling(matrix.values, 0, matrix.values.length, scaling, scaled);
    return new FittedIsolationForest(matrix.features, scaling, growForest(scaled, width, this.options, seed));
  }
}

/** A fitted forest with the scaling of its features. */
export class FittedIsolationForest implements FittedDetector {
  readonly name = NAME;

  constructor(
    private readonly features: readonly string[],
    private readonly scaling: Scaling,
    private readonly forest: Forest,
  ) {}

  /** Anomaly scores 2^(−E[h]/c), 0–1. */
  score(matrix: FeatureMatrix): Float64Array {
    const width = this.features.length;
    return scoreForest(this.forest, matrix.entities.length, width, (from, to, block) => {
      applyScaling(matrix.values, from * width, to * width, this.scaling, block);
    });
  }

  /**
   * Path lengths add up along a path: each cut changes the expected path by the difference of the
   * means of its two ends. The parts are these differences by feature, shorter paths positive.
   */
  explain(matrix: FeatureMatrix, row: number): Explanation {
    const width = this.features.length;
    const values = new Float32Array(width);
    applyScaling(matrix.values, row * width, (row + 1) * width, this.scaling, values);
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
      logarithmic: encode(this.scaling.logarithmic),
      medians: encode(this.scaling.medians),
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
    const scaling = {
      logarithmic: decode(data.logarithmic, Uint8Array),
      medians: decode(data.medians, Float32Array),
    };
    return new FittedIsolationForest(data.features, scaling, {
      count: data.count,
      depth: data.depth,
      sampleSize: data.sampleSize,
      features: decode(data.nodeFeatures, Uint16Array),
      thresholds: decode(data.thresholds, Float32Array),
      means: decode(data.means, Float32Array),
    });
  }
}
