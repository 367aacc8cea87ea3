/**
 * What a job does, in lines that a person can follow: what it learns from, how far it is, what waits,
 * and each episode.
 */
import type { EpisodeChange } from '../domain/anomaly.js';
import type { Clock } from '../domain/clock.js';
import type { Window } from '../domain/window.js';
import type { Logger } from '../observe/logger.js';
import type { LearningProgress } from './history.js';

/** What it is told with. */
export interface JobLogParts {
  readonly job: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Time between two lines about the same work. */
const EVERY_MS = 30_000;
/** What takes less needs no line about how far it is. */
const SHORT_MS = 10_000;

/** Changes that are remembered, so that none has a second line. */
const MAX_TOLD = 10_000;

const CHANGES: Readonly<Record<EpisodeChange['change'], string>> = {
  opened: 'found',
  raised: 'more severe',
  resolved: 'over',
};

/** Tells of one job, with seldom more than a line each half minute. */
export class JobLog {
  private learningSinceMs = 0;
  private toldMs = -Infinity;
  /** Windows waited at the last look, as far as that was told. */
  private isBehind = false;
  private isNew = true;
  private isFirstLookTold = false;
  /** Changes that have their line: silence is looked at again at each tick. */
  private readonly told = new Set<string>();

  constructor(private readonly parts: JobLogParts) {}

  /** The job begins anew: somebody else has run it meanwhile. */
  restart(): void {
    this.isNew = true;
    this.isBehind = false;
  }

  /** Learning begins, or has come further. */
  learning({ range, read, windows, events }: LearningProgress): void {
    const { clock } = this.parts;
    if (read === 0) {
      this.learningSinceMs = clock.now();
      this.toldMs = -Infinity;
      this.say(`learns from ${count(events, 'event')} in ${count(windows, 'window')}, ${rangeText(range)}`);
      return;
    }
    const tookMs = Math.max(0, clock.now() - this.learningSinceMs);
    const leftMs = (tookMs / read) * (windows - read);
    // The first line waits for nothing: it says how long the others will go on.
    const isDue = this.toldMs === -Infinity ? leftMs >= SHORT_MS : this.isDue();
    if (read === windows || !isDue) return;
    this.toldMs = clock.now();
    const share = Math.floor((100 * read) / windows);
    this.say(
      `learning: ${number(read)} of ${count(windows, 'window')} read (${String(share)} %), ${leftText(leftMs)}`,
    );
  }

  /** A newest window was scored before the whole history is learned from. */
  firstLook(): void {
    if (this.isFirstLookTold) return;
    this.isFirstLookTold = true;
    this.say('first findings of the newest windows are provisional; then the whole history is learned from');
  }

  /**
   * A tick has looked at what is due.
   * @param windows how many wait, and how many of them are read ahead of their turn
   * @param perTick windows of one tick: as long as no more wait, nobody need know
   */
  waiting(windows: number, ahead: number, perTick: number): void {
    const isTold = this.isNew ? windows > 0 : windows > perTick;
    if (this.isNew && windows === 0) this.say('no window waits to be read');
    this.isNew = false;
    if (this.isBehind || !isTold) return;
    this.isBehind = true;
    this.toldMs = this.parts.clock.now();
    const first = ahead > 0 ? '; first findings of the newest windows are provisional' : '';
    this.say(`${count(windows, 'window')} ${windows === 1 ? 'waits' : 'wait'} to be read${first}`);
  }

  /** Catching up has come further. */
  left(windows: number): void {
    if (!this.isBehind || windows === 0 || !this.isDue()) return;
    this.toldMs = this.parts.clock.now();
    this.say(`catching up: ${count(windows, 'window')} left`);
  }

  /** Nothing waits any more. @param untilMs end of what has been read */
  caughtUp(untilMs: number): void {
    if (!this.isBehind) return;
    this.isBehind = false;
    this.say(`caught up: all windows until ${timeText(untilMs)} UTC are read`);
  }

  /** What became of episodes. */
  episodes(changes: readonly EpisodeChange[]): void {
    const { job, logger } = this.parts;
    for (const { change, episode } of changes) {
      const { id, severity, behavior, start, reason, basis } = episode;
      if (!this.isNews(`${change} ${id} ${severity}`)) continue;
      const provisional = basis.ahead === true && change !== 'resolved' ? ', provisional' : '';
      logger.info(
        { job, episode: id, severity, behavior, change },
        `${CHANGES[change]} (${severity}${provisional}, ${timeText(start)} UTC): ${reason}`,
      );
    }
  }

  private isNews(change: string): boolean {
    if (this.told.has(change)) return false;
    if (this.told.size >= MAX_TOLD) this.told.clear();
    this.told.add(change);
    return true;
  }

  private say(text: string): void {
    this.parts.logger.info({ job: this.parts.job }, text);
  }

  /** The clock may have been set back. */
  private isDue(): boolean {
    return Math.abs(this.parts.clock.now() - this.toldMs) >= EVERY_MS;
  }
}

function leftText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes === 0 ? 'less than a minute left' : `about ${count(minutes, 'minute')} left`;
}

function rangeText({ start, end }: Window): string {
  return `${timeText(start)} to ${timeText(end)} UTC`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
