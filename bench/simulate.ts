/**
 * Simulated logs to a Zeek JSON file, against writing the same bytes when they are ready.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_ATTACKS } from '../src/simulate/attacks/plan.js';
import { LogFiles } from '../src/simulate/log-files.js';
import { runSimulation } from '../src/simulate/run.js';
import { Simulation } from '../src/simulate/simulation.js';
import { resultOf, timed, type Benchmark, type BenchResult } from './report.js';

const EVENTS = 600_000;
const HOSTS = 200;
const FROM_MS = Date.UTC(2026, 0, 12);
const TO_MS = Date.UTC(2026, 0, 16);
const ROUNDS = 5;
const BUFFER_BYTES = 256 * 1024;

/** Two working days of an office, from nothing. */
async function simulateTo(path: string): Promise<void> {
  const options = { seed: 7, hosts: HOSTS, rate: 1, timeZone: 'UTC', plan: NO_ATTACKS };
  const logs = LogFiles.toFile(path, 'zeek');
  await runSimulation({
    simulation: new Simulation(options),
    fromMs: FROM_MS,
    toMs: TO_MS,
    maxEvents: EVENTS,
    put: (events) => logs.add(events),
  });
  await logs.close();
}

function writeBytes(bytes: Buffer, path: string): void {
  const file = openSync(path, 'w');
  for (let at = 0; at < bytes.length; at += BUFFER_BYTES) {
    writeSync(file, bytes, at, Math.min(BUFFER_BYTES, bytes.length - at));
  }
  closeSync(file);
}

export const simulate: Benchmark = {
  name: 'simulate',
  about: `${String(EVENTS)} events of ${String(HOSTS)} hosts to a Zeek JSON file, against writing ready bytes`,
  async run(): Promise<BenchResult[]> {
    const folder = mkdtempSync(join(tmpdir(), 'elkhound-bench-'));
    const file = join(folder, 'ours.json');
    try {
      const ours: number[] = [];
      const bare: number[] = [];
      /** Garbage collection on other threads included: what counts where the machine is shared. */
      const cpu: number[] = [];
      let lineBytes = 0;
      // The first round warms up and does not count.
      for (let round = 0; round <= ROUNDS; round++) {
        const before = process.cpuUsage();
        const seconds = await timed(() => simulateTo(file));
        const used = process.cpuUsage(before);
        const bytes = readFileSync(file);
        lineBytes = bytes.length / EVENTS;
        const rival = await timed(() => {
          writeBytes(bytes, join(folder, 'bare.json'));
        });
        if (round === 0) continue;
        ours.push(seconds);
        cpu.push((used.user + used.system) / 1e6);
        bare.push(rival);
      }
      const names = { name: 'simulate', subject: 'simulate to Zeek JSON', rival: 'bare-write', unit: 'time' };
      const rate = (seconds: number): number => Math.round(EVENTS / seconds);
      return [
        resultOf(names, ours, bare, {
          'events/s': rate(Math.min(...ours)),
          'events/CPU second': rate(Math.min(...cpu)),
          'bytes/event': Math.round(lineBytes),
        }),
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
