/**
 * The states that a job has had: a snapshot now and then, and what each window added since.
 * From them the state can be rebuilt as it stood before any window of the horizon, so that a window
 * that is read again never meets a state that already contains it.
 *
 * The head names all parts and is written last, by compare-and-set: what it does not name is none.
 */
import { gzipSync } from 'node:zlib';
import { AppError } from '../domain/error.js';
import type { EpisodeState } from '../decide/episodes.js';
import type { FeatureState, StateAdvance } from '../features/engine.js';
import type { FeatureOptions } from '../features/options.js';
import type { StateStore } from '../store/ports.js';
import {
  CHECKPOINT_VERSION,
  isCurrent,
  JOURNAL_VERSION,
  readVersioned,
  type Checkpoint,
  type Head,
  type Snapshot,
  type VersionedHead,
} from './journal-head.js';
import { differenceOf } from './episode-difference.js';
import { DamagedState, parsedState, segmentsOf, textsOf, type EntryText } from './journal-parts.js';
import { PastStates, type JobState, type JournalEntry, type Segment } from './past-states.js';
import { editedText, SiteEngines } from './sites.js';

/** Windows between two snapshots, which bounds what is replayed. */
const SNAPSHOT_EVERY = 12;
/** Some tens of megabytes: a document of a store, and far from the longest string. */
const MAX_CHARS = 24 * 2 ** 20;

/** What becomes of the parts of a state. */
export interface StateEdit {
  state(state: FeatureState): FeatureState;
  advance(advance: StateAdvance): StateAdvance;
  episodes(episodes: EpisodeState): EpisodeState;
}

/** What a journal works with. */
export interface JournalParts {
  readonly job: string;
  readonly states: StateStore;
  readonly features: FeatureOptions;
  /** How far back a window can be read again, milliseconds. */
  readonly horizonMs: number;
  /** Characters of what windows add until it is to be committed, and of what is stored at once. */
  readonly maxChars?: number;
}

/** Keeps the states of one job. */
export class Journal {
  private head: Head | undefined;
  private version: number | null = null;
  private pending: EntryText[] = [];
  private pendingWindows = 0;
  private pendingChars = 0;
  /** Open episodes as the last entry leaves them. */
  private episodes: EpisodeState = [];
  private sinceSnapshot = 0;
  /** A window was left out, so that what came before cannot be continued. */
  private broken = false;
  private garbage: string[] = [];

  constructor(private readonly parts: JournalParts) {}

  /** Model of the newest windows; undefined before {@link begin}. */
  get model(): string | undefined {
    return this.head?.models.at(-1)?.id;
  }

  /** How long the windows of the stored state are; undefined where that is not known. */
  get windowLengthMs(): number | undefined {
    return this.head?.windows?.lengthMs;
  }

  /** The earliest time that a state is known of. */
  get firstMs(): number {
    return this.head?.snapshots[0] ?? Infinity;
  }

  /** Model that scores a window that starts then. */
  modelAt(startMs: number): string | undefined {
    const models = this.head?.models ?? [];
    return (models.findLast(({ fromMs }) => fromMs <= startMs) ?? models[0])?.id;
  }

  /**
   * The newest state that was committed; undefined where there is none.
   * @throws AppError `unsupported_schema` for a head of a newer version
   */
  async open(): Promise<JobState | undefined> {
    const stored = await this.parts.states.getState(this.key);
    this.forgetPending();
    this.version = stored?.version ?? null;
    this.head = stored && (await this.upgraded(readVersioned(stored.value, this.parts.job)));
    if (!this.head) return undefined;
    this.sinceSnapshot = 0;
    return this.standing(this.head);
  }

  private async standing({ asOfMs }: Head): Promise<JobState | undefined> {
    try {
      const state = await this.past().before(asOfMs);
      this.episodes = state?.episodes ?? [];
      return state;
    } catch (error) {
      if (!(error instanceof DamagedState)) throw error;
      this.leftOffMs = asOfMs;
      return undefined;
    }
  }

  /** Where the windows of a state ended that cannot be read: an earlier version left it, or it is damaged. */
  leftOffMs: number | undefined;

