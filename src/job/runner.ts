/**
 * One tick of a job: plan what is due, run it in order, remember, send.
 */
import type { Logger } from 'pino';
import type { EventSource } from '../collect/ports.js';
import type { ResultStore } from '../decide/ports.js';
import type { WindowRecord } from '../domain/anomaly.js';
import type { Clock } from '../domain/clock.js';
import { windowStart, type Window } from '../domain/window.js';
import { beginOfHistory } from './history.js';
import type { DetectionJob } from './job.js';
import { ReadAhead } from './read-ahead.js';
import type { JobLog } from './log.js';
import type { ReadCheck } from './read-check.js';
import { countRange, planWindows, type Plan, type PlannedWindow } from './plan.js';
import type { KeepUp } from './keep-up.js';

/** What a tick came to: nothing is left to do, or there is more and the next tick follows at once. */
export type TickResult = 'idle' | 'more';

/** What a runner works with. Lengths are milliseconds. */
export interface JobRunnerParts {
  readonly name: string;
  readonly job: DetectionJob;
  readonly events: EventSource;
  readonly results: ResultStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Tells how far the job is. */
  readonly log: JobLog;
  readonly queryDelayMs: number;
  /** Longest history that a first model is learned from: one absurd time must not stretch it over decades. */
  readonly historyMs: number;
  /** How late a document may come and still be read. */
  readonly horizonMs: number;
  /** Shortest time between two readings of a window. */
  readonly settleMs: number;
  /** How often to look for late documents over all of the horizon. */
  readonly lateCheckMs: number;
  /** Event time beyond which nothing is run. */
  readonly untilMs: number;
  /** Tells what the job will cost, from what there is; called once, before it starts. */
  readonly estimate?: (range: Window, signal: AbortSignal) => Promise<void>;
  /** Watches the bound of what may be read; absent where there is none. */
  readonly keepUp?: KeepUp;
  /** Watches whether what is read is understood. */
  readonly readCheck: ReadCheck;
  /** Sends what was announced; must not hold up the next window. */
  send(): void;
  /** Most windows run before a commit, which bounds what a crash repeats. */
  readonly windowsPerTick: number;
  /** Sees each window that was run or skipped. */
  onWindow(record: WindowRecord): void;
}

/** How far back every tick looks for late documents. */
const LOOKBACK_MS = 3_600_000;
/** Waits between attempts to learn where nothing could be learned: each twice the one before, up to an hour. */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** Runs the windows of a job as they come due. */
export class JobRunner {
  private checkedMs = -Infinity;
  private isEstimated = false;
  /** End of the newest window that is done, or known to be empty. */
  private doneMs: number | undefined;
  private begin: { readonly of: number; readonly ms: number } | undefined;

  /** Until when nothing is learned again, and for how long then, where nothing could be learned. */
  private readonly pause = { untilMs: -Infinity, nextMs: FIRST_PAUSE_MS };

  constructor(private readonly parts: JobRunnerParts) {}

  /** Lets go of what is in memory: another service has run the job meanwhile. */
  forget(): void {
    this.parts.job.forget();
    this.parts.log.restart();
    this.checkedMs = -Infinity;
    this.doneMs = undefined;
  }

  /** Windows that are due and not done, as far as the last tick has seen; undefined before the first one. */
  get waiting(): number | undefined {
    if (this.doneMs === undefined) return undefined;
    return Math.max(0, Math.floor((this.dueMs - this.doneMs) / this.parts.job.windowLengthMs));
  }

  /** Runs due windows, at most a bounded number; `more` where there are others. */
  async tick(signal: AbortSignal): Promise<TickResult> {
    const { job, windowsPerTick } = this.parts;
    const { dueMs } = this;
    const { events, readCheck } = this.parts;
    const history = await this.history();
    if (history) readCheck.events(true);
    else readCheck.events(false, await events.absence());
    if (!history) {
      readCheck.review(events.leftOut());
      this.doneMs = dueMs;
      return 'idle';
    }
    const fresh = job.current === undefined;
    if (!this.isEstimated) await this.parts.estimate?.(history, signal);
    this.isEstimated = true;
    const onFirst = (record: WindowRecord): void => {
      this.parts.log.firstLook();
      this.note(record);
    };
    await job.prepare(history, signal, this.isPast(history.end) ? undefined : onFirst);
    if (fresh) this.noteModel();
    const plan = await this.plan(history.end);
    const planned = plan.windows;
    const ran = await this.runNext(plan, signal);
    const again = await this.runAgain(planned, signal);
    if (ran < windowsPerTick) await this.relearn(history, signal);
    this.parts.keepUp?.review();
    readCheck.review(events.leftOut());
    const isMore = ran + again >= windowsPerTick && !signal.aborted;
    this.doneMs = isMore ? job.nextMs : dueMs;
    if (ran === plan.waiting) this.parts.log.caughtUp(history.end);
    return isMore ? 'more' : 'idle';
  }

  /** Whether nobody waits for the newest windows: they are of long ago, or the run ends with them. */
  private isPast(endMs: number): boolean {
    const { clock, queryDelayMs, untilMs, horizonMs } = this.parts;
    const nowMs = clock.now();
    return nowMs - queryDelayMs >= untilMs || nowMs - endMs >= horizonMs;
  }

  /** End of the last window that is due now. */
  private get dueMs(): number {
    const { job, clock, queryDelayMs, untilMs } = this.parts;
    return windowStart(Math.min(clock.now() - queryDelayMs, untilMs), job.windowLengthMs);
  }

  /** Event time there is, up to the last due window; undefined before there is a whole window. */
  private async history(): Promise<Window | undefined> {
    const { job, horizonMs } = this.parts;
    const due = this.dueMs;
    // To ask for the range of all events is dear, and a job that is up to date need not know.
    const fitted = job.current?.origin;
    if (fitted && !fitted.selfTrained && due - job.nextMs <= horizonMs) {
      return { start: job.nextMs, end: due };
    }
    return this.wholeHistory(due);
  }

