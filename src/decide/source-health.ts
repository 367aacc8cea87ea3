/**
 * What is told of a source that is not as expected: one episode from the third odd window until it
 * is as expected again.
 */
import type { Anomaly, Episode, EpisodeChange, Severity } from '../domain/anomaly.js';
import type { SourceHealthChange, SourceStatus } from '../domain/coverage.js';
import { stableId } from '../domain/hash.js';
import type { Entity } from '../domain/matrix.js';

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
};
const BEHAVIOR = 'source_health';
const MINUTE_MS = 60_000;

/** The alert of a change. */
export function sourceAlert(changed: SourceHealthChange, context: SourceContext): SourceAlert {
  const { job, site, windowLengthMs } = context;
  const entity: Entity = { kind: 'source', id: changed.source };
  const start = changed.endMs - windowLengthMs;
  const anomalyId = stableId(job, site, entity.kind, entity.id, String(windowLengthMs), String(start));
  const episode: Episode = {
    id: stableId(job, site, entity.kind, entity.id, BEHAVIOR, String(changed.startMs)),
    job,
    site,
    entity,
    behavior: BEHAVIOR,
    severity: SEVERITY[changed.status === 'usual' ? 'low' : changed.status],
    score: 1,
    anomaly: anomalyId,
    reason: reasonOf(changed, windowLengthMs),
    contributions: contributionsOf(changed),
    evidence: [],
    start: changed.startMs,
    end: changed.endMs,
    windows: changed.windows,
    basis: { model: context.model, rung: 'entity', historyDays: 0, selfTrained: false, degraded: false },
  };
  const change = { episode, change: changed.change };
  return { anomalies: changed.change === 'opened' ? [anomalyOf(episode, start)] : [], change };
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
