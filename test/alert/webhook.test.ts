import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { webhookBody } from '../../src/alert/message.js';
import { alertOptions } from '../../src/alert/options.js';
import type { SendResult } from '../../src/alert/ports.js';
import { WebhookSender } from '../../src/alert/webhook.js';
import { ManualClock } from '../../src/domain/clock.js';
import { CONTEXT, notification, NOW_MS } from './episode.js';
import { receiver, socketReceiver, type Receiver } from './receiver.js';

const KEY = Buffer.from('0123456789abcdef0123456789abcdef');
const clock = new ManualClock(NOW_MS);
const open: Receiver[] = [];

afterEach(async () => {
  clock.set(NOW_MS);
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function http(answer: RequestListener): Promise<Receiver> {
  const server = await receiver(answer);
  open.push(server);
  return server;
}

async function tcp(talk: (socket: Socket) => void): Promise<Receiver> {
  const server = await socketReceiver(talk);
  open.push(server);
  return server;
}

function sender(url: string, more: object = {}): WebhookSender {
  const { channels } = alertOptions.parse({ channels: { soc: { url, ...more } } });
  return new WebhookSender(channels.soc!, CONTEXT, clock);
}

const send = (url: string, more: object = {}): Promise<SendResult> => sender(url, more).send(notification());

describe('WebhookSender', () => {
  it('posts the message as JSON, with id and time', async () => {
    const server = await http((_, response) => response.end());
    const result = await send(`${server.url}/hooks/soc?team=night`, {
      headers: { Authorization: 'Bearer 1' },
    });
    expect(result).toEqual({ ok: true, retryable: false, detail: 'HTTP 200' });
    expect(server.received).toEqual([
      {
        method: 'POST',
        path: '/hooks/soc?team=night',
        headers: expect.objectContaining({
          'content-type': 'application/json',
          authorization: 'Bearer 1',
          'webhook-id': notification().id,
          'webhook-timestamp': String(NOW_MS / 1000),
        }),
        body: webhookBody(notification(), CONTEXT),
      },
    ]);
    expect(server.received[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  it('signs each attempt anew under the same id, in a way that others can verify', async () => {
    const server = await http((_, response) => response.end());
    const signing = sender(server.url, {
      signingSecret: `whsec_${KEY.toString('base64')}`,
      headers: { 'Webhook-Id': 'forged', 'WEBHOOK-SIGNATURE': 'v1,forged' },
    });
    await signing.send(notification());
    clock.set(NOW_MS + 61_000);
    await signing.send(notification());
    expect(server.received.map(({ headers }) => headers['webhook-id'])).toEqual([
      notification().id,
      notification().id,
    ]);
    expect(server.received.map(({ headers }) => headers['webhook-timestamp'])).toEqual([
      String(NOW_MS / 1000),
      String(NOW_MS / 1000 + 61),
    ]);
    for (const { headers, body } of server.received) {
      const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
      expect(headers['webhook-signature']).toBe(
        `v1,${createHmac('sha256', KEY).update(signed).digest('base64')}`,
      );
    }
  });

  it('knows what each status means', async () => {
    const server = await http((request, response) =>
      response.writeHead(Number(request.url?.slice(1))).end('{}'),
    );
    const ok = [200, 201, 202, 204];
    const retryable = [408, 429, 500, 501, 502, 503, 504, 599];
    const refused = [300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 409, 410, 413, 422, 451];
    for (const status of [...ok, ...retryable, ...refused]) {
      const result = await send(`${server.url}/${String(status)}`);
      expect(result).toMatchObject({ ok: ok.includes(status), retryable: retryable.includes(status) });
      expect(result.detail).toMatch(new RegExp(`^HTTP ${String(status)}`));
    }
  });

  it('follows no redirect', async () => {
    const target = await http((_, response) => response.end());
    const server = await http((_, response) =>
      response.writeHead(307, { location: `${target.url}/elsewhere` }).end(),
    );
    expect(await send(server.url)).toEqual({
      ok: false,
      retryable: false,
      detail: 'HTTP 307; redirects are not followed',
    });
    expect(target.received).toEqual([]);
  });

  it.each([
    ['7', 7_000],
    [new Date(NOW_MS + 90_000).toUTCString(), 90_000],
  ])('reads Retry-After: %s', async (header, retryAfterMs) => {
    const server = await http((_, response) => response.writeHead(503, { 'retry-after': header }).end());
    expect(await send(server.url)).toEqual({ ok: false, retryable: true, retryAfterMs, detail: 'HTTP 503' });
  });
});

describe('WebhookSender and receivers that misbehave', () => {
  const TIMEOUT = { timeout: '200ms' };
  const TOO_LATE = { ok: false, retryable: true, detail: 'no answer within 200 ms' };

  it('gives up on one that never answers', async () => {
    const server = await http(() => undefined);
    expect(await send(server.url, TIMEOUT)).toEqual(TOO_LATE);
  });

  it('gives up on headers that trickle in', async () => {
    const server = await tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x-drip: 1\r\n'), 20);
      socket.once('close', () => {
        clearInterval(drip);
      });
    });
    expect(await send(server.url, TIMEOUT)).toEqual(TOO_LATE);
  });

  it('cuts off a body that trickles in, and goes by the status that was given', async () => {
    let dripping: NodeJS.Timeout | undefined;
    let cut: Promise<unknown> = Promise.resolve();
    const server = await http((_, response) => {
      response.writeHead(202);
      dripping = setInterval(() => response.write('.'), 20);
      cut = once(response, 'close');
    });
    expect(await send(server.url, TIMEOUT)).toEqual({ ok: true, retryable: false, detail: 'HTTP 202' });
    await cut;
    clearInterval(dripping);
  });

  it('reads no more than a little of a huge answer', async () => {
    let written = 0;
    const server = await http((_, response) => {
      const chunk = Buffer.alloc(65_536);
      const flow = (): void => {
        if (response.destroyed) return;
        written += chunk.length;
        response.write(chunk, () => setImmediate(flow));
      };
      flow();
    });
    expect(await send(server.url)).toEqual({ ok: true, retryable: false, detail: 'HTTP 200' });
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ['resets the connection', (socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['hangs up', (socket) => socket.end(), 'ECONNRESET'],
    ['speaks something else', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), 'HPE_INVALID_CONSTANT'],
  ])('tries again after one that %s', async (_, talk, detail) => {
    const server = await tcp(talk);
    expect(await send(server.url)).toEqual({ ok: false, retryable: true, detail });
  });

  it('tries again where nobody listens', async () => {
    const server = await http((_, response) => response.end());
    await server.close();
    expect(await send(server.url)).toEqual({ ok: false, retryable: true, detail: 'ECONNREFUSED' });
  });
});

describe('WebhookSender and proxies', () => {
  /** A proxy that passes on and counts. */
  const proxyServer = (): Promise<Receiver> =>
    http((request, response) => {
      httpRequest(request.url!, { method: 'POST' }, (answer) =>
        response.writeHead(answer.statusCode!).end(),
      ).end();
    });

  it('goes through the proxy of the channel, with its credentials', async () => {
    const [proxy, target] = [await proxyServer(), await http((_, response) => response.writeHead(202).end())];
    const address = proxy.url.replace('//', '//agent:p%40ss@');
    expect(await send(`${target.url}/hook`, { proxy: address })).toMatchObject({ detail: 'HTTP 202' });
    expect(proxy.received[0]?.headers['proxy-authorization']).toBe(
      `Basic ${Buffer.from('agent:p@ss').toString('base64')}`,
    );
  });

  it('looks at no variable of the environment', async () => {
    const [proxy, target] = [await proxyServer(), await http((_, response) => response.end())];
    process.env.HTTP_PROXY = process.env.http_proxy = proxy.url;
    try {
      expect(await send(target.url)).toMatchObject({ ok: true });
    } finally {
      delete process.env.HTTP_PROXY;
      delete process.env.http_proxy;
    }
    expect([proxy.received.length, target.received.length]).toEqual([0, 1]);
  });
});
