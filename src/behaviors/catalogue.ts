/**
 * All behaviors: a new one is its file, its line here, and its name in `domain/anomaly.ts`.
 */
import type { Behavior } from '../domain/anomaly.js';
import type { EntityKind, SubjectKind } from '../domain/matrix.js';
import type { BehaviorDefinition, Rule } from './behavior.js';
import { credentialStuffing } from './credential-stuffing.js';
import { dataTheft } from './data-theft.js';
import { dnsTunnel } from './dns-tunnel.js';
import { dormantAccount } from './dormant-account.js';
import { flood } from './flood.js';
import { hostSweep } from './host-sweep.js';
import { lateralMovement } from './lateral-movement.js';
import { mining } from './mining.js';
import { passwordGuessing } from './password-guessing.js';
import { portScan } from './port-scan.js';
import { serviceHammering } from './service-hammering.js';
import { sourceHealth } from './source-health.js';
import { unusualPattern, unusualVolume } from './unusual.js';

/** What is particular to each behavior. */
export const CATALOGUE: Readonly<Record<Behavior, BehaviorDefinition>> = {
  host_sweep: hostSweep,
  port_scan: portScan,
  flood: flood,
  service_hammering: serviceHammering,
  password_guessing: passwordGuessing,
  credential_stuffing: credentialStuffing,
  dormant_account: dormantAccount,
  data_theft: dataTheft,
  lateral_movement: lateralMovement,
  dns_tunnel: dnsTunnel,
  mining: mining,
  unusual_volume: unusualVolume,
  unusual_pattern: unusualPattern,
  source_health: sourceHealth,
};

/** The names of all behaviors, as documents and the API have them. */
export const BEHAVIORS = Object.keys(CATALOGUE) as Behavior[];

/** A rule with the behavior that it names. */
export interface BehaviorRule extends Rule {
  readonly behavior: Behavior;
}

/** All rules of an entity kind. Where several hold for a row, the severest speaks, then the strongest. */
export function rulesOf(kind: EntityKind): BehaviorRule[] {
  return BEHAVIORS.flatMap((behavior) =>
    CATALOGUE[behavior].rules.filter((rule) => rule.kind === kind).map((rule) => ({ ...rule, behavior })),
  );
}

/** Whether a behavior is measured over the trailing day: its episode then lasts as long as the measure can. */
export function isSlow(behavior: Behavior): boolean {
  return CATALOGUE[behavior].rules.some(({ slow }) => slow === true);
}

/** A harmless cause that is often the answer, where a rule knows one. */
export function benignCauseOf(behavior: Behavior, kind: SubjectKind): string | undefined {
  const { rules } = CATALOGUE[behavior];
  return (rules.find((rule) => rule.kind === kind) ?? rules[0])?.benign;
}
