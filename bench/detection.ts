/**
 * Findings on real logs against what is expected of them, beside scikit-learn's isolation forest
 * and the plainest ranking on the same rows.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../src/config/load.js';
import { columnMedians, fillMissing, signedLog } from '../src/detectors/scaling.js';
import type { FeatureMatrix } from '../src/domain/matrix.js';
import { featureNamed } from '../src/features/catalogue.js';
import { evaluate, expectationsSchema, type ExpectationOutcome } from '../src/evaluate/expectations.js';
import { connectionsPerWindow, type Rival } from '../src/evaluate/rivals.js';
import { scanFiles } from '../src/scan/scan-files.js';
import type { Benchmark, BenchResult } from './report.js';
import { startRival, type Rival as ScikitLearn } from './sklearn/rival.js';

/** Real logs are no part of the project; see CONTRIBUTING.md. */
const DATA = process.env.ELKHOUND_TEST_DATA ?? process.env.ELKHOUND_DATA ?? '../shared/data';
const FOREST = { trees: 100, sample: 256, seed: 1 };

/** scikit-learn on the rows as our own forest learns from them: filled, and logarithmic where ours is. */
function forestRival(scikit: ScikitLearn, folder: string): Rival {
  return {
    name: `scikit-learn ${scikit.version}`,
    async score(matrix) {
      const file = join(folder, 'matrix.f32');
      const out = join(folder, 'scores.f64');
      writeFileSync(file, new Uint8Array(scaled(matrix).buffer));
      const width = matrix.features.length;
      const sample = Math.min(FOREST.sample, matrix.entities.length);
      await scikit.fit(file, width, FOREST.trees, sample, FOREST.seed);
      await scikit.score(file, width, out);
      return new Float64Array(new Uint8Array(readFileSync(out)).buffer);
    },
  };
}

function scaled({ values, features, entities }: FeatureMatrix): Float32Array {
  const width = features.length;
  const filled = new Float32Array(values.length);
  const medians = columnMedians(values, width);
  for (let row = 0; row < entities.length; row++) fillMissing(values, row, medians, filled, row);
  const logarithmic = features.map((name) => featureNamed(name).logarithmic);
  return filled.map((value, i) => (logarithmic[i % width] === true ? signedLog(value) : value));
}

export const detection: Benchmark = {
  name: 'detection',
  about: 'expectations met on real logs, against scikit-learn and connections per window on the same rows',
  async run(): Promise<BenchResult[]> {
    const folder = mkdtempSync(join(tmpdir(), 'elkhound-bench-'));
    const scikit = await startRival();
    try {
      const rivals = [connectionsPerWindow, forestRival(scikit, folder)];
      const text = readFileSync(join(DATA, 'expected-findings.json'), 'utf8');
      const core: ExpectationOutcome[] = [];
      for (const expected of expectationsSchema.parse(JSON.parse(text)).files) {
        const files = expected.inputs.map((input) => join(DATA, input));
        const result = await scanFiles({ files, config: parseConfig('', 'defaults'), nowMs: Date.now() });
        const { expectations } = await evaluate(expected, result, rivals);
        core.push(...expectations.filter(({ needs }) => needs === 'core'));
      }
      return rivals.map(({ name }) => resultAgainst(name, core));
    } finally {
      scikit.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function resultAgainst(rival: string, core: readonly ExpectationOutcome[]): BenchResult {
  const ours = core.filter(({ met }) => met).length;
  const theirs = core.filter(({ rivals, maxRank }) => (rivals[rival] ?? Infinity) <= maxRank).length;
  const ranks = core.map(({ id, rank, rivals, maxRank }) => [
    id,
    `${String(rank)} against ${String(rivals[rival])} (at most ${String(maxRank)})`,
  ]);
  const ratio = ours / Math.max(1, theirs);
  return {
    name: 'detection',
    subject: `${String(ours)} of ${String(core.length)} expectations met`,
    rival: `${rival} (${String(theirs)} met)`,
    ratio,
    unit: 'expectations',
    runs: [ratio],
    detail: Object.fromEntries(ranks) as Record<string, string>,
  };
}
