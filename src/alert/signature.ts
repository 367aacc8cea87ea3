/**
 * Signatures of Standard Webhooks: the receiver knows who sent a message, and when.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

/** Whether a text is a signing secret: `whsec_` and 24 to 64 bytes in base64. */
export function isSigningSecret(secret: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret)) return false;
  const { length } = keyOf(secret);
  return length >= MIN_KEY_BYTES && length <= MAX_KEY_BYTES;
}

/** The headers that name a message and, with a secret, sign it for one attempt. */
export function webhookHeaders(
  message: { readonly id: string; readonly body: string; readonly nowMs: number },
  secret: string | undefined,
): Record<string, string> {
  const timestamp = String(Math.floor(message.nowMs / 1000));
  const headers = { 'webhook-id': message.id, 'webhook-timestamp': timestamp };
  if (secret === undefined) return headers;
  const hmac = createHmac('sha256', keyOf(secret)).update(`${message.id}.${timestamp}.${message.body}`);
  return { ...headers, 'webhook-signature': `v1,${hmac.digest('base64')}` };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}
