/**
 * What anomalies and alerts have in common: who, how strange, why, and on what evidence.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import {
  SEVERITIES,
  SEVERITY_NUMBER,
  type Basis,
  type Behavior,
  type Contribution,
  type EvidenceEvent,
  type Severity,
  type Technique,
} from '../domain/anomaly.js';
import { SUBJECT_KINDS, type Entity } from '../domain/matrix.js';
import { BEHAVIOR_NAMES, BEHAVIORS, categoriesOf } from './behavior-names.js';
import { ECS_VERSION, MODULE } from './index-definition.js';
import {
  boolean,
  constant,
  date,
  double,
  float,
  integer,
  ip,
  keyword,
  long,
  text,
  type Fields,
} from './mapping.js';

/** Time as documents write it. */
export const isoDate = z.iso.datetime();

/** Milliseconds as documents write them. */
export function toIso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

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

const contributionSchema = z.object({
  feature: z.string(),
  label: z.string(),
  unit: z.string(),
  actual: z.number(),
  typical: z.number().nullable(),
  upper: z.number().nullable(),
  share: z.number(),
});

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
  basis: basisSchema,
});

const endpointSchema = z.object({
  address: z.string(),
  ip: z.string().exactOptional(),
  port: z.number().exactOptional(),
});

/** The ECS fields that tell who and what; all derived from the entity and the technique. */
export const ecsSchema = z.object({
  '@timestamp': isoDate,
  ecs: z.object({ version: z.string() }),
  message: z.string(),
  rule: z.object({ id: z.string(), name: z.string(), ruleset: z.string() }),
  host: z
    .object({ name: z.string().exactOptional(), ip: z.array(z.string()).exactOptional() })
    .exactOptional(),
  source: endpointSchema.exactOptional(),
  destination: endpointSchema.exactOptional(),
  user: z.object({ name: z.string() }).exactOptional(),
  network: z.object({ transport: z.string() }).exactOptional(),
  related: z.object({
    ip: z.array(z.string()),
    user: z.array(z.string()),
    hosts: z.array(z.string()),
  }),
  threat: z
    .object({
      framework: z.string(),
      tactic: z.object({ id: z.array(z.string()), name: z.array(z.string()) }),
      technique: z.object({
        id: z.array(z.string()),
        name: z.array(z.string()).exactOptional(),
        subtechnique: z.object({ id: z.array(z.string()), name: z.array(z.string()) }).exactOptional(),
      }),
    })
    .exactOptional(),
});

/**
 * Fields of a result. Of the lists of objects only the leaf that one searches by is mapped:
 * Elasticsearch flattens such a list, so the numbers beside it would lose their partner.
 */
export function resultFields(kind: 'event' | 'alert', dataset: string): Fields {
  return {
    '@timestamp': date,
    'ecs.version': keyword,
    message: text,
    'event.kind': constant(kind),
    'event.module': constant(MODULE),
    'event.dataset': constant(dataset),
    'event.category': keyword,
    'event.type': keyword,
    'event.id': keyword,
    'event.start': date,
    'event.end': date,
    'event.duration': long,
    'event.severity': long,
    'event.risk_score': float,
    'event.risk_score_norm': float,
    'event.reason': keyword,
    'rule.id': keyword,
    'rule.name': keyword,
    'rule.ruleset': keyword,
    'host.name': keyword,
    'host.ip': ip,
    'source.address': keyword,
    'source.ip': ip,
    'destination.address': keyword,
    'destination.ip': ip,
    'destination.port': long,
    'user.name': keyword,
    'network.transport': keyword,
    'related.ip': ip,
    'related.user': keyword,
    'related.hosts': keyword,
    'threat.framework': keyword,
    'threat.tactic.id': keyword,
    'threat.tactic.name': keyword,
    'threat.technique.id': keyword,
    'threat.technique.name': keyword,
    'threat.technique.subtechnique.id': keyword,
    'threat.technique.subtechnique.name': keyword,
    'elkhound.job': keyword,
    'elkhound.site': keyword,
    'elkhound.entity.kind': keyword,
    'elkhound.entity.id': keyword,
    'elkhound.entity.names': keyword,
    'elkhound.entity.source': keyword,
    'elkhound.entity.destination': keyword,
    'elkhound.entity.port': integer,
    'elkhound.entity.transport': keyword,
    'elkhound.entity.user': keyword,
    'elkhound.behavior': keyword,
    'elkhound.score': double,
    'elkhound.severity': keyword,
    'elkhound.contributions.feature': keyword,
    'elkhound.evidence.id': keyword,
    'elkhound.basis.model': keyword,
    'elkhound.basis.rung': keyword,
    'elkhound.basis.history_days': double,
    'elkhound.basis.self_trained': boolean,
    'elkhound.basis.degraded': boolean,
    'elkhound.basis.ahead': boolean,
  };
}

