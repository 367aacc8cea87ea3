/**
 * Hands the events of a stretch of time to somebody, and tells what was true of them.
 */
import type { PlantedAttack } from './attacks/attack.js';
import type { SimulatedEvent } from './event.js';
import type { Simulation } from './simulation.js';

/** What to generate, and who takes it. */
export interface SimulationRun {
  readonly simulation: Simulation;
  readonly fromMs: number;
  readonly toMs: number;
  /** Stop after that many. */
  readonly maxEvents: number;
  /** Takes some thousand events; the next ones wait for it. */
  readonly put: (events: readonly SimulatedEvent[]) => Promise<unknown>;
  /** @param timeMs of the newest event */
  readonly onProgress?: (events: number, timeMs: number) => void;
}

/** What was generated. */
export interface SimulationSummary {
  readonly events: number;
  /** End of the last event, milliseconds. */
  readonly endMs: number;
  readonly attacks: readonly PlantedAttack[];
}

/** Runs a simulation to its end or its limit. */
export async function runSimulation(run: SimulationRun): Promise<SimulationSummary> {
  const { simulation, fromMs, toMs, maxEvents } = run;
  const tally = new AttackTally();
  let events = 0;
  let endMs = fromMs;
  for (const chunk of simulation.eventsBetween(fromMs, toMs)) {
    const taken = chunk.length > maxEvents - events ? chunk.slice(0, maxEvents - events) : chunk;
    if (taken.length === 0) break;
    tally.add(taken);
    await run.put(taken);
    events += taken.length;
    endMs = taken.at(-1)!.endMs;
    run.onProgress?.(events, endMs);
  }
  return { events, endMs, attacks: tally.of(simulation.truth(fromMs, endMs + 1)) };
}

/** Records of attacks among those that were taken: a limit may cut through a millisecond. */
class AttackTally {
  private readonly counts = new Map<string, number>();

  add(events: readonly SimulatedEvent[]): void {
    for (const { attack } of events) {
      if (attack !== '') this.counts.set(attack, (this.counts.get(attack) ?? 0) + 1);
    }
  }

  of(attacks: readonly PlantedAttack[]): PlantedAttack[] {
    return attacks.flatMap((attack) => {
      const events = this.counts.get(attack.id) ?? 0;
      return events === 0 ? [] : [{ ...attack, events }];
    });
  }
}
