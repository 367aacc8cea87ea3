/**
 * A proxy before a real Elasticsearch that does to some requests what networks and clusters do.
 */
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../src/domain/random.js';

/** What can be done to a request. */
export type Mischief = 'too_many' | 'unavailable' | 'cut_before' | 'cut_after' | 'trickle' | 'half_bulk';

/** What happens to all requests: connections are refused by resetting them, or nothing ever answers. */
export type Outage = 'reset' | 'silence';

/** What the proxy works with. */
export interface FaultProxyOptions {
  readonly target: () => string;
  readonly random: Random;
  /** What is done, in turn. */
  readonly mischief: readonly Mischief[];
  /** Share of the requests that are hit. */
  readonly share: number;
}

const TRICKLE_BYTES = 256;
const TRICKLE_MS = 5;

/** Stands before a server; {@link FaultProxy.hits} says how often it did what. */
export class FaultProxy {
  readonly hits: Partial<Record<Mischief, number>> = {};
  /** While set, no request reaches the server. */
  outage: Outage | undefined;
  private turn = 0;
  private readonly server = createServer((request, response) => {
    this.pass(request, response).catch(() => {
      request.socket.destroy();
    });
  });

  private constructor(private readonly options: FaultProxyOptions) {}

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.outage === 'reset') return void request.socket.destroy();
    if (this.outage === 'silence') return;
    const body = Buffer.concat(chunks);
    const mischief = this.choose(request);
    if (mischief) this.hits[mischief] = (this.hits[mischief] ?? 0) + 1;
    if (mischief === 'too_many') return refuse(response, 429, 'es_rejected_execution_exception', '1');
    if (mischief === 'unavailable') return refuse(response, 503, 'no_shard_available_action_exception');
    if (mischief === 'cut_before') return void request.socket.destroy();
    if (mischief === 'half_bulk') return this.halfBulk(request, body, response);
    const answer = await this.forward(request, body);
    if (mischief === 'cut_after') return void request.socket.destroy();
    response.writeHead(answer.status, answer.headers);
    if (mischief === 'trickle') await trickle(response, answer.body);
    response.end(mischief === 'trickle' ? undefined : answer.body);
  }

  private choose({ url = '' }: IncomingMessage): Mischief | undefined {
    const { random, share, mischief } = this.options;
    if (random.next() >= share) return undefined;
    const chosen = mischief[this.turn % mischief.length]!;
    if (chosen === 'half_bulk' && !url.includes('_bulk')) return undefined;
    this.turn++;
    return chosen;
  }

  /** Every other item arrives; the others are refused as a busy shard would. */
  private async halfBulk(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const lines = body
      .toString()
      .split('\n')
      .filter((line) => line !== '');
    const items = Array.from({ length: lines.length / 2 }, (_, item) => lines.slice(2 * item, 2 * item + 2));
    const passed = items.filter((_, item) => item % 2 === 1).flat();
    const answer =
      passed.length === 0 ? undefined : await this.forward(request, Buffer.from(`${passed.join('\n')}\n`));
    const real = answer ? (JSON.parse(answer.body.toString()) as { items: object[] }).items : [];
    const merged = items.map(([action], item) => {
      if (item % 2 === 1) return real.shift();
      const operation = Object.keys(JSON.parse(action!) as object)[0]!;
      const reason = 'rejected execution of coordinating operation';
      return { [operation]: { status: 429, error: { type: 'es_rejected_execution_exception', reason } } };
    });
    response.writeHead(200, {
      'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
      'x-elastic-product': 'Elasticsearch',
    });
    response.end(JSON.stringify({ took: 1, errors: true, items: merged }));
  }

  private forward(
    { method, url, headers }: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const { 'content-length': _length, 'transfer-encoding': _encoding, ...kept } = headers;
      const to = new URL(url ?? '/', this.options.target());
      const outgoing = send(
        to,
        { method, headers: { ...kept, 'content-length': body.length } },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const { 'content-length': _of, 'transfer-encoding': _how, ...rest } = incoming.headers;
            resolve({ status: incoming.statusCode ?? 502, headers: rest, body: Buffer.concat(chunks) });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

function refuse(response: ServerResponse, status: number, type: string, retryAfter?: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-elastic-product': 'Elasticsearch',
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  });
  response.end(JSON.stringify({ error: { type, reason: 'as asked for by the test' }, status }));
}

async function trickle(response: ServerResponse, body: Buffer): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += TRICKLE_BYTES) {
    response.write(body.subarray(at, at + TRICKLE_BYTES));
    await delay(TRICKLE_MS);
  }
}
