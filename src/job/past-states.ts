/**
 * States of a job as they stood before its windows.
 */
import type { EpisodeState } from '../decide/episodes.js';
import type { Window } from '../domain/window.js';
import { withDifference } from './episode-difference.js';
import type { SiteAdvance, SiteEngines } from './sites.js';

/** What one window left behind. */
export interface JournalEntry {
  readonly window: Window;
  /** What each site's part of it added to the trailing state. */
  readonly advances: readonly SiteAdvance[];
  /** Open episodes that it opened or changed; all of them where `closed` is absent, as version 4 wrote it. */
  readonly episodes: EpisodeState;
  /** Ids of those that it closed. */
  readonly closed?: readonly string[];
  /** More of the same window follows. */
  readonly isPart?: true;
}

/** The state of a job between two windows. */
export interface JobState {
  /** Windows before this time are in it. */
  readonly asOfMs: number;
  readonly engines: SiteEngines;
  readonly episodes: EpisodeState;
}

/** Entries that are stored together: their windows, and which of those that begin with the same window they are. */
export interface Segment extends Window {
  readonly part?: number;
}

/** A walk from the past to the present: each state is the one before it with more windows. */
export class PastStates {
  private state: JobState | undefined;
  private entries: JournalEntry[] = [];
  private ahead: Segment[];

  constructor(
    private readonly snapshots: readonly number[],
    segments: readonly Segment[],
    private readonly loadSnapshot: (asOfMs: number) => Promise<JobState>,
    private readonly loadSegment: (segment: Segment) => Promise<JournalEntry[]>,
  ) {
    this.ahead = [...segments];
  }

  /**
   * The state as it stood before a window that starts then, or undefined where that is too long ago.
   * Times must not go back; the state is good until the next call, and must not be changed.
   */
  async before(startMs: number): Promise<JobState | undefined> {
    const base = this.snapshots.findLast((asOfMs) => asOfMs <= startMs);
    if (base === undefined) return undefined;
    if (!this.state || base > this.state.asOfMs) {
      this.state = await this.loadSnapshot(base);
      this.entries = this.entries.filter(({ window }) => window.start >= base);
      this.ahead = this.ahead.filter(({ end }) => end > base);
    }
    for (let entry = await this.next(startMs); entry; entry = await this.next(startMs)) {
      const { advances, episodes, closed, isPart } = entry;
      for (const advance of advances) this.state.engines.replay(advance);
      this.state = {
        ...this.state,
        // A window is in the state when all of it is.
        asOfMs: isPart ? this.state.asOfMs : entry.window.end,
        episodes: closed ? withDifference(this.state.episodes, { episodes, closed }) : episodes,
      };
    }
    return this.state;
  }

  /** The next entry that ends at or before `startMs` and is not in the state yet. */
  private async next(startMs: number): Promise<JournalEntry | undefined> {
    const { asOfMs } = this.state!;
    while (this.entries.length === 0 && this.ahead.length > 0 && this.ahead[0]!.start < startMs) {
      const entries = await this.loadSegment(this.ahead.shift()!);
      this.entries = entries.filter(({ window }) => window.start >= asOfMs);
    }
    return this.entries.length > 0 && this.entries[0]!.window.end <= startMs
      ? this.entries.shift()
      : undefined;
  }
}
