/**
 * Where simulated logs go: to files, or to Elasticsearch.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { TRUTH_FILE } from '../collect/folder.js';
import { AppError } from '../domain/error.js';
import type { SimulatedEvent } from '../simulate/event.js';
import type { FormatName } from '../simulate/formats/format.js';
import { documentId, ecsDocument } from '../simulate/formats/record.js';
import { LogFiles } from '../simulate/log-files.js';
import { BulkWriter } from '../store/elasticsearch/bulk-writer.js';
import { Cluster } from '../store/elasticsearch/cluster.js';
import { prepareLogStream } from '../store/elasticsearch/log-stream.js';
import { requirePrivileges, simulateRole } from '../store/elasticsearch/privileges.js';
import { clusterOptionsOf } from '../store/open-store.js';
import { configOf } from './configuration.js';

export const DEFAULT_FOLDER = 'simulated';
export const STANDARD_OUTPUT = '-';

/** Options of `elkhound simulate` about files. */
export interface FileOptions {
  readonly format: FormatName;
  readonly out?: string;
  readonly gzip?: boolean;
  readonly truth?: string;
}

/** Options of `elkhound simulate` about Elasticsearch. */
export interface StreamOptions {
  readonly config?: string;
  readonly out?: string;
  readonly truth?: string;
  readonly dataStream: string;
}

/** Where the events go. */
export interface Target {
  /** What the summary calls it. */
  readonly name: string;
  readonly truthFile: string | undefined;
  readonly put: (events: readonly SimulatedEvent[]) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** @throws AppError `unreadable_file` where files cannot be written */
export function filesOf({ out = DEFAULT_FOLDER, format, gzip = false, truth }: FileOptions): Target {
  const logs =
    out === STANDARD_OUTPUT
      ? LogFiles.toStream(process.stdout, format)
      : isFolder(out)
        ? LogFiles.toFolder(out, format, gzip)
        : LogFiles.toFile(out, format);
  const beside = out === STANDARD_OUTPUT ? undefined : join(isFolder(out) ? out : dirname(out), TRUTH_FILE);
  return {
    name: out === STANDARD_OUTPUT ? 'standard output' : out,
    truthFile: truth ?? beside,
    put: (events) => logs.add(events),
    close: () => logs.close(),
  };
}

/** A name without an ending is that of a folder, unless there is a file of that name. */
function isFolder(path: string): boolean {
  if (existsSync(path)) return statSync(path).isDirectory();
  return path.endsWith('/') || extname(path) === '';
}

/**
 * @throws AppError where Elasticsearch does not answer, or does not want it; `unreadable_file` where
 *   there is no place for the truth
 */
export async function streamOf(options: StreamOptions): Promise<Target> {
  if (options.out !== undefined) {
    throw new AppError(
      'invalid_option',
      `--out: "${options.out}" is for files; leave it out with --to elasticsearch`,
    );
  }
  const config = configOf(options);
  const { dataStream: index } = options;
  const truthFile = options.truth ?? truthIn(config.store.home, index);
  const cluster = new Cluster(clusterOptionsOf(config));
  const writer = new BulkWriter({ cluster });
  try {
    await requirePrivileges(cluster, `write to ${index}`, simulateRole(index));
    await prepareLogStream(cluster, index);
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return {
    name: `${index} of ${cluster.address}`,
    truthFile,
    // A document that is there already is the same one.
    put: (events) =>
      writer.writeAll(
        events.map((event) => ({ index, id: documentId(event), document: ecsDocument(event) })),
      ),
    close: () => cluster.close(),
  };
}

/** There are no logs that the truth could lie beside, so it goes where else elkhound writes, by data stream. */
function truthIn(home: string, dataStream: string): string {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? '';
    throw new AppError(
      'unreadable_file',
      `store.home: cannot write to "${home}": ${reason}; name a file for the truth with --truth`,
      { cause },
    );
  }
  return join(home, `truth-${dataStream}.json`);
}
