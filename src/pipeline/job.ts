/**
 * One job on a store: learns from its history, detects window after window, remembers where it was.
 */
import type { WindowRecord, EpisodeChange } from '../domain/anomaly.js';
import { addCoverage, emptyCoverage, type SourceCoverage } from '../domain/coverage.js';
import type { Clock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import { ENTITY_KINDS } from '../domain/matrix.js';
import { windowStart, type Window } from '../domain/window.js';
import type { EpisodeState } from '../decide/episodes.js';
import type { DecideOptions } from '../decide/options.js';
import type { ResultStore } from '../decide/ports.js';
import type { DetectorOptions } from '../detectors/options.js';
import type { ModelStore } from '../detectors/ports.js';
import type { FeatureOptions } from '../features/options.js';
import type { StateStore, VersionedState } from '../features/ports.js';
import { WindowDetector } from './detect-window.js';
import { Model } from './model.js';
import { SiteEngines } from './sites.js';
import { gatherHistory, readWindows, type HistoryParts } from './history.js';

/** What a job needs. */
export interface JobParts extends HistoryParts {
  readonly job: string;
  readonly results: ResultStore;
  readonly states: StateStore;
  readonly models: ModelStore;
  readonly clock: Clock;
  readonly options: {
    readonly features: FeatureOptions;
    readonly detectors: DetectorOptions;
    readonly decide: DecideOptions;
  };
  /** Sees how long each stage took for a window. */
  readonly onStage?: (stage: 'read' | 'detect' | 'store', seconds: number) => void;
  /** Takes note of alerts to send, durably; called before the window counts as done. */
  announce(changes: readonly EpisodeChange[]): Promise<void>;
}

/** A history shorter than this is scored by a model that was fitted on it, and says so. */
const MIN_HISTORY_MS = 2 * 86_400_000;
/** Share of a long history that is learned from; the rest is scored. */
const LEARNED_SHARE = 0.75;
const CHECKPOINT_VERSION = 3;

interface Checkpoint {
  readonly version: number;
  /** Model that scored the windows before `asOfMs`. */
  readonly model: string;
  /** Windows before this time are done. */
  readonly asOfMs: number;
  readonly engines: string;
  readonly episodes: EpisodeState;
}

/** Detects on one store. Windows are run in order; a restart goes on from the last checkpoint. */
export class DetectionJob {
  private detector: WindowDetector | undefined;
  private model: Model | undefined;
  private asOfMs = -Infinity;
  private stateVersion: number | null = null;

  constructor(private readonly parts: JobParts) {}

  /** Start of the next window to run; -Infinity before {@link prepare}. */
  get nextMs(): number {
    return this.asOfMs;
  }

  /** The model in use. */
  get current(): Model | undefined {
    return this.model;
  }

  /** Entities in the trailing state. */
  get stateSize(): number {
    return this.detector?.engines.stateSize ?? 0;
  }

  /**
   * Takes up model and state, or learns from `history` where there is no model yet.
   * @param history event time there is, up to the last due window
   */
  async prepare(history: Window, signal?: AbortSignal): Promise<void> {
    if (!this.detector) await this.orForget(() => this.takeUp(history, signal));
  }

  private async takeUp(history: Window, signal?: AbortSignal): Promise<void> {
    const snapshot = await this.parts.models.latestModel(this.parts.job);
    const checkpoint = await this.parts.states.getState(this.key);
    // Without its state a model is of no use: a crash fell between the two.
    if (!snapshot || !checkpoint) return this.learn(history, checkpoint?.version ?? null, signal);
    this.model = Model.fromSnapshot(snapshot);
    const engines = new SiteEngines(this.parts.options.features);
    this.detector = new WindowDetector(this.parts.job, engines, this.model, this.parts.options.decide);
    this.restore(checkpoint);
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
    const trainer = await gatherHistory(
      this.parts,
      { start: history.start, end: until },
      new SiteEngines(this.parts.options.features),
      signal,
    );
    await this.adopt(
      trainer.fit(this.parts.job, this.parts.clock.now(), until - history.start < MIN_HISTORY_MS),
    );
  }

  /**
   * Reads, scores and records one window: results first, then what to send, the record last.
   * Where that fails the state may hold half of the window: the next {@link prepare} goes back to the
   * last checkpoint.
   */
  run(window: Window, counted: number, signal?: AbortSignal): Promise<WindowRecord> {
    return this.orForget(() => this.detect(window, counted, signal));
  }

  private async detect(window: Window, counted: number, signal?: AbortSignal): Promise<WindowRecord> {
    const detector = this.ready();
    const startedMs = this.parts.clock.now();
    const sites = await this.timed('read', () => readWindows(this.parts, window, signal));
    const coverage = new Map<string, SourceCoverage>();
    const entities: Record<string, number> = {};
    let anomalies = 0;
    for (const events of sites) {
      const detection = await this.timed('detect', () => detector.detect(events));
      for (const kind of ENTITY_KINDS) {
        entities[kind] = (entities[kind] ?? 0) + detection.features.matrices[kind].entities.length;
      }
      mergeCoverage(coverage, events.coverage);
      anomalies += detection.anomalies.length;
      await this.timed('store', async () => {
        await this.parts.results.save(detection.anomalies, detection.changes);
        await this.parts.announce(detection.changes);
      });
    }
    const nowMs = this.parts.clock.now();
    const record: WindowRecord = {
      job: this.parts.job,
      window,
      status: 'done',
      counted,
      coverage: [...coverage.values()],
      entities,
      anomalies,
      model: this.model!.origin.id,
      revision: 1,
      recordedAtMs: nowMs,
      tookMs: nowMs - startedMs,
    };
    await this.parts.results.close(record);
    this.asOfMs = window.end;
    return record;
  }

  /**
   * Records a run of windows without events. It does not move on: events that come late for them,
   * before any later window has been run, are simply read in their turn.
   */
  async skip(window: Window): Promise<WindowRecord> {
    const nowMs = this.parts.clock.now();
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
      recordedAtMs: nowMs,
      tookMs: 0,
    };
    await this.parts.results.close(record);
    return record;
  }

  /** Writes down where the job stands. Windows run after it are run again after a crash, to the same result. */
  async checkpoint(): Promise<void> {
    const detector = this.ready();
    const checkpoint: Checkpoint = {
      version: CHECKPOINT_VERSION,
      model: this.model!.origin.id,
      asOfMs: this.asOfMs,
      engines: detector.engines.toText(),
      episodes: detector.decider.episodes.toState(),
    };
    this.stateVersion = await this.parts.states.putState(
      this.key,
      JSON.stringify(checkpoint),
      this.stateVersion,
    );
  }

  /** Whatever fails, what is in memory is no longer trusted. */
  private async orForget<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.detector = undefined;
      this.model = undefined;
      throw error;
    }
  }

  private async timed<T>(stage: 'read' | 'detect' | 'store', work: () => T | Promise<T>): Promise<T> {
    const startedMs = this.parts.clock.now();
    const result = await work();
    this.parts.onStage?.(stage, (this.parts.clock.now() - startedMs) / 1000);
    return result;
  }

  private get key(): string {
    return `checkpoint:${this.parts.job}`;
  }

  private ready(): WindowDetector {
    if (!this.detector)
      throw new AppError('internal', `job ${this.parts.job} was run before it was prepared`);
    return this.detector;
  }

  private restore({ value, version }: VersionedState): void {
    const checkpoint = JSON.parse(value) as Checkpoint;
    if (checkpoint.version !== CHECKPOINT_VERSION) {
      throw new AppError(
        'unsupported_schema',
        `the checkpoint of job ${this.parts.job} has version ${String(checkpoint.version)}; this program reads version ${String(CHECKPOINT_VERSION)}`,
      );
    }
    this.stateVersion = version;
    this.asOfMs = checkpoint.asOfMs;
    const detector = this.ready();
    detector.engines.restore(checkpoint.engines);
    detector.decider.episodes.restore(checkpoint.episodes);
  }

  private async learn(history: Window, stateVersion: number | null, signal?: AbortSignal): Promise<void> {
    const length = this.parts.windowLengthMs;
    const start = windowStart(history.start, length);
    const span = history.end - start;
    const selfTrained = span < MIN_HISTORY_MS;
    const end = selfTrained ? history.end : windowStart(start + span * LEARNED_SHARE, length);
    const engines = new SiteEngines(this.parts.options.features);
    const trainer = await gatherHistory(this.parts, { start, end }, engines, signal);
    const model = trainer.fit(this.parts.job, this.parts.clock.now(), selfTrained);
    // A model that scores its own history starts from an empty state, as that history did.
    const state = selfTrained ? new SiteEngines(this.parts.options.features) : engines;
    this.detector = new WindowDetector(this.parts.job, state, model, this.parts.options.decide);
    this.asOfMs = selfTrained ? start : end;
    this.stateVersion = stateVersion;
    await this.adopt(model);
    await this.checkpoint();
  }

  /** Puts a model into service. */
  private async adopt(model: Model): Promise<void> {
    await this.parts.models.saveModel(model.toSnapshot());
    const state = this.ready();
    const detector = new WindowDetector(this.parts.job, state.engines, model, this.parts.options.decide);
    detector.decider.episodes.restore(state.decider.episodes.toState());
    this.detector = detector;
    this.model = model;
  }
}

function mergeCoverage(into: Map<string, SourceCoverage>, from: readonly SourceCoverage[]): void {
  for (const coverage of from) {
    let known = into.get(coverage.source);
    if (!known) into.set(coverage.source, (known = emptyCoverage(coverage.source)));
    addCoverage(known, coverage);
  }
}
