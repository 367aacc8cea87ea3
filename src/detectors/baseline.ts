/**
 * Robust baseline of each entity: how far beyond its own usual values it is.
 *
 * Usual is the median and 1.4826 × the median absolute deviation of a feature over the entity's
 * windows (Leys et al. 2013). An entity with too little history stands on its peers, and peers
 * with too little on everybody: the cold-start ladder.
 */
import type { FeatureMatrix } from '../domain/matrix.js';
import { decode, encode } from '../domain/typed-arrays.js';
import { LevelIndex, type LevelIndexSnapshot, type Rung } from './baseline-levels.js';
import {
  allRows,
  snapshotData,
  type Detector,
  type DetectorSnapshot,
  type Explanation,
  type FittedDetector,
} from './detector.js';
import { medianOf, signedExp, signedLog } from './scaling.js';

/** Options of the baseline. */
export interface BaselineOptions {
  /** Windows that an entity, or its peers, must have been seen in. */
  readonly minWindows: number;
}

/** What is usual of one feature, in its own unit; NaN where nothing is known. */
export interface Usual {
  readonly typical: number;
  /** Upper end of the usual band: median + 3 robust deviations. */
  readonly upper: number;
}

const NAME = 'baseline';
const VERSION = 2;
/** Makes the median absolute deviation of normal data its standard deviation. */
const MAD_TO_SD = 1.4826;
/** Deviations within the usual band. */
const BAND = 3;
/** More than the largest relative error of numbers that are shown to six digits. */
const ROUNDING = 6e-6;
/** Smallest deviation taken seriously: 28 % on the logarithmic scale, 0.1 of a share or bit. */
const FLOOR_LOGARITHMIC = 0.25;
const FLOOR_LINEAR = 0.1;

/** Median and deviation of each feature on the scale that it is compared on: `levels × features`. */
interface Levels {
  readonly medians: Float32Array;
  readonly deviations: Float32Array;
}

/** `data` of a baseline's snapshot. */
export interface BaselineData {
  readonly features: readonly string[];
  readonly logarithmic: string;
  readonly index: LevelIndexSnapshot;
  readonly medians: string;
  readonly deviations: string;
}

/** Learns each entity's usual values. */
export class BaselineDetector implements Detector {
  readonly name = NAME;

  constructor(
    private readonly options: BaselineOptions,
    private readonly logarithmic: (feature: string) => boolean,
  ) {}

  fit(matrix: FeatureMatrix): FittedBaseline {
    if (matrix.entities.length === 0) throw new RangeError('a baseline needs at least one row to learn from');
    const width = matrix.features.length;
    const logarithmic = Uint8Array.from(matrix.features, (name) => (this.logarithmic(name) ? 1 : 0));
    const { index, rows } = LevelIndex.of(matrix, this.options.minWindows);
    const levels: Levels = {
      medians: new Float32Array(rows.length * width).fill(NaN),
      deviations: new Float32Array(rows.length * width),
    };
    rows.forEach((members, level) => {
      learnLevel(matrix, members, logarithmic, levels, level);
    });
    return new FittedBaseline(matrix.features, logarithmic, index, levels);
  }
}

/** Learns the medians and deviations of one level from its rows. */
function learnLevel(
  { values, features }: FeatureMatrix,
  rows: readonly number[],
  logarithmic: Uint8Array,
  { medians, deviations }: Levels,
  level: number,
): void {
  const width = features.length;
  const column = new Float32Array(rows.length);
  for (let feature = 0; feature < width; feature++) {
    let count = 0;
    for (const row of rows) {
      const value = values[row * width + feature]!;
      if (value === value) column[count++] = logarithmic[feature] === 1 ? signedLog(value) : value;
    }
    if (count === 0) continue;
    const present = column.subarray(0, count);
    const median = medianOf(present);
    for (let i = 0; i < count; i++) present[i] = Math.abs(present[i]! - median);
    const floor = logarithmic[feature] === 1 ? FLOOR_LOGARITHMIC : FLOOR_LINEAR;
    medians[level * width + feature] = median;
    deviations[level * width + feature] = Math.max(floor, MAD_TO_SD * medianOf(present));
  }
}

