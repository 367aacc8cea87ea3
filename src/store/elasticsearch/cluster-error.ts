/**
 * What the client throws, as errors of ours. The client's own errors carry the request with its
 * headers, so they are never passed on, not even as a cause.
 */
import { errors } from '@elastic/elasticsearch';
import { z } from 'zod';
import { AppError } from '../../domain/error.js';

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

/** The error of a failed request `what` to `address`. */
export function toAppError(what: string, address: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const failed = `could not ${what} (${address})`;
  if (error instanceof errors.ResponseError) return ofResponse(failed, error);
  if (error instanceof errors.TimeoutError) {
    return new AppError('timeout', `${failed}: no answer in time`, { retryable: true });
  }
  if (error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError) {
    return new AppError('store_unavailable', `${failed}: ${error.message}`, { retryable: true });
  }
  if (error instanceof errors.ProductNotSupportedError) {
    return new AppError('store_rejected', `${failed}: the server is not Elasticsearch`);
  }
  return new AppError('internal', `${failed}: ${error instanceof Error ? error.message : String(error)}`);
}

/** The error of a single item that was refused with `status` in a request that went well. */
export function ofStatus(failed: string, status: number, detail: string): AppError {
  const message = detail === '' ? `${failed}: status ${String(status)}` : `${failed}: ${detail}`;
  if (status === 401 || status === 403) return new AppError('unauthorized', message);
  if (status === 404) return new AppError('not_found', message);
  if (status === 409) return new AppError('store_conflict', message);
  if (OVERLOADED.has(status)) return new AppError('store_unavailable', message, { retryable: true });
  return new AppError('store_rejected', message);
}

/** Whether a refusal with this status may not be repeated if asked again a little later. */
export function isOverloaded(status: number): boolean {
  return OVERLOADED.has(status);
}

function ofResponse(failed: string, error: InstanceType<typeof errors.ResponseError>): AppError {
  return ofStatus(failed, error.statusCode ?? 0, reasonOf(error.body));
}

function reasonOf(body: unknown): string {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return '';
  const { type, reason, root_cause, caused_by } = parsed.data.error;
  const reasons = [reason, ...root_cause.map((cause) => cause.reason), caused_by?.reason];
  return [type, ...new Set(reasons.filter((text) => typeof text === 'string'))].join(': ');
}
