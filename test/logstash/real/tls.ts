/**
 * The intakes over TLS, where a client may show a certificate but need not (`optional`, the default): whoever shows
 * none or a signed one is heard, a stranger is not.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Certificates, Identity } from './certificates.js';
import type { Inputs } from './inputs.js';
import type { Intakes, Ports } from './installation.js';
import { sendByBeats, sendByTcp, type Receiver } from './send.js';

const REFUSAL_MS = 10_000;

/** The two intakes, with the certificates of the run. */
export function tlsIntakes({ authority, server }: Certificates): Intakes {
  const variables = {
    ELKHOUND_TLS_CERTIFICATE: server.certificate,
    ELKHOUND_TLS_KEY: server.key,
    ELKHOUND_TLS_CA: authority,
  };
  return { 'beats-tls': variables, 'syslog-tls': variables };
}

/** Sends by Beats and syslog over TLS, half with a certificate and half without; says whom it did not refuse. */
export async function sendOverTls(
  { beatsTls, syslogTls }: Ports,
  { authority, client, stranger }: Certificates,
  { secured, lines }: Inputs,
): Promise<string[]> {
  const receiver = (port: number, shown?: Identity): Receiver => ({
    port,
    tls: {
      ca: readFileSync(authority),
      ...(shown === undefined ? {} : { cert: readFileSync(shown.certificate), key: readFileSync(shown.key) }),
    },
  });
  for (const [half, shown] of [undefined, client].entries()) {
    const ofHalf = (_: unknown, index: number): boolean => index % 2 === half;
    await sendByBeats(receiver(beatsTls, shown), secured.filter(ofHalf));
    await sendByTcp(receiver(syslogTls, shown), lines.filter(ofHalf));
  }
  const refusals = {
    Beats: await isRefused(sendByBeats(receiver(beatsTls, stranger), secured.slice(0, 1))),
    syslog: await isRefused(sendByTcp(receiver(syslogTls, stranger), lines.slice(0, 1))),
  };
  return Object.entries(refusals).flatMap(([protocol, refused]) =>
    refused ? [] : [`${protocol} over TLS: a stranger's certificate is not refused`],
  );
}

/** Whether the receiver ends the connection. */
async function isRefused(sending: Promise<void>): Promise<boolean> {
  const outcome = sending.then(
    () => false,
    () => true,
  );
  return Promise.race([outcome, delay(REFUSAL_MS, false)]);
}
