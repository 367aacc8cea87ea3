/**
 * Several files as one stream of batches, roughly in the order of time.
 */
import { AppError } from '../domain/error.js';
import type { RawBatch } from '../domain/raw.js';
import { nothingOf, readFile, type Input } from './file-reader.js';
import type { LeftOut } from './folder.js';
import { InputFinder, type FoundInputs, type OnWaiting } from './inputs.js';
import type { CollectOptions } from './options.js';
import { timeOfRecord } from './record-time.js';

/** Why reading an input ended before its end. */
interface Failure {
  readonly source: string;
  /** One sentence. */
  readonly reason: string;
  /** Batches that came before it. */
  readonly batches: number;
}

/** Files, folders and standard input, ready to be read any number of times. */
export class FileCollector {
  /** When each input begins, once looked up; parallel to `inputs`. */
  private firstTimes: readonly number[] | undefined;
  /** By path. */
  private readonly failures = new Map<string, Failure>();
  private isRepeated = false;

  private constructor(
    private readonly found: FoundInputs,
    private readonly options: CollectOptions,
  ) {}

  /** Reads inputs that another collector has looked up, which closes them. */
  static over(inputs: readonly Input[], options: CollectOptions): FileCollector {
    return new FileCollector({ inputs, leftOut: [], close: () => undefined }, options);
  }

  /**
   * Looks up what the names stand for; standard input and pipes are kept in a temporary file, since a
   * scan reads twice. A file that is named twice is read once.
   * @param onWaiting hears of a pipe that nobody writes into
   * @throws AppError `unreadable_file` for a name that does not exist, or that of a device
   */
  static async open(
    names: readonly string[],
    options: CollectOptions,
    onWaiting?: OnWaiting,
  ): Promise<FileCollector> {
    return new FileCollector(await InputFinder.find(names, onWaiting), options);
  }

  /** In the order in which they were named. */
  get inputs(): readonly Input[] {
    return this.found.inputs;
  }

  /** What lies in the folders and is never read. */
  get leftOut(): readonly LeftOut[] {
    return this.found.leftOut;
  }

  /** Inputs of several that could not be read, or not to their end. */
  get unread(): Pick<Failure, 'source' | 'reason'>[] {
    return [...this.failures.values()].map(({ source, reason }) => ({ source, reason }));
  }

  /** Names of the inputs, as coverage calls them. */
  get sources(): string[] {
    return this.inputs.map(({ source }) => source);
  }

  /**
   * All batches, of each input at least one. Of several inputs always the one that is behind in time
   * is read next, and none is opened before the others have come to its beginning. One of several that
   * cannot be read keeps the others going: see {@link unread}.
   * @throws AppError `unreadable_file` or `unknown_format` for the only input, and for one that could be
   *   read before
   */
  async *batches(): AsyncGenerator<RawBatch> {
    const waiting = await this.inOrder();
    const open: Reader[] = [];
    try {
      for (;;) {
        let next = earliest(open);
        while (waiting.length > 0 && !(next && next.timeMs < waiting[0]!.timeMs)) {
          const reader = new Reader(this.read(waiting.shift()!.input));
          open.push(reader);
          await reader.advance();
          next = earliest(open);
        }
        if (!next) {
          this.isRepeated = true;
          return;
        }
        yield next.batch!;
        await next.advance();
        if (!next.batch) open.splice(open.indexOf(next), 1);
      }
    } finally {
      await Promise.all(open.map((reader) => reader.close()));
    }
  }

  /** Removes what was kept of standard input. */
  close(): void {
    this.found.close();
  }

  /** Batches of an input; the same ones each time, also of one that fails. */
  private async *read(input: Input): AsyncGenerator<RawBatch> {
    const known = this.failures.get(input.path);
    let batches = 0;
    try {
      for await (const batch of readFile(input, this.options)) {
        if (batches === known?.batches) break;
        batches++;
        yield batch;
      }
    } catch (error) {
      if (!(error instanceof AppError) || this.inputs.length === 1) throw error;
      // What could be read to its end the first time has changed.
      if (!known && this.isRepeated) throw error;
      const { source } = input;
      if (!known) this.failures.set(input.path, { source, reason: error.message, batches });
    }
    if (batches === 0) yield nothingOf(input.source);
  }

  private async inOrder(): Promise<{ input: Input; timeMs: number }[]> {
    if (!this.firstTimes) {
      const times: number[] = [];
      for (const input of this.inputs) {
        times.push(this.inputs.length === 1 ? -Infinity : await this.firstTime(input));
      }
      this.firstTimes = times;
    }
    const { firstTimes } = this;
    return this.inputs
      .map((input, i) => ({ input, timeMs: firstTimes[i]! }))
      .sort((a, b) => a.timeMs - b.timeMs);
  }

  /** Where a file begins in time; -Infinity where that is not plain to see. */
  private async firstTime(input: Input): Promise<number> {
    const reader = new Reader(this.read(input));
    try {
      await reader.advance();
      return reader.timeMs;
    } finally {
      await reader.close();
    }
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
