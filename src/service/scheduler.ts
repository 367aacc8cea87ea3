/**
 * Ticks on a cron schedule, one at a time.
 */
import { createTask, type Logger as CronLogger, type ScheduledTask } from 'node-cron';
import type { Clock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import type { TickResult } from '../job/runner.js';
import type { Logger } from '../observe/logger.js';

/** When to tick. */
export interface SchedulerOptions {
  /** Names the schedule in log lines. */
  readonly name: string;
  /** Cron expression of five fields, or six with seconds first. */
  readonly cron: string;
  /** IANA zone that the expression is read in. */
  readonly timeZone: string;
}

/** What a scheduler works with. */
export interface SchedulerDependencies {
  /** One round of work. It should stop soon after `signal` is aborted, leaving nothing half done. */
  readonly tick: (signal: AbortSignal) => Promise<TickResult>;
  /** Called with each tick's outcome, for metrics. */
  readonly onTick?: (outcome: 'done' | 'failed') => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How a stop ended: the tick in hand was done, gave up when told, or did not react at all. */
export type StopOutcome = 'finished' | 'aborted' | 'abandoned';

/** How long a tick may take to react to its signal. */
const ABORT_GRACE_MS = 2_000;
/** How often the clock is looked at, and how far it must have gone back to matter. */
const CLOCK_CHECK_MS = 10_000;
const CLOCK_STEP_MS = 1_000;

/**
 * Runs ticks that never overlap. A beat that falls into a tick, or that a busy process missed, is
 * made up for by one tick right after it; a tick that fails is tried again at the next beat, and it is
 * for whoever ticks to tell of it. The guard is our own, since node-cron's `noOverlap` drops the beat and does not know of
 * {@link runNow}.
 */
export class Scheduler {
  private readonly task: ScheduledTask;
  private readonly abort = new AbortController();
  private running: Promise<'idle' | 'failed'> | undefined;
  private wanted = false;
  private stopping = false;
  private watch: NodeJS.Timeout | undefined;
  private offsetAtBeat = 0;
  private beats = 0;

  /** @throws AppError `invalid_option` for a cron expression or zone that node-cron does not know */
  constructor(
    private readonly options: SchedulerOptions,
    private readonly dependencies: SchedulerDependencies,
  ) {
    const beat = (): void => {
      this.beat();
    };
    this.task = createCronTask(options, dependencies.logger, beat);
    this.task.on('execution:missed', beat);
  }

  /** Begins to follow the schedule. */
  start(): void {
    this.offsetAtBeat = this.clockOffset();
    void this.task.start();
    this.watch = this.watchClock();
    this.dependencies.logger.info(
      { schedule: this.options.name, cron: this.options.cron },
      'schedule started',
    );
  }

  /**
   * Ticks now, after the tick in hand if there is one, until there is nothing more to do.
   * @returns `failed` where a tick failed
   * @throws AppError `busy` after {@link stop}
   */
  async runNow(): Promise<'idle' | 'failed'> {
    if (this.stopping) throw new AppError('busy', `the schedule "${this.options.name}" has been stopped`);
    return this.request();
  }

  /**
   * Ends the schedule for good. The tick in hand has `graceMs` to finish, then its signal is
   * aborted; resolves in any case, shortly after the grace at the latest.
   */
  async stop(graceMs: number): Promise<StopOutcome> {
    this.stopping = true;
    clearInterval(this.watch);
    await this.task.destroy();
    if (await settledWithin(this.running, graceMs)) return 'finished';
    this.abort.abort(new AppError('busy', `the schedule "${this.options.name}" is stopping`));
    if (await settledWithin(this.running, ABORT_GRACE_MS)) return 'aborted';
    this.dependencies.logger.error(
      { schedule: this.options.name },
      'a tick did not react to the stop and was abandoned',
    );
    return 'abandoned';
  }

  private beat(): void {
    this.beats++;
    this.offsetAtBeat = this.clockOffset();
    if (!this.stopping) void this.request();
  }

  private request(): Promise<'idle' | 'failed'> {
    this.wanted = true;
    this.running ??= Promise.resolve().then(() => this.tickWhileWanted());
    return this.running;
  }

  private async tickWhileWanted(): Promise<'idle' | 'failed'> {
    try {
      while (this.wanted && !this.stopping) {
        this.wanted = false;
        const outcome = await this.tickOnce();
        if (outcome === 'failed') return 'failed';
        if (outcome === 'more') this.wanted = true;
      }
      return 'idle';
    } finally {
      this.running = undefined;
    }
  }

  private async tickOnce(): Promise<TickResult | 'failed'> {
    const { tick, onTick, logger } = this.dependencies;
    try {
      const result = await tick(this.abort.signal);
      onTick?.('done');
      return result;
    } catch (error) {
      if (this.abort.signal.aborted) return 'idle';
      logger.debug({ err: error, schedule: this.options.name }, 'a tick failed; the next one tries again');
      onTick?.('failed');
      return 'failed';
    }
  }

  /**
   * node-cron waits for an instant, and for as long as that seemed when it last looked at the clock: after
   * a clock is set back by an hour it would stay silent for that hour, even where the clock came right again
   * meanwhile. Restarting the task makes it compute its next beat anew. That is done where the clock is
   * behind what it was at the last beat, and where a beat that was due by the steady time has not come.
   */
  private watchClock(): NodeJS.Timeout {
    let { beats } = this;
    let dueMs = this.nextBeatMs();
    const watch = setInterval(() => {
      const stepMs = this.clockOffset() - this.offsetAtBeat;
      if (stepMs < -CLOCK_STEP_MS) this.restart('the clock was set back', { stepMs: Math.round(stepMs) });
      else if (this.beats === beats && performance.now() > dueMs + CLOCK_STEP_MS) {
        this.restart('a beat is missing: the clock was set');
      }
      ({ beats } = this);
      dueMs = this.nextBeatMs();
    }, CLOCK_CHECK_MS);
    return watch.unref();
  }

  private restart(reason: string, details: object = {}): void {
    this.dependencies.logger.warn({ schedule: this.options.name, ...details }, reason);
    void this.task.stop();
    void this.task.start();
    this.beat();
  }

  /** When the next beat is due, in steady time. */
  private nextBeatMs(): number {
    const [next] = this.task.getNextRuns(1);
    return next === undefined ? Infinity : next.getTime() - this.clockOffset();
  }

  /** The clock against what goes on steadily, milliseconds. */
  private clockOffset(): number {
    return this.dependencies.clock.now() - performance.now();
  }
}

function createCronTask(
  { name, cron, timeZone }: SchedulerOptions,
  logger: Logger,
  beat: () => void,
): ScheduledTask {
  try {
    const options = { name, timezone: timeZone, logger: cronLogger(logger), suppressMissedWarning: true };
    const task = createTask(cron, beat, options);
    task.getNextRuns(1); // it looks at the zone only now
    return task;
  } catch (cause) {
    const expected = 'expected a cron expression such as "*/30 * * * * *" and an IANA time zone';
    throw new AppError('invalid_option', `schedule "${name}": "${cron}" in "${timeZone}": ${expected}`, {
      cause,
    });
  }
}

/** node-cron writes to the console unless told otherwise. */
function cronLogger(logger: Logger): CronLogger {
  return {
    info: (message) => {
      logger.info(message);
    },
    warn: (message) => {
      logger.warn(message);
    },
    error: (message, cause) => {
      logger.error({ err: cause ?? message }, String(message));
    },
    debug: (message, cause) => {
      logger.debug({ err: cause ?? message }, String(message));
    },
  };
}

async function settledWithin(work: Promise<unknown> | undefined, ms: number): Promise<boolean> {
  if (work === undefined) return true;
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, ms);
  });
  try {
    return await Promise.race([work.then(() => true), expired]);
  } finally {
    clearTimeout(timer);
  }
}
