/**
 * Open episodes as what a window made of them: of thousands that wait for a lull a window touches few.
 */
import type { EpisodeState } from '../decide/episodes.js';

/** What became of the open episodes. */
export interface EpisodeDifference {
  /** Opened or changed. */
  readonly episodes: EpisodeState;
  /** Ids of those that are open no longer. */
  readonly closed: readonly string[];
}

/** What leads from one state to another. Episodes are replaced, never changed, so that identity tells. */
export function differenceOf(before: EpisodeState, after: EpisodeState): EpisodeDifference {
  const known = new Map(before.map(({ episode }) => [episode.id, episode]));
  const episodes = after.filter(({ episode }) => known.get(episode.id) !== episode);
  for (const { episode } of after) known.delete(episode.id);
  return { episodes, closed: [...known.keys()] };
}

/** The state that a difference leads to. */
export function withDifference(before: EpisodeState, { episodes, closed }: EpisodeDifference): EpisodeState {
  const open = new Map(before.map((one) => [one.episode.id, one]));
  for (const id of closed) open.delete(id);
  for (const one of episodes) open.set(one.episode.id, one);
  return [...open.values()];
}
