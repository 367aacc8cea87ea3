/**
 * Our isolation forest against scikit-learn's, one thread each, on the same float32 matrix.
 * Seconds are of CPU: by the clock, what else the machine does would decide.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { growForest } from '../src/detectors/forest-growth.js';
import { scoreForest } from '../src/detectors/forest.js';
import { Random } from '../src/domain/random.js';
import { cpuTimed, resultOf, type Benchmark, type BenchResult } from './report.js';
import { startRival } from './sklearn/rival.js';

const ROWS = 100_000;
const WIDTH = 20;
const OPTIONS = { trees: 100, sampleSize: 256 };
const ROUNDS = 15;
/** Ours takes milliseconds: several fits make one measurement. */
const FITS = 5;
const WARM_UP = 10;

/** Rows of correlated normals with a few outliers, row-major. */
function matrix(): Float32Array {
  const random = new Random(7);
  const values = new Float32Array(ROWS * WIDTH);
  for (let row = 0; row < ROWS; row++) {
    const common = random.normal();
    const stretch = row % 1000 === 0 ? 6 : 1;
    for (let i = 0; i < WIDTH; i++) values[row * WIDTH + i] = stretch * (common * 0.5 + random.normal());
  }
  return values;
}

export const isolationForest: Benchmark = {
  name: 'isolation-forest',
  about: `fit and score, ${String(ROWS)} rows × ${String(WIDTH)}, ${String(OPTIONS.trees)} trees × ${String(OPTIONS.sampleSize)}, against scikit-learn`,
  async run(): Promise<BenchResult[]> {
    const folder = mkdtempSync(join(tmpdir(), 'elkhound-bench-'));
    const file = join(folder, 'matrix.f32');
    const values = matrix();
    writeFileSync(file, new Uint8Array(values.buffer));
    const load = (from: number, to: number, block: Float32Array): void => {
      block.set(values.subarray(from * WIDTH, to * WIDTH));
    };
    const rival = await startRival();
    try {
      const ours = { fit: [] as number[], score: [] as number[] };
      const theirs = { fit: [] as number[], score: [] as number[] };
      const fit = (round: number): unknown => growForest(values, WIDTH, OPTIONS, round);
      for (let i = 0; i < WARM_UP; i++) scoreForest(growForest(values, WIDTH, OPTIONS, i), ROWS, WIDTH, load);
      // The first round warms scikit-learn up and does not count.
      for (let round = 0; round <= ROUNDS; round++) {
        const forest = growForest(values, WIDTH, OPTIONS, round);
        const fitted = cpuTimed(() => {
          for (let i = 0; i < FITS; i++) fit(round);
        });
        const rivalFitted = await rival.fit(file, WIDTH, OPTIONS.trees, OPTIONS.sampleSize, round);
        const scored = cpuTimed(() => scoreForest(forest, ROWS, WIDTH, load));
        const rivalScored = await rival.score(file, WIDTH);
        if (round === 0) continue;
        ours.fit.push(fitted / FITS);
        ours.score.push(scored);
        theirs.fit.push(rivalFitted);
        theirs.score.push(rivalScored);
      }
      const names = { rival: `scikit-learn ${rival.version}`, unit: 'CPU time' };
      return [
        resultOf(
          { name: 'isolation-forest-fit', subject: 'IsolationForest.fit', ...names },
          ours.fit,
          theirs.fit,
        ),
        resultOf(
          { name: 'isolation-forest-score', subject: 'IsolationForest.score', ...names },
          ours.score,
          theirs.score,
          { 'rows/s': Math.round(ROWS / Math.min(...ours.score)) },
        ),
      ];
    } finally {
      rival.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
