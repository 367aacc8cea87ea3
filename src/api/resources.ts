/**
 * How the results of the stages become what the API answers.
 */
import type { z } from 'zod';
import type { Page } from '../decide/ports.js';
import type { Anomaly, Contribution, Episode, WindowRecord } from '../domain/anomaly.js';
import type { RawEvent } from '../domain/raw.js';
import type { Window } from '../domain/window.js';
import { anomalyPath } from './pages/links.js';
import type {
  anomalySchema,
  contributionSchema,
  episodeSchema,
  rawEventSchema,
  windowRangeSchema,
  windowRecordSchema,
} from './schemas.js';

/** ISO 8601 in UTC. */
function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

export function toWindowRange(window: Window): z.input<typeof windowRangeSchema> {
  return { start: isoTime(window.start), end: isoTime(window.end) };
}

export function toAnomaly(anomaly: Anomaly): z.input<typeof anomalySchema> {
  const { window, detectors, grade, episode, labels, revision, previousScore, status } = anomaly;
  return {
    ...toFinding(anomaly),
    page: anomalyPath(anomaly.id),
    window: toWindowRange(window),
    grade,
    detectors: detectors.map((detector) => ({ ...detector, raw: finite(detector.raw) })),
    episode,
    labels: [...labels],
    revision,
    ...(previousScore === undefined ? {} : { previousScore }),
    status,
  };
}

export function toEpisode(episode: Episode): z.input<typeof episodeSchema> {
  const { anomaly, start, end, windows } = episode;
  return {
    ...toFinding(episode),
    page: anomalyPath(episode.id),
    anomaly,
    start: isoTime(start),
    end: isoTime(end),
    windows,
  };
}

function toFinding(result: Anomaly | Episode) {
  const { id, job, site, entity, behavior, severity, score: value, reason, technique, basis } = result;
  const { counterparts } = result;
  return {
    id,
    job,
    site,
    entity: { ...entity },
    behavior,
    severity,
    score: value,
    reason,
    ...(technique === undefined ? {} : { technique }),
    contributions: result.contributions.map(toContribution),
    evidence: result.evidence.map(({ timeMs, ...event }) => ({ ...event, time: isoTime(timeMs) })),
    ...(counterparts === undefined
      ? {}
      : {
          counterparts: { sources: [...counterparts.sources], destinations: [...counterparts.destinations] },
        }),
    basis: { ...basis },
  };
}

function toContribution(contribution: Contribution): z.input<typeof contributionSchema> {
  const { actual, typical, upper } = contribution;
  return { ...contribution, actual: finite(actual), typical: finite(typical), upper: finite(upper) };
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

export function toRawEvent({ id, index, source, timeMs, record }: RawEvent): z.input<typeof rawEventSchema> {
  return { id, ...(index === undefined ? {} : { index }), source, time: isoTime(timeMs), record };
}

export function toWindowRecord(record: WindowRecord): z.input<typeof windowRecordSchema> {
  const { window, recordedAtMs, coverage, others, ...rest } = record;
  return {
    ...rest,
    ...(others === undefined ? {} : { others: { ...others } }),
    window: toWindowRange(window),
    coverage: coverage.map((source) => ({
      ...source,
      filtered: { ...source.filtered },
    })),
    entities: { ...record.entities },
    recordedAt: isoTime(recordedAtMs),
  };
}

export function toPage<T, R>(page: Page<T>, map: (item: T) => R): { items: R[]; next: string | null } {
  return { items: page.items.map(map), next: page.next };
}

/** Points of an entity's history, oldest first. */
export function toHistory(anomalies: readonly Anomaly[]) {
  return [...anomalies]
    .sort((a, b) => a.window.start - b.window.start)
    .map(({ id, window, score: value, grade, severity }) => ({
      start: isoTime(window.start),
      score: value,
      grade,
      severity,
      anomaly: id,
    }));
}
