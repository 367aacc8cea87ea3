/**
 * How long what Elasticsearch is too busy for is tried again.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppError } from '../../domain/error.js';
import { Random } from '../../domain/random.js';

/** Attempts and waits; waits have full jitter, so that many callers do not come back at once. */
export interface RetryOptions {
  /** (Default: 6) */
  readonly attempts: number;
  /** Longest first wait, milliseconds; it doubles with each attempt. (Default: 200) */
  readonly firstWaitMs: number;
  /** Longest wait, also of what `Retry-After` asks for. (Default: 10,000) */
  readonly longestWaitMs: number;
}

const RETRY: RetryOptions = { attempts: 6, firstWaitMs: 200, longestWaitMs: 10_000 };

/** Waits between the attempts at one thing. */
export class Patience {
  private readonly random = new Random(randomInt(2 ** 32));

  constructor(private readonly options: RetryOptions = RETRY) {}

  /**
   * Waits before the attempt after `attempt` (from 1): a random part of a span that doubles, and what
   * the failure asks for.
   * @throws `failure` where there is no further attempt; the signal's reason as soon as it is aborted
   */
  async wait(attempt: number, failure: AppError, signal?: AbortSignal): Promise<void> {
    const { attempts, firstWaitMs, longestWaitMs } = this.options;
    if (attempt >= attempts) throw failure;
    const jitterMs = this.random.next() * firstWaitMs * 2 ** (attempt - 1);
    const waitMs = Math.min(longestWaitMs, (failure.retryAfterMs ?? 0) + jitterMs);
    await delay(waitMs, undefined, signal === undefined ? {} : { signal }).catch(() => {
      signal?.throwIfAborted();
    });
  }
}
