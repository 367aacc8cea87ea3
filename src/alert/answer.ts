/**
 * What an HTTP answer means for a delivery. Pure.
 */
import type { SendResult } from './ports.js';

/** Statuses besides 5xx after which another attempt may succeed: request timeout, too many requests. */
const RETRYABLE: readonly number[] = [408, 429];

/**
 * The outcome that a status and a `Retry-After` header stand for. Only 2xx is success; redirects
 * are failures, since the next address would be the receiver's choice, not the operator's.
 */
export function resultOfAnswer(status: number, retryAfter: unknown, nowMs: number): SendResult {
  const ok = status >= 200 && status < 300;
  const retryable = status >= 500 || RETRYABLE.includes(status);
  const redirect = status >= 300 && status < 400 ? '; redirects are not followed' : '';
  const wait = retryable ? retryAfterMs(retryAfter, nowMs) : undefined;
  return {
    ok,
    retryable,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    detail: `HTTP ${String(status)}${redirect}`,
  };
}

/** Milliseconds of a `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); undefined if it is neither. */
export function retryAfterMs(header: unknown, nowMs: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
