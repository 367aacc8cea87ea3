/**
 * One job of the service: its lease, its schedule, and what is sent for it. Jobs share nothing that
 * one of them could hold up.
 */
import type { Deliverer } from '../alert/deliver.js';
import type { Clock } from '../domain/clock.js';
import type { Health } from '../observe/health.js';
import type { Logger } from '../observe/logger.js';
import { BackgroundWork } from './background-work.js';
import type { JobRunner, TickResult } from '../job/runner.js';
import type { Lease } from './lease.js';
import { Outage } from './outage.js';
import { Scheduler, type SchedulerOptions } from './scheduler.js';

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
  readonly checkName: (part: 'windows' | 'notifications' | 'lease') => string;
  readonly onTick: (outcome: 'done' | 'failed') => void;
  /** Sees how many windows are due and not done, where that is known. */
  readonly onWaiting: (windows: number) => void;
}

/** Wait for the window in hand at a stop, before it is abandoned. */
const STOP_GRACE_MS = 10_000;

/** Runs a job until it is stopped, or until the end of a run that has one. */
export class JobWorker {
  private readonly scheduler: Scheduler;
  private readonly background = new BackgroundWork();
  private readonly outage: Outage;
  /** Of the lease that the state in memory was taken up under. */
  private epoch = 0;
  private finish: () => void = () => undefined;
  /** Resolves at the end of a run that has one, or after {@link stop}. */
  readonly finished = new Promise<void>((resolve) => (this.finish = resolve));

  constructor(private readonly parts: JobWorkerParts) {
    const { schedule, onTick, clock, logger, job, runner } = parts;
    this.outage = new Outage({ job, waiting: () => runner.waiting, clock, logger });
    this.scheduler = new Scheduler(schedule, { tick: (signal) => this.tick(signal), onTick, clock, logger });
  }

  /** Begins; what goes wrong is told and tried again. */
  async start(): Promise<void> {
    const { lease, health, checkName } = this.parts;
    health.fail(checkName('windows'), 'has not looked for windows yet');
    // A first look, so that a service that is alone begins at once; where it fails, others follow.
    if (lease) await this.lookAt(lease);
    if (this.background.signal.aborted) return;
    lease?.start((trouble) => {
      this.sawLease(trouble);
    });
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

  private async lookAt(lease: Lease): Promise<void> {
    try {
      await lease.look();
      this.sawLease(undefined);
    } catch (error) {
      this.sawLease(error);
    }
  }

  /** @param trouble why the lease could not be looked at or renewed; undefined where it could */
  private sawLease(trouble: unknown): void {
    const { health, checkName } = this.parts;
    const check = checkName('lease');
    if (this.background.signal.aborted) return;
    if (trouble === undefined) {
      health.pass(check);
      this.outage.clear('lease');
    } else {
      health.fail(check, messageOf(trouble));
      this.outage.note('lease', trouble);
    }
  }

  /** Whether this service runs the job now; what was in memory before it was elsewhere is let go. */
  private isOurs(): boolean {
    const { lease, runner, health, checkName } = this.parts;
    if (!lease) return true;
    if (!lease.held) {
      const check = checkName('windows');
      if (lease.elsewhere) {
        health.note(check, 'stands by: another service holds the lease of the job and runs it');
        this.outage.clear('windows');
      } else health.fail(check, 'not run: nobody knows who holds the lease of the job');
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
    const { ended } = this.outage;
    try {
      const result = await runner.tick(signal);
      health.pass(check);
      this.outage.clear('windows');
      await keepHouse();
      // As long as there is more to do, more may be found of the past.
      this.send(result === 'idle' ? 'send' : 'hold');
      if (result === 'idle' && clock.now() - queryDelayMs >= untilMs) void this.complete();
      return result;
    } catch (error) {
      if (!signal.aborted) {
        health.fail(check, this.withWaiting(messageOf(error)));
        this.outage.note('windows', error, ended);
      }
      throw error;
    } finally {
      const { waiting } = runner;
      if (waiting !== undefined) this.parts.onWaiting(waiting);
    }
  }

  private withWaiting(message: string): string {
    const { waiting = 0 } = this.parts.runner;
    return waiting === 0 ? message : `${message} (${String(waiting)} windows wait)`;
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
