/**
 * Episodes as a person follows them: the alert document joined with the windows it has by now.
 */
import {
  SEVERITIES,
  type Anomaly,
  type Basis,
  type Behavior,
  type Episode,
  type Severity,
  type Technique,
} from '../domain/anomaly.js';
import type { Entity, SubjectKind } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';
import type { ResultQuery, ResultReader } from '../decide/ports.js';
import type { GradePoint } from './pages/sparkline.js';

/** An episode and its windows. */
export interface EpisodeView {
  readonly id: string;
  readonly job: string;
  readonly entity: Entity;
  readonly behavior: Behavior;
  readonly severity: Severity;
  readonly score: number;
  readonly reason: string;
  readonly technique?: Technique;
  readonly basis: Basis;
  readonly start: number;
  /** End of the newest window that was strange. */
  readonly end: number;
  readonly windows: number;
  /** It may still go on: the newest strange window is at most the gap of an episode ago. */
  readonly ongoing: boolean;
  readonly points: readonly GradePoint[];
}

/** Which episodes to show. */
export interface EpisodeConditions {
  /** Of all jobs where absent. */
  readonly job?: string;
  readonly range: Window;
  readonly severity?: Severity;
  readonly behavior?: Behavior;
  readonly entity?: string;
  readonly entityKind?: SubjectKind;
}

/** Episodes in a range, and whether there were more anomalies than could be looked at. */
export interface EpisodeList {
  readonly episodes: readonly EpisodeView[];
  readonly truncated: boolean;
}

/** Pauses of this length end an episode. */
const GAP_MS = 30 * 60_000;
const PAGE = 1000;
const MAX_PAGES = 5;

/** Severest first, then what goes on, then the newest. */
export async function episodesIn(
  reader: ResultReader,
  conditions: EpisodeConditions,
  anchorMs: number,
): Promise<EpisodeList> {
  const { severity: minimum, ...rest } = conditions;
  const query = { ...rest, status: 'active' as const, sort: '-time' as const };
  const [documents, { anomalies, truncated }] = await Promise.all([
    reader.episodes({ ...rest, limit: PAGE }),
    readAnomalies(reader, query),
  ]);
  const byId = new Map(documents.items.map((episode) => [episode.id, episode]));
  const episodes = [...groupByEpisode(anomalies)].map(([id, windows]) =>
    episodeView(windows, byId.get(id), anchorMs),
  );
  const lowest = minimum === undefined ? 0 : SEVERITIES.indexOf(minimum);
  return {
    episodes: episodes.filter(({ severity }) => SEVERITIES.indexOf(severity) >= lowest).sort(mostUrgentFirst),
    truncated,
  };
}

async function readAnomalies(reader: ResultReader, query: Omit<ResultQuery, 'limit'>) {
  const anomalies: Anomaly[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, next } = await reader.anomalies({
      ...query,
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    anomalies.push(...items);
    cursor = next;
    if (cursor === null) break;
  }
  return { anomalies, truncated: cursor !== null };
}

function groupByEpisode(anomalies: readonly Anomaly[]): Map<string, Anomaly[]> {
  const groups = new Map<string, Anomaly[]>();
  for (const anomaly of anomalies) {
    const group = groups.get(anomaly.episode);
    if (group === undefined) groups.set(anomaly.episode, [anomaly]);
    else group.push(anomaly);
  }
  return groups;
}

/**
 * One episode of its anomalies and of its alert document where that is in reach; there must be one of either.
 * The document may be older than the newest windows; the anomalies may lack those before the range.
 */
export function episodeView(
  anomalies: readonly Anomaly[],
  document: Episode | undefined,
  anchorMs: number,
): EpisodeView {
  const all = document === undefined ? anomalies : [document, ...anomalies];
  const lead = all.reduce((best, next) => (next.score > best.score ? next : best));
  const { job, entity, behavior, score, reason, technique, basis } = lead;
  const end = Math.max(document?.end ?? 0, ...anomalies.map(({ window }) => window.end));
  return {
    id: 'episode' in lead ? lead.episode : lead.id,
    job,
    entity,
    behavior,
    severity: all.map(({ severity }) => severity).reduce(worse),
    score,
    reason,
    ...(technique === undefined ? {} : { technique }),
    basis,
    start: Math.min(document?.start ?? Infinity, ...anomalies.map(({ window }) => window.start)),
    end,
    windows: Math.max(document?.windows ?? 0, anomalies.length),
    ongoing: anchorMs - end <= GAP_MS,
    points: anomalies.map(({ window, grade, severity }) => ({ start: window.start, grade, severity })),
  };
}

function worse(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) >= SEVERITIES.indexOf(b) ? a : b;
}

function mostUrgentFirst(a: EpisodeView, b: EpisodeView): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    Number(b.ongoing) - Number(a.ongoing) ||
    b.end - a.end ||
    b.score - a.score ||
    (a.id < b.id ? -1 : 1)
  );
}
