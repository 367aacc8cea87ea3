/**
 * The running service: a feed that fills the store, a schedule that closes windows, and what is sent.
 */
import type { Deliverer } from '../alert/deliver.js';
import type { Clock } from '../domain/clock.js';
import type { Health } from '../observe/health.js';
import type { Logger } from '../observe/logger.js';
import type { Feed } from '../pipeline/feed.js';
import type { JobRunner } from './job-runner.js';
import type { Lease } from './lease.js';
import { Scheduler, type SchedulerOptions, type TickResult } from './scheduler.js';

/** What the service works with. */
export interface DetectionServiceParts {
  /** Absent where others fill the store. */
  readonly feed?: Feed;
  /** The right to run the job, where several services share a store. */
  readonly lease?: Lease;
  readonly runner: JobRunner;
  readonly deliverer: Deliverer;
  /** What is done now and then, after a tick. */
  readonly keepHouse: () => Promise<void>;
  readonly schedule: SchedulerOptions;
  /** The run ends when all windows before this event time are done; infinite for a service. */
  readonly untilMs: number;
  readonly queryDelayMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly health: Health;
  readonly onTick: (outcome: 'done' | 'failed') => void;
}

/** Wait for the window in hand at a stop, before it is abandoned. */
const STOP_GRACE_MS = 10_000;

/** Runs a job until it is stopped, or until the end of a run that has one. */
export class DetectionService {
  private readonly abort = new AbortController();
  private readonly scheduler: Scheduler;
  private readonly running = new Set<Promise<unknown>>();
  /** Of the lease that the state in memory was taken up under. */
  private epoch = 0;
  private finish: () => void = () => undefined;
  private readonly finished = new Promise<void>((resolve) => (this.finish = resolve));

  constructor(private readonly parts: DetectionServiceParts) {
    const { schedule, onTick, clock, logger } = parts;
    this.scheduler = new Scheduler(schedule, {
      tick: (signal) => this.tick(signal),
      onTick,
      clock,
      logger,
    });
  }

  /**
   * Runs; resolves at the end of a run that has one, or after {@link stop}.
   * @throws what kept the feed from reading what there is
   */
  async run(): Promise<void> {
    const { feed, health, logger } = this.parts;
    const { signal } = this.abort;
    if (feed) {
      health.fail('feed', 'is reading what there is; windows come after that');
      await feed.catchUp(signal).catch(rethrowUnless(signal));
      if (signal.aborted) return;
      health.pass('feed');
      this.background(feed.follow(signal), (error) => {
        health.fail('feed', messageOf(error));
        logger.error({ err: error }, 'the feed has stopped; events that come from now on are not seen');
      });
    }
    // A first look, so that a service that is alone begins at once; where it fails, others follow.
    await this.parts.lease?.look().catch(() => undefined);
    this.parts.lease?.start();
    this.send();
    this.scheduler.start();
    this.background(this.scheduler.runNow());
    await this.finished;
  }

  /** Sends what is pending, beside everything else. @param past see {@link Deliverer.deliver} */
  send(past: 'send' | 'hold' = 'hold'): void {
    const { deliverer, lease, health, logger } = this.parts;
    if (lease && !lease.held) return;
    const delivered = deliverer.deliver(this.abort.signal, past).then(() => {
      health.pass('notifications');
    });
    this.background(delivered, (error) => {
      health.fail('notifications', messageOf(error));
      logger.error({ err: error }, 'what was sent could not be recorded; the next tick tries again');
    });
  }

  /** Finishes or abandons the window in hand, and what is being sent. */
  async stop(): Promise<void> {
    await this.scheduler.stop(STOP_GRACE_MS);
    this.abort.abort();
    await Promise.allSettled(this.running);
    await this.parts.lease?.stop();
    this.finish();
  }

  /** Whether this service runs the job now; what was in memory before it was elsewhere is let go. */
  private isOurs(): boolean {
    const { lease, runner, health } = this.parts;
    if (!lease) return true;
    if (!lease.held) {
      health.pass('windows');
      return false;
    }
    if (lease.epoch !== this.epoch) runner.forget();
    this.epoch = lease.epoch;
    return true;
  }

  private async tick(signal: AbortSignal): Promise<TickResult> {
    if (!this.isOurs()) return 'idle';
    const { runner, keepHouse, health, untilMs, queryDelayMs, clock } = this.parts;
    try {
      const result = await runner.tick(signal);
      health.pass('windows');
      await keepHouse();
      // As long as there is more to do, more may be found of the past.
      this.send(result === 'idle' ? 'send' : 'hold');
      if (result === 'idle' && clock.now() - queryDelayMs >= untilMs) void this.complete();
      return result;
    } catch (error) {
      if (!signal.aborted) health.fail('windows', messageOf(error));
      throw error;
    }
  }

  /** The end of a run that has one: everything that was found has been sent. */
  private async complete(): Promise<void> {
    await this.parts.deliverer.deliver(this.abort.signal).catch(() => undefined);
    this.finish();
  }

  private background(work: Promise<unknown>, onError: (error: unknown) => void = () => undefined): void {
    const settled = work
      .catch((error: unknown) => {
        if (!this.abort.signal.aborted) onError(error);
      })
      .finally(() => this.running.delete(settled));
    this.running.add(settled);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function rethrowUnless(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}
