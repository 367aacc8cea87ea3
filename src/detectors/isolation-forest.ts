/**
 * Isolation forest (Liu, Ting, Zhou 2008): what few random cuts set apart is strange.
 *
 * Every tree is padded to a perfect heap of depth ⌈log2 sampleSize⌉ in typed arrays, so that
 * scoring has no unpredictable branch (child = 2k+1+(x > t)), and four rows go down together to
 * hide load latency; a tree stays in the first-level cache while it scores a block of rows.
 */
import { Random } from '../domain/random.js';
import type { FeatureMatrix } from '../domain/matrix.js';
import type { Detector, DetectorSnapshot, Explanation, FittedDetector } from './detector.js';
import { applyScaling, fitScaling, type Scaling } from './scaling.js';
import { decode, encode } from '../domain/typed-arrays.js';

/** Hyper-parameters of the forest. */
export interface IsolationForestOptions {
  /** Number of trees. */
  readonly trees: number;
  /** Rows that each tree sees, drawn without replacement. */
  readonly sampleSize: number;
}

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
  readonly leaves: string;
  readonly means: string;
}
const BLOCK_ROWS = 512;
const EULER_GAMMA = 0.577_215_664_901_532_9;

/** c(n): mean path length of an unsuccessful search in a binary search tree of n rows (equation 1). */
export function averagePathLength(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + EULER_GAMMA) - (2 * (n - 1)) / n;
}

/** Trees of one forest, all of the same depth, one after the other. */
interface Trees {
  readonly count: number;
  readonly depth: number;
  /** `count × (2^depth − 1)` inner nodes: feature and threshold; rows above it go right. */
  readonly features: Uint16Array;
  readonly thresholds: Float32Array;
  /** `count × 2^depth` path lengths of the leaves. */
  readonly leaves: Float32Array;
  /** `count × (2^(depth+1) − 1)` mean path length of the sample below each node, for explanations. */
  readonly means: Float32Array;
}

/** Isolation forest over the scaled features of a matrix. */
export class IsolationForest implements Detector {
  readonly name = NAME;

  /**
   * @param logarithmic tells which features are compared on a logarithmic scale
   * @throws RangeError for options out of range
   */
  constructor(
    private readonly options: IsolationForestOptions,
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
    const forest = fitForest(applyScaling(matrix.values, scaling), width, this.options, seed);
    return new FittedIsolationForest(matrix.features, scaling, forest);
  }
}

/** A forest with the size of the samples that its scores are normalized by. */
export interface Forest {
  readonly trees: Trees;
  readonly sampleSize: number;
}

/**
 * Grows a forest on row-major float32 values of shape `(rows, width)`.
 * @throws RangeError where there are no rows
 */
export function fitForest(
  values: Float32Array,
  width: number,
  options: IsolationForestOptions,
  seed: number,
): Forest {
  const rows = width === 0 ? 0 : Math.floor(values.length / width);
  if (rows === 0) throw new RangeError('an isolation forest needs at least one row to learn from');
  const sampleSize = Math.min(options.sampleSize, rows);
  const depth = Math.max(1, Math.ceil(Math.log2(sampleSize)));
  const inner = 2 ** depth - 1;
  const trees: Trees = {
    count: options.trees,
    depth,
    features: new Uint16Array(options.trees * inner),
    thresholds: new Float32Array(options.trees * inner).fill(Infinity),
    leaves: new Float32Array(options.trees * (inner + 1)),
    means: new Float32Array(options.trees * (2 * inner + 1)),
  };
  const random = new Random(seed);
  const grower = new TreeGrower(values, width, trees, random);
  for (let tree = 0; tree < options.trees; tree++) grower.grow(tree, drawSample(rows, sampleSize, random));
  return { trees, sampleSize };
}

/** Anomaly scores 2^(−E[h]/c) of row-major float32 values of shape `(rows, width)`, 0–1. */
export function scoreForest({ trees, sampleSize }: Forest, values: Float32Array, width: number): Float64Array {
  const rows = width === 0 ? 0 : values.length / width;
  const paths = new Float64Array(rows);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    const to = Math.min(rows, from + BLOCK_ROWS);
    for (let tree = 0; tree < trees.count; tree++) addPaths(trees, tree, values, width, from, to, paths);
  }
  const scale = -1 / (trees.count * Math.max(averagePathLength(sampleSize), 1e-9));
  for (let row = 0; row < rows; row++) paths[row] = 2 ** (paths[row]! * scale);
  return paths;
}

