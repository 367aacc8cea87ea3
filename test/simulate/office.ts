/**
 * A small simulated office, and shorthand for looking at it.
 */
import { Random } from '../../src/domain/random.js';
import type { Attack } from '../../src/simulate/attacks/attack.js';
import { listed, NO_ATTACKS, spread, type AttackPlan } from '../../src/simulate/attacks/plan.js';
import { Calendar, DAY_MS, HOUR_MS } from '../../src/simulate/calendar.js';
import type { SimulatedEvent } from '../../src/simulate/event.js';
import { Simulation, type SimulationOptions } from '../../src/simulate/simulation.js';

export const HOSTS = 30;
/** A Monday, midnight in UTC. */
export const MONDAY = Date.UTC(2026, 0, 12);
export { DAY_MS, HOUR_MS };

/** A simulation of 30 hosts without attacks, unless told otherwise. */
export function office(options: Partial<SimulationOptions> = {}): Simulation {
  return new Simulation({ seed: 5, hosts: HOSTS, rate: 1, timeZone: 'UTC', plan: NO_ATTACKS, ...options });
}

/** Attacks on Monday, each at the first hour that suits it. */
export function onMonday(attacks: readonly Attack[]): AttackPlan {
  return listed(
    attacks.map((attack, number) => ({ attack, startMs: MONDAY + attack.from * HOUR_MS, number })),
  );
}

/** Spreads attacks over some days from Monday. */
export function planned(attacks: readonly Attack[], days = 1): AttackPlan {
  return spread(attacks, MONDAY, days, new Calendar('UTC'), new Random(3));
}

/** All events that end in a range. */
export function eventsOf(simulation: Simulation, fromMs: number, toMs: number): SimulatedEvent[] {
  return [...simulation.eventsBetween(fromMs, toMs)].flat();
}

/** Events as one text: quick to compare. */
export function textOf(events: readonly SimulatedEvent[]): string {
  return events.map((event) => JSON.stringify(event)).join('\n');
}
