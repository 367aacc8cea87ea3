/**
 * What DNS, HTTP, TLS and logins say, whoever tells it.
 */
import { EventKind, Flag, Outcome } from '../domain/events.js';
import type { Draft } from './draft.js';
import { turn } from './ends.js';

/** DNS types that carry much in a question or answer. */
const BULK_TYPES = new Set(['TXT', 'NULL', 'CNAME', 'MX', 'PRIVATE']);
const RESPONSE_CODES = new Map([
  ['NOERROR', 0],
  ['FORMERR', 1],
  ['SERVFAIL', 2],
  ['NXDOMAIN', 3],
  ['NOTIMP', 4],
  ['REFUSED', 5],
]);

/** A question and the code that it was answered with; empty texts where they are not known. */
export function readDns(draft: Draft, name: string, type: string, code: string): void {
  draft.kind = EventKind.dns;
  draft.service = 'dns';
  draft.name = hostName(name);
  if (BULK_TYPES.has(type)) draft.flags |= Flag.bulkQuery;
  if (code !== '') {
    if (code === 'NXDOMAIN') draft.flags |= Flag.nxdomain;
    draft.status = RESPONSE_CODES.get(code) ?? -1;
    draft.outcome = code === 'NOERROR' ? Outcome.success : Outcome.failure;
  }
  draft.addDetail(type);
  draft.addDetail(code);
}

/**
 * One half of a question and its answer, where each has a record of its own.
 * @param key what both halves have in common
 */
export function readExchange(draft: Draft, half: 'question' | 'answer', key: string): void {
  draft.half = half;
  draft.exchange = key;
  // Some sensors tell the answer as what the server sends.
  if (half === 'answer' && draft.sourcePort === DNS_PORT && draft.destinationPort !== DNS_PORT) turn(draft);
}

const DNS_PORT = 53;

const UPLOADS = new Set(['POST', 'PUT', 'PATCH']);
const BARE_ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[?[0-9a-f]*:[0-9a-f:.]+\]?)$/i;

/** A request and the status of its answer, NaN where there was none. */
export function readHttp(draft: Draft, host: string, method: string, status: number, agent: string): void {
  draft.kind = EventKind.http;
  draft.service = 'http';
  draft.name = hostName(withoutPort(host));
  draft.agent = agent;
  if (UPLOADS.has(method)) draft.flags |= Flag.upload;
  if (draft.name !== '' && BARE_ADDRESS.test(draft.name)) draft.flags |= Flag.bareAddress;
  if (status < 0) draft.note('bad_number');
  if (!(status > 0)) return;
  draft.status = Math.min(status, 999);
  draft.outcome = status >= 400 ? Outcome.failure : Outcome.success;
}

const OLD_TLS = new Set([
  'SSLv2',
  'SSLv3',
  'TLSv10',
  'TLSv11',
  'TLSv1',
  'TLS 1.0',
  'TLS 1.1',
  'TLS 1',
  '1.0',
  '1.1',
]);

/** A handshake; `valid` is undefined where nobody checked the certificate. */
export function readTls(draft: Draft, name: string, version: string, valid: boolean | undefined): void {
  draft.kind = EventKind.tls;
  draft.service = 'ssl';
  draft.name = hostName(name);
  if (name === '') draft.flags |= Flag.noServerName;
  if (OLD_TLS.has(version)) draft.flags |= Flag.oldTls;
  if (valid === false) draft.flags |= Flag.invalidCertificate;
}

/**
 * Login attempts on one connection.
 * @param success of the last one; undefined where it is not known
 * @param attempts NaN where they were not counted
 */
export function readAttempts(draft: Draft, success: unknown, attempts: number): void {
  if (attempts < 0) draft.note('bad_number');
  if (success === true) {
    draft.outcome = Outcome.success;
    if (attempts > 1) draft.authFailures = Math.min(attempts - 1, MAX_ATTEMPTS);
  } else if (success === false) {
    draft.outcome = Outcome.failure;
    draft.authFailures = attempts > 1 ? Math.min(attempts, MAX_ATTEMPTS) : 1;
  }
}

const MAX_ATTEMPTS = 65_535;

/** A name as all sources can agree on it: lower case, without the dot of the root. */
function hostName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

function withoutPort(host: string): string {
  const colon = host.lastIndexOf(':');
  // An IPv6 address without brackets has more colons, and no port.
  if (colon < 0 || (host.indexOf(':') !== colon && !host.includes(']'))) return host;
  return host.endsWith(']') ? host : host.slice(0, colon);
}
