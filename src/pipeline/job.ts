/**
 * One job on a store: learns from its history, detects window after window, remembers where it was.
 */
import type { WindowRecord } from '../domain/anomaly.js';
import { AppError } from '../domain/error.js';
import { windowStart, type Window } from '../domain/window.js';
import type { DecideOptions } from '../decide/options.js';
import type { DetectorOptions } from '../detectors/options.js';
import type { ModelStore } from '../detectors/ports.js';
import type { FeatureOptions } from '../features/options.js';
import type { StateStore } from '../features/ports.js';
import { WindowDetector, type Detection } from './detect-window.js';
import { gatherHistory, type HistoryParts } from './history.js';
import { Journal, type JobState } from './journal.js';
import { Model } from './model.js';
import { runWindow, type RunContext, type RunParts, type WindowTask } from './run-window.js';
import { SiteEngines, type SiteAdvance } from './sites.js';

/** What a job needs. */
export interface JobParts extends HistoryParts, RunParts {
  readonly states: StateStore;
  readonly models: ModelStore;
  /** How far back a window is read again when documents come late, milliseconds. */
  readonly horizonMs: number;
  readonly options: {
    readonly features: FeatureOptions;
    readonly detectors: DetectorOptions;
    readonly decide: DecideOptions;
  };
}

/** A history shorter than this is scored by a model that was fitted on it, and says so. */
const MIN_HISTORY_MS = 2 * 86_400_000;
/** Share of a long history that is learned from; the rest is scored. */
const LEARNED_SHARE = 0.75;

/** Detects on one store. Windows become part of the state in order; a restart goes on from the last commit. */
export class DetectionJob {
  private readonly journal: Journal;
  private detector: WindowDetector | undefined;
  private model: Model | undefined;
  private asOfMs = -Infinity;
  /** Event time that there is. */
  private newestMs = Infinity;
  /** Windows until the next commit may have been run by a process that died. */
  private repeated = true;

  constructor(private readonly parts: JobParts) {
    const { job, states, options, horizonMs } = parts;
    this.journal = new Journal({ job, states, features: options.features, horizonMs });
  }

  /** Start of the next window to run; -Infinity before {@link prepare}. */
  get nextMs(): number {
    return this.asOfMs;
  }

  /** Start of the earliest window that can be scored again. */
  get firstMs(): number {
    return this.journal.firstMs;
  }

  /** The model in use. */
  get current(): Model | undefined {
    return this.model;
  }

  /** What the trailing state takes: entities, bytes, and entities forgotten for want of room. */
  get usage(): { readonly entities: number; readonly bytes: number; readonly evicted: number } {
    const engines = this.detector?.engines;
    return {
      entities: engines?.stateSize ?? 0,
      bytes: engines?.stateBytes ?? 0,
      evicted: engines?.evicted ?? 0,
    };
  }

  /**
   * Takes up model and state, or learns from `history` where there is no model yet.
   * @param history event time there is, up to the last due window
   */
  async prepare(history: Window, signal?: AbortSignal): Promise<void> {
    this.newestMs = history.end;
    if (!this.detector) await this.orForget(() => this.takeUp(history, signal));
  }

  private async takeUp(history: Window, signal?: AbortSignal): Promise<void> {
    const state = await this.journal.open();
    const id = this.journal.model;
    const snapshot = id === undefined ? undefined : await this.parts.models.model(id);
    // Without its state a model is of no use, nor the other way round: a crash fell between the two.
    if (!state || !snapshot) return this.learn(history, signal);
    const obsolete = Model.isObsolete(snapshot);
    if (obsolete) this.parts.notice?.(`model ${snapshot.id} is of an earlier version: fitting a new one`);
    this.model = obsolete
      ? await this.fitAnew({ start: history.start, end: state.asOfMs }, signal)
      : Model.fromSnapshot(snapshot);
    this.detector = this.detectorOn(state, this.model);
    this.asOfMs = state.asOfMs;
    this.repeated = true;
  }

  /** Whether a model fitted on too little could now be fitted on twice as much. */
  isOutgrown(history: Window): boolean {
    if (!this.model?.origin.selfTrained) return false;
    const { fittedFromMs, fittedToMs } = this.model.origin;
    return history.end - history.start >= 2 * Math.max(fittedToMs - fittedFromMs, this.parts.windowLengthMs);
  }

  /** Fits a new model on what lies before the next window; state and episodes go on. */
  async relearn(history: Window, signal?: AbortSignal): Promise<void> {
    const until = Math.min(history.end, this.asOfMs);
    const model = await this.fitAnew({ start: history.start, end: until }, signal);
    this.detector = this.detectorOn(this.state, model);
    this.model = model;
    await this.commit();
  }

  private async fitAnew(range: Window, signal?: AbortSignal): Promise<Model> {
    const engines = new SiteEngines(this.parts.options.features);
    const trainer = await gatherHistory(this.parts, range, engines, signal);
    const short = range.end - range.start < MIN_HISTORY_MS;
    const model = trainer.fit(this.parts.job, this.parts.clock.now(), short);
    await this.parts.models.saveModel(model.toSnapshot());
    return model;
  }

  /**
   * Reads, scores and records the next window, which is then part of the state.
   * Where that fails the state may hold half of the window: the next {@link prepare} goes back to the
   * last commit.
   */
  run(task: WindowTask, signal?: AbortSignal): Promise<WindowRecord> {
    return this.orForget(async () => {
      const detector = this.ready();
      const advances: SiteAdvance[] = [];
      const kept = this.newestMs - task.window.end < this.parts.horizonMs;
      const review = (detection: Detection): Detection => {
        if (kept) advances.push(detector.engines.advanceOf(detection.features));
        return detection;
      };
      const { repeated } = this;
      const context = this.contextOf({ turn: 'in_order', detector, repeated, review, signal });
      const record = await runWindow(this.parts, task, context);
      const episodes = detector.decider.episodes.toState();
      this.journal.record(kept ? { window: task.window, advances, episodes } : undefined);
      this.asOfMs = task.window.end;
      return record;
    });
  }

