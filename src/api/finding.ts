/**
 * Everything about one anomaly: its episode, the events behind it and their raw records.
 */
import type { Anomaly } from '../domain/anomaly.js';
import type { Entity } from '../domain/matrix.js';
import type { RawEvent } from '../domain/raw.js';
import type { ApiDependencies } from './dependencies.js';
import { episodeView, type EpisodeView } from './episode-view.js';

export interface Finding {
  readonly anomaly: Anomaly;
  readonly episode: EpisodeView;
  /** Anomalies of the episode, oldest first. */
  readonly windows: readonly Anomaly[];
  /** Raw records of the evidence, by event id. */
  readonly evidence: ReadonlyMap<string, RawEvent>;
  /** Raw events of the entity in the window, newest first. */
  readonly events: readonly RawEvent[];
}

/** Windows of an episode that its page can show. */
const MAX_WINDOWS = 500;
const RAW_EVENTS = 50;

/** The anomaly of that id, or the strangest of the episode of that id. */
export async function findingOf(
  dependencies: ApiDependencies,
  id: string,
  anchorMs: number,
): Promise<Finding | undefined> {
  const { reader, source } = dependencies;
  const anomaly = (await reader.anomaly(id)) ?? (await strangestOf(dependencies, id));
  if (anomaly === undefined) return undefined;
  const [windows, documents, found, events] = await Promise.all([
    reader.anomalies({ episode: anomaly.episode, sort: 'time', limit: MAX_WINDOWS }),
    reader.episodes({ episode: anomaly.episode, limit: 1 }),
    source(anomaly.job).find(anomaly.evidence.map((event) => ({ id: event.id, index: event.index }))),
    source(anomaly.job).ofEntity(addressOf(anomaly.entity), anomaly.window, RAW_EVENTS),
  ]);
  return {
    anomaly,
    episode: episodeView(withItself(windows.items, anomaly), documents.items[0], anchorMs),
    windows: withItself(windows.items, anomaly),
    evidence: new Map(found.map((event) => [event.id, event])),
    events,
  };
}

/** The anomaly is shown even where its episode has more windows than the page can. */
function withItself(windows: readonly Anomaly[], anomaly: Anomaly): readonly Anomaly[] {
  return windows.some(({ id }) => id === anomaly.id) ? windows : [...windows, anomaly];
}

async function strangestOf({ reader }: ApiDependencies, episode: string): Promise<Anomaly | undefined> {
  const active = await reader.anomalies({ episode, status: 'active', sort: '-score', limit: 1 });
  if (active.items[0] !== undefined) return active.items[0];
  return (await reader.anomalies({ episode, sort: '-score', limit: 1 })).items[0];
}

/** The address or user by which raw events name an entity. */
export function addressOf({ kind, id, user, source, destination }: Entity): string {
  if (kind === 'user') return user ?? id;
  if (kind === 'service') return destination ?? id;
  return source ?? id;
}
