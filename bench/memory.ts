/**
 * Peak memory of a scan of one million and of ten million events, each in a process of its own.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Benchmark, BenchResult } from './report.js';

const SMALL = 1_000_000;
const LARGE = 10_000_000;
const HOSTS = 400;

/** Peak resident megabytes of a process that scans that many events. */
function peakOf(events: number): number {
  const args = [join(__dirname, 'memory-process.js'), String(events), String(HOSTS)];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

export const memory: Benchmark = {
  name: 'memory',
  about: 'peak memory of a scan of ten million events, against one of a million',
  run(): Promise<BenchResult[]> {
    const small = peakOf(SMALL);
    const large = peakOf(LARGE);
    const ratio = small / large;
    return Promise.resolve([
      {
        name: 'memory',
        subject: 'scan of 10 million events',
        rival: 'scan of 1 million events',
        ratio,
        unit: 'peak RSS',
        runs: [ratio],
        detail: { 'MB at 1 million': small, 'MB at 10 million': large },
      },
    ]);
  },
};
