/**
 * One file that is followed, by its inode: whatever its name becomes.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { RawBatch } from '../domain/raw.js';
import { LineReader, readFile } from './file-reader.js';
import { unreadable } from './open.js';
import type { CollectOptions } from './options.js';
import { Head, HEAD_BYTES, type FilePosition } from './position.js';

/** A file that records may still come from. */
export interface FollowedFile {
  /** Moves on when a batch was handed out and the next one is asked for. */
  readonly position: FilePosition;
  /** Where it lies now. */
  path: string;
  /** Whether it can be read though its name is gone. */
  readonly isOpen: boolean;
  /**
   * Whether it is still the file that it was, given its size now; a file that is not begins again.
   * What is left of the old one may be in a copy, from {@link position} on.
   */
  isSame(size: number): Promise<boolean>;
  /**
   * What is new, at most a few megabytes at a time, so that no file keeps the others waiting.
   * @param size undefined where the file is gone from its place: then what can still be read of it
   */
  read(size: number | undefined): AsyncGenerator<RawBatch>;
  /** What is left once nothing more can come: the last line, though it never ended. */
  end(): RawBatch[];
  /** Goes back to {@link position} after reading failed half way. */
  rewind(): Promise<void>;
  close(): Promise<void>;
}

const CHUNK_BYTES = 256 * 1024;
const CHUNKS_AT_A_TIME = 16;
/** Looks without anything new after which the file is closed until there is. */
const IDLE_LOOKS = 60;

/** A file of one record a line, read as it grows. */
export class GrowingFile implements FollowedFile {
  path: string;
  private reader: LineReader;
  private handle: FileHandle | undefined;
  /** Bytes that the reader has been given. */
  private given: number;
  private idle = 0;

  constructor(
    public position: FilePosition,
    private readonly options: CollectOptions,
  ) {
    this.path = position.path;
    this.given = position.offset;
    this.reader = new LineReader(position.source, options, position);
  }

  get isOpen(): boolean {
    return this.handle !== undefined;
  }

  async isSame(size: number): Promise<boolean> {
    // What has not grown was looked at when it last did.
    if (size === this.given) return true;
    return size > this.given && (await this.head()).is(this.position.head);
  }

  async *read(size: number | undefined): AsyncGenerator<RawBatch> {
    if (size === undefined ? !this.handle : size <= this.given) {
      if (++this.idle === IDLE_LOOKS) await this.close();
      return;
    }
    this.idle = 0;
    await this.learnHead();
    for (let i = 0; i < CHUNKS_AT_A_TIME; i++) {
      const rest = size === undefined ? CHUNK_BYTES : size - this.given;
      const chunk = await this.bytes(this.given, Math.min(CHUNK_BYTES, rest));
      if (chunk.length === 0) return;
      yield* this.reader.read(chunk);
      const lastEnd = chunk.lastIndexOf(NEWLINE);
      if (lastEnd >= 0) this.moveTo(this.given + lastEnd + 1);
      this.given += chunk.length;
    }
  }

  end(): RawBatch[] {
    return this.reader.end();
  }

  async rewind(): Promise<void> {
    this.given = this.position.offset;
    this.reader = new LineReader(this.position.source, this.options, this.position);
    await this.close();
  }

  async close(): Promise<void> {
    await this.handle?.close();
    this.handle = undefined;
  }

  private moveTo(offset: number): void {
    const { header, lines: line } = this.reader;
    this.position = { ...this.position, path: this.path, offset, line, header };
  }

  /** A file that has grown is known by more of its beginning. */
  private async learnHead(): Promise<void> {
    if (this.position.head.bytes === HEAD_BYTES) return;
    this.position = { ...this.position, head: (await this.head()).known };
  }

  private async head(): Promise<Head> {
    return new Head(await this.bytes(0, HEAD_BYTES));
  }

  private async bytes(from: number, length: number): Promise<Buffer> {
    this.handle ??= await open(this.path, 'r').catch((cause: unknown) => {
      throw unreadable(this.path, cause);
    });
    const { buffer, bytesRead } = await this.handle.read(Buffer.allocUnsafe(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  }
}

const NEWLINE = 10;

/** A file that is read whole once it no longer grows: packed, or one JSON document. */
export class WholeFile implements FollowedFile {
  path: string;
  readonly isOpen = false;
  private lastSize: number | undefined;

  constructor(
    public position: FilePosition,
    private readonly options: CollectOptions,
  ) {
    this.path = position.path;
  }

  isSame(): Promise<boolean> {
    // Read again it skips what was handed out, and nobody appends to such files.
    return Promise.resolve(true);
  }

  async *read(size: number | undefined): AsyncGenerator<RawBatch> {
    const settled = size === this.lastSize;
    this.lastSize = size;
    if (size === undefined || !settled || size === this.position.offset) return;
    const { source, line } = this.position;
    let last = line;
    for await (const batch of readFile({ path: this.path, source, named: false }, this.options)) {
      const rest = after(batch, line);
      for (const place of rest.places as readonly number[]) last = Math.max(last, place);
      if (rest.records.length > 0 || rest.rejected !== undefined) yield rest;
    }
    this.position = { ...this.position, path: this.path, offset: size, line: last };
  }

  end(): RawBatch[] {
    return [];
  }

  rewind(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What of a batch lies after a line. */
function after(batch: RawBatch, line: number): RawBatch {
  if (line === 0) return batch;
  const { records, places, rejected, ...rest } = batch;
  const kept = Array.from(places, (place, i) => ({ place, record: records[i] })).filter(
    ({ place }) => place > line,
  );
  const fresh = rejected?.filter(({ place }) => place > line) ?? [];
  return {
    ...rest,
    records: kept.map(({ record }) => record),
    places: kept.map(({ place }) => place),
    ...(fresh.length > 0 ? { rejected: fresh } : {}),
  };
}
