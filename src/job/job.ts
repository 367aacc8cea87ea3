/**
 * One job on a store: learns from its history, detects window after window, remembers where it was.
 */
import type { WindowRecord } from '../domain/anomaly.js';
import { AppError } from '../domain/error.js';
import type { EntityKind } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';
import type { EpisodeState } from '../decide/episodes.js';
import type { DecideOptions } from '../decide/options.js';
import type { DetectorOptions } from '../detectors/options.js';
import type { FeatureOptions } from '../features/options.js';
import type { StateStore } from '../store/ports.js';
import { WindowDetector, type Detection } from './detect.js';
import { Journal } from './journal.js';
import { DamagedState } from './journal-parts.js';
import type { JobState, PastStates } from './past-states.js';
import { lookFirst } from './first-look.js';
import { fitAnew, learn, type LearningParts, type LeftOff } from './learn.js';
import { leftBehind } from './left-behind.js';
import type { EventReader } from './read-ahead.js';
import { Model } from './model.js';
import { runWindow, skippedRecord, type RunContext, type RunParts, type WindowTask } from './window.js';
import type { SiteAdvance, StateUsage } from './sites.js';

/** What a job needs. */
export interface JobParts extends Omit<LearningParts, 'options'>, Omit<RunParts, 'events'> {
  readonly states: StateStore;
  /** How far back a window is read again when documents come late, milliseconds. */
  readonly horizonMs: number;
  /** Characters that windows add to the journal until it is committed. */
  readonly maxJournalChars?: number;
  readonly options: {
    readonly features: FeatureOptions;
    readonly detectors: DetectorOptions;
    readonly decide: DecideOptions;
    /** Kinds of entities that are scored. All are learned, so that this may change. */
    readonly entities: readonly EntityKind[];
  };
}

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
    const { job, states, options, horizonMs, maxJournalChars: maxChars } = parts;
    this.journal = new Journal({
      job,
      states,
      features: options.features,
      horizonMs,
      ...(maxChars === undefined ? {} : { maxChars }),
    });
  }

  /** Length of its windows. */
  get windowLengthMs(): number {
    return this.parts.windowLengthMs;
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

  /** What the trailing state takes. */
  get usage(): StateUsage {
    return this.detector?.engines.usage ?? { entities: 0, bytes: 0, evicted: 0 };
  }

  /**
   * Takes up model and state, or learns from `history` where there is no model yet.
   * @param history event time there is, up to the last due window
   * @param onFirst sees the newest windows, scored before a long history is learned from (without it
   *   they wait for their turn)
   */
  async prepare(
    history: Window,
    signal?: AbortSignal,
    onFirst?: (record: WindowRecord) => void,
  ): Promise<void> {
    this.newestMs = history.end;
    if (!this.detector) await this.orForget(() => this.takeUp(history, signal, onFirst));
  }

  private async takeUp(
    history: Window,
    signal?: AbortSignal,
    onFirst?: (record: WindowRecord) => void,
  ): Promise<void> {
    const { standing, leftOff } = await leftBehind(this.journal, this.parts, history);
    if (!standing) {
      const first =
        leftOff || !onFirst
          ? undefined
          : await lookFirst(
              this.parts,
              history,
              (beginning) => this.detectorOn(beginning.state, beginning.model),
              onFirst,
              signal,
            );
      return this.begin(history, leftOff, signal, first);
    }
    const { state, snapshot } = standing;
    const obsolete = Model.isObsolete(snapshot);
    if (obsolete) this.parts.notice?.(`model ${snapshot.id} is of an earlier version: fitting a new one`);
    this.model = obsolete
      ? await fitAnew(this.parts, { start: history.start, end: state.asOfMs }, signal)
      : Model.fromSnapshot(snapshot);
    this.detector = this.detectorOn(state, this.model);
    this.asOfMs = state.asOfMs;
    this.repeated = true;
  }

  /** Whether the model knows anything: a history of which nothing was understood teaches nothing. */
  get hasLearned(): boolean {
    const origin = this.model?.origin;
    return origin !== undefined && origin.fittedToMs > origin.fittedFromMs;
  }

  /** Whether a model fitted on too little could now be fitted on twice as much. */
  isOutgrown(history: Window): boolean {
    if (!this.model?.origin.selfTrained) return false;
    const { fittedFromMs, fittedToMs } = this.model.origin;
    return history.end - history.start >= 2 * Math.max(fittedToMs - fittedFromMs, this.windowLengthMs);
  }

  /** Fits a new model on what lies before the next window; state and episodes go on. */
  async relearn(history: Window, signal?: AbortSignal): Promise<void> {
    const until = Math.min(history.end, this.asOfMs);
    const model = await fitAnew(this.parts, { start: history.start, end: until }, signal);
    this.detector = this.detectorOn(this.state, model);
    this.model = model;
    await this.commit();
  }

  /**
   * Reads, scores and records the next window, which is then part of the state.
   * Where that fails the state may hold half of the window: the next {@link prepare} goes back to the
   * last commit.
   * @param events where the window is read, if it is not read from the store at once
   */
  run(task: WindowTask, signal?: AbortSignal, events?: EventReader): Promise<WindowRecord> {
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
      const record = await runWindow(this.readingFrom(events), task, context);
      const episodes = detector.decider.episodes.toState();
      this.journal.record(kept ? { window: task.window, advances, episodes } : undefined);
      this.asOfMs = task.window.end;
      // What thousands of addresses add in one window must not wait for the others of its tick.
      if (this.journal.isFull) await this.commit();
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
      const state = await this.orForget(() => this.pastState(past, task.window.start));
      if (state === 'damaged') return;
      const record = await this.orForget(async () => {
        const model = state && (await this.modelAt(task.window.start));
        if (!state || !model) return undefined;
        const { episodes } = this.ready().decider;
        const detector = this.detectorOn(state, model);
        const review = (detection: Detection) => {
          // What ends, ends in its turn.
          const changes = detection.changes.filter(({ change }) => change !== 'resolved');
          return episodes.joinEarlier({ ...detection, changes, touched: detection.episodes }, task.window);
        };
        const context = { turn: 'again', detector, repeated: true, review, signal } as const;
        return runWindow(this.parts, task, { ...context, model: model.origin.id });
      });
      if (record) yield record;
    }
  }

  /** The state before a window. Where it cannot be read that is told, and the windows behind stay as they are. */
  private async pastState(past: PastStates, startMs: number): Promise<JobState | 'damaged' | undefined> {
    try {
      return await past.before(startMs);
    } catch (error) {
      if (!(error instanceof DamagedState)) throw error;
      this.parts.notice?.(`${error.message}: what comes late for windows until now is left out`);
      this.journal.breakOff();
      await this.commit();
      return 'damaged';
    }
  }

  /**
   * Scores a window ahead of its turn with the state as it stands, of which only the episodes take note,
   * so that what goes on is told once; it is run again, as a revision, when its turn comes.
   * @param events as of {@link run}
   */
  runAhead(task: WindowTask, signal?: AbortSignal, events?: EventReader): Promise<WindowRecord> {
    return this.orForget(async () => {
      const detector = this.detectorOn(this.state, this.model!);
      const context = this.contextOf({ turn: 'ahead', detector, repeated: true, signal });
      const record = await runWindow(this.readingFrom(events), task, context);
      this.ready().decider.episodes.restore(detector.decider.episodes.toState());
      return record;
    });
  }

  /**
   * Records a run of windows without events. It does not move on: events that come late for them,
   * before any later window has been run, are simply read in their turn.
   */
  async skip(window: Window): Promise<WindowRecord> {
    const { anomalies, changes } = this.ready().detectSilence(window.end, this.windowLengthMs);
    await this.parts.results.save(anomalies, changes);
    await this.parts.announce(changes);
    const nowMs = this.parts.clock.now();
    const record = skippedRecord(this.parts.job, window, this.model?.origin.id ?? '', nowMs);
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
    const { job, options } = this.parts;
    const detector = new WindowDetector(job, engines, model, options.decide, options.entities);
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

  private readingFrom(events: EventReader = this.parts.events): RunParts {
    return { ...this.parts, events };
  }

  /** Learns, and begins with what was learned. @param first episodes of windows that were scored before */
  private async begin(
    history: Window,
    leftOff?: LeftOff,
    signal?: AbortSignal,
    first?: EpisodeState,
  ): Promise<void> {
    const learned = await learn(this.parts, history, leftOff, signal);
    const { model } = learned;
    const state = first ? { ...learned.state, episodes: first } : learned.state;
    this.detector = this.detectorOn(state, model);
    this.model = model;
    this.asOfMs = state.asOfMs;
    await this.journal.begin(model.origin.id, state, this.windowLengthMs);
  }
}
