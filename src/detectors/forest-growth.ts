/**
 * Grows isolation trees (Liu, Ting, Zhou 2008, algorithm 2): random features, random thresholds.
 */
import { Random } from '../domain/random.js';
import { averagePathLength, type Forest } from './forest.js';

/** Hyper-parameters of the forest. */
export interface ForestOptions {
  /** Number of trees. */
  readonly trees: number;
  /** Rows that each tree sees, drawn without replacement. */
  readonly sampleSize: number;
}

/**
 * Grows a forest on row-major float32 values of shape `(rows, width)`, none of them NaN.
 * @throws RangeError where there are no rows
 */
export function growForest(
  values: Float32Array,
  width: number,
  options: ForestOptions,
  seed: number,
): Forest {
  const rows = width === 0 ? 0 : Math.floor(values.length / width);
  if (rows === 0) throw new RangeError('an isolation forest needs at least one row to learn from');
  const sampleSize = Math.min(options.sampleSize, rows);
  const depth = Math.max(1, Math.ceil(Math.log2(sampleSize)));
  const count = options.trees;
  const forest: Forest = {
    count,
    depth,
    sampleSize,
    features: new Uint16Array(count << depth),
    thresholds: new Float32Array(count << depth).fill(Infinity),
    means: new Float32Array(count << (depth + 1)),
  };
  const grower = new TreeGrower(values, width, forest, new Random(seed));
  for (let tree = 0; tree < count; tree++) grower.grow(tree);
  return forest;
}

/** Grows trees into the arrays of a forest. */
class TreeGrower {
  /** Where each row starts; the sample of the tree in hand comes first, ordered by its nodes. */
  private readonly order: Int32Array;
  private readonly candidates: Uint16Array;

  constructor(
    private readonly values: Float32Array,
    width: number,
    private readonly forest: Forest,
    private readonly random: Random,
  ) {
    this.order = new Int32Array(Math.floor(values.length / width));
    for (let row = 0; row < this.order.length; row++) this.order[row] = row * width;
    this.candidates = Uint16Array.from({ length: width }, (_, feature) => feature);
  }

  grow(tree: number): void {
    this.drawSample();
    this.split(tree, 1, 0, 0, this.forest.sampleSize);
    this.pad(tree);
  }

  /** Moves rows drawn without replacement to the front (the first steps of Fisher and Yates' shuffle). */
  private drawSample(): void {
    const { order, random } = this;
    const { sampleSize } = this.forest;
    for (let i = 0; i < sampleSize; i++) {
      const drawn = i + random.int(order.length - i);
      const row = order[drawn]!;
      order[drawn] = order[i]!;
      order[i] = row;
    }
  }

  /** Splits the rows `order[from, to)` at a node; returns the sum of their path lengths. */
  private split(tree: number, node: number, level: number, from: number, to: number): number {
    const { depth, means } = this.forest;
    const size = to - from;
    let sum: number;
    if (level < depth && size > 1 && this.drawCut((tree << depth) + node, from, to)) {
      const middle = this.partition((tree << depth) + node, from, to);
      sum =
        this.split(tree, 2 * node, level + 1, from, middle) +
        this.split(tree, 2 * node + 1, level + 1, middle, to);
    } else {
      sum = size * (level + averagePathLength(size));
    }
    means[(tree << (depth + 1)) + node] = sum / size;
    return sum;
  }

  /** Draws a feature that varies among the rows and a threshold within its range; false where all are equal. */
  private drawCut(at: number, from: number, to: number): boolean {
    const { candidates, order, values, random } = this;
    for (let left = candidates.length; left > 0; left--) {
      const pick = random.int(left);
      const feature = candidates[pick]!;
      // Constant ones go to the end, so that no feature is tried twice at this node.
      candidates[pick] = candidates[left - 1]!;
      candidates[left - 1] = feature;
      let low = Infinity;
      let high = -Infinity;
      for (let i = from; i < to; i++) {
        const value = values[order[i]! + feature]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high > low) {
        const threshold = Math.fround(low + random.next() * (high - low));
        this.forest.features[at] = feature;
        this.forest.thresholds[at] = threshold < high ? threshold : low;
        return true;
      }
    }
    return false;
  }

  /** Puts the rows that go left first; returns where the others start. */
  private partition(at: number, from: number, to: number): number {
    const { order, values } = this;
    const feature = this.forest.features[at]!;
    const threshold = this.forest.thresholds[at]!;
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = order[i]!;
      if (values[row + feature]! > threshold) continue;
      order[i] = order[middle]!;
      order[middle++] = row;
    }
    return middle;
  }

  /** Below the end of a branch every node answers as the end does. */
  private pad(tree: number): void {
    const { depth, thresholds, means } = this.forest;
    const nodes = tree << depth;
    const ends = tree << (depth + 1);
    for (let node = 1; node < 1 << depth; node++) {
      if (thresholds[nodes + node] !== Infinity) continue;
      means[ends + 2 * node] = means[ends + node]!;
      means[ends + 2 * node + 1] = means[ends + node]!;
    }
  }
}
