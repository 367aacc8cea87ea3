/**
 * What the client throws, as errors of ours. The client's own errors carry the request with its
 * headers, so they are never passed on, not even as a cause.
 */
import { errors } from '@elastic/elasticsearch';
import { z } from 'zod';
import { retryAfterMs } from '../../alert/answer.js';
import { AppError } from '../../domain/error.js';
import { UnfitAnswer } from './bounded-connection.js';
import { missingPrivilege } from './denial.js';

const bodySchema = z.object({
  error: z.object({
    type: z.string().catch(''),
    reason: z.string().nullish(),
    root_cause: z.array(z.object({ type: z.string().catch(''), reason: z.string().nullish() })).catch([]),
    caused_by: z.object({ reason: z.string().nullish() }).optional().catch(undefined),
  }),
});

/** Answers that the same request may not get again later. */
const OVERLOADED: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
/** Answers of a node that would do the same request later: it has not begun with this one. */
const BUSY: ReadonlySet<number> = new Set([429, 503]);
/** Answers to a document that say that it will never be taken: malformed for its mapping, or too large. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413]);
/** An index that may not be written to: by an administrator, or since a disk is full. */
const BLOCKED = 'cluster_block_exception';

/** The error of a failed request `what` to `address`. */
export function toAppError(what: string, address: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const failed = `could not ${what} (${address})`;
  if (error instanceof UnfitAnswer) return new AppError(error.code, `${failed}: ${error.message}`);
  if (error instanceof errors.DeserializationError) {
    return new AppError('store_rejected', `${failed}: the answer is no JSON that can be read`);
  }
  if (error instanceof errors.ResponseError) return ofResponse(failed, error);
  if (error instanceof errors.TimeoutError) {
    return new AppError('timeout', `${failed}: no answer in time`, { retryable: true });
  }
  if (error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError) {
    return new AppError('store_unavailable', `${failed}: ${inWords(error.message)}`, { retryable: true });
  }
  if (error instanceof errors.ProductNotSupportedError) {
    return new AppError('store_rejected', `${failed}: the server is not Elasticsearch`);
  }
  return new AppError('internal', `${failed}: ${error instanceof Error ? error.message : String(error)}`);
}

/** What the ends of a connection say that do not speak the same, with what to do. */
const MISMATCHES: readonly (readonly [RegExp, string])[] = [
  [
    /wrong version number|packet length too long|http request/i,
    'the server speaks no TLS: write http:// instead of https:// in elasticsearch.url, or turn on TLS there',
  ],
  [
    /self.signed certificate|unable to (get|verify)|unable_to_(get|verify)/i,
    'the certificate of the server is signed by nobody known: name the authority in elasticsearch.caFile or caFingerprint',
  ],
  [
    /ERR_TLS_CERT_ALTNAME|altnames/i,
    'the certificate of the server is for another name: use the name in it in elasticsearch.url',
  ],
  [
    /socket hang up|ECONNRESET|other side closed|Parse Error/i,
    'the server closed the connection: where it speaks TLS, write https:// in elasticsearch.url',
  ],
  [/ECONNREFUSED/, 'nobody listens there: check elasticsearch.url and whether Elasticsearch runs'],
  [/ENOTFOUND|EAI_AGAIN/, 'the name is not known: check elasticsearch.url and the name service'],
];

/** The words of the TLS library are for its makers; what is plain stays beside the remedy. */
function inWords(message: string): string {
  const known = MISMATCHES.find(([words]) => words.test(message));
  if (known === undefined) return message;
  return /:error:[0-9A-F]{8}:/.test(message) ? known[1] : `${message}; ${known[1]}`;
}

/** Whether Elasticsearch has refused a request for want of resources or of a part that is coming up. */
export function isBusy(error: unknown): boolean {
  return error instanceof errors.ResponseError && BUSY.has(error.statusCode ?? 0);
}

/** The error of a single item of a request that went well. */
export function errorOfItem(
  what: string,
  status: number,
  error: { readonly type?: string; readonly reason?: string | null } = {},
): AppError {
  return ofStatus(`could not ${what}`, status, error.type ?? '', error.reason ?? '');
}

/** Whether a document that was refused with this status will be refused again whatever is waited for. */
export function isRefusal(status: number): boolean {
  return REFUSALS.has(status);
}

function ofResponse(failed: string, error: InstanceType<typeof errors.ResponseError>): AppError {
  const parsed = bodySchema.safeParse(error.body);
  const type = parsed.success ? parsed.data.error.type : '';
  const { date, 'retry-after': retryAfter } = error.headers ?? {};
  const wait = retryAfterMs(retryAfter, Date.parse(String(date)));
  return ofStatus(failed, error.statusCode ?? 0, type, reasonOf(parsed.data), wait);
}

function ofStatus(failed: string, status: number, type: string, detail: string, wait?: number): AppError {
  const message = `${failed}: ${detail === '' ? `status ${String(status)}` : detail}`;
  const retryable = { retryable: true, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  if (type === BLOCKED) {
    return new AppError('store_unavailable', `${withoutEnd(message)}; ${unblock(detail)}`, retryable);
  }
  if (status === 401) return new AppError('unauthorized', message);
  if (status === 403) return new AppError('unauthorized', `${failed}: ${missingPrivilege(detail) ?? detail}`);
  if (status === 404) return new AppError('not_found', message);
  if (status === 409) return new AppError('store_conflict', message);
  if (status === 413) return new AppError('too_large', message);
  if (OVERLOADED.has(status)) return new AppError('store_unavailable', message, retryable);
  return new AppError('store_rejected', message);
}

/** What a block asks for: Elasticsearch names it with its number, and the index where it is of one. */
function unblock(detail: string): string {
  if (/disk usage|flood.?stage|read-only-allow-delete/i.test(detail)) {
    return 'free disk space, and Elasticsearch lifts the block by itself; it can be set by hand too (blocks.read_only_allow_delete)';
  }
  const index = /index \[([^\]]+)\] blocked/.exec(detail)?.[1];
  if (index === undefined) {
    return 'lift the block of the cluster: PUT _cluster/settings with "cluster.blocks.read_only": null, persistent or transient';
  }
  return `lift the block of the index: PUT ${index}/_settings with "index.blocks.read", "index.blocks.write" or "index.blocks.read_only": null, whichever is set`;
}

/** Elasticsearch ends the list of its blocks with punctuation. */
function withoutEnd(message: string): string {
  return message.replace(/[;:,\s]+$/, '');
}

function reasonOf(body: z.infer<typeof bodySchema> | undefined): string {
  if (body === undefined) return '';
  const { type, reason, root_cause, caused_by } = body.error;
  const reasons = [reason, ...root_cause.map((cause) => cause.reason), caused_by?.reason];
  return [type, ...new Set(reasons.filter((text) => typeof text === 'string'))].join(': ');
}
