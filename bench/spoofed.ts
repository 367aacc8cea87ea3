/**
 * Five million spoofed sources in an hour, among an office's traffic, against the same without them.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Benchmark, BenchResult } from './report.js';
import type { SpoofedHour } from './spoofed-traffic.js';
import type { SpoofedOutcome } from './spoofed-process.js';

const SOURCES = 5_000_000;
/** Two days of an office. */
const EVENTS = 600_000;
const HOSTS = 400;
/** What the flood may add to peak memory, MB: rows, state and events of a window at their bounds. */
const BOUND_MB = 1200;

/** What a process of its own comes to. */
async function outcomeOf({ events, hosts, sources }: SpoofedHour): Promise<SpoofedOutcome> {
  const script = join(__dirname, 'spoofed-process.js');
  const args = [script, ...[events, hosts, sources].map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as SpoofedOutcome;
}

export const spoofed: Benchmark = {
  name: 'spoofed',
  about: 'peak memory with five million spoofed sources in an hour, against the same traffic without them',
  async run(): Promise<BenchResult[]> {
    const without = await outcomeOf({ events: EVENTS, hosts: HOSTS, sources: 0 });
    const flooded = await outcomeOf({ events: EVENTS, hosts: HOSTS, sources: SOURCES });
    const ratio = without.peakMb / flooded.peakMb;
    const { peakMb, ...rest } = flooded;
    const detail = {
      'MB without': without.peakMb,
      'MB with': peakMb,
      'MB allowed': without.peakMb + BOUND_MB,
      ...rest,
      'seconds without': without.seconds,
    };
    const names = { name: 'spoofed', subject: 'with 5 million spoofed sources', rival: 'without' };
    return [{ ...names, ratio, unit: 'peak RSS', runs: [ratio], detail }];
  },
};