  /** The head of an earlier version as this one writes it, or undefined where its state is of no use. */
  private async upgraded(head: VersionedHead): Promise<Head | undefined> {
    if (isCurrent(head)) return head;
    this.leftOffMs = head.asOfMs;
    if (head.version !== CHECKPOINT_VERSION) return undefined;
    const { asOfMs, model, engines, episodes } = head as Checkpoint;
    await this.putSnapshot(asOfMs, { engines, episodes });
    const models = [{ id: model, fromMs: asOfMs }];
    await this.writeHead({ version: JOURNAL_VERSION, asOfMs, models, snapshots: [asOfMs], segments: [] });
    return this.head;
  }

  /** Begins anew with a state that no window led to, for windows of a length. */
  async begin(model: string, state: JobState, windowLengthMs: number): Promise<void> {
    this.forgetPending();
    this.garbage.push(...(this.head ? this.keysOf(this.head) : []));
    this.head = undefined;
    this.broken = true;
    await this.commit(model, state, windowLengthMs);
  }

  /** Takes note of a window that has become part of the state; undefined for one too old to be read again. */
  record(entry: Omit<JournalEntry, 'closed' | 'isPart'> | undefined): void {
    if (!entry) {
      this.breakOff();
      return;
    }
    const texts = textsOf({ ...entry, ...differenceOf(this.episodes, entry.episodes) }, this.maxChars);
    this.episodes = entry.episodes;
    this.pending.push(...texts);
    this.pendingWindows++;
    for (const { text } of texts) this.pendingChars += text.length;
  }

  /** What came before is not continued: the next commit begins with a snapshot. */
  breakOff(): void {
    this.broken = true;
  }

  /** So much has been added that it is to be committed before another window is run. */
  get isFull(): boolean {
    return this.pendingChars >= this.maxChars;
  }

  private get maxChars(): number {
    return this.parts.maxChars ?? MAX_CHARS;
  }

  /** Writes down what was recorded and where the job stands. */
  async commit(model: string, state: JobState, lengthMs = this.windowLengthMs): Promise<void> {
    const { broken, pending, pendingWindows } = this;
    const old = broken ? { snapshots: [], segments: [] } : this.head!;
    const segments = [...old.segments];
    for (const { segment, text } of broken ? [] : segmentsOf(pending, this.maxChars)) {
      await this.put(this.segmentKey(segment), text);
      segments.push(segment);
    }
    const snapshots = [...old.snapshots];
    if (broken || this.sinceSnapshot + pendingWindows >= SNAPSHOT_EVERY) {
      await this.putSnapshot(state.asOfMs, { engines: state.engines.toText(), episodes: state.episodes });
      this.episodes = state.episodes;
      if (snapshots.at(-1) !== state.asOfMs) snapshots.push(state.asOfMs);
    }
    await this.writeHead({
      version: JOURNAL_VERSION,
      asOfMs: state.asOfMs,
      models: this.modelsWith(model, state.asOfMs),
      ...(lengthMs === undefined ? {} : { windows: { lengthMs } }),
      ...this.within(snapshots, segments, state.asOfMs - this.parts.horizonMs),
    });
    this.sinceSnapshot = snapshots.at(-1) === state.asOfMs ? 0 : this.sinceSnapshot + pendingWindows;
    this.forgetPending();
    await this.removeGarbage();
  }

  /**
   * Changes every state that is kept, and the head last: a worker that holds one in memory loads it
   * anew, since its next commit finds another head.
   * @param dryRun writes nothing
   * @throws AppError `unsupported_schema` for a head of another version
   */
  async rewrite(edit: StateEdit, dryRun: boolean): Promise<void> {
    const stored = await this.parts.states.getState(this.key);
    if (!stored) return;
    const head = readVersioned(stored.value, this.parts.job);
    if (!isCurrent(head)) {
      throw new AppError(
        'unsupported_schema',
        `the checkpoint of job ${this.parts.job} is of an earlier version: run "elkhound start" once, which brings it up to date`,
      );
    }
    for (const asOfMs of head.snapshots) {
      const key = this.snapshotKey(asOfMs);
      const snapshot = (await this.get(key)) as Snapshot;
      const engines = editedText(snapshot.engines, (state) => edit.state(state));
      const changed: Snapshot = { engines, episodes: edit.episodes(snapshot.episodes) };
      if (!dryRun) await this.putSnapshot(asOfMs, changed);
    }
    for (const segment of head.segments) {
      const key = this.segmentKey(segment);
      const entries = ((await this.get(key)) as JournalEntry[]).map((entry): JournalEntry => {
        const advances = entry.advances.map((one) => ({ ...one, advance: edit.advance(one.advance) }));
        return { ...entry, advances, episodes: edit.episodes(entry.episodes) };
      });
      if (!dryRun) await this.put(key, JSON.stringify(entries));
    }
    if (!dryRun) await this.parts.states.putState(this.key, stored.value, stored.version);
  }

