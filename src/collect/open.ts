/**
 * Bytes of a file, unpacked if they are gzip.
 */
import { createReadStream, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { AppError } from '../domain/error.js';

const CHUNK_BYTES = 256 * 1024;

/** What went wrong with the packing, once everything readable was read. */
export interface Damage {
  truncated: boolean;
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
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  if (!packed) {
    yield* readable(file, path);
    return;
  }
  const unpacked = createGunzip({ chunkSize: CHUNK_BYTES });
  file.on('error', (error) => unpacked.destroy(error));
  file.pipe(unpacked);
  try {
    for await (const chunk of unpacked) yield chunk as Buffer;
  } catch (error) {
    if (!isDamage(error)) throw unreadable(path, error);
    damage.truncated = true;
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

function isDamage(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return code === 'Z_BUF_ERROR' || code === 'Z_DATA_ERROR';
}

function unreadable(path: string, cause: unknown): AppError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new AppError('unreadable_file', `cannot read "${path}": ${reason}`, { cause });
}
