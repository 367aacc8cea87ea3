/**
 * Bytes of a file, unpacked if they are gzip.
 */
import { createReadStream, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { AppError } from '../domain/error.js';

const CHUNK_BYTES = 256 * 1024;
/** Small, since what a damaged chunk would have given is lost with it. */
const PACKED_CHUNK_BYTES = 64 * 1024;
/** Small, since memory for larger ones is new each time, and touching it takes as long as unpacking. */
const UNPACKED_CHUNK_BYTES = 64 * 1024;

/** What went wrong with the packing, once everything readable was read. */
export interface Damage {
  reason: 'truncated_gzip' | 'damaged_gzip' | undefined;
}

/** Whether a file begins as gzip does. @throws AppError `unreadable_file` */
export async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await file.close();
  }
}

/**
 * Chunks of a file; all members of a gzip file. A file that breaks off in the middle gives what
 * can be read and reports the damage.
 */
export async function* bytesOf(path: string, damage: Damage): AsyncGenerator<Buffer> {
  const packed = await isGzip(path);
  const file = createReadStream(path, { highWaterMark: packed ? PACKED_CHUNK_BYTES : CHUNK_BYTES });
  if (!packed) {
    yield* readable(file, path);
    return;
  }
  const unpacked = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  file.on('error', (error) => unpacked.destroy(error));
  file.pipe(unpacked);
  try {
    for await (const chunk of unpacked) yield chunk as Buffer;
  } catch (error) {
    damage.reason = damageOf(error);
    if (damage.reason === undefined) throw unreadable(path, error);
  } finally {
    file.destroy();
    unpacked.destroy();
  }
}

async function* readable(file: ReadStream, path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of file) yield chunk as Buffer;
  } catch (error) {
    throw unreadable(path, error);
  }
}

function damageOf(error: unknown): Damage['reason'] {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return 'truncated_gzip';
  return code.startsWith('Z_') ? 'damaged_gzip' : undefined;
}

/** The error of a file that cannot be read; one that says so already is itself. */
export function unreadable(path: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = code ?? message;
  return new AppError('unreadable_file', `cannot read "${path}": ${reason}`, { cause });
}

/** Whether a file could not be read because it is not there: of those that are followed, not any more. */
export function isGone(error: unknown): boolean {
  const { cause = error } = error as Error;
  return (cause as NodeJS.ErrnoException).code === 'ENOENT';
}
