/**
 * What is told of a source that is not as expected: one episode from the third odd window until it
 * is as expected again.
 */
import type { Anomaly, Episode, EpisodeChange, Severity } from '../domain/anomaly.js';
import type { SourceHealthChange, SourceStatus } from '../domain/coverage.js';
import { stableId } from '../domain/hash.js';
import type { Entity } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';
import type { HeldBack } from './doubt.js';
import type { OpenEpisodes } from './episodes.js';
import { severityRank } from './grade.js';

/** Whose source it is. */
export interface SourceContext {
  readonly job: string;
  readonly site: string;
  readonly windowLengthMs: number;
  readonly model: string;
}

/** What is told of a change; a source that is all right again makes no anomaly. */
export interface SourceAlert {
  readonly anomalies: readonly Anomaly[];
  readonly change: EpisodeChange;
}

const SEVERITY: Readonly<Record<Exclude<SourceStatus, 'usual'>, Severity>> = {
  silent: 'medium',
  low: 'medium',
  burst: 'medium',
  doubled: 'medium',
  repeated: 'low',
  new: 'low',
  flooding: 'high',
};
const BEHAVIOR = 'source_health';
const MEANWHILE = '. Found among its events: ';
const MINUTE_MS = 60_000;

/**
 * What is told of the sources of a window. A source that makes findings doubtful is as severe as the
 * worst of them would be, and names it: what a gate takes from a finding its source's episode carries.
 * @param episodes the open ones, which take note of it
 */
export function sourceAlerts(
  changes: readonly SourceHealthChange[],
  held: readonly HeldBack[],
  window: Window,
  context: SourceContext,
  episodes: OpenEpisodes,
): SourceAlert[] {
  const alerts = changes.map((changed) => {
    const alert = sourceAlert(changed, context, episodes.ofSource(context.site, changed.source));
    episodes.noteSource(alert.change);
    return alert;
  });
  for (const worst of worstBySource(held)) {
    const open = episodes.ofSource(context.site, worst.source);
    if (!open || severityRank(worst.severity) <= severityRank(open.severity)) continue;
    const at = alerts.findIndex(({ change }) => change.episode.id === open.id);
    const change = at < 0 ? 'raised' : 'opened';
    const alert = raisedBy(worst, open, change, window, context);
    episodes.noteSource(alert.change);
    alerts.splice(at < 0 ? alerts.length : at, 1, alert);
  }
  return alerts;
}

function worstBySource(held: readonly HeldBack[]): HeldBack[] {
  const worst = new Map<string, HeldBack>();
  for (const one of held) {
    const known = worst.get(one.source);
    if (!known || severityRank(one.severity) > severityRank(known.severity)) worst.set(one.source, one);
  }
  return [...worst.values()];
}

/** The episode of a source as severe as what was found among its events. */
function raisedBy(
  { severity, reason }: HeldBack,
  open: Episode,
  change: EpisodeChange['change'],
  window: Window,
  { job, site, windowLengthMs }: SourceContext,
): SourceAlert {
  const { kind, id } = open.entity;
  const episode: Episode = {
    ...open,
    severity,
    anomaly: stableId(job, site, kind, id, String(windowLengthMs), String(window.start)),
    // A worse finding takes the place of the one before it.
    reason: `${open.reason.split(MEANWHILE)[0]!}${MEANWHILE}${reason}`,
    end: window.end,
    windows: change === 'opened' ? open.windows : open.windows + 1,
  };
  return { anomalies: [anomalyOf(episode, window.start)], change: { episode, change } };
}

/** The alert of a change. @param open what was told of the source before, and goes on */
export function sourceAlert(
  changed: SourceHealthChange,
  context: SourceContext,
  open?: Episode,
): SourceAlert {
  const { job, site, windowLengthMs } = context;
  const severity = SEVERITY[changed.status === 'usual' ? 'low' : changed.status];
  const entity: Entity = { kind: 'source', id: changed.source };
  const start = changed.endMs - windowLengthMs;
  const ofWindow = stableId(job, site, entity.kind, entity.id, String(windowLengthMs), String(start));
  const isWorse = open !== undefined && severityRank(open.severity) > severityRank(severity);
  const episode: Episode = {
    id: stableId(job, site, entity.kind, entity.id, BEHAVIOR, String(changed.startMs)),
    job,
    site,
    entity,
    behavior: BEHAVIOR,
    severity: isWorse ? open.severity : severity,
    score: 1,
    // The end makes no anomaly of its own: it leads to what it is the end of.
    anomaly: changed.change === 'resolved' && open ? open.anomaly : ofWindow,
    reason: reasonOf(changed, windowLengthMs),
    contributions: contributionsOf(changed),
    evidence: [],
    start: changed.startMs,
    end: changed.endMs,
    windows: changed.windows,
    basis: { model: context.model, rung: 'entity', historyDays: 0, selfTrained: false, degraded: false },
  };
  const change = { episode, change: changed.change };
  return { anomalies: changed.change === 'resolved' ? [] : [anomalyOf(episode, start)], change };
}

function anomalyOf(
  { id, anomaly, start: _start, end, windows: _windows, ...same }: Episode,
  start: number,
): Anomaly {
  return {
    ...same,
    id: anomaly,
    episode: id,
    window: { start, end },
    grade: 1,
    detectors: [],
    labels: [],
    revision: 1,
    status: 'active',
  };
}

function reasonOf(
  { source, change, status, startMs, endMs, events, expected }: SourceHealthChange,
  lengthMs: number,
): string {
  const window = durationText(lengthMs);
  const usual = expected ? `; it usually sends ${countText(expected.typical)} events in ${window}` : '';
  const lasted = durationText(endMs - startMs);
  if (change === 'resolved') {
    return `${source} is as expected again, after ${lasted}${usual}`;
  }
  switch (status) {
    case 'silent':
      return `${source} has sent nothing for ${lasted}${usual}`;
    case 'low':
      return `${source} has sent only ${countText(events)} events in ${window}${usual}`;
    case 'burst':
      return `${source} sends far more than usual of every host, ${countText(events)} events in ${window}${usual}`;
    case 'flooding':
      return `${source} sends more than a window may hold (normalize.maxWindowMb): of its records only ${countText(events)} were used in ${window}, and what attackers did may be among the others`;
    case 'doubled':
      return `${source} tells most connections of most hosts twice: it may be shipped by two ways`;
    case 'repeated':
      return `${source} sends most events twice; the repetitions are left out`;
    case 'new':
    case 'usual':
      return `${source} is new; what it sends is not judged for a day, until its usual volume is known`;
  }
}

function contributionsOf({ events, expected }: SourceHealthChange): Episode['contributions'] {
  return [
    {
      feature: 'source_events',
      label: 'events of the source',
      unit: 'count',
      actual: events,
      typical: expected?.typical ?? null,
      upper: expected?.upper ?? null,
      share: 1,
    },
  ];
}

function countText(count: number): string {
  return count >= 10 ? String(Math.round(count)) : String(Math.round(count * 10) / 10);
}

function durationText(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 1) return `${String(Math.round(ms / 1000))} seconds`;
  if (minutes < 120) return minutes === 1 ? 'a minute' : `${String(minutes)} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${String(hours)} hours` : `${String(Math.round(hours / 24))} days`;
}
