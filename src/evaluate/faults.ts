/**
 * A simulated week with faulty sensors beside the same week with sound ones: what the faults made
 * up, what they hid, and whether each was told once.
 */
import { DAY_MS, HOUR_MS } from '../simulate/calendar.js';
import { SENSORS, type SensorFault } from '../simulate/faults.js';
import {
  evaluateSimulation,
  type AttackOutcome,
  type FalseEpisode,
  type SimulatedEvaluation,
  type SimulationOutcome,
  type SourceTold,
} from './simulation.js';

/** What was told of one fault. */
interface FaultOutcome extends SensorFault {
  /** How often each affected source was told of while it lasted, and how often as well again. */
  readonly opened: Readonly<Record<string, number>>;
  readonly resolved: Readonly<Record<string, number>>;
}

/** What faults did to a week. */
export interface FaultsOutcome {
  readonly faulty: SimulationOutcome;
  readonly sound: SimulationOutcome;
  readonly faults: readonly FaultOutcome[];
  /** Told of sources for no fault at all. */
  readonly groundless: readonly SourceTold[];
  /** False episodes that the sound week does not have. */
  readonly caused: readonly FalseEpisode[];
  /** Attacks found in the sound week but not in the faulty one, though most of their events were told of. */
  readonly missed: readonly AttackOutcome[];
}

/** After a fault, its traces in a trailing day and the wait until a source counts as well again. */
const AFTERMATH_MS = 2 * HOUR_MS;

/** A dead sensor, a source that comes twice, and an outage of three hours, on three days of a week. */
export function faultsOfAWeek(fromMs: number): SensorFault[] {
  const at = (day: number, hour: number): number => fromMs + day * DAY_MS + hour * HOUR_MS;
  return [
    { kind: 'dead', sensor: SENSORS[1], fromMs: at(1, 9), toMs: at(2, 9) },
    { kind: 'doubled', sensor: SENSORS[0], fromMs: at(3, 8), toMs: at(3, 20) },
    { kind: 'outage', fromMs: at(4, 10), toMs: at(4, 13) },
  ];
}

/** Runs the same network twice, with faults and without. */
export function evaluateFaults(
  evaluation: SimulatedEvaluation,
  faults: readonly SensorFault[],
): FaultsOutcome {
  const sound = evaluateSimulation(evaluation);
  const faulty = evaluateSimulation({ ...evaluation, faults });
  const outcomes = faults.map((fault) => outcomeOf(fault, faulty.health));
  const known = new Set(sound.falseEpisodes.map(keyOf));
  return {
    faulty,
    sound,
    faults: outcomes,
    groundless: faulty.health.filter((told) => !faults.some((fault) => concerns(fault, told))),
    caused: faulty.falseEpisodes.filter((episode) => !known.has(keyOf(episode))),
    missed: faulty.attacks.filter(
      ({ foundAs, lost, name }, i) =>
        foundAs === null &&
        lost < 0.5 &&
        sound.attacks[i]?.name === name &&
        sound.attacks[i].foundAs !== null,
    ),
  };
}

function outcomeOf(fault: SensorFault, health: readonly SourceTold[]): FaultOutcome {
  const sources = SENSORS.filter((sensor) => (fault.sensor ?? sensor) === sensor);
  const count = (change: SourceTold['change']): Record<string, number> =>
    Object.fromEntries(
      sources.map((source) => [
        source,
        health.filter((told) => told.source === source && told.change === change && concerns(fault, told))
          .length,
      ]),
    );
  return { ...fault, opened: count('opened'), resolved: count('resolved') };
}

function concerns(fault: SensorFault, { source, start }: SourceTold): boolean {
  const isOfIt = (fault.sensor ?? source) === source;
  return isOfIt && start >= fault.fromMs - HOUR_MS && start < fault.toMs + AFTERMATH_MS;
}

/** The same episode may begin a little earlier or later. */
function keyOf({ entity, behavior, start }: FalseEpisode): string {
  return `${entity} ${behavior} ${String(Math.floor(start / DAY_MS))}`;
}