/** Usual values of entities, learned. */
export class FittedBaseline implements FittedDetector {
  readonly name = NAME;
  /** Upper ends of the usual bands, in the features' own units: most values need no logarithm. */
  private readonly uppers: Float64Array;
  /** A little below {@link uppers}, at half the size, for a first look. */
  private readonly bars: Float32Array;

  constructor(
    private readonly features: readonly string[],
    private readonly logarithmic: Uint8Array,
    private readonly index: LevelIndex,
    private readonly levels: Levels,
  ) {
    this.uppers = Float64Array.from(levels.medians, (median, i) =>
      this.unscaled(median + BAND * levels.deviations[i]!, i % features.length),
    );
    this.bars = Float32Array.from(this.uppers, (upper) => upper - ROUNDING * Math.abs(upper));
  }

  /** Sum over the features of ln(1 + deviations beyond the band). */
  score(matrix: FeatureMatrix, rows = allRows(matrix)): Float64Array {
    const parts = new Float64Array(this.features.length);
    const scores = new Float64Array(rows.length);
    for (let i = 0; i < scores.length; i++) scores[i] = this.deviations(matrix, rows[i]!, parts);
    return scores;
  }

  /** Features of each row above the upper end of their usual band as {@link usual} tells it. */
  countBeyond(matrix: FeatureMatrix): Uint16Array {
    const { bars } = this;
    const { values, entities } = matrix;
    const width = this.features.length;
    const counts = new Uint16Array(entities.length);
    for (let row = 0; row < counts.length; row++) {
      const at = row * width;
      const base = this.index.find(matrix, row) * width;
      let beyond = 0;
      // NaN on either side is not beyond; one too many for being rounded does no harm.
      for (let i = 0; i < width; i++) if (values[at + i]! > bars[base + i]!) beyond++;
      counts[row] = beyond;
    }
    return counts;
  }

  explain(matrix: FeatureMatrix, row: number): Explanation {
    const parts = new Float64Array(this.features.length);
    return { bias: 0, total: this.deviations(matrix, row, parts), parts };
  }

  /** What is usual for the row's entity, to six digits: more are noise of 32-bit logarithms. */
  usual(matrix: FeatureMatrix, row: number, feature: number): Usual {
    const at = this.index.find(matrix, row) * this.features.length + feature;
    return {
      typical: sixDigits(this.unscaled(this.levels.medians[at]!, feature)),
      upper: sixDigits(this.uppers[at]!),
    };
  }

  /** Whose history the row is held against. */
  rung(matrix: FeatureMatrix, row: number): Rung {
    return this.index.rung(this.index.find(matrix, row));
  }

  toSnapshot(): DetectorSnapshot {
    const data: BaselineData = {
      features: this.features,
      logarithmic: encode(this.logarithmic),
      index: this.index.toSnapshot(),
      medians: encode(this.levels.medians),
      deviations: encode(this.levels.deviations),
    };
    return { type: NAME, version: VERSION, data };
  }

  /** @throws RangeError for a snapshot of another type or version */
  static fromSnapshot(snapshot: DetectorSnapshot): FittedBaseline {
    const data = snapshotData(snapshot, NAME, VERSION) as BaselineData;
    return new FittedBaseline(
      data.features,
      decode(data.logarithmic, Uint8Array),
      LevelIndex.fromSnapshot(data.index),
      { medians: decode(data.medians, Float32Array), deviations: decode(data.deviations, Float32Array) },
    );
  }

  /** Fills the parts of a row's score and returns their sum. */
  private deviations(matrix: FeatureMatrix, row: number, parts: Float64Array): number {
    const { uppers, logarithmic } = this;
    const { medians, deviations } = this.levels;
    const width = parts.length;
    const base = this.index.find(matrix, row) * width;
    let total = 0;
    for (let feature = 0; feature < width; feature++) {
      const value = matrix.values[row * width + feature]!;
      let part = 0;
      // NaN on either side is no deviation.
      if (value > uppers[base + feature]!) {
        const scaled = logarithmic[feature] === 1 ? signedLog(value) : value;
        const excess = (scaled - medians[base + feature]!) / deviations[base + feature]! - BAND;
        part = Math.log1p(Math.min(Math.max(0, excess), Number.MAX_VALUE));
      }
      parts[feature] = part;
      total += part;
    }
    return total;
  }

  private unscaled(value: number, feature: number): number {
    return this.logarithmic[feature] === 1 ? signedExp(value) : value;
  }
}

function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}