/** Adds one tree's path lengths for the rows `[from, to)`. */
function addPaths(
  trees: Trees,
  tree: number,
  values: Float32Array,
  width: number,
  from: number,
  to: number,
  paths: Float64Array,
): void {
  const { depth } = trees;
  const inner = 2 ** depth - 1;
  const features = trees.features.subarray(tree * inner, (tree + 1) * inner);
  const thresholds = trees.thresholds.subarray(tree * inner, (tree + 1) * inner);
  const leaves = trees.leaves.subarray(tree * (inner + 1), (tree + 1) * (inner + 1));
  let row = from;
  for (; row + 4 <= to; row += 4) {
    const a = row * width;
    const b = a + width;
    const c = b + width;
    const d = c + width;
    let i = 0;
    let j = 0;
    let k = 0;
    let l = 0;
    for (let level = 0; level < depth; level++) {
      i = 2 * i + 1 + +(values[a + features[i]!]! > thresholds[i]!);
      j = 2 * j + 1 + +(values[b + features[j]!]! > thresholds[j]!);
      k = 2 * k + 1 + +(values[c + features[k]!]! > thresholds[k]!);
      l = 2 * l + 1 + +(values[d + features[l]!]! > thresholds[l]!);
    }
    paths[row]! += leaves[i - inner]!;
    paths[row + 1]! += leaves[j - inner]!;
    paths[row + 2]! += leaves[k - inner]!;
    paths[row + 3]! += leaves[l - inner]!;
  }
  for (; row < to; row++) {
    let node = 0;
    const base = row * width;
    for (let level = 0; level < depth; level++) {
      node = 2 * node + 1 + +(values[base + features[node]!]! > thresholds[node]!);
    }
    paths[row]! += leaves[node - inner]!;
  }
}

/** Draws `size` of `rows` row numbers without replacement (Floyd), in random order of no meaning. */
function drawSample(rows: number, size: number, random: Random): Int32Array {
  const drawn = new Int32Array(size);
  const seen = new Set<number>();
  for (let i = 0, top = rows - size; i < size; i++, top++) {
    const row = random.int(top + 1);
    const chosen = seen.has(row) ? top : row;
    seen.add(chosen);
    drawn[i] = chosen;
  }
  return drawn;
}

/** Grows trees into the arrays of a forest. */
class TreeGrower {
  private readonly candidates: Uint16Array;
  /** Sampled rows gathered next to each other, `sampleSize × width`. */
  private sample = new Float32Array(0);

  constructor(
    private readonly values: Float32Array,
    private readonly width: number,
    private readonly trees: Trees,
    private readonly random: Random,
  ) {
    this.candidates = Uint16Array.from({ length: width }, (_, feature) => feature);
  }

