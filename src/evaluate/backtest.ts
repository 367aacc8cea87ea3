/**
 * Days that have passed, run again under a configuration: the very job, with nothing to write to.
 */
import { plannedChannels } from '../alert/options.js';
import { planNotifications } from '../alert/plan.js';
import type { EventSource } from '../collect/ports.js';
import type { Config } from '../config/schema.js';
import { SEVERITIES, type Episode, type EpisodeChange, type Severity } from '../domain/anomaly.js';
import type { Clock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import { windowStart, type Window } from '../domain/window.js';
import type { ResultReader } from '../decide/ports.js';
import type { LearningProgress } from '../job/history.js';
import { DetectionJob } from '../job/job.js';
import { MemoryModels, MemoryResults, MemoryStates } from './memory-ports.js';
import { configuredNormalizer } from '../job/configured-normalizer.js';
import { ReadAhead } from '../job/read-ahead.js';

/** What is run again. */
export interface BacktestParts {
  readonly events: EventSource;
  readonly config: Config;
  /** Event time that is judged; what lies before it, up to `schedule.history`, is learned from. */
  readonly range: Window;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Sees how far learning is. */
  readonly onLearning?: (progress: LearningProgress) => void;
  /** Sees the end of each window that was run, and how many of them there are. */
  readonly onWindow?: (endMs: number, done: number, of: number) => void;
}

/** What a configuration finds in the days that are judged. */
export interface Backtest {
  /** By time of opening. */
  readonly episodes: readonly Episode[];
  /** Episodes by severity. */
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Windows with events. */
  readonly windows: number;
  /** Documents that were read in them. */
  readonly events: number;
  /** Alert documents a day: an episode that opens, or rises in severity. */
  readonly alertsPerDay: number;
  /** Messages a day by channel. */
  readonly messagesPerDay: Readonly<Record<string, number>>;
  /** The first days were learned from too, for lack of history. */
  readonly selfTrained: boolean;
}

const DAY_MS = 86_400_000;

/** The last days of a source, up to the last window that is due. */
export async function lastDays(
  events: EventSource,
  { schedule }: Config,
  days: number,
  nowMs: number,
): Promise<Window> {
  const known = await events.range({ beforeMs: nowMs });
  if (!known) throw new AppError('not_found', 'there are no events to run again');
  const due = windowStart(Math.min(nowMs - schedule.queryDelay, known.end), schedule.windowLength);
  const start = windowStart(Math.max(known.start, due - days * DAY_MS), schedule.windowLength);
  if (start >= due) throw new AppError('not_found', 'there is no whole window to run again yet');
  return { start, end: due };
}

/**
 * Runs the range again.
 * @throws AppError `not_found` where there are no events
 */
export async function backtest(parts: BacktestParts): Promise<Backtest> {
  const { events, config, range, signal, onWindow } = parts;
  const { windowLength, history } = config.schedule;
  const results = new MemoryResults();
  const job = jobOn(parts, results);
  const known = await events.range({ beforeMs: range.end, spanMs: range.end - range.start + history });
  if (!known) throw new AppError('not_found', 'there are no events to run again');
  const first = windowStart(Math.max(known.start, range.start - history), windowLength);
  // What is judged is not learned from, unless there is nothing else.
  await job.prepare({ start: first, end: first < range.start ? range.start : range.end }, signal);
  let windows = 0;
  let read = 0;
  let done = 0;
  const counted = await events.count({ start: job.nextMs, end: range.end }, windowLength);
  const ahead = new ReadAhead(events, counted);
  try {
    for (const { window, total } of counted) {
      await job.run({ window, counted: total }, signal, ahead);
      onWindow?.(window.end, ++done, counted.length);
      if (window.start < range.start) continue;
      windows++;
      read += total;
    }
  } finally {
    await ahead.close();
  }
  const judged = results.changes.filter(({ episode }) => episode.start >= range.start);
  const counts = { windows, events: read, selfTrained: job.current?.origin.selfTrained === true };
  return { ...counts, ...summaryOf(judged, results, config, range) };
}

function jobOn({ events, config, clock, onLearning }: BacktestParts, results: MemoryResults): DetectionJob {
  const { windowLength } = config.schedule;
  return new DetectionJob({
    job: config.job,
    windowLengthMs: windowLength,
    events,
    results,
    states: new MemoryStates(),
    models: new MemoryModels(),
    // Every window is run once, so none has to be found again as it stood.
    horizonMs: 0,
    clock,
    options: config,
    ...(onLearning ? { onLearning } : {}),
    normalizer: () => configuredNormalizer(config, windowLength, clock.now()),
    announce: () => Promise.resolve(),
  });
}

function summaryOf(changes: readonly EpisodeChange[], results: MemoryResults, config: Config, range: Window) {
  const days = (range.end - range.start) / DAY_MS;
  const episodes = episodesOf(changes, results);
  const messages: Record<string, number> = {};
  for (const { channel } of planNotifications(changes, plannedChannels(config.alert), range.end)) {
    messages[channel] = (messages[channel] ?? 0) + 1;
  }
  const inSeverity = (severity: Severity): number =>
    episodes.filter((episode) => episode.severity === severity).length;
  return {
    episodes,
    bySeverity: Object.fromEntries(SEVERITIES.map((one) => [one, inSeverity(one)])) as Record<
      Severity,
      number
    >,
    alertsPerDay: changes.length / days,
    messagesPerDay: Object.fromEntries(
      Object.entries(messages).map(([channel, count]) => [channel, count / days]),
    ),
  };
}

/** Episodes as they ended: told when they last rose, and gone on for as long as they had anomalies. */
function episodesOf(changes: readonly EpisodeChange[], { found }: MemoryResults): Episode[] {
  const last = new Map(changes.map(({ episode }) => [episode.id, episode]));
  const ends = new Map<string, { end: number; windows: number }>();
  for (const { episode, window } of found) {
    const { end, windows } = ends.get(episode) ?? { end: 0, windows: 0 };
    ends.set(episode, { end: Math.max(end, window.end), windows: windows + 1 });
  }
  return [...last.values()]
    .map((episode) => ({ ...episode, ...ends.get(episode.id) }))
    .sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
}

/** What becomes of episodes under another configuration. */
export interface Difference {
  readonly stay: readonly Episode[];
  readonly vanish: readonly Episode[];
  readonly appear: readonly Episode[];
}

/** Gaps within one episode, and how far apart two tellings of one may lie. */
const GAP_MS = 30 * 60_000;

/** Episodes are the same where entity and behavior are, and their times touch. */
export function compare(before: readonly Episode[], after: readonly Episode[]): Difference {
  const unmatched = new Set(after);
  const stay: Episode[] = [];
  const vanish: Episode[] = [];
  for (const episode of before) {
    const same = [...unmatched].find((other) => areSame(episode, other));
    if (same) unmatched.delete(same);
    (same ? stay : vanish).push(same ?? episode);
  }
  return { stay, vanish, appear: [...unmatched] };
}

function areSame(a: Episode, b: Episode): boolean {
  return (
    a.behavior === b.behavior &&
    a.site === b.site &&
    a.entity.kind === b.entity.kind &&
    a.entity.id === b.entity.id &&
    a.start <= b.end + GAP_MS &&
    b.start <= a.end + GAP_MS
  );
}

/** What was recorded of the range when it was new. */
export async function recordedEpisodes(
  reader: Pick<ResultReader, 'episodes'>,
  job: string,
  range: Window,
): Promise<Episode[]> {
  const episodes: Episode[] = [];
  let cursor: string | null = null;
  do {
    const query = { job, range, sort: 'time', limit: 1000, ...(cursor === null ? {} : { cursor }) } as const;
    const page: Awaited<ReturnType<typeof reader.episodes>> = await reader.episodes(query);
    episodes.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return episodes;
}
