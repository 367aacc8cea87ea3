/**
 * Bytes of a file as UTF-8, unpacked if they are gzip.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../domain/error.js';
import { asUtf8, encodingOf } from './encoding.js';
import { MAGIC_BYTES, refuseForeign } from './foreign.js';

const CHUNK_BYTES = 256 * 1024;
const PACKED_CHUNK_BYTES = 64 * 1024;
/** Small, since memory for larger ones is new each time, and touching it takes as long as unpacking. */
const UNPACKED_CHUNK_BYTES = 64 * 1024;

/** What went wrong with the packing, once everything readable was read. */
export interface Damage {
  reason: 'truncated_gzip' | 'damaged_gzip' | undefined;
  /** Something that is no gzip follows the whole of the packed text. */
  trailing?: boolean;
}

/** Whether the text of a file is other than its bytes: packed, or in another encoding. @throws AppError `unreadable_file` */
export async function isTranslated(path: string): Promise<boolean> {
  const head = await firstBytes(path);
  return isGzip(head) || encodingOf(head) !== undefined;
}

/**
 * Chunks of the text of a file; of all members of a gzip file. A file that breaks off in the middle
 * gives what can be read and reports the damage.
 * @throws AppError `unreadable_file`, or `unknown_format` for one that is no text
 */
export async function* bytesOf(path: string, damage: Damage): AsyncGenerator<Buffer> {
  const chunks = isGzip(await firstBytes(path)) ? inBlocks(unpacked(path, damage)) : read(path, CHUNK_BYTES);
  yield* asUtf8(textOnly(path, chunks));
}

/** Small chunks joined to such that tell what they are the beginning of. */
async function* inBlocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < UNPACKED_CHUNK_BYTES) continue;
    yield held.length === 1 ? chunk : Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}

async function* textOnly(path: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst) refuseForeign(path, chunk);
    isFirst = false;
    yield chunk;
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await file.close();
  }
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

async function* read(path: string, highWaterMark: number): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark });
  try {
    for await (const chunk of file) yield chunk as Buffer;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The text of a gzip file. What cannot be unpacked is told as damage once all before it was given. */
async function* unpacked(path: string, damage: Damage): AsyncGenerator<Buffer> {
  const whole = new Unpacking();
  let given = 0;
  for await (const chunk of whole.of(read(path, PACKED_CHUNK_BYTES))) {
    given += chunk.length;
    yield chunk;
  }
  if (whole.error === undefined) return;
  damage.reason = damageOf(whole.error);
  if (damage.reason === undefined) throw unreadable(path, whole.error);
  if (damage.reason === 'truncated_gzip') return;
  // What zlib had unpacked of the piece that it failed at went with the error. Of single bytes none does.
  const careful = new Unpacking();
  for await (const chunk of careful.of(inPieces(path, whole.taken))) {
    const known = Math.min(given, chunk.length);
    given -= known;
    if (known < chunk.length) yield chunk.subarray(known);
  }
  damage.trailing = BAD_HEADERS.has((careful.error as Error | undefined)?.message ?? '');
  if (damage.trailing) damage.reason = undefined;
}

/** What zlib says where a further member of a file should begin and does not. */
const BAD_HEADERS: ReadonlySet<string> = new Set([
  'incorrect header check',
  'unknown compression method',
  'unknown header flags set',
]);

/** One attempt to unpack, that ends at the first error. */
class Unpacking {
  error: unknown;
  /** Packed bytes that were surely unpacked. */
  taken = 0;

  async *of(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
    const input = Readable.from(packed);
    input.on('error', (error) => gunzip.destroy(error));
    input.pipe(gunzip);
    try {
      for await (const chunk of gunzip) yield chunk as Buffer;
    } catch (error) {
      this.error = error;
      this.taken = gunzip.bytesWritten;
    } finally {
      input.destroy();
      gunzip.destroy();
    }
  }
}

/** The bytes of a file, one by one from a place on. */
async function* inPieces(path: string, from: number): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const chunk of read(path, PACKED_CHUNK_BYTES)) {
    const whole = Math.max(0, Math.min(chunk.length, from - at));
    if (whole > 0) yield chunk.subarray(0, whole);
    for (let i = whole; i < chunk.length; i++) yield chunk.subarray(i, i + 1);
    at += chunk.length;
  }
}

function damageOf(error: unknown): Damage['reason'] {
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
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
  return codeOf(error) === 'ENOENT';
}

/** Whether a file could not be opened because the process has too many open already. */
export function isTooMany(error: unknown): boolean {
  return codeOf(error) === 'EMFILE';
}

function codeOf(error: unknown): string | undefined {
  const { cause = error } = error as Error;
  return (cause as NodeJS.ErrnoException).code;
}
