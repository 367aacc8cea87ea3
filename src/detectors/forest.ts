/**
 * The trees of an isolation forest in typed arrays, and scoring with them.
 *
 * Every tree is padded to a perfect heap of depth ⌈log2 sampleSize⌉, so that scoring has no
 * unpredictable branch: the children of node i are 2i and 2i + 1, and the comparison is added. Four
 * rows go down together to hide load latency; a tree stays in the first-level cache while a block
 * of rows is scored.
 */

/** Trees of one forest, all of the same depth, one after the other. The root of a tree is node 1. */
export interface Forest {
  /** Number of trees. */
  readonly count: number;
  readonly depth: number;
  /** Rows that each tree was grown on; scores are normalized by it. */
  readonly sampleSize: number;
  /**
   * `count × 2^depth`: the feature that an inner node looks at, and its threshold. Rows above it go
   * right; a threshold of infinity, which padding has, sends all rows left.
   */
  readonly features: Uint16Array;
  readonly thresholds: Float32Array;
  /** `count × 2^(depth + 1)`: mean path length of the sample below each node; at a leaf, its path length. */
  readonly means: Float32Array;
}

/** Rows scored by one tree before the next one. */
const BLOCK_ROWS = 512;
const EULER_GAMMA = 0.577_215_664_901_532_9;

/** c(n): mean path length of an unsuccessful search in a binary search tree of n rows (equation 1). */
export function averagePathLength(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + EULER_GAMMA) - (2 * (n - 1)) / n;
}

/**
 * Anomaly scores 2^(−E[h]/c) of rows of `width` values, 0–1; higher is stranger.
 * @param load fills a block with the values of the rows `[from, to)`, row-major
 */
export function scoreForest(
  forest: Forest,
  rows: number,
  width: number,
  load: (from: number, to: number, block: Float32Array) => void,
): Float64Array {
  const block = new Float32Array(Math.min(rows, BLOCK_ROWS) * width);
  const scores = new Float64Array(rows);
  const scale = -1 / (forest.count * averagePathLength(forest.sampleSize) || 1);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    const to = Math.min(rows, from + BLOCK_ROWS);
    load(from, to, block);
    const paths = scores.subarray(from, to);
    for (let tree = 0; tree < forest.count; tree++) addPaths(forest, tree, block, width, paths);
    for (let row = 0; row < paths.length; row++) paths[row] = 2 ** (paths[row]! * scale);
  }
  return scores;
}

/** Adds one tree's path lengths to those of the block's first rows. */
function addPaths(
  { depth, features, thresholds, means }: Forest,
  tree: number,
  values: Float32Array,
  width: number,
  paths: Float64Array,
): void {
  const nodes = tree << depth;
  const ends = tree << (depth + 1);
  const rows = paths.length;
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const a = row * width;
    const b = a + width;
    const c = b + width;
    const d = c + width;
    let i = 1;
    let j = 1;
    let k = 1;
    let l = 1;
    for (let level = 0; level < depth; level++) {
      i = (i << 1) | +(values[a + features[nodes + i]!]! > thresholds[nodes + i]!);
      j = (j << 1) | +(values[b + features[nodes + j]!]! > thresholds[nodes + j]!);
      k = (k << 1) | +(values[c + features[nodes + k]!]! > thresholds[nodes + k]!);
      l = (l << 1) | +(values[d + features[nodes + l]!]! > thresholds[nodes + l]!);
    }
    paths[row]! += means[ends + i]!;
    paths[row + 1]! += means[ends + j]!;
    paths[row + 2]! += means[ends + k]!;
    paths[row + 3]! += means[ends + l]!;
  }
  for (; row < rows; row++) {
    const base = row * width;
    let node = 1;
    for (let level = 0; level < depth; level++) {
      node = (node << 1) | +(values[base + features[nodes + node]!]! > thresholds[nodes + node]!);
    }
    paths[row]! += means[ends + node]!;
  }
}