/** What {@link toResult} and {@link toEcs} read of an anomaly or an episode. */
export interface Result {
  readonly job: string;
  readonly site: string;
  readonly entity: Entity;
  readonly behavior: Behavior;
  readonly score: number;
  readonly severity: Severity;
  readonly reason: string;
  readonly technique?: Technique;
  readonly contributions: readonly Contribution[];
  readonly evidence: readonly EvidenceEvent[];
  readonly basis: Basis;
}

/** The shared part under `elkhound`. */
export function toResult(result: Result): z.infer<typeof resultSchema> {
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
    category: categoriesOf(result.behavior),
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

/** The ECS fields of a result at `timestampMs`. */
export function toEcs(result: Result, timestampMs: number): z.infer<typeof ecsSchema> {
  const { entity, technique, behavior } = result;
  return {
    '@timestamp': toIso(timestampMs),
    ecs: { version: ECS_VERSION },
    message: result.reason,
    rule: { id: behavior, name: BEHAVIOR_NAMES[behavior], ruleset: MODULE },
    ...endpointsOf(entity),
    ...(entity.user === undefined ? {} : { user: { name: entity.user } }),
    ...(entity.transport === undefined ? {} : { network: { transport: entity.transport } }),
    related: relatedOf(entity),
    ...(technique === undefined ? {} : { threat: toThreat(technique) }),
  };
}

function namesOf(entity: Entity): string[] {
  const names = [entity.id, entity.source, entity.destination, entity.user];
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Whether an `ip` field takes the text; a zone (`fe80::1%eth0`) is no part of an address there. */
function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

function endpointsOf(entity: Entity): Pick<z.infer<typeof ecsSchema>, 'host' | 'source' | 'destination'> {
  const { kind, id, source, destination, port, others } = entity;
  const withPort = port === undefined ? {} : { port };
  return {
    // A crowd is no host that anything else could be known of.
    ...(kind === 'host' && others === undefined ? { host: hostOf(id, source) } : {}),
    ...(source === undefined ? {} : { source: endpointOf(source) }),
    ...(destination === undefined ? {} : { destination: { ...endpointOf(destination), ...withPort } }),
  };
}

/** Elastic's risk engine counts by `host.name`, so an address, which may be another host tomorrow, is none. */
function hostOf(id: string, source: string | undefined): { name?: string; ip?: string[] } {
  const addresses = [...new Set([id, source ?? ''])].filter(isAddress);
  return {
    ...(isAddress(id) ? {} : { name: id }),
    ...(addresses.length === 0 ? {} : { ip: addresses }),
  };
}

function endpointOf(address: string): { address: string; ip?: string } {
  return isAddress(address) ? { address, ip: address } : { address };
}

function relatedOf(entity: Entity): { ip: string[]; user: string[]; hosts: string[] } {
  const ends = [entity.source, entity.destination].filter((end) => end !== undefined);
  const hosts = entity.kind === 'host' && entity.others === undefined ? [entity.id, ...ends] : ends;
  return {
    ip: [...new Set(hosts.filter(isAddress))],
    user: entity.user === undefined ? [] : [entity.user],
    hosts: [...new Set(hosts.filter((host) => !isAddress(host)))],
  };
}

/** ECS keeps sub-techniques (`T1110.003`) apart from their technique (`T1110`). */
function toThreat(technique: Technique): NonNullable<z.infer<typeof ecsSchema>['threat']> {
  const { id, name, tactic } = technique;
  const dot = id.indexOf('.');
  return {
    framework: 'MITRE ATT&CK',
    tactic: { id: [tactic.id], name: [tactic.name] },
    technique:
      dot < 0
        ? { id: [id], name: [name] }
        : { id: [id.slice(0, dot)], subtechnique: { id: [id], name: [name] } },
  };
}

function fromThreat(threat: z.infer<typeof ecsSchema>['threat']): Technique | undefined {
  if (threat === undefined) return undefined;
  const technique = threat.technique.subtechnique ?? threat.technique;
  const [tactic] = zip(threat.tactic);
  const [named] = zip(technique);
  return tactic === undefined || named === undefined ? undefined : { ...named, tactic };
}

function zip(lists: { id: string[]; name?: string[] }): { id: string; name: string }[] {
  return lists.id.map((id, position) => ({ id, name: lists.name?.[position] ?? '' }));
}
