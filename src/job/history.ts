/**
 * Windows out of a store: one of them, or a stretch to learn from.
 */
import type { EventSource, WindowCount } from '../collect/ports.js';
import type { DetectorOptions } from '../detectors/options.js';
import type { SourceCoverage } from '../domain/coverage.js';
import type { WindowEvents } from '../domain/events.js';
import type { Window } from '../domain/window.js';
import type { Normalizer } from '../normalize/normalizer.js';
import type { SiteEngines } from './sites.js';
import { ReadAhead, type EventReader } from './read-ahead.js';
import { Trainer } from './train.js';

/** What reading needs. */
export interface HistoryParts {
  readonly events: EventSource;
  readonly windowLengthMs: number;
  readonly options: { readonly detectors: DetectorOptions };
  /** Most events that are read to learn from, the newest; absent for all. */
  readonly maxLearnedEvents?: number | undefined;
  /** Sees how far learning is: at its begin, and after each stretch of windows. */
  readonly onLearning?: (progress: LearningProgress) => void;
  /** A fresh normalizer for one window. */
  normalizer(): Normalizer;
}

/** How far learning is. */
export interface LearningProgress {
  /** Event time that is learned from. */
  readonly range: Window;
  /** Windows read so far, and of how many. */
  readonly read: number;
  readonly windows: number;
  /** Events of all of them, as the store counts. */
  readonly events: number;
}

/** Events held at one time while a stretch is read: many small windows cost one query. */
const EVENTS_PER_READ = 50_000;

/** Documents by which a stretch of time still counts as empty. */
const STRAY_SHARE = 0.001;

/**
 * Where history begins. A few documents with absurd times, or of long ago, stretch it over years in
 * which there is nothing to learn: as long as next to nothing lies in the first half, it begins later.
 * @param counts of the range, oldest first
 */
export function beginOfHistory(counts: readonly WindowCount[], range: Window): number {
  const total = counts.reduce((sum, count) => sum + count.total, 0);
  const strays = Math.max(1, total * STRAY_SHARE);
  let { start } = range;
  let earlier = 0;
  for (const { window, total: documents } of counts) {
    if (window.start >= (start + range.end) / 2) {
      if (earlier > strays) return start;
      start = window.start;
    }
    earlier += documents;
  }
  return start;
}

/** What was read. */
interface ReadEvents {
  /** The events of each window, in order; each site by itself. */
  readonly windows: readonly WindowEvents[];
  /** What else was read, by source: see {@link Normalizer.aside}. */
  readonly aside: readonly SourceCoverage[];
}

/** The events of a window, or of each window in a stretch. */
export async function readEvents(
  { events, normalizer }: { readonly events: EventReader } & Pick<HistoryParts, 'normalizer'>,
  window: Window,
  signal?: AbortSignal,
): Promise<ReadEvents> {
  const fresh = normalizer();
  for await (const batch of events.read(window, signal)) fresh.add(batch);
  return { windows: fresh.close(Infinity), aside: fresh.aside() };
}

/** The windows of {@link readEvents} alone. */
export async function readWindows(
  parts: { readonly events: EventReader } & Pick<HistoryParts, 'normalizer'>,
  window: Window,
  signal?: AbortSignal,
): Promise<readonly WindowEvents[]> {
  return (await readEvents(parts, window, signal)).windows;
}

/** Feature rows of all windows of a range; the engines' state is advanced over it. */
export async function gatherHistory(
  parts: HistoryParts,
  range: Window,
  engines: SiteEngines,
  signal?: AbortSignal,
): Promise<Trainer> {
  const trainer = new Trainer(parts.options.detectors);
  const counts = await parts.events.count(range, parts.windowLengthMs);
  const learned = newestOf(counts, parts.maxLearnedEvents);
  const stretches = stretchesOf(learned);
  const ahead = new ReadAhead(parts.events, stretches);
  const tell = progressOf(learned, parts.onLearning);
  try {
    tell(0);
    for (const { window, windows } of stretches) {
      signal?.throwIfAborted();
      for (const events of await readWindows({ ...parts, events: ahead }, window, signal)) {
        const features = engines.compute(events);
        // What a missing source would have told is in nobody's row: such a window teaches nothing.
        if (features.gate.lacking.size === 0) trainer.add(features);
        engines.advance(features);
      }
      tell(windows);
    }
    return trainer;
  } finally {
    await ahead.close();
  }
}

/** The newest windows that together hold no more than so many events; at least one. */
function newestOf(counts: readonly WindowCount[], most = Infinity): readonly WindowCount[] {
  let events = 0;
  const tooOld = counts.findLastIndex(({ total }) => (events += total) > most);
  return counts.slice(Math.min(tooOld + 1, counts.length - 1));
}

/** Neighboring windows as stretches of at most {@link EVENTS_PER_READ} events, or of one window. */
function stretchesOf(
  counts: readonly WindowCount[],
): { readonly window: Window; readonly windows: number }[] {
  const stretches: { window: Window; windows: number; events: number }[] = [];
  for (const { window, total } of counts) {
    const last = stretches.at(-1);
    if (last && last.events + total <= EVENTS_PER_READ) {
      last.window = { start: last.window.start, end: window.end };
      last.events += total;
      last.windows++;
    } else stretches.push({ window, windows: 1, events: total });
  }
  return stretches;
}

/** Tells of windows as they are read; of nothing where there is none. */
function progressOf(
  counts: readonly WindowCount[],
  onLearning: HistoryParts['onLearning'],
): (windows: number) => void {
  const [first, last] = [counts[0], counts.at(-1)];
  if (!first || !last || !onLearning) return () => undefined;
  const range = { start: first.window.start, end: last.window.end };
  const events = counts.reduce((sum, { total }) => sum + total, 0);
  let read = 0;
  return (windows) => {
    read += windows;
    onLearning({ range, read, windows: counts.length, events });
  };
}
