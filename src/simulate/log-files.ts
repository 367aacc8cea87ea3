/**
 * Logs as files, packed or not: one of all records, or one of each kind in a folder.
 */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { AppError } from '../domain/error.js';
import { RECORD_KINDS, type RecordKind, type SimulatedEvent } from './event.js';
import { FORMATS, type FormatName, type WriteRecord } from './formats/format.js';
import { LineWriter } from './formats/line-writer.js';

const BUFFER_BYTES = 256 * 1024;
/** Half the time of the default for an eighth more bytes. */
const GZIP_LEVEL = 4;

/** Logs that are being written. */
export class LogFiles {
  /** Bytes before packing. */
  bytes = 0;

  private constructor(
    private readonly logs: readonly Log[],
    private readonly logOf: Readonly<Record<RecordKind, Log>>,
    private readonly write: WriteRecord,
  ) {}

  /**
   * One file that holds all records.
   * @param path packed where it ends in `.gz`
   */
  static toFile(path: string, format: FormatName): LogFiles {
    return LogFiles.toOne(Log.file(path), format);
  }

  /** A stream of all records, which is left open at the end. */
  static toStream(stream: Writable, format: FormatName): LogFiles {
    return LogFiles.toOne(Log.stream(stream), format);
  }

  /** Files in a folder, which is made if need be, as the format's own writer lays them out. */
  static toFolder(folder: string, format: FormatName, packed: boolean): LogFiles {
    makeFolder(folder);
    const { fileOf, write } = FORMATS[format];
    const logs = new Map<string, Log>();
    const logOf = byKind((kind) => {
      const path = join(folder, `${fileOf(kind)}${packed ? '.gz' : ''}`);
      const log = logs.get(path) ?? Log.file(path);
      logs.set(path, log);
      return log;
    });
    return new LogFiles([...logs.values()], logOf, write);
  }

  private static toOne(log: Log, format: FormatName): LogFiles {
    return new LogFiles(
      [log],
      byKind(() => log),
      FORMATS[format].stream,
    );
  }

  /** Paths of the files. */
  get paths(): string[] {
    return this.logs.flatMap(({ path }) => path ?? []);
  }

  /** Writes records, at the pace at which they are taken. @throws AppError `unreadable_file` */
  async add(events: readonly SimulatedEvent[]): Promise<void> {
    for (const event of events) {
      const log = this.logOf[event.kind];
      this.write(event, log.lines);
      log.lines.endLine();
      if (log.lines.isFull) await this.flush(log);
    }
  }

  /** Writes what is left and closes the files. @throws AppError `unreadable_file` */
  async close(): Promise<void> {
    for (const log of this.logs) {
      await this.flush(log);
      await log.close();
    }
  }

  private async flush(log: Log): Promise<void> {
    const lines = log.lines.take();
    this.bytes += lines.length;
    await log.put(lines);
  }
}

function byKind(logOf: (kind: RecordKind) => Log): Record<RecordKind, Log> {
  return Object.fromEntries(RECORD_KINDS.map((kind) => [kind, logOf(kind)])) as Record<RecordKind, Log>;
}

/** One file or stream with the lines that are on their way to it. */
class Log {
  readonly lines = new LineWriter(BUFFER_BYTES);
  private failure: unknown;
  private goOn: (() => void) | undefined;

  /**
   * @param stream takes the lines
   * @param file writes them in the end; undefined for a stream of somebody else
   */
  private constructor(
    private readonly stream: Writable,
    private readonly file?: WriteStream,
  ) {
    // A stream that is destroyed never drains.
    for (const event of ['drain', 'close']) stream.on(event, () => this.goOn?.());
    file?.on('error', (error) => {
      this.failure = error;
      stream.destroy();
    });
  }

  static stream(stream: Writable): Log {
    return new Log(stream);
  }

  /** @param path packed where it ends in `.gz` */
  static file(path: string): Log {
    const file = createWriteStream(path, { highWaterMark: BUFFER_BYTES });
    if (!path.endsWith('.gz')) return new Log(file, file);
    const gzip = createGzip({ level: GZIP_LEVEL });
    gzip.pipe(file);
    return new Log(gzip, file);
  }

  get path(): string | undefined {
    return this.file?.path.toString();
  }

  async put(lines: Uint8Array): Promise<void> {
    this.check();
    if (this.stream.write(lines)) return;
    await new Promise<void>((resolve) => (this.goOn = resolve));
    this.check();
  }

  async close(): Promise<void> {
    const { file } = this;
    if (file === undefined) return;
    this.check();
    this.stream.end();
    await finished(file).catch((error: unknown) => (this.failure ??= error));
    this.check();
  }

  private check(): void {
    if (this.failure !== undefined) throw unwritable(this.path ?? '-', this.failure);
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

function unwritable(path: string, cause: unknown): AppError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new AppError('unreadable_file', `cannot write "${path}": ${reason}`, { cause });
}
