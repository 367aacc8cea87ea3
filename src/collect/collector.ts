/**
 * Several files as one stream of batches, roughly in the order of time.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../domain/error.js';
import type { RawBatch } from '../domain/raw.js';
import { readFile, type Input } from './file-reader.js';
import { listFolder } from './folder.js';
import { unreadable } from './open.js';
import type { CollectOptions } from './options.js';
import { timeOfRecord } from './record-time.js';

/** Name of standard input in coverage and messages. */
export const STANDARD_INPUT = '-';

/** Files, folders and standard input, ready to be read any number of times. */
export class FileCollector {
  /** When each input begins, once looked up; parallel to `inputs`. */
  private firstTimes: readonly number[] | undefined;

  private constructor(
    /** In the order in which they were named. */
    readonly inputs: readonly Input[],
    private readonly options: CollectOptions,
    private readonly scratch: string | undefined,
  ) {}

  /** Reads inputs that another collector has looked up, which closes them. */
  static over(inputs: readonly Input[], options: CollectOptions): FileCollector {
    return new FileCollector(inputs, options, undefined);
  }

  /**
   * Looks up what the names stand for; standard input is kept in a temporary file, since a scan
   * reads twice. A file that is named twice is read once.
   * @throws AppError `unreadable_file` for a name that does not exist
   */
  static async open(names: readonly string[], options: CollectOptions): Promise<FileCollector> {
    const inputs = new Map<string, Input>();
    for (const name of names) {
      if (name === STANDARD_INPUT) continue;
      for (const input of await inputsOf(name)) {
        if (!inputs.has(input.path) || input.named) inputs.set(input.path, input);
      }
    }
    if (!names.includes(STANDARD_INPUT)) return new FileCollector([...inputs.values()], options, undefined);
    const scratch = await mkdtemp(join(tmpdir(), 'elkhound-'));
    const path = join(scratch, 'stdin');
    await pipeline(process.stdin, createWriteStream(path));
    const input = { path, source: STANDARD_INPUT, named: true };
    return new FileCollector([...inputs.values(), input], options, scratch);
  }

  /** Names of the inputs, as coverage calls them. */
  get sources(): string[] {
    return this.inputs.map(({ source }) => source);
  }

  /**
   * All batches, of each input at least one. Of several inputs always the one that is behind in time
   * is read next, and none is opened before the others have come to its beginning.
   * @throws AppError `unreadable_file`, or `unknown_format` for a named file
   */
  async *batches(): AsyncGenerator<RawBatch> {
    const waiting = await this.inOrder();
    const open: Reader[] = [];
    try {
      for (;;) {
        let next = earliest(open);
        while (waiting.length > 0 && !(next && next.timeMs < waiting[0]!.timeMs)) {
          const reader = new Reader(readFile(waiting.shift()!.input, this.options));
          open.push(reader);
          await reader.advance();
          next = earliest(open);
        }
        if (!next) return;
        yield next.batch!;
        await next.advance();
        if (!next.batch) open.splice(open.indexOf(next), 1);
      }
    } finally {
      await Promise.all(open.map((reader) => reader.close()));
    }
  }

  /** Removes what was kept of standard input. */
  async close(): Promise<void> {
    if (this.scratch !== undefined) await rm(this.scratch, { recursive: true, force: true });
  }

  private async inOrder(): Promise<{ input: Input; timeMs: number }[]> {
    if (!this.firstTimes) {
      const times: number[] = [];
      for (const input of this.inputs) {
        times.push(this.inputs.length === 1 ? -Infinity : await firstTime(input, this.options));
      }
      this.firstTimes = times;
    }
    const { firstTimes } = this;
    return this.inputs
      .map((input, i) => ({ input, timeMs: firstTimes[i]! }))
      .sort((a, b) => a.timeMs - b.timeMs);
  }
}

/** Where a file begins in time; -Infinity where that is not plain to see. */
async function firstTime(input: Input, options: CollectOptions): Promise<number> {
  const reader = new Reader(readFile(input, options));
  try {
    await reader.advance();
    return reader.timeMs;
  } finally {
    await reader.close();
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

async function inputsOf(name: string): Promise<Input[]> {
  const info = await stat(name).catch((cause: unknown) => {
    throw new AppError('unreadable_file', `cannot read "${name}": there is no such file or folder`, {
      cause,
    });
  });
  if (!info.isDirectory()) return [{ path: name, source: name, named: true }];
  const { files } = await listFolder(name).catch((cause: unknown) => {
    throw unreadable(name, cause);
  });
  return files.map((path) => ({ path, source: path, named: false }));
}
