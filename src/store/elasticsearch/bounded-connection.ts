/**
 * A connection whose answers are bounded: in bytes, in time as a whole, and to what Elasticsearch
 * says. What answers there may be a proxy, a mistake or an enemy.
 */
import { promisify } from 'node:util';
import { unzip } from 'node:zlib';
import { errors, UndiciConnection } from '@elastic/elasticsearch';
import type { ErrorCode } from '../../domain/error.js';

/**
 * Longest answer, bytes, also after it was unpacked. A page of 10,000 events is a tenth of it; where
 * documents are larger, smaller pages are asked for.
 */
export const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

const unpack = promisify(unzip);

/** The two ways in which the client asks: for an answer as a whole, and as a stream. */
type Requests = UndiciConnection['request'] extends {
  (params: infer P, options: infer O): Promise<infer A>;
  (params: infer P, options: infer S): Promise<infer B>;
}
  ? { params: P; options: O; answer: A; streamOptions: S; stream: B }
  : never;
type Answer = Requests['answer'];

/** An answer that is none of Elasticsearch, or too large; the message goes on after "could not …: ". */
export class UnfitAnswer extends Error {
  override readonly name = 'UnfitAnswer';

  constructor(
    readonly code: Extract<ErrorCode, 'store_rejected' | 'too_large'>,
    message: string,
  ) {
    super(message);
  }
}

/** {@link UndiciConnection} with bounds. */
export class BoundedConnection extends UndiciConnection {
  override request(params: Requests['params'], options: Requests['options']): Promise<Answer>;
  override request(
    params: Requests['params'],
    options: Requests['streamOptions'],
  ): Promise<Requests['stream']>;
  /**
   * The client's own timeout begins anew with each byte that trickles in; this one is for all of them.
   */
  override async request(
    params: Requests['params'],
    options: Requests['options'] | Requests['streamOptions'],
  ): Promise<Answer | Requests['stream']> {
    if ('asStream' in options) return super.request(params, options);
    const cut = new AbortController();
    const abort = (): void => {
      cut.abort();
    };
    const late = new errors.TimeoutError('the answer did not end in time');
    const timer = setTimeout(() => {
      cut.abort(late);
    }, options.timeout ?? this.timeout);
    const { signal } = options;
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await whole(await super.request(params, { ...options, signal: cut.signal, asStream: true }));
    } catch (error) {
      if (cut.signal.reason === late) throw late;
      throw ofClient(error, signal?.aborted === true);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }
}

/**
 * Reads an answer to its end; the client would do so itself, but ends the process where a length that
 * is announced is too large for it.
 * @throws UnfitAnswer for what is no answer of Elasticsearch
 */
async function whole({ statusCode, headers, body: stream }: Requests['stream']): Promise<Answer> {
  const bytes = await bytesOf(stream, Number(headers['content-length'] ?? 0));
  if (statusCode >= 300 && statusCode < 400) {
    const elsewhere = `the server sends elsewhere (status ${String(statusCode)})`;
    throw new UnfitAnswer('store_rejected', `${elsewhere}; expected the address of Elasticsearch itself`);
  }
  const body = (await unpacked(bytes, headers['content-encoding'] !== undefined)).toString();
  const type = headers['content-type'] ?? '';
  if (statusCode < 300 && body !== '' && !type.includes('json')) {
    throw new UnfitAnswer('store_rejected', 'the answer is no JSON; expected the address of Elasticsearch');
  }
  return { statusCode, headers: { ...headers, 'content-encoding': undefined }, body };
}

async function bytesOf(stream: Requests['stream']['body'], announced: number): Promise<Buffer> {
  // A stream that is given up says so once more when nobody waits for it.
  stream.on('error', () => undefined);
  const blocks: Buffer[] = [];
  let length = announced > MAX_ANSWER_BYTES ? announced : 0;
  if (length === 0) {
    for await (const block of stream as AsyncIterable<Buffer>) {
      length += block.length;
      if (length > MAX_ANSWER_BYTES) break;
      blocks.push(block);
    }
  }
  if (length <= MAX_ANSWER_BYTES) return Buffer.concat(blocks);
  stream.destroy();
  throw tooLarge();
}

/** Nothing packed is asked for; where it comes all the same, its size is not known before. */
async function unpacked(bytes: Buffer, isPacked: boolean): Promise<Buffer> {
  if (!isPacked || bytes.length === 0) return bytes;
  try {
    return await unpack(bytes, { maxOutputLength: MAX_ANSWER_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new UnfitAnswer('store_rejected', 'the answer cannot be unpacked');
  }
}

/** What breaks off a body is told as the client tells it, which then asks again. */
function ofClient(error: unknown, isAborted: boolean): Error {
  if (error instanceof UnfitAnswer || error instanceof errors.ElasticsearchClientError) return error;
  if (isAborted) return new errors.RequestAbortedError('Request aborted');
  return new errors.ConnectionError(error instanceof Error ? error.message : String(error));
}

function tooLarge(): UnfitAnswer {
  return new UnfitAnswer(
    'too_large',
    `the answer is larger than ${String(MAX_ANSWER_BYTES / 1024 / 1024)} MB`,
  );
}
