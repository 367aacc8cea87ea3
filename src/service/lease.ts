/**
 * The lease of a job: of several services on one store, one runs it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { LEASE_TERM } from '../config/schema.js';
import type { Clock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import { parseJson } from '../domain/json.js';
import type { StateStore, VersionedState } from '../store/ports.js';
import type { Logger } from '../observe/logger.js';
import type { Fence } from '../store/fence.js';

/** What a lease works with. */
export interface LeaseParts {
  readonly job: string;
  /** Tells services apart, and people which one it is: another one for each start of a process. */
  readonly owner: string;
  /** Not fenced: the lease itself is written before it is held. */
  readonly states: StateStore;
  /** Time within which another service takes over from one that is gone, milliseconds. */
  readonly lengthMs: number;
  readonly clock: Clock;
  /** Goes on steadily, also while the process is stopped: `uptimeClock`. */
  readonly uptime: Clock;
  readonly logger: Logger;
}

/** A lease is looked at that many times in its length. */
const LOOKS = 10;
/** Share of its length after which a look that has no answer yet is told. */
const SLOW_LOOK = 0.25;
/** Turns in which that is waited for: a process that is busy meanwhile has not looked whether an answer has come. */
const SLOW_TURNS = 5;

const claimSchema = z.object({
  /** Empty once released. */
  owner: z.string(),
  epoch: z.number(),
  termMs: z.number(),
  /** By the owner's clock: for people, and for the owner itself. */
  expiresAtMs: z.number(),
});

type Claim = z.infer<typeof claimSchema>;

/** What this process holds, with the times at which it surely still does. */
interface Holding {
  readonly epoch: number;
  readonly untilMs: number;
  readonly uptimeUntilMs: number;
}

/**
 * A job's lease, kept as the state `lease:JOB` by compare-and-set. Everything is judged by what
 * nobody can set:
 * - The holder counts its term from before the request that renewed it, by the time since the
 *   machine started, and by the wall clock too, whichever ends first. A process that was stopped,
 *   or slept, past its term finds out at {@link guard}, before it writes.
 * - Another service never compares clocks: it takes over once the claim has stood unchanged for its
 *   whole term by the time since its own start. So a clock that leaps costs a pause, never two owners.
 *
 * A runner uses it so:
 * ```ts
 * const lease = new Lease({ job, owner: randomUUID(), states: store.states, lengthMs, … });
 * const fenced = store.fencedBy(lease); // its writes are preceded by lease.guard()
 * lease.start((trouble) => …);
 * // each tick:
 * if (!lease.held) return 'idle';       // another service runs the job
 * if (lease.epoch !== epoch) { job.forget(); epoch = lease.epoch; } // it was elsewhere meanwhile
 * await job.run(…);                     // throws lease_lost where the lease ends on the way: end the tick
 * // at the end:
 * await lease.stop();                   // another service may take over at once
 * ```
 */
export class Lease implements Fence {
  private holding: Holding | undefined;
  /** Newest version of somebody else's claim, and since when it stands. */
  private seen = { version: 0, sinceMs: 0 };
  private running: Promise<void> | undefined;
  private readonly abort = new AbortController();
  private isElsewhere = false;
  /** Of whom it was told that this service waits for it. */
  private awaited: string | undefined;

  constructor(private readonly parts: LeaseParts) {}

  /** Whether this process may write for the job now. */
  get held(): boolean {
    return this.remainingMs() > 0;
  }

  /** Whether another service held it at the last look that was answered. */
  get elsewhere(): boolean {
    return this.isElsewhere && !this.held;
  }

  /** Number of the claim in hand, 0 without one. Another number than before means that others may have written in between. */
  get epoch(): number {
    return this.holding?.epoch ?? 0;
  }

  guard(): number {
    const remainingMs = this.remainingMs();
    if (remainingMs > 0) return remainingMs;
    throw new AppError(
      'lease_lost',
      `the lease of job "${this.parts.job}" is not held, so nothing is written; another service may be running the job`,
      { retryable: true },
    );
  }

  /**
   * Acquires and renews from now on, until {@link stop}.
   * @param onLook sees after each look why the lease could not be looked at or renewed; undefined where it could
   */
  start(onLook: (trouble: unknown) => void): void {
    this.running ??= this.keep(onLook);
  }

