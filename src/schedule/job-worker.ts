/**
 * One job of the service: its lease, its schedule, and what is sent for it. Jobs share nothing that
 * one of them could hold up.
 */
import type { Deliverer } from '../alert/deliver.js';
import type { Clock } from '../domain/clock.js';
import type { Health } from '../observe/health.js';
import type { Logger } from '../observe/logger.js';
import { BackgroundWork } from './background-work.js';
import type { JobRunner } from './job-runner.js';
import type { Lease } from './lease.js';
import { Scheduler, type SchedulerOptions, type TickResult } from './scheduler.js';

/** What a worker works with. */
export interface JobWorkerParts {
  readonly job: string;
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
  /** What the health of a part of it is called. */
  readonly checkName: (part: 'windows' | 'notifications') => string;
  readonly onTick: (outcome: 'done' | 'failed') => void;
}

/** Wait for the window in hand at a stop, before it is abandoned. */
const STOP_GRACE_MS = 10_000;

/** Runs a job until it is stopped, or until the end of a run that has one. */
export class JobWorker {
  private readonly scheduler: Scheduler;
  private readonly background = new BackgroundWork();
  /** Of the lease that the state in memory was taken up under. */
  private epoch = 0;
  private finish: () => void = () => undefined;
  /** Resolves at the end of a run that has one, or after {@link stop}. */
  readonly finished = new Promise<void>((resolve) => (this.finish = resolve));

  constructor(private readonly parts: JobWorkerParts) {
    const { schedule, onTick, clock, logger } = parts;
    this.scheduler = new Scheduler(schedule, { tick: (signal) => this.tick(signal), onTick, clock, logger });
  }

  /** Begins; what goes wrong is told and tried again. */
  async start(): Promise<void> {
    const { lease } = this.parts;
    // A first look, so that a service that is alone begins at once; where it fails, others follow.
    await lease?.look().catch(() => undefined);
    if (this.background.signal.aborted) return;
    lease?.start();
    this.send();
    this.scheduler.start();
    this.background.add(this.scheduler.runNow());
  }

  /** Sends what is pending, beside everything else. @param past see {@link Deliverer.deliver} */
  send(past: 'send' | 'hold' = 'hold'): void {
    const { job, deliverer, lease, health, logger, checkName } = this.parts;
    if (lease && !lease.held) return;
    const check = checkName('notifications');
    const delivered = deliverer.deliver(job, this.background.signal, past).then(() => {
      health.pass(check);
    });
    this.background.add(delivered, (error) => {
      health.fail(check, messageOf(error));
      logger.error({ err: error, job }, 'what was sent could not be recorded; the next tick tries again');
    });
  }

  /** Finishes or abandons the window in hand, and what is being sent. */
  async stop(): Promise<void> {
    await this.scheduler.stop(STOP_GRACE_MS);
    await this.background.stop();
    await this.parts.lease?.stop();
    this.finish();
  }

  /** Whether this service runs the job now; what was in memory before it was elsewhere is let go. */
  private isOurs(): boolean {
    const { lease, runner, health, checkName } = this.parts;
    if (!lease) return true;
    if (!lease.held) {
      health.pass(checkName('windows'));
      return false;
    }
    if (lease.epoch !== this.epoch) runner.forget();
    this.epoch = lease.epoch;
    return true;
  }

  private async tick(signal: AbortSignal): Promise<TickResult> {
    if (!this.isOurs()) return 'idle';
    const { runner, keepHouse, health, checkName, untilMs, queryDelayMs, clock } = this.parts;
    const check = checkName('windows');
    try {
      const result = await runner.tick(signal);
      health.pass(check);
      await keepHouse();
      // As long as there is more to do, more may be found of the past.
      this.send(result === 'idle' ? 'send' : 'hold');
      if (result === 'idle' && clock.now() - queryDelayMs >= untilMs) void this.complete();
      return result;
    } catch (error) {
      if (!signal.aborted) health.fail(check, messageOf(error));
      throw error;
    }
  }

  /** The end of a run that has one: everything that was found has been sent. */
  private async complete(): Promise<void> {
    const { deliverer, job } = this.parts;
    // What another call has in hand is left to it, with its waits.
    await this.background.settled();
    await deliverer.deliver(job, this.background.signal).catch(() => undefined);
    this.finish();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
