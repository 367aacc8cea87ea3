/**
 * Wrong keys: each is counted, and those who go on are asked to wait longer each time.
 */
import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import type { Clock } from '../domain/clock.js';
import type { Logger } from '../observe/logger.js';
import { ProblemError } from './problem.js';

/** What a key is for. */
export type Account = 'apiKey' | 'revealKey';

/** Wrong keys that anybody may send; each further one doubles the wait. */
const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGOTTEN_AFTER_MS = 3_600_000;
const LOG_EVERY_MS = 60_000;
/** Addresses that are remembered; the one that failed least recently makes room. */
const MAX_ADDRESSES = 10_000;

interface Failures {
  readonly count: number;
  readonly lastMs: number;
  readonly waitUntilMs: number;
  /** When they were logged, and how many there have been since. */
  readonly loggedMs: number;
  readonly unlogged: number;
}

/** What failures are told to. */
export interface FailedLoginsParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onFailure: (account: Account) => void;
}

/**
 * Counts by account and address. It is asked after a key was found wrong, never before: the right
 * key and a session pass however many strangers fail at the same address.
 */
export class FailedLogins {
  private readonly failures = new Map<string, Failures>();

  constructor(private readonly parts: FailedLoginsParts) {}

  /** Takes note of a wrong key. @throws ProblemError `rate_limited` for whoever was asked to wait */
  add(account: Account, request: Request): void {
    const { clock, onFailure } = this.parts;
    onFailure(account);
    const nowMs = clock.now();
    const address = request.ip ?? '';
    const key = `${account} ${ipKeyGenerator(address)}`;
    const before = this.knownOf(key, nowMs);
    const count = before.count + 1;
    const isWaiting = nowMs < before.waitUntilMs;
    const waitUntilMs = isWaiting ? before.waitUntilMs : nowMs + waitAfter(count);
    const logged = this.log(account, address, before, nowMs);
    this.remember(key, { count: isWaiting ? before.count : count, lastMs: nowMs, waitUntilMs, ...logged });
    if (!isWaiting) return;
    const seconds = Math.ceil((waitUntilMs - nowMs) / 1000);
    throw new ProblemError('rate_limited', `too many wrong keys; wait ${String(seconds)} seconds`, {
      'Retry-After': String(seconds),
    });
  }

  private knownOf(key: string, nowMs: number): Failures {
    const known = this.failures.get(key);
    if (known !== undefined && nowMs < known.lastMs + FORGOTTEN_AFTER_MS) return known;
    return { count: 0, lastMs: nowMs, waitUntilMs: 0, loggedMs: -Infinity, unlogged: 0 };
  }

  private remember(key: string, failures: Failures): void {
    this.failures.delete(key);
    const [oldest] = this.failures.keys();
    if (this.failures.size >= MAX_ADDRESSES && oldest !== undefined) this.failures.delete(oldest);
    this.failures.set(key, failures);
  }

  /** One line a minute for each address says all that there were. */
  private log(
    account: Account,
    ip: string,
    { loggedMs, unlogged }: Failures,
    nowMs: number,
  ): Pick<Failures, 'loggedMs' | 'unlogged'> {
    if (nowMs < loggedMs + LOG_EVERY_MS) return { loggedMs, unlogged: unlogged + 1 };
    this.parts.logger.warn({ account, failures: unlogged + 1, client: { ip } }, 'a wrong key was sent');
    return { loggedMs: nowMs, unlogged: 0 };
  }
}

function waitAfter(count: number): number {
  if (count <= FREE_FAILURES) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(count - FREE_FAILURES - 1, 30));
}