  /** Walks through the states that are kept. */
  past(): PastStates {
    const { head } = this;
    return new PastStates(
      head?.snapshots ?? [],
      head?.segments ?? [],
      async (asOfMs) => {
        const { engines: text, episodes } = (await this.get(this.snapshotKey(asOfMs))) as Snapshot;
        const engines = new SiteEngines(this.parts.features);
        engines.restore(text);
        return { asOfMs, engines, episodes };
      },
      async (segment) => (await this.get(this.segmentKey(segment))) as JournalEntry[],
    );
  }

  private forgetPending(): void {
    this.pending = [];
    this.pendingWindows = 0;
    this.pendingChars = 0;
    this.broken = false;
  }

  private modelsWith(model: string, asOfMs: number): Head['models'] {
    const models = this.head?.models ?? [];
    return models.at(-1)?.id === model ? models : [...models.slice(-20), { id: model, fromMs: asOfMs }];
  }

  /** Keeps the last snapshot before the horizon and all that comes after it. */
  private within(
    snapshots: readonly number[],
    segments: readonly Segment[],
    horizonMs: number,
  ): Pick<Head, 'snapshots' | 'segments'> {
    const base = snapshots.findLast((asOfMs) => asOfMs <= horizonMs) ?? snapshots[0]!;
    return {
      snapshots: snapshots.filter((asOfMs) => asOfMs >= base),
      segments: segments.filter(({ end }) => end > base),
    };
  }

  private async writeHead(head: Head): Promise<void> {
    this.version = await this.parts.states.putState(this.key, JSON.stringify(head), this.version);
    const kept = new Set(this.keysOf(head));
    if (this.head) this.garbage.push(...this.keysOf(this.head));
    this.garbage = this.garbage.filter((key) => !kept.has(key));
    this.head = head;
  }

  /** What could not be removed is tried again with the next commit. */
  private async removeGarbage(): Promise<void> {
    while (this.garbage.length > 0) {
      await this.parts.states.removeState(this.garbage.at(-1)!);
      this.garbage.pop();
    }
  }

  private keysOf({ snapshots, segments }: Head): string[] {
    return [...snapshots.map((ms) => this.snapshotKey(ms)), ...segments.map((one) => this.segmentKey(one))];
  }

  /** A part that a crash left without a head to name it is written anew. */
  private async put(key: string, json: string): Promise<void> {
    const { states } = this.parts;
    const text = gzipSync(json).toString('base64');
    await states.putState(key, text, (await states.getState(key))?.version ?? null);
  }

  private putSnapshot(asOfMs: number, snapshot: Snapshot): Promise<void> {
    return this.put(this.snapshotKey(asOfMs), JSON.stringify(snapshot));
  }

  private async get(key: string): Promise<unknown> {
    const stored = await this.parts.states.getState(key);
    if (stored) return parsedState(key, stored.value);
    // Of a head that still stands all parts are there.
    if ((await this.parts.states.getState(this.key))?.version === this.version) throw new DamagedState(key);
    throw new AppError('store_conflict', `the state "${key}" is gone: another worker has moved on`, {
      retryable: true,
    });
  }

  private get key(): string {
    return `checkpoint:${this.parts.job}`;
  }

  private snapshotKey(asOfMs: number): string {
    return `snapshot:${this.parts.job}:${String(asOfMs)}`;
  }

  private segmentKey({ start, part }: Segment): string {
    return `journal:${this.parts.job}:${String(start)}${part === undefined ? '' : `:${String(part)}`}`;
  }
}
