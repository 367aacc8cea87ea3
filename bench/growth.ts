/**
 * How time and memory of one window grow with its events, and with its entities.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Benchmark, BenchResult } from './report.js';
import type { GrowthOutcome } from './growth-process.js';

const EVENTS = [25_000, 100_000, 400_000, 1_600_000] as const;
const FEW_ENTITIES = 1000;
const ENTITIES = [1000, 10_000, 100_000, 400_000] as const;
const SAME_EVENTS = 400_000;

async function outcomeOf(events: number, entities: number): Promise<GrowthOutcome> {
  const args = [join(__dirname, 'growth-process.js'), String(events), String(entities)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as GrowthOutcome;
}

/** How many times longer, or larger, for each time as many; 1 is in proportion. */
function exponent(from: number, to: number, times: number): number {
  return Math.log(to / from) / Math.log(times);
}

async function series(
  subject: string,
  sizes: readonly number[],
  run: (size: number) => Promise<GrowthOutcome>,
): Promise<BenchResult> {
  const outcomes: GrowthOutcome[] = [];
  for (const size of sizes) outcomes.push(await run(size));
  const [first, last] = [outcomes[0]!, outcomes.at(-1)!];
  const ratio = 1 / exponent(first.seconds, last.seconds, sizes.at(-1)! / sizes[0]!);
  const detail: Record<string, string> = {};
  sizes.forEach((size, i) => {
    const { seconds, peakMb, rows } = outcomes[i]!;
    detail[String(size)] = `${seconds.toFixed(2)} s, ${String(peakMb)} MB, ${String(rows)} rows`;
  });
  const rival = 'in proportion';
  return { name: 'growth', subject, rival, ratio, unit: 'exponent of CPU time', runs: [ratio], detail };
}

export const growth: Benchmark = {
  name: 'growth',
  about:
    'CPU time and peak memory of a window by its events and by its entities, against growth in proportion',
  async run(): Promise<BenchResult[]> {
    return [
      await series(`a window of ${String(FEW_ENTITIES)} hosts, by events`, EVENTS, (events) =>
        outcomeOf(events, FEW_ENTITIES),
      ),
      await series(`a window of ${String(SAME_EVENTS)} events, by hosts`, ENTITIES, (entities) =>
        outcomeOf(SAME_EVENTS, entities),
      ),
    ];
  },
};
