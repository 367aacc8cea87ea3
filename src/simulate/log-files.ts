/**
 * Logs as files, packed or not: one of all records, or one of each kind in a folder.
 */
import { closeSync, createWriteStream, mkdirSync, openSync, writeSync, type WriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
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
  private constructor(
    private readonly logs: readonly Log[],
    private readonly logOf: Readonly<Record<RecordKind, Log>>,
    private readonly write: WriteRecord,
  ) {}

  /**
   * One file that holds all records, in a folder that is made if need be.
   * @param path packed where it ends in `.gz`
   */
  static toFile(path: string, format: FormatName): LogFiles {
    makeFolder(dirname(path));
    return LogFiles.toOne(logAt(path), format);
  }

  /** A stream of all records, which is left open at the end. */
  static toStream(stream: Writable, format: FormatName): LogFiles {
    return LogFiles.toOne(new StreamLog(stream), format);
  }

  /** Files in a folder, which is made if need be, as the format's own writer lays them out. */
  static toFolder(folder: string, format: FormatName, packed: boolean): LogFiles {
    makeFolder(folder);
    const { fileOf, write } = FORMATS[format];
    const logs = new Map<string, Log>();
    const logOf = byKind((kind) => {
      const path = join(folder, `${fileOf(kind)}${packed ? '.gz' : ''}`);
      const log = logs.get(path) ?? logAt(path);
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

  /** Writes records, at the pace at which they are taken. @throws AppError `unreadable_file` */
  async add(events: readonly SimulatedEvent[]): Promise<void> {
    for (const event of events) {
      const log = this.logOf[event.kind];
      this.write(event, log.lines);
      log.lines.endLine();
      if (log.lines.isFull) await log.flush();
    }
  }

  /** Writes what is left and closes the files. @throws AppError `unreadable_file` */
  async close(): Promise<void> {
    for (const log of this.logs) await log.close();
  }
}

function byKind(logOf: (kind: RecordKind) => Log): Record<RecordKind, Log> {
  return Object.fromEntries(RECORD_KINDS.map((kind) => [kind, logOf(kind)])) as Record<RecordKind, Log>;
}

/** Where lines go. */
interface Log {
  readonly lines: LineWriter;
  /** Passes on what is in `lines`. */
  flush(): Promise<void> | undefined;
  close(): Promise<void>;
}

/** @param path packed where it ends in `.gz` */
function logAt(path: string): Log {
  return path.endsWith('.gz') ? new PackedLog(path) : new PlainLog(path);
}

/**
 * A file that is written while everything else waits: nobody waits for anything else, and a third of
 * the time goes into handing buffers to another thread.
 */
class PlainLog implements Log {
  readonly lines = new LineWriter(BUFFER_BYTES);
  private readonly file: number;

  constructor(private readonly path: string) {
    this.file = this.trying(() => openSync(path, 'w'));
  }

  flush(): undefined {
    this.lines.handTo((lines) => {
      this.trying(() => {
        for (let at = 0; at < lines.length; at += writeSync(this.file, lines, at));
      });
    });
  }

  close(): Promise<void> {
    this.flush();
    closeSync(this.file);
    return Promise.resolve();
  }

  private trying<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw unwritable(this.path, cause);
    }
  }
}

/** A stream of somebody else, which is left open. */
class StreamLog implements Log {
  readonly lines = new LineWriter(BUFFER_BYTES);
  private goOn: (() => void) | undefined;

  constructor(protected readonly stream: Writable) {
    // A stream that is destroyed never drains.
    for (const event of ['drain', 'close']) stream.on(event, () => this.goOn?.());
  }

  async flush(): Promise<void> {
    if (this.stream.write(this.lines.take())) return;
    await new Promise<void>((resolve) => (this.goOn = resolve));
  }

  async close(): Promise<void> {
    await this.flush();
  }
}

/** A gzip file. */
class PackedLog extends StreamLog {
  private readonly file: WriteStream;
  private failure: unknown;

  constructor(private readonly path: string) {
    super(createGzip({ level: GZIP_LEVEL }));
    this.file = createWriteStream(path, { highWaterMark: BUFFER_BYTES });
    this.file.on('error', (error) => {
      this.failure = error;
      this.stream.destroy();
    });
    this.stream.pipe(this.file);
  }

  override async flush(): Promise<void> {
    this.check();
    await super.flush();
    this.check();
  }

  override async close(): Promise<void> {
    await this.flush();
    this.stream.end();
    await finished(this.file).catch((error: unknown) => (this.failure ??= error));
    this.check();
  }

  private check(): void {
    if (this.failure !== undefined) throw unwritable(this.path, this.failure);
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
