/**
 * What a benchmark says: a ratio to a rival that ran in turns with it, in the same process tree.
 */

/** One line of results. A ratio above 1 means ours is faster (or smaller). */
export interface BenchResult {
  readonly name: string;
  /** What of ours ran. */
  readonly subject: string;
  /** What it is held against: `scikit-learn`, `bare-read` … */
  readonly rival: string;
  /** Median of the runs' ratios. */
  readonly ratio: number;
  /** What the ratio is of: `time`, `rate`, `bytes`. */
  readonly unit: string;
  /** Ratio of every run. */
  readonly runs: readonly number[];
  /** Figures of the machine it ran on, for reading, not for comparing. */
  readonly detail?: Readonly<Record<string, number | string>>;
}

/** A benchmark by name. */
export interface Benchmark {
  readonly name: string;
  readonly about: string;
  run(): Promise<BenchResult[]>;
}

/** Median of some numbers. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A result from paired times, rival over ours. */
export function resultOf(
  names: Pick<BenchResult, 'name' | 'subject' | 'rival' | 'unit'>,
  ours: readonly number[],
  rivals: readonly number[],
  detail?: BenchResult['detail'],
): BenchResult {
  const runs = ours.map((seconds, i) => rivals[i]! / seconds);
  return { ...names, ratio: median(runs), runs, ...(detail ? { detail } : {}) };
}

/** Seconds that a call takes. */
export async function timed(work: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** Seconds of CPU that a call takes, on all threads: what counts where the machine is shared. */
export function cpuTimed(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
