/**
 * Where reading of a followed file stands, and how the file is known again under another name.
 */
import { createHash } from 'node:crypto';
import type { LinePosition } from './file-reader.js';
import { bytesOf, isTranslated } from './open.js';

/** Bytes that a file is known by: more than headers, which logs of one kind share. */
export const HEAD_BYTES = 4096;

/** The beginning of a file, unpacked. It stays when lines are appended; name and inode may not. */
export interface FileHead {
  /** Bytes that are known, at most 4,096. */
  readonly bytes: number;
  /** SHA-256 of them, base64. */
  readonly hash: string;
}

/** Where reading stands: everything before it was handed out. */
export interface FilePosition extends LinePosition {
  /** Name under which the file was first seen: the source of its records. */
  readonly source: string;
  readonly path: string;
  /** Device and inode. */
  readonly inode: string;
  readonly head: FileHead;
  /** Bytes of the lines handed out; of packed files and JSON documents their size when they were read. */
  readonly offset: number;
}

/** The beginning of a file that lies there. */
export class Head {
  private readonly hashes = new Map<number, string>();

  /**
   * @param bytes the first ones, as many as there are up to 4,096, unpacked
   * @param isPacked whether the file is gzip or in another encoding: its bytes are not those of its text
   */
  constructor(
    readonly bytes: Buffer,
    readonly isPacked = false,
  ) {}

  /** Of the file under a name. @throws AppError `unreadable_file` */
  static async of(path: string): Promise<Head> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of bytesOf(path, { reason: undefined })) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= HEAD_BYTES) break;
    }
    return new Head(Buffer.concat(chunks).subarray(0, HEAD_BYTES), await isTranslated(path));
  }

  /** What the file is known by. */
  get known(): FileHead {
    return { bytes: this.bytes.length, hash: this.hash(this.bytes.length) };
  }

  /** Whether the file is the one known by `head`, or a copy of it. */
  is({ bytes, hash }: FileHead): boolean {
    return bytes > 0 && bytes <= this.bytes.length && this.hash(bytes) === hash;
  }

  /** Most files are known by as many bytes, so that one hash serves to compare with all of them. */
  private hash(length: number): string {
    let hash = this.hashes.get(length);
    if (hash === undefined) {
      hash = createHash('sha256').update(this.bytes.subarray(0, length)).digest('base64');
      this.hashes.set(length, hash);
    }
    return hash;
  }
}
