/**
 * Options of alert.
 */
import { z } from 'zod';
import { SEVERITIES } from '../domain/anomaly.js';
import { duration } from '../domain/duration.js';
import { AppError } from '../domain/error.js';
import { parseHttpAddress, type HttpAddressOptions } from '../domain/http-address.js';
import { Secret } from '../domain/secret.js';
import type { PlannedChannel } from './plan.js';
import { isNoReceiver } from './receiver-address.js';
import { isSigningSecret } from './signature.js';

const MIN_TIMEOUT_MS = 100;
const MAX_TIMEOUT_MS = 60_000;

const secret = (text: z.ZodString): z.ZodType<Secret, string> => text.transform((value) => new Secret(value));
/** @param refusal what is wrong with an address, if anything */
const address = (refusal: (text: string) => string | undefined): z.ZodString =>
  z.string().superRefine((text, context) => {
    const message = refusal(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
const severity = z.enum(SEVERITIES);

/**
 * A webhook. Its address comes from the operator alone and redirects are never followed, so
 * private addresses are as good as any: that is where security teams have their receivers. Only at
 * link-local ones there is none, but what a cloud tells its machines.
 */
const webhook = z.strictObject({
  kind: z.literal('webhook').default('webhook').describe('What kind of receiver it is'),
  url: secret(address(receiverRefusal)).describe(
    'Address to post to; kept secret, since it often holds a token',
  ),
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'expected the name of an HTTP header'),
      secret(
        z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'expected the value of an HTTP header, on one line'),
      ),
    )
    .default({})
    .describe('More headers, such as Authorization; the values are kept secret'),
  signingSecret: secret(z.string().refine(isSigningSecret, 'expected "whsec_" and 24 to 64 bytes in base64'))
    .optional()
    .describe('Signs each message as Standard Webhooks describes: whsec_ and 24 to 64 bytes in base64'),
  minSeverity: severity
    .optional()
    .describe('Milder episodes are not sent here; as alert.minSeverity if absent'),
  timeout: duration()
    .refine((ms) => ms >= MIN_TIMEOUT_MS && ms <= MAX_TIMEOUT_MS, 'expected between "100ms" and "60s"')
    .prefault('10s')
    .describe('For one attempt as a whole, from connecting to the last byte of the answer'),
  attempts: z.number().int().min(1).max(10).default(5).describe('Attempts before a message counts as failed'),
  proxy: secret(address((text) => addressRefusal(text)))
    .optional()
    .describe('HTTP proxy to go through; variables such as HTTPS_PROXY are not looked at'),
});

/** Options of alert; see each description. */
export const alertOptions = z
  .strictObject({
    // Low is left to the pages and dashboards: it holds only what no rule has a name for.
    minSeverity: severity
      .default('medium')
      .describe('Milder episodes are not sent: low, medium, high or critical'),
    baseUrl: address(pagesRefusal)
      .optional()
      .describe('Address at which people reach the pages, for links in messages; none without it'),
    channels: z
      .record(z.string().regex(/^[\w-]{1,64}$/, 'expected a name of letters, digits, "-" and "_"'), webhook)
      .default({})
      .describe('Receivers by name'),
  })
  .prefault({});

export type AlertOptions = z.output<typeof alertOptions>;
/** A webhook as it is configured. */
export type WebhookChannel = z.output<typeof webhook>;

/** The channels with their thresholds, as planning needs them. */
export function plannedChannels({ channels, minSeverity }: AlertOptions): PlannedChannel[] {
  return Object.entries(channels).map(([name, channel]) => ({
    name,
    minSeverity: channel.minSeverity ?? minSeverity,
  }));
}

function addressRefusal(text: string, options: HttpAddressOptions = {}): string | undefined {
  try {
    parseHttpAddress(text, options);
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.message;
  }
}

function receiverRefusal(text: string): string | undefined {
  const refusal = addressRefusal(text, { anyPath: true });
  if (refusal !== undefined) return refusal;
  const host = parseHttpAddress(text, { anyPath: true }).url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isNoReceiver(host) ? 'expected another address than a link-local or unspecified one' : undefined;
}

/** It is written into each message, so it may hold no secret. */
function pagesRefusal(text: string): string | undefined {
  const refusal = addressRefusal(text);
  if (refusal !== undefined) return refusal;
  const { username } = parseHttpAddress(text);
  return username === undefined ? undefined : 'expected an address without a user and password';
}
