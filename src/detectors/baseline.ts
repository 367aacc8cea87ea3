/**
 * Robust baseline of each entity: how far beyond its own usual values it is.
 *
 * Usual is the median and 1.4826 × the median absolute deviation of a feature over the entity's
 * windows (Leys et al. 2013). An entity with too little history stands on its peers, and peers
 * with too little on everybody: the cold-start ladder.
 */
import type { Entity, EntityKind, FeatureMatrix } from '../domain/matrix.js';
import type { Detector, DetectorSnapshot, Explanation, FittedDetector } from './detector.js';
import { medianOf, signedLog } from './scaling.js';
import { decode, encode } from '../domain/typed-arrays.js';

/** Options of the baseline. */
export interface BaselineOptions {
  /** Windows that an entity, or its peers, must have been seen in. */
  readonly minWindows: number;
}

/** A rung of the cold-start ladder. */
export type Rung = 'entity' | 'peers' | 'global';

/** The usual values that one row is held against, in the features' own units. */
export interface Usual {
  readonly rung: Rung;
  /** Median by feature; NaN where nothing is known. */
  readonly typical: Float64Array;
  /** Upper end of the usual band: median + 3 robust deviations. */
  readonly upper: Float64Array;
}

const NAME = 'baseline';
const VERSION = 1;
/** Makes the median absolute deviation of normal data its standard deviation. */
const MAD_TO_SD = 1.4826;
/** Deviations within the usual band. */
const BAND = 3;
/** Smallest deviation taken seriously: 28 % on the logarithmic scale, 0.1 of a share or bit. */
const FLOOR_LOGARITHMIC = 0.25;
const FLOOR_LINEAR = 0.1;

/** Median and deviation of each feature, on the scale that the feature is compared on. */
interface Level {
  readonly medians: Float32Array;
  readonly deviations: Float32Array;
}

/** `data` of a baseline's snapshot. */
interface BaselineData {
  readonly features: readonly string[];
  readonly logarithmic: string;
  /** Key, medians, deviations. */
  readonly levels: readonly (readonly [string, string, string])[];
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
    const logarithmic = Uint8Array.from(matrix.features, (name) => (this.logarithmic(name) ? 1 : 0));
    const levels = new Map<string, Level>();
    for (const [key, rows] of rowsByLevel(matrix)) {
      if (key === GLOBAL || rows.length >= this.options.minWindows) {
        levels.set(key, levelOf(matrix, rows, logarithmic));
      }
    }
    return new FittedBaseline(matrix.features, logarithmic, levels);
  }
}

const GLOBAL = 'global';

function entityKey(site: string, entity: Entity): string {
  return `entity ${site} ${entity.id}`;
}

/** Peers are hosts and users of the same side, and pairs and services of the same port. */
function peersKey(kind: EntityKind, entity: Entity, own: boolean): string {
  const side = own ? 'own' : 'outside';
  const service = entity.port === undefined ? '' : ` ${String(entity.port)}/${entity.transport ?? ''}`;
  return `peers ${kind} ${side}${service}`;
}

function rowsByLevel(matrix: FeatureMatrix): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  const add = (key: string, row: number): void => {
    const known = rows.get(key);
    if (known) known.push(row);
    else rows.set(key, [row]);
  };
  matrix.entities.forEach((entity, row) => {
    add(entityKey(matrix.site, entity), row);
    add(peersKey(matrix.kind, entity, matrix.own[row] === 1), row);
    add(GLOBAL, row);
  });
  return rows;
}

