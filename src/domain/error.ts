/**
 * The one error that Elkhound throws on purpose.
 */

/** Closed list of codes; they are part of the API (`code` of a problem) and of log lines. */
export type ErrorCode =
  /** An option of a command has a bad value. */
  | 'invalid_option'
  /** The configuration file has a mistake. */
  | 'invalid_config'
  /** A request asks for something that does not make sense. */
  | 'invalid_request'
  | 'unreadable_file'
  | 'unknown_format'
  /** The store does not answer, or is held by another process. */
  | 'store_unavailable'
  /** Another writer was first. */
  | 'store_conflict'
  /** The right to write for a job is not held, or not surely. */
  | 'lease_lost'
  /** The store refused a write or a query. */
  | 'store_rejected'
  /** One request or document is larger than the store takes. */
  | 'too_large'
  /** Stored data is of a version that this program does not know. */
  | 'unsupported_schema'
  | 'not_found'
  | 'unauthorized'
  | 'rate_limited'
  | 'delivery_failed'
  | 'timeout'
  | 'busy'
  /** An optional package or program is not installed. */
  | 'missing_dependency'
  | 'internal';

/** Details of an {@link AppError}. */
export interface AppErrorOptions {
  /** The same call may succeed later. Default false. */
  readonly retryable?: boolean;
  /** The other side asked for a wait of that many milliseconds. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * An error with a stable code. The message names the option or file, the bad value and what would
 * be right, on one line, and never holds a secret.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    { retryable = false, retryAfterMs, cause }: AppErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}
