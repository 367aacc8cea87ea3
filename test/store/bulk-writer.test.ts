import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../src/domain/error.js';
import type { BulkWrite } from '../../src/store/elasticsearch/bulk-request.js';
import { BulkWriter } from '../../src/store/elasticsearch/bulk-writer.js';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import type { RetryOptions } from '../../src/store/elasticsearch/patience.js';
import type { Fence } from '../../src/store/fence.js';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A cluster that gives one answer after another, the last one for ever. */
class Scripted {
  readonly requests: string[] = [];
  readonly times: number[] = [];
  private readonly server: Server;
  cluster!: Cluster;

  constructor(
    private readonly answers: readonly Answer[],
    private readonly retry: RetryOptions,
  ) {
    this.server = createServer((request, response) => {
      const { status, body, headers } =
        this.answers[Math.min(this.requests.length, this.answers.length - 1)]!;
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      this.requests.push('');
      const number = this.requests.length - 1;
      this.times.push(performance.now());
      request.on('end', () => {
        this.requests[number] = text;
        response.writeHead(status, {
          'x-elastic-product': 'Elasticsearch',
          'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
          ...headers,
        });
        response.end(JSON.stringify(body ?? {}));
      });
    });
  }

  async open(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.cluster = new Cluster({
      nodes: [`http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`],
      retry: this.retry,
    });
    return this;
  }

  /** Ids of the documents of each request. */
  get sent(): string[][] {
    return this.requests.map((text) => [...text.matchAll(/"_id":"(.)"/g)].map(([, id]) => id!));
  }

  async close(): Promise<void> {
    await this.cluster.close();
    this.server.close();
  }
}

const item = (status: number, reason?: string, type = 't'): unknown => ({
  create: { _index: 'i', _id: 'x', status, ...(reason === undefined ? {} : { error: { type, reason } }) },
});

const items = (...list: unknown[]): Answer => ({ status: 200, body: { errors: true, items: list } });

const write = (id: string): BulkWrite => ({ index: 'i', id, document: { id } });

