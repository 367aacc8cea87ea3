/**
 * What anomalies and alerts have in common: who, how strange, why, and on what evidence.
 */
import { z } from 'zod';
import {
  SEVERITIES,
  SEVERITY_NUMBER,
  type Basis,
  type Contribution,
  type Counterparts,
  type EvidenceEvent,
  type Severity,
} from '../domain/anomaly.js';
import { SUBJECT_KINDS, type Entity } from '../domain/matrix.js';
import { BEHAVIORS, CATALOGUE } from '../behaviors/catalogue.js';
import { fromThreat, type ecsSchema, type Subject } from './ecs-parts.js';
import { MODULE } from './index-definition.js';
import { isoDate, toIso } from './time.js';

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** The event fields that say what a result is. */
export const eventSchema = z.object({
  kind: z.enum(['event', 'alert']),
  module: z.literal(MODULE),
  dataset: z.string(),
  category: z.array(z.string()),
  type: z.array(z.string()),
  id: z.string(),
  start: isoDate,
  end: isoDate,
  duration: z.number(),
  severity: z.number(),
  risk_score: z.number(),
  risk_score_norm: z.number(),
  reason: z.string(),
});

/** A measure of an entity: what was seen, against what is usual. */
export const measureSchema = z.object({
  feature: z.string(),
  label: z.string(),
  unit: z.string(),
  actual: z.number(),
  typical: z.number().nullable(),
  upper: z.number().nullable(),
});

const contributionSchema = measureSchema.extend({ share: z.number() });

const evidenceSchema = z.object({
  id: z.string(),
  index: z.string(),
  source: z.string(),
  place: z.number(),
  time: isoDate,
  summary: z.string(),
});

const basisSchema = z.object({
  model: z.string(),
  rung: z.enum(['entity', 'peers', 'global']),
  history_days: z.number(),
  self_trained: z.boolean(),
  degraded: z.boolean(),
  ahead: z.boolean().exactOptional(),
});

const entitySchema = z.object({
  kind: z.enum(SUBJECT_KINDS),
  id: z.string(),
  /** Everything it may be asked for by: its id, its addresses, its user. */
  names: z.array(z.string()),
  source: z.string().exactOptional(),
  destination: z.string().exactOptional(),
  port: z.number().exactOptional(),
  transport: z.string().exactOptional(),
  user: z.string().exactOptional(),
  /** Of a crowd: how many it stands for. */
  others: z.number().exactOptional(),
});

/** The part under `elkhound` that anomalies and alerts share. */
export const resultSchema = z.object({
  job: z.string(),
  site: z.string(),
  entity: entitySchema,
  behavior: z.enum(BEHAVIORS),
  score: z.number(),
  severity: z.enum(SEVERITIES),
  contributions: z.array(contributionSchema),
  evidence: z.array(evidenceSchema),
  counterparts: z.object({ sources: z.array(z.string()), destinations: z.array(z.string()) }).exactOptional(),
  basis: basisSchema,
});

/** What {@link toResult} and {@link toEcs} read of an anomaly or an episode. */
export interface Result extends Subject {
  readonly job: string;
  readonly site: string;
  readonly score: number;
  readonly severity: Severity;
  readonly contributions: readonly Contribution[];
  readonly evidence: readonly EvidenceEvent[];
  readonly counterparts?: Counterparts;
  readonly basis: Basis;
}

/** The shared part under `elkhound`. */
export function toResult(result: Result): z.infer<typeof resultSchema> {
  const { counterparts } = result;
  const { model, rung, historyDays, selfTrained, degraded, ahead } = result.basis;
  return {
    job: result.job,
    site: result.site,
    entity: { ...result.entity, names: namesOf(result.entity) },
    behavior: result.behavior,
    score: result.score,
    severity: result.severity,
    contributions: [...result.contributions],
    evidence: result.evidence.map(({ timeMs, ...event }) => ({ ...event, time: toIso(timeMs) })),
    ...(counterparts === undefined
      ? {}
      : {
          counterparts: {
            sources: [...counterparts.sources],
            destinations: [...counterparts.destinations],
          },
        }),
    basis: {
      model,
      rung,
      history_days: historyDays,
      self_trained: selfTrained,
      degraded,
      ...(ahead === undefined ? {} : { ahead }),
    },
  };
}

/** The inverse of {@link toResult} and of the technique in {@link toEcs}. */
export function fromResult(
  part: z.infer<typeof resultSchema>,
  reason: string,
  threat: z.infer<typeof ecsSchema>['threat'],
): Result {
  const { names: _names, ...entity } = part.entity;
  const { model, rung, history_days, self_trained, degraded, ahead } = part.basis;
  const technique = fromThreat(threat);
  return {
    job: part.job,
    site: part.site,
    entity,
    behavior: part.behavior,
    score: part.score,
    severity: part.severity,
    reason,
    ...(technique === undefined ? {} : { technique }),
    contributions: part.contributions,
    evidence: part.evidence.map(({ time, ...event }) => ({ ...event, timeMs: Date.parse(time) })),
    ...(part.counterparts === undefined ? {} : { counterparts: part.counterparts }),
    basis: {
      model,
      rung,
      historyDays: history_days,
      selfTrained: self_trained,
      degraded,
      ...(ahead === undefined ? {} : { ahead }),
    },
  };
}

/** The `event` object of a result over `[startMs, endMs)`. */
export function toEvent(
  result: Result,
  kind: 'event' | 'alert',
  dataset: string,
  id: string,
  startMs: number,
  endMs: number,
): z.infer<typeof eventSchema> {
  // Elastic's own rules pair exactly these numbers with the severities, as severity and as risk.
  const severity = SEVERITY_NUMBER[result.severity];
  return {
    kind,
    module: MODULE,
    dataset,
    category: [...CATALOGUE[result.behavior].category],
    type: ['info'],
    id,
    start: toIso(startMs),
    end: toIso(endMs),
    duration: (endMs - startMs) * NANOSECONDS_PER_MILLISECOND,
    severity,
    risk_score: severity,
    risk_score_norm: severity,
    reason: result.reason,
  };
}

function namesOf(entity: Entity): string[] {
  const names = [entity.id, entity.source, entity.destination, entity.user];
  return [...new Set(names.filter((name) => name !== undefined))];
}
