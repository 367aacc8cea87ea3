/**
 * A scan of files, folders and standard input.
 */
import type { LeftOut } from '../collect/folder.js';
import type { Config } from '../config/schema.js';
import type { SourceCoverage } from '../domain/coverage.js';
import type { Detection } from '../job/detect.js';
import { FilePasses, type PassesListeners } from './file-passes.js';
import { scan, type ScanResult } from './scan.js';
import { understandingOf, type Understanding, type Unread } from './understanding.js';

/** What a scan of files is made of. */
export interface FileScan extends Pick<PassesListeners, 'onWaiting'> {
  /** Names of files and folders; `-` is standard input. */
  readonly files: readonly string[];
  readonly config: Config;
  readonly nowMs: number;
  /** Called now and then with the records read so far, in both passes together. */
  readonly onProgress?: (records: number) => void;
  readonly onWindow?: (detection: Detection) => void;
}

/** What a scan of files found, and how much of them it could look at. */
export interface FileScanResult extends ScanResult {
  readonly understanding: Understanding;
  /** Files that could not be read, or not to their end. */
  readonly unread: readonly Unread[];
  /** What lies in the folders and is never read. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * Scans files from their start; coverage comes in the order in which they were named.
 * @throws AppError `unreadable_file` or `unknown_format` for the only input; of several one that cannot be
 *   read is told with the result
 */
export async function scanFiles(fileScan: FileScan): Promise<FileScanResult> {
  const { files, config, nowMs, onProgress, onWaiting, onWindow } = fileScan;
  let records = 0;
  const onRecords = (more: number): void => {
    records += more;
    onProgress?.(records);
  };
  const passes = await FilePasses.open(files, config, nowMs, { onRecords, onWaiting });
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
    const coverage = [...result.coverage].sort((a, b) => place(a) - place(b));
    const { unread, leftOut } = passes;
    return { ...result, coverage, leftOut, unread, understanding: understandingOf(coverage, unread) };
  } finally {
    await passes.close();
  }
}
