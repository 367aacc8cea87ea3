/**
 * The newest windows, before a long history is learned from: what the days right before them teach is
 * enough for provisional findings, so that the first ones need not wait for all of it.
 */
import type { EpisodeState } from '../decide/episodes.js';
import type { WindowRecord } from '../domain/anomaly.js';
import { windowStart, type Window } from '../domain/window.js';
import type { WindowDetector } from './detect.js';
import { learnNewest, type Beginning, type LearningParts } from './learn.js';
import { runWindow, type RunParts } from './window.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A shorter history is learned from before anybody waits. */
const LONG_MS = 4 * DAY_MS;
const LEARNED_MS = 2 * DAY_MS;
const SHOWN_MS = HOUR_MS;
/** Most events that are learned from, the newest: about half a minute of reading. */
const MOST_EVENTS = 1_000_000;

/**
 * Scores the newest windows of a long history; they are run again in their turn.
 * @param history event time there is
 * @param onRecord sees each of them
 * @returns the episodes that are open then, so that what goes on is reported once; undefined where the
 *   history is short
 */
export async function lookFirst(
  parts: LearningParts & RunParts,
  history: Window,
  detectorOn: (beginning: Beginning) => WindowDetector,
  onRecord: (record: WindowRecord) => void,
  signal?: AbortSignal,
): Promise<EpisodeState | undefined> {
  if (history.end - history.start < LONG_MS) return undefined;
  const { windowLengthMs } = parts;
  const start = windowStart(history.end - Math.max(SHOWN_MS, windowLengthMs), windowLengthMs);
  const learned = { start: windowStart(start - LEARNED_MS, windowLengthMs), end: start };
  const beginning = await learnNewest(parts, learned, MOST_EVENTS, signal);
  const detector = detectorOn(beginning);
  const model = beginning.model.origin.id;
  const counts = await parts.events.count({ start, end: history.end }, windowLengthMs);
  for (const { window, total: counted } of counts) {
    if (counted === 0) continue;
    signal?.throwIfAborted();
    onRecord(
      await runWindow(parts, { window, counted }, { turn: 'ahead', detector, repeated: true, signal, model }),
    );
  }
  return detector.decider.episodes.toState();
}
