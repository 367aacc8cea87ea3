/**
 * Raw scores as probabilities, by rank among held-back windows that the detector did not learn from.
 */
import { decode, encode } from '../domain/typed-arrays.js';

/** Serialized form of a {@link RankCalibration}. */
export interface CalibrationSnapshot {
  readonly count: number;
  readonly ranks: string;
  readonly scores: string;
}

/** Held-back scores kept exactly at the top; below, every k-th is enough. */
const EXACT = 1024;
const COARSE = 512;

/** Turns a raw score into the share of held-back windows at least as strange. */
export class RankCalibration {
  /**
   * @param count held-back windows
   * @param ranks how many of them score at least `scores[i]`, ascending
   * @param scores descending
   */
  private constructor(
    readonly count: number,
    private readonly ranks: Float64Array,
    private readonly scores: Float64Array,
  ) {}

  /** Learns from the raw scores of held-back windows. */
  static fit(heldBack: Float64Array): RankCalibration {
    const sorted = Float64Array.from(heldBack).sort().reverse();
    const step = Math.max(1, Math.ceil((sorted.length - EXACT) / COARSE));
    const ranks: number[] = [];
    const scores: number[] = [];
    for (let i = 0; i < sorted.length; i += i < EXACT ? 1 : step) {
      ranks.push(i + 1);
      scores.push(sorted[i]!);
    }
    return new RankCalibration(sorted.length, Float64Array.from(ranks), Float64Array.from(scores));
  }

  /**
   * Tail probability of a raw score, in (0, 1]: (1 + held-back scores ≥ raw) / (count + 1).
   * Exact for the 1,024 highest; below, too small by less than 1/512. Above all of them it keeps
   * falling with the distance, so that order survives; there it is an order, no longer a rate.
   */
  tail(raw: number): number {
    const { scores, ranks, count } = this;
    const floor = 1 / (count + 1);
    const top = scores[0];
    if (top === undefined) return 1;
    if (raw > top) {
      const spread = Math.max(
        top - (scores[Math.min(scores.length - 1, EXACT >> 4)] ?? top),
        Math.abs(top) / 10,
        1e-9,
      );
      return Math.max(Number.MIN_VALUE, floor / (1 + (raw - top) / spread));
    }
    let low = 0;
    let high = scores.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (scores[middle]! >= raw) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? floor : Math.min(1, (1 + ranks[low - 1]!) * floor);
  }

  /** Smallest probability that stands for a rate. */
  get resolution(): number {
    return 1 / (this.count + 1);
  }

  toSnapshot(): CalibrationSnapshot {
    return { count: this.count, ranks: encode(this.ranks), scores: encode(this.scores) };
  }

  static fromSnapshot({ count, ranks, scores }: CalibrationSnapshot): RankCalibration {
    return new RankCalibration(count, decode(ranks, Float64Array), decode(scores, Float64Array));
  }
}