function levelOf(matrix: FeatureMatrix, rows: readonly number[], logarithmic: Uint8Array): Level {
  const width = matrix.features.length;
  const medians = new Float32Array(width).fill(NaN);
  const deviations = new Float32Array(width);
  const column = new Float32Array(rows.length);
  for (let feature = 0; feature < width; feature++) {
    let present = 0;
    for (const row of rows) {
      const value = matrix.values[row * width + feature]!;
      if (value === value) column[present++] = logarithmic[feature] === 1 ? signedLog(value) : value;
    }
    if (present === 0) continue;
    const values = column.subarray(0, present);
    const median = medianOf(values);
    for (let i = 0; i < present; i++) values[i] = Math.abs(values[i]! - median);
    const floor = logarithmic[feature] === 1 ? FLOOR_LOGARITHMIC : FLOOR_LINEAR;
    medians[feature] = median;
    deviations[feature] = Math.max(floor, MAD_TO_SD * medianOf(values));
  }
  return { medians, deviations };
}

/** Usual values of entities, learned. */
export class FittedBaseline implements FittedDetector {
  readonly name = NAME;

  constructor(
    private readonly features: readonly string[],
    private readonly logarithmic: Uint8Array,
    private readonly levels: ReadonlyMap<string, Level>,
  ) {}

  /** Sum over the features of ln(1 + deviations beyond the band). */
  score(matrix: FeatureMatrix): Float64Array {
    const parts = new Float64Array(this.features.length);
    return Float64Array.from(matrix.entities, (_, row) => this.deviations(matrix, row, parts));
  }

  explain(matrix: FeatureMatrix, row: number): Explanation {
    const parts = new Float64Array(this.features.length);
    return { bias: 0, total: this.deviations(matrix, row, parts), parts };
  }

  /** What is usual for the row's entity. */
  usual(matrix: FeatureMatrix, row: number): Usual {
    const { level, rung } = this.levelFor(matrix, row);
    const back = (value: number, feature: number): number =>
      this.logarithmic[feature] === 1 ? Math.sign(value) * Math.expm1(Math.abs(value)) : value;
    const width = this.features.length;
    const typical = new Float64Array(width);
    const upper = new Float64Array(width);
    for (let feature = 0; feature < width; feature++) {
      const median = level.medians[feature]!;
      typical[feature] = back(median, feature);
      upper[feature] = back(median + BAND * level.deviations[feature]!, feature);
    }
    return { rung, typical, upper };
  }

  toSnapshot(): DetectorSnapshot {
    const data: BaselineData = {
      features: this.features,
      logarithmic: encode(this.logarithmic),
      levels: [...this.levels].map(([key, level]) => [key, encode(level.medians), encode(level.deviations)]),
    };
    return { type: NAME, version: VERSION, data };
  }

  static fromSnapshot(snapshot: DetectorSnapshot): FittedBaseline {
    const data = snapshot.data as BaselineData;
    const levels = data.levels.map(([key, medians, deviations]): [string, Level] => [
      key,
      { medians: decode(medians, Float32Array), deviations: decode(deviations, Float32Array) },
    ]);
    return new FittedBaseline(data.features, decode(data.logarithmic, Uint8Array), new Map(levels));
  }

  /** Fills the parts of a row's score and returns their sum. */
  private deviations(matrix: FeatureMatrix, row: number, parts: Float64Array): number {
    const width = this.features.length;
    const { level } = this.levelFor(matrix, row);
    let total = 0;
    for (let feature = 0; feature < width; feature++) {
      const value = matrix.values[row * width + feature]!;
      const scaled = this.logarithmic[feature] === 1 ? signedLog(value) : value;
      const excess = (scaled - level.medians[feature]!) / level.deviations[feature]! - BAND;
      // NaN on either side is no deviation.
      parts[feature] = excess > 0 ? Math.log1p(excess) : 0;
      total += parts[feature]!;
    }
    return total;
  }

  private levelFor(matrix: FeatureMatrix, row: number): { level: Level; rung: Rung } {
    const entity = matrix.entities[row]!;
    const own = this.levels.get(entityKey(matrix.site, entity));
    if (own) return { level: own, rung: 'entity' };
    const peers = this.levels.get(peersKey(matrix.kind, entity, matrix.own[row] === 1));
    if (peers) return { level: peers, rung: 'peers' };
    return { level: this.levels.get(GLOBAL)!, rung: 'global' };
  }
}
