/**
 * The simulation of a first look: ten days of a small office, then live, with attacks in both.
 */
import { Random } from '../domain/random.js';
import { ATTACKS } from './attacks/catalogue.js';
import type { PlannedAttack } from './attacks/attack.js';
import { spread, together, type AttackPlan } from './attacks/plan.js';
import { Calendar, DAY_MS, MINUTE_MS } from './calendar.js';
import { Simulation } from './simulation.js';

/** Length of the history; it holds at most 500,000 events. */
export const DEMO_HISTORY_MS = 10 * DAY_MS;
const OPTIONS = { seed: 4600, hosts: 36, rate: 1, timeZone: 'UTC' } as const;
/** Attacks begin when models have been learned from what was before. */
const CALM_MS = 7.5 * DAY_MS;
/** Live attacks come quickly at first, so that there is something to see, then as they would. */
const FIRST_LIVE_MS = MINUTE_MS;
const QUICK = { count: 8, everyMs: 7 * MINUTE_MS };
const LATER_EVERY_MS = 100 * MINUTE_MS;
/** Numbers of live attacks begin here, above those of the history. */
const FIRST_LIVE_NUMBER = 1_000;

/**
 * The demonstration as it stands at `nowMs`. What is normal does not depend on it, only when attacks are.
 * Its history is what ends in `[nowMs - DEMO_HISTORY_MS, nowMs)`.
 */
export function demoSimulation(nowMs: number): Simulation {
  const calendar = new Calendar(OPTIONS.timeZone);
  const random = new Random(OPTIONS.seed).derive('plan');
  const calmUntilMs = nowMs - DEMO_HISTORY_MS + CALM_MS;
  const days = (DEMO_HISTORY_MS - CALM_MS) / DAY_MS;
  const past = spread(ATTACKS, calmUntilMs, days, calendar, random);
  return new Simulation({ ...OPTIONS, plan: together(past, live(nowMs)) });
}

/** One loud attack after the other, without end. */
function live(nowMs: number): AttackPlan {
  const loud = ATTACKS.filter((attack) => attack.loud);
  const startOf = (turn: number): number => {
    const quick = Math.min(turn, QUICK.count);
    return nowMs + FIRST_LIVE_MS + quick * QUICK.everyMs + (turn - quick) * LATER_EVERY_MS;
  };
  return (fromMs, toMs) => {
    const planned: PlannedAttack[] = [];
    const skipped = Math.floor((fromMs - startOf(QUICK.count)) / LATER_EVERY_MS) + QUICK.count;
    for (let turn = fromMs > startOf(QUICK.count) ? skipped : 0; startOf(turn) < toMs; turn++) {
      if (startOf(turn) < fromMs) continue;
      planned.push({
        attack: loud[turn % loud.length]!,
        startMs: startOf(turn),
        number: FIRST_LIVE_NUMBER + turn,
      });
    }
    return planned;
  };
}
