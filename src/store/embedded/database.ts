/**
 * The database file of the embedded store: one writer, many readers, gone over to a new one only by
 * this process.
 */
import { join, resolve } from 'node:path';
import { AppError } from '../../domain/error.js';
import { loadDuckDb, type Chunk, type Connection, type DuckDb, type Instance, type Row } from './duckdb.js';
import { makeFilePrivate, makePrivate } from './own-files.js';
import { createTables } from './tables.js';

/** Where the data lies and how much of the machine it may use. */
export interface DatabaseOptions {
  /** Folder of the data; made where it does not exist. */
  readonly home: string;
  /** (Default: 512) */
  readonly memoryLimitMb?: number;
  /** (Default: 2) */
  readonly threads?: number;
  /** Hears what of the folder others could read so far. */
  readonly onNote?: (note: string) => void;
}

const FILE = 'elkhound.duckdb';
const WRITE_AHEAD = `${FILE}.wal`;
const MEMORY_LIMIT_MB = 512;
const THREADS = 2;

/** Folders open in this process: file locks do not keep a process from itself. */
const open = new Set<string>();

/** An open database. */
export class Database {
  /** Ends of the queues of transactions and of queries: two statements at once on one session crash DuckDB. */
  private last: Promise<unknown> = Promise.resolve();
  private lastQuery: Promise<unknown> = Promise.resolve();
  /** Streams that somebody still reads. */
  private readonly streams = new Set<Promise<void>>();

  private constructor(
    readonly duckdb: DuckDb,
    private readonly folder: string,
    private readonly instance: Instance,
    private readonly writer: Connection,
    private readonly reader: Connection,
  ) {}

  /**
   * Opens the database of a folder, and makes it where there is none.
   * @throws AppError `store_unavailable` where another process has it open, `unsupported_schema`
   *   where a newer version wrote it, `missing_dependency` without DuckDB
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const duckdb = await loadDuckDb();
    const folder = resolve(options.home);
    if (open.has(folder)) throw inUse(folder);
    open.add(folder);
    try {
      const instance = await openFile(duckdb, folder, options);
      const writer = await instance.connect();
      await createTables(writer, folder);
      return new Database(duckdb, folder, instance, writer, await instance.connect());
    } catch (error) {
      open.delete(folder);
      throw error;
    }
  }

  /** Runs `work` alone, and all of it or nothing. */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const result = this.last.then(() => this.alone(work));
    this.last = result.catch(() => undefined);
    return result;
  }

  /** All rows of a query, with everything that was committed before. */
  rows(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const result = this.lastQuery.then(async () => (await this.reader.run(sql, values)).getRows());
    this.lastQuery = result.catch(() => undefined);
    return result;
  }

  /** Results of a query in chunks, as of the first one, at the pace of the reader. */
  async *stream(sql: string, values: readonly unknown[], signal?: AbortSignal): AsyncGenerator<Chunk> {
    // A session of its own: another statement on the same one would end the stream.
    const connection = await this.instance.connect();
    let ended: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (ended = resolve));
    this.streams.add(running);
    try {
      const result = await connection.stream(sql, values);
      for (;;) {
        signal?.throwIfAborted();
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk;
      }
    } finally {
      connection.closeSync();
      this.streams.delete(running);
      ended();
    }
  }

  /** Waits for what is under way and closes the file; closing twice is closing once. */
  async close(): Promise<void> {
    await Promise.all([this.last, this.lastQuery, ...this.streams]);
    if (!open.delete(this.folder)) return;
    this.reader.closeSync();
    this.writer.closeSync();
    this.instance.closeSync();
  }

  private async alone<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    await this.writer.run('BEGIN TRANSACTION');
    try {
      const result = await work(this.writer);
      await this.writer.run('COMMIT');
      return result;
    } catch (error) {
      await this.writer.run('ROLLBACK');
      throw error;
    }
  }
}

async function openFile(duckdb: DuckDb, folder: string, options: DatabaseOptions): Promise<Instance> {
  const notes = [
    ...makePrivate(folder),
    ...[FILE, WRITE_AHEAD].flatMap((name) => makeFilePrivate(folder, name)),
  ];
  for (const note of notes) options.onNote?.(note);
  try {
    const instance = await duckdb.DuckDBInstance.create(join(folder, FILE), {
      memory_limit: `${String(options.memoryLimitMb ?? MEMORY_LIMIT_MB)}MB`,
      threads: String(options.threads ?? THREADS),
      temp_directory: join(folder, 'tmp'),
    });
    // A new file has the rights that this process gives to all that it makes.
    makeFilePrivate(folder, FILE);
    return instance;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason.includes('lock')) throw inUse(folder);
    throw new AppError('store_unavailable', `cannot open ${join(folder, FILE)}: ${reason}`, { cause: error });
  }
}

/** Another process has the folder, as the lock of its database says. */
export class FolderInUse extends AppError {}

function inUse(folder: string): AppError {
  return new FolderInUse(
    'store_unavailable',
    `the data folder ${folder} is in use by another elkhound: stop it, or name another folder`,
  );
}
