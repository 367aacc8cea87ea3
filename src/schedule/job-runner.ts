/**
 * One tick of a job: plan what is due, run it in order, remember, send.
 */
import type { Logger } from 'pino';
import type { EventSource } from '../collect/ports.js';
import type { ResultStore } from '../decide/ports.js';
import type { WindowRecord } from '../domain/anomaly.js';
import type { Clock } from '../domain/clock.js';
import { windowStart, type Window } from '../domain/window.js';
import type { DetectionJob } from '../pipeline/job.js';
import { planWindows, type PlannedWindow } from './planner.js';
import type { TickResult } from './scheduler.js';

/** What a runner works with. */
export interface JobRunnerParts {
  readonly name: string;
  readonly job: DetectionJob;
  readonly events: EventSource;
  readonly results: ResultStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly windowLengthMs: number;
  readonly queryDelayMs: number;
  /** Longest history that a first model is learned from: one absurd time must not stretch it over decades. */
  readonly historyMs: number;
  /** Event time beyond which nothing is run. */
  readonly untilMs: number;
  /** Sends what was announced; must not hold up the next window. */
  send(): void;
  /** Most windows run before a checkpoint, which bounds what a crash repeats. */
  readonly windowsPerTick: number;
  /** Sees each window that was run or skipped. */
  onWindow(record: WindowRecord): void;
}

/** Runs the windows of a job as they come due. */
export class JobRunner {
  constructor(private readonly parts: JobRunnerParts) {}

  /** Runs due windows, oldest first, at most a bounded number; `more` where there are others. */
  async tick(signal: AbortSignal): Promise<TickResult> {
    const history = await this.history();
    if (!history) return 'idle';
    const { job, logger, name } = this.parts;
    const fresh = job.current === undefined;
    await job.prepare(history, signal);
    if (fresh) this.logModel();
    const planned = await this.plan(history);
    let ran = 0;
    for (const entry of planned) {
      if (signal.aborted) break;
      if (entry.kind === 'empty') this.parts.onWindow(await job.skip(entry.window));
      else {
        await this.run(entry, signal);
        ran++;
      }
    }
    if (ran > 0) await job.checkpoint();
    if (ran < this.parts.windowsPerTick && job.isOutgrown(history)) {
      logger.info({ job: name }, 'history has doubled since the model was fitted; fitting a new one');
      await job.relearn(history, signal);
      this.logModel();
    }
    return ran >= this.parts.windowsPerTick && !signal.aborted ? 'more' : 'idle';
  }

  /** Event time there is, up to the last due window; undefined before there is a whole window. */
  private async history(): Promise<Window | undefined> {
    const { events, clock, queryDelayMs, windowLengthMs, historyMs, untilMs } = this.parts;
    const range = await events.range();
    const due = windowStart(Math.min(clock.now() - queryDelayMs, untilMs), windowLengthMs);
    if (!range || range.start >= due) return undefined;
    const end = Math.min(windowStart(range.end - 1, windowLengthMs) + windowLengthMs, due);
    return { start: windowStart(Math.max(range.start, end - historyMs), windowLengthMs), end };
  }

  private async plan(history: Window): Promise<PlannedWindow[]> {
    const { job, events, results, clock, queryDelayMs, windowLengthMs, untilMs, name } = this.parts;
    const frontier = job.nextMs;
    const range = { start: frontier, end: history.end };
    if (range.start >= range.end) return [];
    return planWindows({
      range,
      counts: await events.count(range, windowLengthMs),
      // Windows beyond the checkpoint that a crash left recorded are run again: the state needs them.
      records: (await results.records(name, range)).filter(({ status }) => status === 'skipped'),
      frontier,
      nowMs: Math.min(clock.now(), untilMs + queryDelayMs),
      windowLengthMs,
      queryDelayMs,
      horizonMs: Infinity,
      limit: this.parts.windowsPerTick,
    }).filter(({ window }) => window.end > frontier);
  }

  private async run({ window, counted }: PlannedWindow, signal: AbortSignal): Promise<void> {
    const { job, logger, name, send, onWindow } = this.parts;
    const record = await job.run(window, counted, signal);
    logger.debug(
      { job: name, window: new Date(window.start).toISOString(), counted, anomalies: record.anomalies },
      'window done',
    );
    onWindow(record);
    if (record.anomalies > 0) send();
  }

  private logModel(): void {
    const { job, logger, name } = this.parts;
    const origin = job.current?.origin;
    if (!origin) return;
    const range = [origin.fittedFromMs, origin.fittedToMs]
      .map((ms) => new Date(ms).toISOString())
      .join(' to ');
    logger.info(
      { job: name, model: origin.id },
      `model fitted on ${range}${origin.selfTrained ? ', which it also scores, for lack of history' : ''}`,
    );
  }
}
