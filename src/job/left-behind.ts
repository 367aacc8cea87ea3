/**
 * What an earlier run of a job has left: a model with its state to go on from, or where it has to learn anew.
 */
import { windowStart, type Window } from '../domain/window.js';
import type { ModelSnapshot, ModelStore } from '../detectors/ports.js';
import type { Journal } from './journal.js';
import type { LeftOff } from './learn.js';
import type { JobState } from './past-states.js';

/** What is looked at beside the journal. */
export interface LeftBehindParts {
  readonly models: ModelStore;
  readonly windowLengthMs: number;
  readonly notice?: (text: string) => void;
}

/** What was found. */
export interface LeftBehind {
  /** To go on from; without it the job learns anew. */
  readonly standing?: { readonly state: JobState; readonly snapshot: ModelSnapshot };
  /** Where windows ended that were scored before, if any were. */
  readonly leftOff?: LeftOff;
}

/** Opens the journal and looks. @param history event time there is, up to the last due window */
export async function leftBehind(
  journal: Journal,
  parts: LeftBehindParts,
  history: Window,
): Promise<LeftBehind> {
  const { notice, models, windowLengthMs: lengthMs } = parts;
  const state = await journal.open();
  const id = journal.model;
  const snapshot = id === undefined ? undefined : await models.model(id);
  // Without its state a model is of no use, nor the other way round: a crash fell between the two.
  if (!state || !snapshot) {
    const { leftOffMs: atMs = -Infinity } = journal;
    const goesOn = atMs > windowStart(history.start, lengthMs) && atMs <= history.end;
    if (!goesOn) return {};
    // What an earlier version has scored is not scored again: it would tell the past anew.
    notice?.('the state that was left cannot be read: learning anew, results stay');
    return { leftOff: { atMs, episodes: [] } };
  }
  if (journal.windowLengthMs !== undefined && journal.windowLengthMs !== lengthMs) {
    notice?.(`windows are ${String(lengthMs / 60_000)} minutes long from now on: learning anew`);
    return { leftOff: { atMs: windowStart(state.asOfMs, lengthMs), episodes: state.episodes } };
  }
  return { standing: { state, snapshot } };
}
