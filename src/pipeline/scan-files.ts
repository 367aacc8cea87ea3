/**
 * A scan of files, folders and standard input.
 */
import type { Config } from '../config/schema.js';
import type { SourceCoverage } from '../domain/coverage.js';
import type { Detection } from './detect-window.js';
import { FilePasses } from './file-passes.js';
import { scan, type ScanResult } from './scan.js';

/** What a scan of files is made of. */
export interface FileScan {
  /** Names of files and folders; `-` is standard input. */
  readonly files: readonly string[];
  readonly config: Config;
  readonly nowMs: number;
  /** Called now and then with the records read so far, in both passes together. */
  readonly onProgress?: (records: number) => void;
  readonly onWindow?: (detection: Detection) => void;
}

/**
 * Scans files from their start; coverage comes in the order in which they were named.
 * @throws AppError `unreadable_file`, or `unknown_format` where nothing in one is a known record
 */
export async function scanFiles(fileScan: FileScan): Promise<ScanResult> {
  const { files, config, nowMs, onProgress, onWindow } = fileScan;
  let records = 0;
  const passes = await FilePasses.open(files, config, nowMs, (more) => {
    records += more;
    onProgress?.(records);
  });
  try {
    const result = await scan({
      job: config.job,
      passes,
      options: config,
      nowMs,
      ...(onWindow ? { onWindow } : {}),
    });
    const order = new Map(passes.sources.map((source, i) => [source, i]));
    const place = ({ source }: SourceCoverage): number => order.get(source) ?? Infinity;
    return { ...result, coverage: [...result.coverage].sort((a, b) => place(a) - place(b)) };
  } finally {
    await passes.close();
  }
}
