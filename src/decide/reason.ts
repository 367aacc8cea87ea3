/**
 * Why something is strange, in one sentence that stands alone in a message at night.
 */
import type { Behavior, Contribution } from '../domain/anomaly.js';
import type { Entity } from '../domain/matrix.js';
import { formatQuantity, type Facts } from './evidence.js';
import { amountAlone, pastOf, usualOf } from './phrase.js';
import { countsFailures } from './rule.js';

/** What a sentence is made of. */
export interface ReasonInput {
  readonly entity: Entity;
  readonly behavior: Behavior;
  readonly windowMs: number;
  /** How far back measures over the trailing day reach: less than a day while less is known. */
  readonly rememberedMs: number;
  /** Days that what is usual was learned from. */
  readonly historyDays: number;
  readonly facts: Facts;
  /** Leading feature first. */
  readonly contributions: readonly Contribution[];
  readonly value: (feature: string) => number;
  /** How a feature is said, see `features/phrases.ts`. */
  readonly phrase: (feature: string) => string;
  /** Whose typical values they are. */
  readonly rung: 'entity' | 'peers' | 'global';
}

/** `10.0.0.5 contacted 812 hosts on port 445 in 5 minutes; it usually contacts 3`. */
export function reasonOf(input: ReasonInput): string {
  const lead = input.contributions[0];
  if (!lead) return `${subject(input.entity)} behaves unusually`;
  const span = spanOf(input, lead);
  return `${(SENTENCES[input.behavior] ?? plain)(input, lead, span)}${typicalText(input, lead)}`;
}

type Sentence = (input: ReasonInput, lead: Contribution, span: string) => string;

const SENTENCES: Partial<Record<Behavior, Sentence>> = {
  host_sweep: ({ entity, facts }, lead, span) =>
    `${subject(entity)} ${countsFailures(lead.feature) ? 'failed to connect to' : 'contacted'} ${amount(lead)} hosts ${facts.port < 0 ? 'by ICMP' : `on port ${String(facts.port)}`} in ${span}`,
  port_scan: ({ entity, facts }, lead, span) =>
    `${subject(entity)} ${countsFailures(lead.feature) ? 'failed to connect to' : 'tried'} ${amount(lead)} ports${facts.destinationShare > 0.8 ? ` of ${facts.destination}` : ''} in ${span}`,
  flood: ({ entity, facts }, lead, span) =>
    isHit(lead)
      ? `${amount(lead)} hosts connected to ${subject(entity)}${facts.port < 0 ? '' : ` port ${String(facts.port)}`} in ${span}`
      : `${actor(entity, facts)} opened ${amount(lead)} connections to ${target(entity, facts)} in ${span}`,
  service_hammering: ({ entity, facts }, lead, span) =>
    `${actor(entity, facts)} made ${amount(lead)} connections to ${target(entity, facts)} in ${span}, most of them failed`,
  password_guessing: ({ entity, facts, phrase, value }, lead, span) =>
    entity.kind === 'user'
      ? `${subject(entity)} had ${amount(lead)} failed logins in ${span}`
      : `${subject(entity)} ${pastOf(phrase(lead.feature), amount(lead))}${where(facts)} in ${span}${gotIn(lead, facts, value)}`,
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
  mining: ({ entity, facts }, lead) =>
    `${actor(entity, facts)} talked to ${target(entity, facts)}, a port that mining pools use, for ${amount(lead)}`,
};

/** That a guess succeeded, and whose name it was. */
function gotIn({ feature }: Contribution, { user }: Facts, value: ReasonInput['value']): string {
  if (!feature.startsWith('login_failures') || !(value('login_successes') > 0)) return '';
  return ` and got in${user === '' ? '' : ` as ${user}`}`;
}

/** A behavior without a sentence of its own says its measures as they are. */
const plain: Sentence = (input, lead, span) => {
  const { entity, contributions } = input;
  const isPair = entity.kind === 'pair' && entity.source !== undefined;
  const who = isPair ? (entity.source ?? '') : subject(entity);
  const said = (contribution: Contribution, target = ''): string =>
    pastOf(input.phrase(contribution.feature), amount(contribution), target);
  const others = contributions
    .slice(1, 3)
    .map((contribution) => `${said(contribution)}${otherSpan(input, contribution, span)}`)
    .join(', ');
  const within = TIMELESS.has(lead.unit) ? '' : ` in ${span}`;
  return `${who} ${said(lead, isPair ? service(entity) : '')}${within}${others === '' ? '' : ` (also ${others})`}`;
};

