/**
 * Why something is strange, in one sentence that stands alone in a message at night.
 */
import type { Behavior, Contribution } from '../domain/anomaly.js';
import type { Entity } from '../domain/matrix.js';
import { formatQuantity, type Facts } from './evidence.js';

/** What a sentence is made of. */
export interface ReasonInput {
  readonly entity: Entity;
  readonly behavior: Behavior;
  /** Length of the window, and whether the leading feature looks back over a day. */
  readonly windowMs: number;
  readonly facts: Facts;
  /** Leading feature first. */
  readonly contributions: readonly Contribution[];
  readonly value: (feature: string) => number;
  /** Whose typical values they are. */
  readonly rung: 'entity' | 'peers' | 'global';
}

/** `10.0.0.5 contacted 812 hosts on port 445 in 5 minutes; it usually contacts 3`. */
export function reasonOf(input: ReasonInput): string {
  const lead = input.contributions[0];
  if (!lead) return `${subject(input.entity)} behaves unusually`;
  const span = lead.feature.endsWith('_1d') ? 'a day' : duration(input.windowMs);
  return `${(SENTENCES[input.behavior] ?? plain)(input, lead, span)}${typicalText(input, lead)}`;
}

type Sentence = (input: ReasonInput, lead: Contribution, span: string) => string;

const SENTENCES: Partial<Record<Behavior, Sentence>> = {
  host_sweep: ({ entity, facts }, lead, span) =>
    `${subject(entity)} contacted ${amount(lead)} hosts on port ${String(facts.port)} in ${span}`,
  port_scan: ({ entity, facts }, lead, span) =>
    `${subject(entity)} tried ${amount(lead)} ports${facts.destinationShare > 0.8 ? ` of ${facts.destination}` : ''} in ${span}`,
  flood: ({ entity, facts }, lead, span) =>
    isHit(lead)
      ? `${amount(lead)} hosts connected to ${subject(entity)}${facts.port < 0 ? '' : ` port ${String(facts.port)}`} in ${span}`
      : `${actor(entity, facts)} opened ${amount(lead)} connections to ${target(entity, facts)} in ${span}`,
  service_hammering: ({ entity, facts }, lead, span) =>
    `${actor(entity, facts)} made ${amount(lead)} connections to ${target(entity, facts)} in ${span}, most of them failed`,
  password_guessing: ({ entity, facts }, lead, span) =>
    entity.kind === 'user'
      ? `${subject(entity)} had ${amount(lead)} failed logins in ${span}`
      : `${subject(entity)} had ${amount(lead)} ${labelOf(lead)}${facts.destination === '' ? '' : ` at ${facts.destination}`} in ${span}`,
  credential_stuffing: ({ entity, value, facts }, lead, span) =>
    `${subject(entity)} tried ${amount(lead)} user names in ${span} and got in as ${facts.user === '' ? 'one of them' : facts.user} (${String(value('login_successes'))} successful)`,
  dormant_account: ({ entity, facts }, lead) =>
    `${subject(entity)} logged in from ${facts.source === '' ? 'an unknown host' : facts.source} after ${amount(lead)} without a login`,
  data_theft: ({ entity, facts }, lead, span) =>
    `${subject(entity)} sent ${amount(lead)} to outside hosts${facts.destinationShare > 0.5 ? `, mostly ${facts.destination}` : ''} in ${span}`,
  lateral_movement: ({ entity, facts }, lead, span) =>
    `${subject(entity)} contacted ${amount(lead)} hosts on administration ports${facts.port < 0 ? '' : ` such as ${String(facts.port)}`} in ${span}`,
  dns_tunnel: ({ entity, facts }, lead, span) =>
    `${subject(entity)} asked for ${amount(lead)} different names${facts.domain === '' ? '' : ` under ${facts.domain}`} in ${span}`,
  mining: ({ entity }, lead) =>
    `${subject(entity)} talked for ${amount(lead)} on a port that mining pools use`,
};

const plain: Sentence = ({ entity, contributions }, lead, span) => {
  const others = contributions
    .slice(1, 3)
    .map((contribution) => `${amount(contribution)} ${contribution.label}`)
    .join(', ');
  return `${subject(entity)} had ${amount(lead)} ${labelOf(lead)} in ${span}${others === '' ? '' : ` (also ${others})`}`;
};

function subject(entity: Entity): string {
  if (entity.others !== undefined) return crowd(entity.id, entity.others);
  return entity.kind === 'pair' ? `${entity.source ?? ''} to ${service(entity)}` : entity.id;
}

/** `(other outside hosts)` with their number: `3,912,004 other outside hosts`. */
function crowd(id: string, others: number): string {
  return `${formatQuantity(others, 'count')} ${id.slice(1, -1)}`;
}

function service({ destination, port, id }: Entity): string {
  return destination === undefined
    ? id
    : port === undefined
      ? destination
      : `${destination} port ${String(port)}`;
}

function actor(entity: Entity, facts: Facts): string {
  return entity.others === undefined ? (entity.source ?? facts.source) : subject(entity);
}

function target(entity: Entity, facts: Facts): string {
  if (entity.kind !== 'host') return service(entity);
  return facts.port < 0 ? facts.destination : `${facts.destination} port ${String(facts.port)}`;
}

function amount({ actual, unit }: Contribution): string {
  return formatQuantity(actual, unit);
}

/** What a feature counts, without the span that the sentence names. */
function labelOf({ label }: Contribution): string {
  return label.replace(/ in a day$/, '');
}

/** Told by whom it hits, not by who does it. */
function isHit({ feature }: Contribution): boolean {
  return feature === 'in_hosts';
}

/** What the entity usually does, for one and for several; others usually "have" something. */
const USUALLY: Partial<Record<Behavior, readonly [one: string, several: string]>> = {
  host_sweep: ['contacts', 'contact'],
  port_scan: ['tries', 'try'],
  flood: ['opens', 'open'],
  service_hammering: ['makes', 'make'],
  credential_stuffing: ['tries', 'try'],
  data_theft: ['sends', 'send'],
  lateral_movement: ['contacts', 'contact'],
  dns_tunnel: ['asks for', 'ask for'],
  mining: ['talks for', 'talk for'],
};

function typicalText({ rung, entity, behavior }: ReasonInput, lead: Contribution): string {
  const { typical, unit, feature } = lead;
  if (typical === null || feature === 'user_idle_days') return '';
  const [one, several] = USUALLY[behavior] ?? ['has', 'have'];
  if (behavior === 'flood' && isHit(lead)) return `; usually ${formatQuantity(typical, unit)} do`;
  // What one host does says nothing of what many do.
  if (entity.others !== undefined) {
    return rung === 'entity' ? `; they usually ${several} ${formatQuantity(typical, unit)}` : '';
  }
  const whose = {
    entity: `it usually ${one}`,
    peers: `${entity.kind}s like it usually ${several}`,
    global: `${entity.kind}s here usually ${several}`,
  };
  return `; ${whose[rung]} ${formatQuantity(typical, unit)}`;
}

/** `5 minutes`, `1 hour`. */
function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes % 60 === 0) return minutes === 60 ? '1 hour' : `${String(minutes / 60)} hours`;
  return minutes === 1 ? '1 minute' : `${String(minutes)} minutes`;
}
