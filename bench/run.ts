/**
 * `npm run bench -- NAME… [--json]`: runs the named benchmarks, or all of them, compiled as the program
 * is that people run.
 */
import { detection } from './detection.js';
import { elasticsearchWindow } from './elasticsearch-window.js';
import { growth } from './growth.js';
import { isolationForest } from './isolation-forest.js';
import { lateDay } from './late-day.js';
import { memory } from './memory.js';
import type { Benchmark, BenchResult } from './report.js';
import { scanZeek } from './scan-zeek.js';
import { simulate } from './simulate.js';
import { spoofed } from './spoofed.js';

const BENCHMARKS: readonly Benchmark[] = [
  scanZeek,
  elasticsearchWindow,
  lateDay,
  isolationForest,
  simulate,
  detection,
  memory,
  spoofed,
  growth,
];

function print(result: BenchResult, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const { name, subject, rival, ratio, unit, runs, detail } = result;
  const range = `${Math.min(...runs).toFixed(2)}–${Math.max(...runs).toFixed(2)}`;
  const more = detail ? ` ${JSON.stringify(detail)}` : '';
  process.stdout.write(`${name}: ${subject} is ${ratio.toFixed(2)}× ${rival} (${unit}, ${range})${more}\n`);
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const json = args.includes('--json');
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0 || args.includes('--help')) {
    const list = BENCHMARKS.map(({ name, about }) => `  ${name}: ${about}`).join('\n');
    process.stderr.write(
      `${unknown.length > 0 ? `no benchmark is named "${unknown.join('", "')}"\n` : ''}${list}\n`,
    );
    process.exitCode = unknown.length > 0 ? 2 : 0;
    return;
  }
  for (const benchmark of BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    for (const result of await benchmark.run()) print(result, json);
  }
}

void main();