describe('the bulk writer', () => {
  let scripted: Scripted;
  const open = async (...answers: Answer[]): Promise<BulkWriter> => {
    scripted = await new Scripted(answers, { attempts: 4, firstWaitMs: 10, longestWaitMs: 1500 }).open();
    return new BulkWriter({ cluster: scripted.cluster });
  };
  afterEach(() => scripted.close());

  it('tries again what the cluster was too busy for, and nothing else', async () => {
    const writer = await open(
      items(item(201), item(429, 'busy'), item(409, 'exists'), item(503)),
      items(item(429, 'busy'), item(201)),
      items(item(201)),
    );
    const outcomes = await writer.write(['a', 'b', 'c', 'd'].map(write));
    expect(outcomes).toEqual(['written', 'written', 'conflict', 'written']);
    expect(scripted.sent).toEqual([['a', 'b', 'c', 'd'], ['b', 'd'], ['b']]);
  });

  it('tries again a request that failed as a whole, and waits as long as it is asked to', async () => {
    const writer = await open(
      { status: 429, headers: { 'retry-after': '1' }, body: { error: { type: 't', reason: 'slow down' } } },
      { status: 503 },
      items(item(201)),
    );
    expect(await writer.write([write('a')])).toEqual(['written']);
    expect(scripted.requests).toHaveLength(3);
    expect(scripted.times[1]! - scripted.times[0]!).toBeGreaterThan(990);
  });

  it('gives up after bounded attempts, as something worth another try later', async () => {
    const writer = await open(items(item(429, 'queue is full')));
    await expect(writer.write([write('a')])).rejects.toMatchObject({
      code: 'store_unavailable',
      retryable: true,
      message: expect.stringContaining('queue is full') as string,
    });
    expect(scripted.requests).toHaveLength(4);
  });

  it('tells what will never be taken apart, and writes the rest', async () => {
    const writer = await open(items(item(201), item(400, 'no such ip', 'document_parsing_exception')));
    expect(await writer.write(['a', 'b'].map(write))).toEqual([
      'written',
      { type: 'document_parsing_exception', reason: 'no such ip' },
    ]);
    await expect(writer.writeAll(['a', 'b'].map(write))).rejects.toMatchObject({
      code: 'store_rejected',
      message: 'could not write to i (document b): document_parsing_exception: no such ip',
    });
  });

  it.each([
    [
      'index [i] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];',
      'free disk space',
    ],
    ['index [i] blocked by: [FORBIDDEN/8/index write (api)];', 'PUT i/_settings'],
    ['blocked by: [FORBIDDEN/6/cluster read-only (api)];', 'PUT _cluster/settings'],
  ])('says what to do about a block: %s', async (reason, remedy) => {
    const writer = await open(items(item(403, reason, 'cluster_block_exception')));
    await expect(writer.write([write('a')])).rejects.toMatchObject({
      code: 'store_unavailable',
      retryable: true,
      message: expect.stringContaining(remedy) as string,
    });
  });

  it('sends large documents in requests of bounded size, two at a time', async () => {
    const writer = await open(items(item(201), item(201)));
    const large = ['a', 'b', 'c', 'd'].map((id) => ({
      ...write(id),
      document: { text: 'x'.repeat(2_400_000) },
    }));
    expect(await writer.write(large)).toEqual(['written', 'written', 'written', 'written']);
    expect(scripted.requests.map((text) => text.length < 5_000_000)).toEqual([true, true]);
  });

  it('halves a request that is too large, down to the document that is', async () => {
    const tooLarge = { status: 413 };
    const writer = await open(tooLarge, items(item(201)), tooLarge);
    expect(await writer.write(['a', 'b'].map(write))).toEqual([
      'written',
      { type: 'too_large', reason: expect.any(String) as string },
    ]);
    expect(scripted.sent).toEqual([['a', 'b'], ['a'], ['b']]);
  });

  it('asks the fence before each request, and writes nothing more once it is down', async () => {
    const writer = await open(items(item(429, 'busy')));
    let asked = 0;
    const fence: Fence = {
      epoch: 1,
      guard: () => {
        if (++asked > 2) throw new AppError('lease_lost', 'gone', { retryable: true });
        return 1000;
      },
    };
    await expect(writer.fencedBy(fence).write([write('a')])).rejects.toMatchObject({ code: 'lease_lost' });
    expect(scripted.requests).toHaveLength(2);
  });

  it('waits for an answer no longer than the lease lasts', async () => {
    scripted = await new Scripted([items(item(201))], {
      attempts: 1,
      firstWaitMs: 1,
      longestWaitMs: 1,
    }).open();
    const { server } = scripted as unknown as { server: Server };
    server.removeAllListeners('request');
    const fence: Fence = { epoch: 1, guard: () => 200 };
    const writer = new BulkWriter({ cluster: scripted.cluster, fence });
    await expect(writer.write([write('a')])).rejects.toMatchObject({ code: 'timeout', retryable: true });
    server.closeAllConnections();
  });
});

describe('a request to a busy cluster', () => {
  const RETRY = { attempts: 4, firstWaitMs: 10, longestWaitMs: 1500 };
  let scripted: Scripted;
  const ask = async (...answers: Answer[]): Promise<unknown> => {
    scripted = await new Scripted(answers, RETRY).open();
    return scripted.cluster.ask('search', (client) => client.search({ index: 'i' }, { maxRetries: 0 }));
  };
  afterEach(() => scripted.close());

  it('is repeated until it is answered, as late as asked for', async () => {
    const answer = await ask(
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 503 },
      { status: 200 },
    );
    expect(answer).toEqual({});
    const [first, second] = scripted.times;
    expect(scripted.times).toHaveLength(3);
    expect(second! - first!).toBeGreaterThanOrEqual(999);
  });

  it('is given up after some attempts, and at once where it is refused for good or nobody wants it', async () => {
    await expect(ask({ status: 429 })).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
    expect(scripted.requests).toHaveLength(RETRY.attempts);
    await scripted.close();
    await expect(ask({ status: 400 })).rejects.toMatchObject({ code: 'store_rejected' });
    expect(scripted.requests).toHaveLength(1);
    await scripted.close();
    scripted = await new Scripted([{ status: 429, headers: { 'retry-after': '1' } }], RETRY).open();
    const abort = new AbortController();
    const asked = scripted.cluster.ask('search', (client) => client.search({ index: 'i' }), abort.signal);
    setTimeout(() => {
      abort.abort(new Error('enough'));
    }, 50);
    await expect(asked).rejects.toThrow('enough');
    expect(scripted.requests).toHaveLength(1);
  });
});