/** Lengths of connections and names are no amounts of a time. */
const TIMELESS: ReadonlySet<string> = new Set(['seconds', 'bits', 'characters', 'days']);

function spanOf({ windowMs, rememberedMs }: ReasonInput, { feature }: Contribution): string {
  if (!isOverADay(feature)) return duration(windowMs);
  // The day moves on in steps of three hours, and is not named by the minute.
  return rememberedMs > DAY_MS - HOUR_MS ? 'a day' : duration(rememberedMs);
}

/** A span that differs from the one which the sentence names. */
function otherSpan(input: ReasonInput, contribution: Contribution, named: string): string {
  const span = spanOf(input, contribution);
  return span === named || TIMELESS.has(contribution.unit) ? '' : ` in ${span}`;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function isOverADay(feature: string): boolean {
  return feature.endsWith('_1d');
}

/** Where logins were tried: a host that has but a part of them is not named for all. */
function where({ destination, destinationShare, destinations }: Facts): string {
  if (destination === '') return '';
  return destinationShare > 0.8 || destinations < 2
    ? ` at ${destination}`
    : ` at ${String(destinations)} hosts`;
}

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

/** Told by whom it hits, not by who does it. */
function isHit({ feature }: Contribution): boolean {
  return feature === 'in_hosts';
}

/** Verbs of the sentences above, where they are not those of the measure. */
const USUALLY: Partial<Record<Behavior, readonly [one: string, several: string]>> = {
  port_scan: ['tries', 'try'],
  flood: ['opens', 'open'],
  service_hammering: ['makes', 'make'],
  mining: ['talks for', 'talk for'],
};
const NO_TIME = '0 s';

/** What the entity, or others, usually do; nothing where no time but this one is known. */
function typicalText(input: ReasonInput, lead: Contribution): string {
  const { rung, entity, behavior, historyDays } = input;
  const { typical, unit, feature } = lead;
  if (typical === null || feature === 'user_idle_days') return '';
  const usual = formatQuantity(typical, unit);
  const isOne = entity.others === undefined && rung === 'entity';
  const verb = countsFailures(feature) ? undefined : USUALLY[behavior]?.[isOne ? 0 : 1];
  const does =
    verb === undefined ? usualOf(input.phrase(feature), usual, isOne) : usuallyDoes(verb, usual, isOne);
  // Of a day, only another day can tell what is usual.
  const isKnown = historyDays >= (isOverADay(feature) ? 2 : 1);
  if (entity.others !== undefined && rung !== 'entity') return '';
  if (isOne && isOverADay(feature) && !isKnown) return '';
  if (behavior === 'flood' && isHit(lead)) return `; usually ${amountAlone(usual)} do`;
  const who =
    entity.others !== undefined ? 'they' : rung === 'entity' ? 'it' : `${entity.kind}s ${PEERS[rung]}`;
  return isKnown ? `; ${who} usually ${does}` : `; in the rest of these logs ${who} ${does}`;
}

function usuallyDoes(verb: string, usual: string, isOne: boolean): string {
  if (usual === NO_TIME) return isOne ? 'does not' : 'do not';
  return `${verb} ${amountAlone(usual)}`;
}

const PEERS = { peers: 'like it', global: 'here' } as const;

/** `10 seconds`, `5 minutes`, `1 hour`: whole ones, since nobody reads a fraction at night. */
function duration(ms: number): string {
  if (ms < 60_000) return counted(Math.max(1, Math.round(ms / 1000)), 'second');
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 && minutes % 60 !== 0
    ? counted(minutes, 'minute')
    : counted(Math.round(minutes / 60), 'hour');
}

function counted(count: number, unit: string): string {
  return `${String(count)} ${unit}${count === 1 ? '' : 's'}`;
}
