/**
 * Scans simulated events without a file and prints its peak resident memory in megabytes.
 */
import { parseConfig } from '../src/config/load.js';
import type { RawBatch } from '../src/domain/raw.js';
import { configuredNormalizer } from '../src/job/configured-normalizer.js';
import { RecordPasses } from '../src/scan/record-passes.js';
import { scan } from '../src/scan/scan.js';
import { zeekRecord } from '../src/simulate/formats/record.js';
import { connections } from './conn-log.js';

const NOW_MS = Date.UTC(2026, 5, 1);

function* batches(events: number, hosts: number): Generator<RawBatch> {
  for (const some of connections(events, hosts)) {
    const records = some.map(zeekRecord);
    yield { source: 'simulation', format: 'zeek', records, places: records.map((_, i) => i + 1) };
  }
}

async function main(events: number, hosts: number): Promise<void> {
  const config = parseConfig('', 'defaults');
  const passes = new RecordPasses({
    // eslint-disable-next-line @typescript-eslint/require-await -- what is read is made at once
    batches: async function* () {
      yield* batches(events, hosts);
    },
    normalizer: () => configuredNormalizer(config, config.schedule.windowLength, NOW_MS),
  });
  await scan({ job: config.job, passes, options: config, nowMs: NOW_MS });
  process.stdout.write(String(Math.round(process.resourceUsage().maxRSS / 1024)));
}

void main(Number(process.argv[2]), Number(process.argv[3]));
