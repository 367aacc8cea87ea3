/**
 * The composition root: the only place that constructs adapters.
 */
import { FileCollector } from './collect/collector.js';
import { CountingQuarantine } from './collect/quarantine.js';
import type { Config } from './config/schema.js';
import type { RecordFormat } from './domain/raw.js';
import type { Detection } from './pipeline/detect-window.js';
import { Normalizer } from './normalize/normalizer.js';
import { scan, type ScanResult } from './pipeline/scan.js';

/** What a scan of files is made of. */
export interface FileScan {
  readonly files: readonly string[];
  readonly config: Config;
  readonly nowMs: number;
  /** Called now and then with the records read so far, in both passes together. */
  readonly onProgress?: (records: number) => void;
  readonly onWindow?: (detection: Detection) => void;
}

/** Scans files, folders and standard input (`-`) from their start. */
export async function scanFiles({
  files,
  config,
  nowMs,
  onProgress,
  onWindow,
}: FileScan): Promise<ScanResult> {
  const collector = await FileCollector.open(files, config.collect);
  let records = 0;
  try {
    return await scan({
      job: config.job,
      batches: async function* () {
        for await (const batch of collector.batches(new CountingQuarantine())) {
          records += batch.records.length;
          onProgress?.(records);
          yield batch;
        }
      },
      normalizer: () =>
        new Normalizer({
          options: config.normalize,
          windowLengthMs: config.schedule.windowLength,
          quarantine: new CountingQuarantine(),
          referenceMs: nowMs,
        }),
      options: config,
      nowMs,
      ...(onWindow ? { onWindow } : {}),
    });
  } finally {
    await collector.close();
  }
}