  /** Ends renewing, and releases the lease where it is held. */
  async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
    const held = this.held;
    const epoch = this.epoch;
    this.holding = undefined;
    if (held) await this.release(epoch).catch(() => undefined);
  }

  /**
   * Renews the lease, or acquires it if it is free; one step of what {@link start} does.
   * @returns whether it is held
   * @throws AppError where the store does not answer; what is held stays so until its term ends
   */
  async look(): Promise<boolean> {
    const { states, uptime } = this.parts;
    const stored = await states.getState(this.key);
    const claim = stored && claimOf(stored, this.key);
    if (claim && this.owns(claim)) return this.claim(claim.epoch, stored.version);
    this.drop();
    if (claim && !this.isFree(claim, stored.version, uptime.now())) {
      this.isElsewhere = true;
      this.tellAwaited(claim);
      return false;
    }
    return this.claim((claim?.epoch ?? 0) + 1, stored?.version ?? null);
  }

  private get key(): string {
    return `lease:${this.parts.job}`;
  }

  private remainingMs(): number {
    if (this.holding === undefined) return 0;
    const { clock, uptime } = this.parts;
    return Math.min(this.holding.untilMs - clock.now(), this.holding.uptimeUntilMs - uptime.now());
  }

  /** Also where an answer was lost on the way: the owner is this process and no other. */
  private owns({ owner }: Claim): boolean {
    return owner === this.parts.owner;
  }

  private isFree(claim: Claim, version: number, uptimeMs: number): boolean {
    if (claim.owner === '') return true;
    if (this.seen.version !== version) this.seen = { version, sinceMs: uptimeMs };
    return uptimeMs - this.seen.sinceMs >= claim.termMs;
  }

  private async claim(epoch: number, expected: number | null): Promise<boolean> {
    const { owner, lengthMs, clock, uptime, job, logger } = this.parts;
    const termMs = lengthMs * LEASE_TERM;
    const untilMs = clock.now() + termMs;
    const uptimeUntilMs = uptime.now() + termMs;
    try {
      await this.write({ owner, epoch, termMs, expiresAtMs: untilMs }, expected);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'store_conflict')) throw error;
      this.drop();
      this.isElsewhere = true;
      return false;
    }
    this.isElsewhere = false;
    this.awaited = undefined;
    if (this.holding?.epoch !== epoch) logger.info({ job, epoch }, 'acquired the lease of the job');
    this.holding = { epoch, untilMs, uptimeUntilMs };
    return this.held;
  }

  /** Says once of each holder that this service waits. */
  private tellAwaited({ owner, expiresAtMs }: Claim): void {
    const { job, logger } = this.parts;
    if (this.awaited === owner) return;
    this.awaited = owner;
    const until = new Date(expiresAtMs);
    const time = Number.isNaN(until.getTime()) ? '' : ` until ${until.toISOString().slice(0, 19)}Z`;
    logger.info(
      { job, owner },
      `stands by: service ${owner} holds the lease of the job${time} and renews it while it runs; where it does not, this one takes over soon after`,
    );
  }

  private drop(): void {
    const { job, logger } = this.parts;
    if (this.holding === undefined) return;
    logger.warn({ job, epoch: this.epoch }, 'another service has taken over the job');
    this.holding = undefined;
  }

  private async release(epoch: number): Promise<void> {
    const { states, clock } = this.parts;
    const stored = await states.getState(this.key);
    const claim = stored && claimOf(stored, this.key);
    if (claim && this.owns(claim)) {
      await this.write({ owner: '', epoch, termMs: 0, expiresAtMs: clock.now() }, stored.version);
    }
  }

  private write(claim: Claim, expected: number | null): Promise<number> {
    return this.parts.states.putState(this.key, JSON.stringify(claim), expected);
  }

  private async keep(onLook: (trouble: unknown) => void): Promise<void> {
    const { signal } = this.abort;
    while (!signal.aborted) {
      await this.lookAloud(onLook);
      await delay(this.parts.lengthMs / LOOKS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** A look that tells how it went, also while a server that hangs leaves it without an answer. */
  private async lookAloud(onLook: (trouble: unknown) => void): Promise<void> {
    const slowMs = this.parts.lengthMs * SLOW_LOOK;
    let turns = 0;
    const slow = setInterval(() => {
      if (++turns === SLOW_TURNS) onLook(slowLook(this.parts.job, slowMs));
    }, slowMs / SLOW_TURNS).unref();
    try {
      await this.look();
      onLook(undefined);
    } catch (error) {
      onLook(error);
    } finally {
      clearInterval(slow);
    }
  }
}

function slowLook(job: string, waitedMs: number): AppError {
  const waited = `${String(Math.round(waitedMs / 1000))} s`;
  const message = `the lease of job "${job}" cannot be looked at: no answer for ${waited}`;
  return new AppError('timeout', message, { retryable: true });
}

/** @throws AppError `unsupported_schema` where the claim is none that this version knows */
function claimOf({ value }: VersionedState, key: string): Claim {
  const parsed = claimSchema.safeParse(parseJson(value));
  if (parsed.success) return parsed.data;
  throw new AppError('unsupported_schema', `the state "${key}" is no lease: another version has written it`);
}
