/**
 * The detectors of one entity kind side by side, made comparable by calibration.
 */
import type { Contribution, DetectorScore } from '../domain/anomaly.js';
import { hash32 } from '../domain/hash.js';
import type { FeatureMatrix } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';
import { BaselineDetector, FittedBaseline, type Usual } from './baseline.js';
import type { Rung } from './baseline-levels.js';
import { RankCalibration, type CalibrationSnapshot } from './calibration.js';
import type { DetectorSnapshot, FittedDetector } from './detector.js';
import { FittedIsolationForest, IsolationForest } from './isolation-forest.js';
import type { DetectorOptions } from './options.js';
import type { TrainingSample } from './training-sample.js';

/** What detectors need to know of a feature. */
interface FeatureTraits {
  readonly label: string;
  readonly unit: string;
  readonly logarithmic: boolean;
}

/** Looks a feature up by name. */
export type FeatureLookup = (name: string) => FeatureTraits;

/** Why a row is strange. */
export interface RowExplanation {
  readonly contributions: readonly Contribution[];
  readonly rung: Rung;
}

/** One window in four is held back from learning, for calibration. */
const HOLD_BACK = 4;
/** Fewer rows than this teach nothing. */
const MIN_ROWS = 32;
/** Features shown with an anomaly. */
const TOP_CONTRIBUTIONS = 8;

interface Member {
  readonly detector: FittedDetector;
  readonly calibration: RankCalibration;
}

/** Serialized form of an {@link Ensemble}. */
export interface EnsembleSnapshot {
  readonly members: readonly {
    readonly detector: DetectorSnapshot;
    readonly calibration: CalibrationSnapshot;
  }[];
}

/** Whether a window is held back for calibration; the same windows in every run. */
function isHeldBack(window: Window): boolean {
  return hash32(String(window.start)) % HOLD_BACK === 0;
}

/** Calibrated detectors of one entity kind. */
export class Ensemble {
  private constructor(
    private readonly forest: Member,
    private readonly baseline: Member & { readonly detector: FittedBaseline },
    private readonly traits: FeatureLookup,
  ) {}

  /** Learns from a sample; undefined where it is too small to learn anything. */
  static fit(sample: TrainingSample, options: DetectorOptions, traits: FeatureLookup): Ensemble | undefined {
    let learn = sample.matrix((window) => !isHeldBack(window));
    let calibrate = sample.matrix(isHeldBack);
    // A short history cannot spare windows: it is calibrated on itself.
    if (learn.entities.length < MIN_ROWS || calibrate.entities.length < MIN_ROWS) {
      learn = calibrate = sample.matrix(() => true);
    }
    if (learn.entities.length < MIN_ROWS) return undefined;
    const logarithmic = (name: string): boolean => traits(name).logarithmic;
    const seed = (options.seed ^ hash32(`${sample.site} ${sample.kind}`)) >>> 0;
    const forest = new IsolationForest(options.isolationForest, logarithmic).fit(learn, seed);
    const baseline = new BaselineDetector(options.baseline, logarithmic).fit(learn);
    return new Ensemble(
      { detector: forest, calibration: RankCalibration.fit(forest.score(calibrate)) },
      { detector: baseline, calibration: RankCalibration.fit(baseline.score(calibrate)) },
      traits,
    );
  }

  private get members(): readonly Member[] {
    return [this.forest, this.baseline];
  }

  /** Smallest tail probability that stands for a rate. */
  get resolution(): number {
    return this.baseline.calibration.resolution;
  }

  /** Features of each row above their usual band: a row without any is no stranger than usual. */
  countBeyond(matrix: FeatureMatrix): Uint16Array {
    return this.baseline.detector.countBeyond(matrix);
  }

  /**
   * Combined tail probabilities of some rows, in (0, 1]: small is strange. The stranger of two
   * detectors counts, at the price of having looked twice.
   */
  tails(matrix: FeatureMatrix, rows: Int32Array): Float64Array {
    const [first, second] = this.members.map(({ detector, calibration }) =>
      detector.score(matrix, rows).map((raw) => calibration.tail(raw)),
    ) as [Float64Array, Float64Array];
    return first.map((p, i) => Math.min(1, 2 * Math.min(p, second[i]!)));
  }

  /** Scores of every detector for one row. */
  detectors(matrix: FeatureMatrix, row: number): DetectorScore[] {
    return this.members.map(({ detector, calibration }) => {
      const [raw] = detector.score(matrix, Int32Array.of(row)) as unknown as [number];
      return { detector: detector.name, score: 1 - calibration.tail(raw), raw };
    });
  }

  /** Features by their share of the row's strangeness, largest first, with typical against actual. */
  explain(matrix: FeatureMatrix, row: number): RowExplanation {
    const width = matrix.features.length;
    const shares = this.members.map(({ detector }) => positiveShares(detector.explain(matrix, row).parts));
    const share = (feature: number): number =>
      shares.reduce((sum, parts) => sum + parts[feature]!, 0) / shares.length;
    const actual = (feature: number): number => matrix.values[row * width + feature]!;
    const strongest = matrix.features
      .map((name, feature) => ({ name, feature, share: share(feature) }))
      .filter((part) => part.share > 0 && !Number.isNaN(actual(part.feature)))
      .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1))
      .slice(0, TOP_CONTRIBUTIONS);
    return {
      contributions: strongest.map(({ name, feature, share }): Contribution => {
        const { label, unit } = this.traits(name);
        const { typical, upper } = this.usual(matrix, row, feature);
        return {
          feature: name,
          label,
          unit,
          actual: actual(feature),
          typical: known(typical),
          upper: known(upper),
          share,
        };
      }),
      rung: this.baseline.detector.rung(matrix, row),
    };
  }

  /** Usual value of one feature (its column) for a row's entity, NaN where nothing is known. */
  usual(matrix: FeatureMatrix, row: number, feature: number): Usual {
    return this.baseline.detector.usual(matrix, row, feature);
  }

  toSnapshot(): EnsembleSnapshot {
    return {
      members: this.members.map(({ detector, calibration }) => ({
        detector: detector.toSnapshot(),
        calibration: calibration.toSnapshot(),
      })),
    };
  }

  /** @throws RangeError where the snapshot's detectors are not the two that this version knows */
  static fromSnapshot({ members }: EnsembleSnapshot, traits: FeatureLookup): Ensemble {
    const [forest, baseline] = members;
    if (forest?.detector.type !== 'isolation_forest' || baseline?.detector.type !== 'baseline') {
      throw new RangeError(`unknown detectors: ${members.map((member) => member.detector.type).join(', ')}`);
    }
    return new Ensemble(
      {
        detector: FittedIsolationForest.fromSnapshot(forest.detector),
        calibration: RankCalibration.fromSnapshot(forest.calibration),
      },
      {
        detector: FittedBaseline.fromSnapshot(baseline.detector),
        calibration: RankCalibration.fromSnapshot(baseline.calibration),
      },
      traits,
    );
  }
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function positiveShares(parts: Float64Array): Float64Array {
  const positive = parts.map((part) => Math.max(0, part));
  const total = positive.reduce((sum, part) => sum + part, 0);
  return total > 0 ? positive.map((part) => part / total) : positive;
}
