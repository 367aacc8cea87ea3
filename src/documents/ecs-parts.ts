/**
 * The ECS fields of a result, which other tools know it by: who, and which technique.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import type { Behavior, Counterparts, Technique } from '../domain/anomaly.js';
import type { Entity } from '../domain/matrix.js';
import { CATALOGUE } from '../behaviors/catalogue.js';
import { ECS_VERSION, MODULE } from './index-definition.js';
import { isoDate, toIso } from './time.js';

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

/** What {@link toEcs} reads of an anomaly or an episode. */
export interface Subject {
  readonly entity: Entity;
  readonly behavior: Behavior;
  readonly reason: string;
  readonly technique?: Technique;
  readonly counterparts?: Counterparts;
}

/** The ECS fields of a result at `timestampMs`. */
export function toEcs(result: Subject, timestampMs: number): z.infer<typeof ecsSchema> {
  const { entity, technique, behavior, counterparts = NOBODY } = result;
  return {
    '@timestamp': toIso(timestampMs),
    ecs: { version: ECS_VERSION },
    message: result.reason,
    rule: { id: behavior, name: CATALOGUE[behavior].name, ruleset: MODULE },
    ...endpointsOf(entity, counterparts),
    ...(entity.user === undefined ? {} : { user: { name: entity.user } }),
    ...(entity.transport === undefined ? {} : { network: { transport: entity.transport } }),
    related: relatedOf(entity, counterparts),
    ...(technique === undefined ? {} : { threat: toThreat(technique) }),
  };
}

/** Whether an `ip` field takes the text; a zone (`fe80::1%eth0`) is no part of an address there. */
function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

const NOBODY: Counterparts = { sources: [], destinations: [] };

/** Where the entity is one end, the other one is whoever most of its events have there. */
function endpointsOf(
  entity: Entity,
  { sources, destinations }: Counterparts,
): Pick<z.infer<typeof ecsSchema>, 'host' | 'source' | 'destination'> {
  const { kind, id, port, others } = entity;
  const source = entity.source ?? sources[0];
  const destination = entity.destination ?? destinations[0];
  const withPort = port === undefined ? {} : { port };
  return {
    // A crowd is no host that anything else could be known of.
    ...(kind === 'host' && others === undefined ? { host: hostOf(id, entity.source) } : {}),
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

function relatedOf(
  entity: Entity,
  { sources, destinations }: Counterparts,
): { ip: string[]; user: string[]; hosts: string[] } {
  const own = [entity.source, entity.destination].filter((end) => end !== undefined);
  const ends = [...own, ...sources, ...destinations];
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

/** The inverse of the technique in {@link toEcs}. */
export function fromThreat(threat: z.infer<typeof ecsSchema>['threat']): Technique | undefined {
  if (threat === undefined) return undefined;
  const technique = threat.technique.subtechnique ?? threat.technique;
  const [tactic] = zip(threat.tactic);
  const [named] = zip(technique);
  return tactic === undefined || named === undefined ? undefined : { ...named, tactic };
}

function zip(lists: { id: string[]; name?: string[] }): { id: string; name: string }[] {
  return lists.id.map((id, position) => ({ id, name: lists.name?.[position] ?? '' }));
}
