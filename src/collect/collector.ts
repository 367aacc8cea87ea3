/**
 * Several files as one stream of batches, roughly in the order of time.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../domain/error.js';
import type { Quarantine, RawBatch } from '../domain/raw.js';
import { readFile, type Input } from './file-reader.js';
import type { CollectOptions } from './options.js';
import { timeOfRecord } from './record-time.js';

/** Name of standard input in coverage and messages. */
export const STANDARD_INPUT = '-';

/** Files, folders and standard input, ready to be read any number of times. */
export class FileCollector {
  private constructor(
    readonly inputs: readonly Input[],
    private readonly options: CollectOptions,
    private readonly scratch: string | undefined,
  ) {}

  /**
   * Looks up what the names stand for; standard input is kept in a temporary file, since a scan
   * reads twice.
   * @throws AppError `unreadable_file` for a name that does not exist
   */
  static async open(names: readonly string[], options: CollectOptions): Promise<FileCollector> {
    const inputs: Input[] = [];
    let scratch: string | undefined;
    for (const name of names) {
      if (name === STANDARD_INPUT) {
        scratch ??= await mkdtemp(join(tmpdir(), 'elkhound-'));
        const path = join(scratch, 'stdin');
        await pipeline(process.stdin, createWriteStream(path));
        inputs.push({ path, source: STANDARD_INPUT });
      } else inputs.push(...(await filesOf(name)));
    }
    return new FileCollector(inputs, options, scratch);
  }

  /** Names of the inputs, as coverage calls them. */
  get sources(): string[] {
    return this.inputs.map(({ source }) => source);
  }

  /** All batches; of several files always the one that is behind in time is read next. */
  async *batches(quarantine: Quarantine): AsyncGenerator<RawBatch> {
    const readers = this.inputs.map((input) => new Reader(readFile(input, this.options, quarantine)));
    try {
      await Promise.all(readers.map((reader) => reader.advance()));
      for (;;) {
        const next = earliest(readers);
        if (!next) return;
        yield next.batch!;
        await next.advance();
      }
    } finally {
      await Promise.all(readers.map((reader) => reader.close()));
    }
  }

  /** Removes what was kept of standard input. */
  async close(): Promise<void> {
    if (this.scratch !== undefined) await rm(this.scratch, { recursive: true, force: true });
  }
}

/** A file's batches with the time that the next one begins at. */
class Reader {
  batch: RawBatch | undefined;
  timeMs = -Infinity;

  constructor(private readonly batches: AsyncGenerator<RawBatch>) {}

  async advance(): Promise<void> {
    const next = await this.batches.next();
    this.batch = next.done === true ? undefined : next.value;
    if (!this.batch) return;
    const time = timeOfRecord(this.batch);
    if (!Number.isNaN(time)) this.timeMs = time;
  }

  async close(): Promise<void> {
    await this.batches.return(undefined);
  }
}

function earliest(readers: readonly Reader[]): Reader | undefined {
  let best: Reader | undefined;
  for (const reader of readers) {
    if (reader.batch && (!best || reader.timeMs < best.timeMs)) best = reader;
  }
  return best;
}

async function filesOf(name: string): Promise<Input[]> {
  const info = await stat(name).catch((cause: unknown) => {
    throw new AppError('unreadable_file', `cannot read "${name}": there is no such file or folder`, {
      cause,
    });
  });
  if (!info.isDirectory()) return [{ path: name, source: name }];
  const entries = await readdir(name, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path, source: path }));
}