  /**
   * Reads windows behind the state again, oldest first, with the models and states as they stood
   * before each; the state stays as it is. A window before the earliest known state is left out.
   */
  async *runAgain(tasks: readonly WindowTask[], signal?: AbortSignal): AsyncGenerator<WindowRecord> {
    const past = this.journal.past();
    for (const task of [...tasks].sort((a, b) => a.window.start - b.window.start)) {
      signal?.throwIfAborted();
      const record = await this.orForget(async () => {
        const state = await past.before(task.window.start);
        const model = state && (await this.modelAt(task.window.start));
        if (!state || !model) return undefined;
        const { episodes } = this.ready().decider;
        const detector = this.detectorOn(state, model);
        const review = (detection: Detection) => ({
          ...episodes.joinEarlier({ ...detection, touched: detection.episodes }, task.window),
        });
        const context = { turn: 'again', detector, repeated: true, review, signal } as const;
        return runWindow(this.parts, task, { ...context, model: model.origin.id });
      });
      if (record) yield record;
    }
  }

  /**
   * Scores a window ahead of its turn with the state as it stands, which is left as it is; it is run
   * again, as a revision, when its turn comes.
   */
  runAhead(task: WindowTask, signal?: AbortSignal): Promise<WindowRecord> {
    return this.orForget(() => {
      const detector = this.detectorOn(this.state, this.model!);
      return runWindow(this.parts, task, this.contextOf({ turn: 'ahead', detector, repeated: true, signal }));
    });
  }

  /**
   * Records a run of windows without events. It does not move on: events that come late for them,
   * before any later window has been run, are simply read in their turn.
   */
  async skip(window: Window): Promise<WindowRecord> {
    const record: WindowRecord = {
      job: this.parts.job,
      window,
      status: 'skipped',
      reason: 'empty',
      counted: 0,
      coverage: [],
      entities: {},
      anomalies: 0,
      model: this.model?.origin.id ?? '',
      revision: 1,
      recordedAtMs: this.parts.clock.now(),
      tookMs: 0,
    };
    const { anomalies, changes } = this.ready().detectSilence(window.end, this.parts.windowLengthMs);
    await this.parts.results.save(anomalies, changes);
    await this.parts.announce(changes);
    await this.parts.results.close({ ...record, anomalies: anomalies.length });
    return record;
  }

  /** Writes down where the job stands. Windows run after it are run again after a crash, to the same result. */
  commit(): Promise<void> {
    return this.orForget(async () => {
      await this.journal.commit(this.model!.origin.id, this.state);
      this.repeated = false;
    });
  }

  /** Lets go of what is in memory: another worker may have moved on meanwhile. */
  forget(): void {
    this.detector = undefined;
    this.model = undefined;
  }

  /** Whatever fails, what is in memory is no longer trusted. */
  private async orForget<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  private contextOf(context: Omit<RunContext, 'model'>): RunContext {
    return { ...context, model: this.model!.origin.id };
  }

  private get state(): JobState {
    const { engines, decider } = this.ready();
    return { asOfMs: this.asOfMs, engines, episodes: decider.episodes.toState() };
  }

  private detectorOn({ engines, episodes }: JobState, model: Model): WindowDetector {
    const detector = new WindowDetector(this.parts.job, engines, model, this.parts.options.decide);
    detector.decider.episodes.restore(episodes);
    return detector;
  }

  private async modelAt(startMs: number): Promise<Model | undefined> {
    const id = this.journal.modelAt(startMs);
    if (id === undefined || id === this.model?.origin.id) return this.model;
    const snapshot = await this.parts.models.model(id);
    return snapshot && !Model.isObsolete(snapshot) ? Model.fromSnapshot(snapshot) : this.model;
  }

  private ready(): WindowDetector {
    if (!this.detector)
      throw new AppError('internal', `job ${this.parts.job} was run before it was prepared`);
    return this.detector;
  }

  private async learn(history: Window, signal?: AbortSignal): Promise<void> {
    const length = this.parts.windowLengthMs;
    const start = windowStart(history.start, length);
    const span = history.end - start;
    const { leftOffMs = -Infinity } = this.journal;
    // What an earlier version has scored is not scored again: it would tell the past anew.
    const goesOn = leftOffMs > start && leftOffMs <= history.end;
    const selfTrained = !goesOn && span < MIN_HISTORY_MS;
    const learned = selfTrained ? history.end : windowStart(start + span * LEARNED_SHARE, length);
    const end = goesOn ? leftOffMs : learned;
    if (goesOn)
      this.parts.notice?.('the state of an earlier version cannot be read: learning anew, results stay');
    const engines = new SiteEngines(this.parts.options.features);
    const trainer = await gatherHistory(this.parts, { start, end }, engines, signal);
    const short = goesOn ? end - start < MIN_HISTORY_MS : selfTrained;
    const model = trainer.fit(this.parts.job, this.parts.clock.now(), short);
    await this.parts.models.saveModel(model.toSnapshot());
    // A model that scores its own history starts from an empty state, as that history did.
    const state = selfTrained
      ? { asOfMs: start, engines: new SiteEngines(this.parts.options.features), episodes: [] }
      : { asOfMs: end, engines, episodes: [] };
    this.detector = this.detectorOn(state, model);
    this.model = model;
    this.asOfMs = state.asOfMs;
    await this.journal.begin(model.origin.id, state);
  }
}
