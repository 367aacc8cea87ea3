/**
 * When attacks are planted.
 */
import type { Random } from '../../domain/random.js';
import { DAY_MS, HOUR_MS, type Calendar } from '../calendar.js';
import { between, shuffled } from '../distributions.js';
import type { Attack, PlannedAttack } from './attack.js';

/** Attacks that begin in `[fromMs, toMs)`, in order of their begin; the same whatever is asked. */
export type AttackPlan = (fromMs: number, toMs: number) => readonly PlannedAttack[];

/** No attacks at all. */
export const NO_ATTACKS: AttackPlan = () => [];

/** Attacks of a day, where all take part. */
const A_DAY = 3;

/**
 * Spreads attacks over some days: each at least once and a few a day, loud ones first in line,
 * at a time of day that suits them.
 */
export function spread(
  attacks: readonly Attack[],
  startMs: number,
  days: number,
  calendar: Calendar,
  random: Random,
): AttackPlan {
  if (attacks.length === 0) return NO_ATTACKS;
  const count = Math.max(new Set(attacks.map(({ kind }) => kind)).size, Math.floor(days * A_DAY));
  const line = inLine(attacks, random);
  const turns = shuffled([...Array(count).keys()], random);
  const endMs = startMs + days * DAY_MS;
  const planned = turns.map((turn, i) => {
    const attack = line[turn % line.length]!;
    const slot = startMs + ((i + 0.5) / count) * (endMs - startMs);
    return { attack, startMs: suitableTime(attack, slot, startMs, endMs, calendar, random), number: turn };
  });
  return listed(planned);
}

/** A plan that is a list. */
export function listed(planned: readonly PlannedAttack[]): AttackPlan {
  const sorted = [...planned].sort((a, b) => a.startMs - b.startMs || a.number - b.number);
  return (fromMs, toMs) => sorted.filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
}

/** All attacks of several plans. */
export function together(...plans: readonly AttackPlan[]): AttackPlan {
  return (fromMs, toMs) => plans.flatMap((plan) => plan(fromMs, toMs));
}

/** Loud ones of different kinds first, then the others. */
function inLine(attacks: readonly Attack[], random: Random): Attack[] {
  const mixed = shuffled(attacks, random).sort((a, b) => Number(b.loud) - Number(a.loud));
  const first = mixed.filter(({ kind }, i) => mixed.findIndex((other) => other.kind === kind) === i);
  return [...first, ...mixed.filter((attack) => !first.includes(attack))];
}

/** A whole second in the attack's hours on the day of `slot` that leaves some time before `endMs`. */
function suitableTime(
  attack: Attack,
  slot: number,
  startMs: number,
  endMs: number,
  calendar: Calendar,
  random: Random,
): number {
  const day = calendar.dayOf(slot);
  const latest = Math.max(startMs, endMs - HOUR_MS);
  for (let tries = 0; tries < 20; tries++) {
    const moment = calendar.momentOf(day, between(random, attack.from, attack.to));
    if (moment >= startMs && moment < latest) return Math.floor(moment / 1000) * 1000;
  }
  // The range leaves no suitable hour of that day.
  return Math.floor(between(random, startMs, latest) / 1000) * 1000;
}