  private async wholeHistory(due: number): Promise<Window | undefined> {
    const { job, events, historyMs } = this.parts;
    const { windowLengthMs } = job;
    const range = await events.range({ beforeMs: due, spanMs: historyMs });
    if (!range) return undefined;
    const end = Math.min(windowStart(range.end - 1, windowLengthMs) + windowLengthMs, due);
    const start = windowStart(Math.max(range.start, end - historyMs), windowLengthMs);
    return { start: await this.beginOf({ start, end }), end };
  }

  /** Where what can be learned from begins; looked up once for each first window. */
  private async beginOf(range: Window): Promise<number> {
    const { events, job } = this.parts;
    if (this.begin?.of !== range.start) {
      const counts = await events.count(range, job.windowLengthMs);
      this.begin = { of: range.start, ms: beginOfHistory(counts, range) };
    }
    return this.begin.ms;
  }

  private async plan(dueMs: number): Promise<Plan> {
    const { job, events, results, clock, queryDelayMs, untilMs, name } = this.parts;
    const { horizonMs, settleMs, lateCheckMs, windowsPerTick } = this.parts;
    const nowMs = clock.now();
    // At the end of a run that has one, nothing is left for later.
    const last = nowMs - queryDelayMs >= untilMs;
    const whole = last || nowMs - this.checkedMs >= lateCheckMs || nowMs < this.checkedMs;
    const lookbackMs = whole ? horizonMs : Math.min(horizonMs, LOOKBACK_MS);
    const { nextMs: frontier, firstMs, windowLengthMs } = job;
    const range = countRange({ frontier, firstMs, lookbackMs, dueMs, windowLengthMs });
    if (range.start >= range.end) return { windows: [], waiting: 0, dirtyLeft: 0 };
    const counts = await events.count(range, windowLengthMs);
    const plan = planWindows({
      range,
      counts,
      leftOut: new Set(events.leftOut().map(({ source }) => source)),
      records: await results.records(name, range),
      frontier,
      nowMs: Math.min(nowMs, untilMs + queryDelayMs),
      windowLengthMs,
      queryDelayMs,
      // Nobody waits for the newest windows of a run that ends in the past.
      newestMs: last ? 0 : horizonMs,
      settleMs: last ? 0 : settleMs,
      limit: windowsPerTick,
    });
    // Those left lie beyond what the next tick would look at by itself.
    if (whole && plan.dirtyLeft === 0) this.checkedMs = nowMs;
    return plan;
  }

  /** Runs what lies ahead, and writes down where the job then stands. @returns how many windows were read */
  private async runNext({ windows: planned, waiting }: Plan, signal: AbortSignal): Promise<number> {
    const { job, events, log, windowsPerTick } = this.parts;
    log.waiting(waiting, planned.filter(({ kind }) => kind === 'ahead').length, windowsPerTick);
    const ahead = new ReadAhead(
      events,
      planned.filter(({ kind }) => kind === 'new' || kind === 'ahead'),
    );
    let ran = 0;
    try {
      for (const entry of planned) {
        if (signal.aborted) break;
        if (entry.kind === 'empty') this.parts.onWindow(await job.skip(entry.window));
        else if (entry.kind === 'ahead') this.note(await job.runAhead(entry, signal, ahead));
        else if (entry.kind === 'new') {
          const record = await job.run(entry, signal, ahead);
          this.parts.keepUp?.note(record, false);
          this.note(record);
          ran++;
          log.left(waiting - ran);
        }
      }
    } finally {
      await ahead.close();
    }
    if (ran > 0) await job.commit();
    return ran;
  }

  /** Reads windows again that documents came late for. */
  private async runAgain(planned: readonly PlannedWindow[], signal: AbortSignal): Promise<number> {
    const dirty = planned.filter(({ kind }) => kind === 'dirty');
    if (dirty.length === 0 || signal.aborted) return 0;
    let ran = 0;
    for await (const record of this.parts.job.runAgain(dirty, signal)) {
      this.parts.keepUp?.note(record, true);
      this.note(record);
      ran++;
    }
    return ran;
  }

  private note(record: WindowRecord): void {
    const { logger, name: job, send, onWindow } = this.parts;
    const { counted, late, anomalies, revision, reason } = record;
    const window = new Date(record.window.start).toISOString();
    logger.debug({ job, window, counted, late, anomalies, revision, reason }, 'window done');
    this.parts.readCheck.note(record);
    onWindow(record);
    if (anomalies > 0) send();
  }

  private async relearn(history: Window, signal: AbortSignal): Promise<void> {
    const { job, logger, name, clock } = this.parts;
    if (!job.isOutgrown(history)) return;
    if (!job.hasLearned && clock.now() < this.pause.untilMs) return;
    if (job.hasLearned)
      logger.info({ job: name }, 'history has doubled since the model was fitted; fitting a new one');
    await job.relearn(history, signal);
    this.noteModel();
  }

  /** Tells of a model; where it knows nothing, the history is not read again at once. */
  private noteModel(): void {
    const { job, logger, name, clock } = this.parts;
    if (job.hasLearned) {
      this.pause.nextMs = FIRST_PAUSE_MS;
      this.logModel();
      return;
    }
    if (this.pause.nextMs === FIRST_PAUSE_MS)
      logger.warn({ job: name }, 'nothing could be learned: no event of the history was understood');
    this.pause.untilMs = clock.now() + this.pause.nextMs;
    this.pause.nextMs = Math.min(2 * this.pause.nextMs, LONGEST_PAUSE_MS);
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
