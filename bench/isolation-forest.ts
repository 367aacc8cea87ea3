/**
 * Our isolation forest against scikit-learn's, one thread each, on the same float32 matrix.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fitForest, scoreForest } from '../src/detectors/isolation-forest.js';
import { Random } from '../src/domain/random.js';
import { resultOf, timed, type Benchmark, type BenchResult } from './report.js';
import { startRival } from './sklearn/rival.js';

const ROWS = 100_000;
const WIDTH = 20;
const OPTIONS = { trees: 100, sampleSize: 256 };
const ROUNDS = 5;

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
    const rival = await startRival();
    try {
      const ours = { fit: [] as number[], score: [] as number[] };
      const theirs = { fit: [] as number[], score: [] as number[] };
      // The first round of each warms up and does not count.
      for (let round = -1; round < ROUNDS; round++) {
        const forest = fitForest(values, WIDTH, OPTIONS, round + 2);
        const fit = await timed(() => fitForest(values, WIDTH, OPTIONS, round + 2));
        const rivalFit = await rival.fit(file, WIDTH, OPTIONS.trees, OPTIONS.sampleSize, round + 2);
        const score = await timed(() => scoreForest(forest, values, WIDTH));
        const rivalScore = await rival.score(file, WIDTH);
        if (round < 0) continue;
        ours.fit.push(fit);
        ours.score.push(score);
        theirs.fit.push(rivalFit);
        theirs.score.push(rivalScore);
      }
      const names = { rival: `scikit-learn ${rival.version}`, unit: 'time' };
      return [
        resultOf({ name: 'isolation-forest-fit', subject: 'IsolationForest.fit', ...names }, ours.fit, theirs.fit),
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
