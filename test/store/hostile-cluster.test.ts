/**
 * Servers that are no Elasticsearch, or a hostile one: each ends in an error of one line, in time.
 */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { AppError } from '../../src/domain/error.js';
import { MAX_ANSWER_BYTES } from '../../src/store/elasticsearch/bounded-connection.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';

const JSON_TYPE = 'application/vnd.elasticsearch+json;compatible-with=8';
const MB = 1024 * 1024;

type Answer = (response: ServerResponse) => void;

const withBody =
  (status: number, headers: Record<string, string>, body: string | Buffer): Answer =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

/** Writes for as long as somebody reads. */
const endless: Answer = (response) => {
  response.writeHead(200, { 'content-type': JSON_TYPE });
  response.write('{"a":"');
  const block = Buffer.alloc(MB, 'x');
  const more = (): void => {
    if (!response.destroyed && response.write(block)) setImmediate(more);
  };
  response.on('drain', more);
  more();
};

const trickle: Answer = (response) => {
  response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': '100000' });
  const timer = setInterval(() => response.write(' '), 50);
  response.on('close', () => {
    clearInterval(timer);
  });
};

const deep = `{"nodes":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
const bomb = gzipSync(Buffer.alloc(MAX_ANSWER_BYTES + MB, 'x'));

const ANSWERS: Readonly<Record<string, readonly [Answer, code: string, message: RegExp]>> = {
  'a redirection': [
    withBody(302, { location: 'http://127.0.0.1:1/stolen' }, ''),
    'store_rejected',
    /sends elsewhere \(status 302\); expected the address of Elasticsearch itself/,
  ],
  'a page of a proxy': [
    withBody(200, { 'content-type': 'text/html' }, '<html>no</html>'),
    'store_rejected',
    /the answer is no JSON/,
  ],
  'broken JSON': [withBody(200, { 'content-type': JSON_TYPE }, '{"nodes":'), 'store_rejected', /no JSON/],
  'keys of prototypes': [
    withBody(200, { 'content-type': JSON_TYPE }, '{"__proto__":{"polluted":1},"nodes":{}}'),
    'store_rejected',
    /the answer is not one of Elasticsearch/,
  ],
  'an answer without end': [endless, 'too_large', /larger than 256 MB/],
  'a long answer': [
    withBody(200, { 'content-type': JSON_TYPE, 'content-length': String(MAX_ANSWER_BYTES + 1) }, '{'),
    'too_large',
    /larger than 256 MB/,
  ],
  'a bomb of gzip': [
    withBody(200, { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' }, bomb),
    'too_large',
    /larger than 256 MB/,
  ],
  'what cannot be unpacked': [
    withBody(200, { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' }, 'no gzip'),
    'store_rejected',
    /cannot be unpacked/,
  ],
  'a byte at a time': [trickle, 'timeout', /no answer in time/],
};

async function serving(answer: Answer): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('x-elastic-product', 'Elasticsearch');
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, server };
}

async function failureOf(answer: Answer, requestTimeoutMs = 60_000): Promise<AppError> {
  const { url, server } = await serving(answer);
  const cluster = new Cluster({ nodes: [url], requestTimeoutMs });
  try {
    await cluster.version();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return error as AppError;
  } finally {
    await cluster.close();
    server.closeAllConnections();
    server.close();
  }
  throw new Error('it was taken for an answer');
}

describe('a cluster', () => {
  it.each(Object.entries(ANSWERS))('that gives %s is refused', async (name, [answer, code, message]) => {
    const failure = await failureOf(answer, name === 'a byte at a time' ? 500 : undefined);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(failure.message).toMatch(/^could not ask for the version \(http:.*\): /);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    ['nested deeply', deep],
    ['of other types', '{"nodes":{"constructor":{"version":{"toString":1}}}}'],
    ['empty', '{}'],
  ])('whose answer is %s is refused', async (_name, body) => {
    const failure = await failureOf(withBody(200, { 'content-type': JSON_TYPE }, body));
    expect(failure).toMatchObject({ code: 'store_rejected' });
    expect(failure.message).toContain('the answer is not one of Elasticsearch');
  });

  it('that answers in packed form is understood', async () => {
    const body = gzipSync('{"nodes":{"a":{"version":"8.19.9"}}}');
    const { url, server } = await serving(
      withBody(200, { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' }, body),
    );
    const cluster = new Cluster({ nodes: [url] });
    expect(await cluster.version()).toBe('8.19.9');
    await cluster.close();
    server.close();
  });
});
