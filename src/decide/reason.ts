/**
 * Why something is strange, in one sentence that stands alone in a message at night.
 */
import { countsFailures, type Facts } from '../behaviors/behavior.js';
import { CATALOGUE } from '../behaviors/catalogue.js';
import { service, subject } from '../behaviors/wording.js';
import type { Behavior, Contribution } from '../domain/anomaly.js';
import type { Entity } from '../domain/matrix.js';
import { formatQuantity } from '../domain/quantity.js';
import { amountAlone, pastOf, usualOf } from '../behaviors/phrase.js';

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
  const { sentence } = CATALOGUE[input.behavior];
  const said = sentence ? sentence({ ...input, lead, amount: amount(lead), span }) : plain(input, lead, span);
  return `${said}${typicalText(input, lead)}`;
}

/** A behavior without a sentence of its own says its measures as they are. */
function plain(input: ReasonInput, lead: Contribution, span: string): string {
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
}

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

function amount({ actual, unit }: Contribution): string {
  return formatQuantity(actual, unit);
}

const NO_TIME = '0 s';

/** What the entity, or others, usually do; nothing where no time but this one is known. */
function typicalText(input: ReasonInput, lead: Contribution): string {
  const { rung, entity, behavior, historyDays } = input;
  const { typical, unit, feature } = lead;
  const { usually, usualSentence } = CATALOGUE[behavior];
  if (typical === null || feature === 'user_idle_days') return '';
  const usual = formatQuantity(typical, unit);
  const isOne = entity.others === undefined && rung === 'entity';
  const verb = countsFailures(feature) ? undefined : usually?.[isOne ? 0 : 1];
  const does =
    verb === undefined ? usualOf(input.phrase(feature), usual, isOne) : usuallyDoes(verb, usual, isOne);
  // Of a day, only another day can tell what is usual.
  const isKnown = historyDays >= (isOverADay(feature) ? 2 : 1);
  if (entity.others !== undefined && rung !== 'entity') return '';
  if (isOne && isOverADay(feature) && !isKnown) return '';
  const whole = usualSentence?.(lead, usual);
  if (whole !== undefined) return `; ${whole}`;
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
