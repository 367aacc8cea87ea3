/**
 * Where reading of a followed file stands, and how the file is known again under another name.
 */
import { createHash } from 'node:crypto';
import type { LinePosition } from './file-reader.js';
import { bytesOf } from './open.js';

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

/** The first bytes of a file, unpacked. @throws AppError `unreadable_file` */
export async function headOf(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytesOf(path, { reason: undefined })) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= HEAD_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
}

/** What a file that begins so is known by. */
export function fileHead(head: Buffer): FileHead {
  return { bytes: head.length, hash: hashOf(head) };
}

/** Whether a file that begins so is the one known by `known`, or a copy of it. */
export function isHead(head: Buffer, known: FileHead): boolean {
  return (
    known.bytes > 0 && head.length >= known.bytes && hashOf(head.subarray(0, known.bytes)) === known.hash
  );
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