  grow(tree: number, rows: Int32Array): void {
    const { width } = this;
    if (this.sample.length !== rows.length * width) this.sample = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      this.sample.set(this.values.subarray(row * width, (row + 1) * width), i * width);
    });
    const order = Int32Array.from(rows, (_, i) => i);
    this.split(tree, 0, 0, order, 0, rows.length);
  }

  /** Splits `order[from, to)` at a node; returns the sum of the rows' path lengths. */
  private split(tree: number, node: number, level: number, order: Int32Array, from: number, to: number): number {
    const { depth } = this.trees;
    const inner = 2 ** depth - 1;
    const size = to - from;
    const cut = level < depth && size > 1 ? this.drawCut(order, from, to) : undefined;
    if (!cut) return this.leaf(tree, node, level, size);
    this.trees.features[tree * inner + node] = cut.feature;
    this.trees.thresholds[tree * inner + node] = cut.threshold;
    const middle = this.partition(order, from, to, cut.feature, cut.threshold);
    const sum =
      this.split(tree, 2 * node + 1, level + 1, order, from, middle) +
      this.split(tree, 2 * node + 2, level + 1, order, middle, to);
    this.trees.means[tree * (2 * inner + 1) + node] = sum / size;
    return sum;
  }

  /** Ends a branch: the whole padded subtree below it answers with the same path length. */
  private leaf(tree: number, node: number, level: number, size: number): number {
    const { depth, leaves, means } = this.trees;
    const inner = 2 ** depth - 1;
    const path = level + averagePathLength(size);
    let first = node;
    let width = 1;
    for (let below = level; below <= depth; below++) {
      means.fill(path, tree * (2 * inner + 1) + first, tree * (2 * inner + 1) + first + width);
      if (below === depth) {
        leaves.fill(path, tree * (inner + 1) + first - inner, tree * (inner + 1) + first - inner + width);
      }
      first = 2 * first + 1;
      width *= 2;
    }
    return path * size;
  }

  /** A random feature that varies among the rows, and a random threshold within its range. */
  private drawCut(order: Int32Array, from: number, to: number): { feature: number; threshold: number } | undefined {
    const { candidates, sample, width, random } = this;
    for (let left = width; left > 0; left--) {
      const pick = random.int(left);
      const feature = candidates[pick]!;
      // Constant ones go to the end, so that no feature is tried twice at this node.
      candidates[pick] = candidates[left - 1]!;
      candidates[left - 1] = feature;
      let low = Infinity;
      let high = -Infinity;
      for (let i = from; i < to; i++) {
        const value = sample[order[i]! * width + feature]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high > low) {
        const threshold = Math.fround(low + random.next() * (high - low));
        return { feature, threshold: threshold < high ? threshold : low };
      }
    }
    return undefined;
  }

  private partition(order: Int32Array, from: number, to: number, feature: number, threshold: number): number {
    const { sample, width } = this;
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = order[i]!;
      if (sample[row * width + feature]! > threshold) continue;
      order[i] = order[middle]!;
      order[middle++] = row;
    }
    return middle;
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

  score(matrix: FeatureMatrix): Float64Array {
    return scoreForest(this.forest, applyScaling(matrix.values, this.scaling), this.features.length);
  }

  /**
   * Path lengths add up along a path: each cut changes the expected path by the difference of the
   * means of its two ends. The parts are these differences by feature, shorter paths positive.
   */
  explain(matrix: FeatureMatrix, row: number): Explanation {
    const width = this.features.length;
    const values = applyScaling(matrix.values.subarray(row * width, (row + 1) * width), this.scaling);
    const { trees } = this.forest;
    const inner = 2 ** trees.depth - 1;
    const parts = new Float64Array(width);
    let bias = 0;
    let total = 0;
    for (let tree = 0; tree < trees.count; tree++) {
      const means = tree * (2 * inner + 1);
      bias -= trees.means[means]!;
      let node = 0;
      for (let level = 0; level < trees.depth; level++) {
        const at = tree * inner + node;
        const child = 2 * node + 1 + +(values[trees.features[at]!]! > trees.thresholds[at]!);
        parts[trees.features[at]!]! += trees.means[means + node]! - trees.means[means + child]!;
        node = child;
      }
      total -= trees.means[means + node]!;
    }
    const count = trees.count;
    return { bias: bias / count, parts: parts.map((part) => part / count), total: total / count };
  }

  toSnapshot(): DetectorSnapshot {
    const { trees, sampleSize } = this.forest;
    const data: ForestData = {
        features: this.features,
        logarithmic: encode(this.scaling.logarithmic),
        medians: encode(this.scaling.medians),
        sampleSize,
        count: trees.count,
        depth: trees.depth,
        nodeFeatures: encode(trees.features),
        thresholds: encode(trees.thresholds),
        leaves: encode(trees.leaves),
        means: encode(trees.means),
    };
    return { type: NAME, version: VERSION, data };
  }

  static fromSnapshot(snapshot: DetectorSnapshot): FittedIsolationForest {
    const data = snapshot.data as ForestData;
    const trees: Trees = {
      count: data.count,
      depth: data.depth,
      features: decode(data.nodeFeatures, Uint16Array),
      thresholds: decode(data.thresholds, Float32Array),
      leaves: decode(data.leaves, Float32Array),
      means: decode(data.means, Float32Array),
    };
    const scaling = {
      logarithmic: decode(data.logarithmic, Uint8Array),
      medians: decode(data.medians, Float32Array),
    };
    return new FittedIsolationForest(data.features, scaling, { trees, sampleSize: data.sampleSize });
  }
}
