/**
 * A Zeek connection log to scored windows, as a share of merely unpacking, splitting and parsing it.
 */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { parseConfig } from '../src/config/load.js';
import { FilePasses } from '../src/scan/file-passes.js';
import { detect, learn } from '../src/scan/scan.js';
import { writeConnLog } from './conn-log.js';
import { resultOf, timed, type Benchmark, type BenchResult } from './report.js';

const LINES = 1_000_000;
const HOSTS = 400;
const ROUNDS = 5;
const NOW_MS = Date.UTC(2026, 5, 1);
/** The size that suits reading best, which the collector has too. */
const CHUNK_BYTES = 64 * 1024;

/** Unpacks, splits, parses, and does nothing with what comes out. */
async function bareRead(path: string): Promise<number> {
  let records = 0;
  let rest = '';
  for await (const chunk of createReadStream(path).pipe(createGunzip({ chunkSize: CHUNK_BYTES }))) {
    const lines = (rest + (chunk as Buffer).toString('latin1')).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (JSON.parse(line) !== null) records++;
  }
  return records;
}

export const scanZeek: Benchmark = {
  name: 'scan-zeek',
  about: `${String(LINES)} lines of a packed Zeek conn.log to scored windows, against unpacking, splitting and parsing alone`,
  async run(): Promise<BenchResult[]> {
    const folder = mkdtempSync(join(tmpdir(), 'elkhound-bench-'));
    try {
      const path = join(folder, 'conn.log.gz');
      await writeConnLog(path, LINES, HOSTS);
      const config = parseConfig('', 'defaults');
      const passes = await FilePasses.open([path], config, NOW_MS);
      const input = { job: config.job, passes, options: config, nowMs: NOW_MS };
      const learned = await learn(input);
      const ours: number[] = [];
      const bare: number[] = [];
      let windows = 0;
      // The first round warms up and does not count.
      for (let round = 0; round <= ROUNDS; round++) {
        const rival = await timed(() => bareRead(path));
        const seconds = await timed(async () => ({ windows } = await detect(input, learned)));
        if (round === 0) continue;
        ours.push(seconds);
        bare.push(rival);
      }
      await passes.close();
      const names = { name: 'scan-zeek', subject: 'collect to decide', rival: 'bare-read', unit: 'time' };
      return [resultOf(names, ours, bare, { 'lines/s': Math.round(LINES / Math.min(...ours)), windows })];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
