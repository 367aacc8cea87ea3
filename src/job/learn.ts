/**
 * What a job begins with: a model, and the state that it goes on from.
 */
import type { Clock } from '../domain/clock.js';
import { windowStart, type Window } from '../domain/window.js';
import type { EpisodeState } from '../decide/episodes.js';
import type { DetectorOptions } from '../detectors/options.js';
import type { ModelStore } from '../detectors/ports.js';
import type { FeatureOptions } from '../features/options.js';
import { gatherHistory, type HistoryParts } from './history.js';
import type { JobState } from './past-states.js';
import type { Model } from './model.js';
import { SiteEngines } from './sites.js';

/** What learning needs. */
export interface LearningParts extends HistoryParts {
  readonly job: string;
  readonly models: ModelStore;
  readonly clock: Clock;
  readonly options: { readonly features: FeatureOptions; readonly detectors: DetectorOptions };
}

/** Where windows ended that were scored before, and the episodes that were open then. */
export interface LeftOff {
  readonly atMs: number;
  readonly episodes: EpisodeState;
}

/** A model, stored, and the state before the first window that it scores. */
export interface Beginning {
  readonly model: Model;
  readonly state: JobState;
}

/** A history shorter than this is scored by a model that was fitted on it, and says so. */
const MIN_HISTORY_MS = 2 * 86_400_000;
/** Share of a long history that is learned from; the rest is scored. */
const LEARNED_SHARE = 0.75;

/** Learns from a history; where windows were scored before, from all that lies before their end. */
export async function learn(
  parts: LearningParts,
  history: Window,
  leftOff?: LeftOff,
  signal?: AbortSignal,
): Promise<Beginning> {
  const { windowLengthMs: length, options } = parts;
  const start = windowStart(history.start, length);
  const span = history.end - start;
  const isScored = !leftOff && span < MIN_HISTORY_MS;
  const learned = isScored ? history.end : windowStart(start + span * LEARNED_SHARE, length);
  const end = leftOff?.atMs ?? learned;
  const engines = new SiteEngines(options.features);
  const isShort = leftOff ? end - start < MIN_HISTORY_MS : isScored;
  const range = { start: Math.min(start, end), end };
  const model = await fit(parts, range, isShort, engines, signal);
  // A model that scores its own history starts from an empty state, as that history did.
  const state = isScored
    ? { asOfMs: start, engines: new SiteEngines(options.features), episodes: [] }
    : { asOfMs: end, engines, episodes: leftOff?.episodes ?? [] };
  return { model, state };
}

/** Learns from the newest events of a range; the state is that at its end. */
export async function learnNewest(
  parts: LearningParts,
  range: Window,
  mostEvents: number,
  signal?: AbortSignal,
): Promise<Beginning> {
  const { maxLearnedEvents = Infinity, options } = parts;
  const engines = new SiteEngines(options.features);
  const bounded = { ...parts, maxLearnedEvents: Math.min(maxLearnedEvents, mostEvents) };
  const model = await fit(bounded, range, false, engines, signal);
  return { model, state: { asOfMs: range.end, engines, episodes: [] } };
}

/** Fits a model on a range, for a state that goes on. */
export function fitAnew(parts: LearningParts, range: Window, signal?: AbortSignal): Promise<Model> {
  const isShort = range.end - range.start < MIN_HISTORY_MS;
  return fit(parts, range, isShort, new SiteEngines(parts.options.features), signal);
}

async function fit(
  parts: LearningParts,
  range: Window,
  isShort: boolean,
  engines: SiteEngines,
  signal?: AbortSignal,
): Promise<Model> {
  const trainer = await gatherHistory(parts, range, engines, signal);
  const model = trainer.fit(parts.job, parts.clock.now(), isShort);
  await parts.models.saveModel(model.toSnapshot());
  return model;
}
