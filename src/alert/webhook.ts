/**
 * Sends a notification as an HTTP POST, signed as Standard Webhooks describes.
 */
import axios, { isAxiosError, type AxiosProxyConfig, type AxiosResponse } from 'axios';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Clock } from '../domain/clock.js';
import { resultOfAnswer } from './answer.js';
import { webhookBody, type MessageContext } from './message.js';
import type { WebhookChannel } from './options.js';
import type { Notification, Sender, SendResult } from './ports.js';
import { lookupReceiver } from './receiver-address.js';
import { webhookHeaders } from './signature.js';

/** What of an answer's body is read, bytes; it is thrown away in any case. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * {@link Sender} of a webhook channel. The status line decides: the body of an answer is never
 * kept, since receivers echo what they were sent. Details name statuses and error codes alone,
 * never an address or a message of the HTTP client, which could hold a token.
 */
export class WebhookSender implements Sender {
  constructor(
    private readonly channel: WebhookChannel,
    private readonly context: MessageContext,
    private readonly clock: Clock,
  ) {}

  async send(notification: Notification, alongside: readonly Notification[] = []): Promise<SendResult> {
    // One signal for connecting, sending, headers and body: axios's own timeout lets a trickle pass.
    const signal = AbortSignal.timeout(this.channel.timeout);
    const body = webhookBody(notification, this.context, alongside);
    try {
      const answer = await this.post(body, notification.id, signal);
      await drain(answer.data);
      return resultOfAnswer(answer.status, answer.headers['retry-after'], this.clock.now());
    } catch (error) {
      const detail = signal.aborted
        ? `no answer within ${String(this.channel.timeout)} ms`
        : errorCodeOf(error);
      return { ok: false, retryable: true, detail };
    }
  }

  private post(body: string, id: string, signal: AbortSignal): Promise<AxiosResponse<Readable>> {
    const { url, headers, signingSecret, proxy } = this.channel;
    const own = Object.entries(headers).map(([name, value]) => [name, value.reveal()] as const);
    return axios.post<Readable>(url.reveal(), Buffer.from(body), {
      headers: {
        ...Object.fromEntries(own),
        'content-type': 'application/json',
        'user-agent': 'elkhound',
        ...webhookHeaders({ id, body, nowMs: this.clock.now() }, signingSecret?.reveal()),
      },
      signal,
      // What a proxy resolves is for the proxy to refuse.
      ...(proxy === undefined ? { lookup: lookupReceiver } : {}),
      proxy: proxy === undefined ? false : proxyConfig(proxy.reveal()),
      maxRedirects: 0,
      maxContentLength: MAX_ANSWER_BYTES,
      decompress: false,
      responseType: 'stream',
      validateStatus: () => true,
    });
  }
}

/** Reads the body to its end or its bound, so that a receiver that is still writing is not cut off at once. */
async function drain(body: Readable): Promise<void> {
  // The answer has been given; how its body ends changes nothing.
  await finished(body.resume()).catch(() => body.destroy());
}

function proxyConfig(address: string): AxiosProxyConfig {
  const { protocol, hostname, port, username, password } = new URL(address);
  return {
    protocol,
    host: hostname,
    port: port === '' ? 80 : Number(port),
    ...(username === ''
      ? {}
      : { auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } }),
  };
}

/** `ECONNREFUSED`, `ECONNRESET`, `CERT_HAS_EXPIRED` …: codes hold no part of an address. */
function errorCodeOf(error: unknown): string {
  return isAxiosError(error) && error.code !== undefined ? error.code : 'the request failed';
}
