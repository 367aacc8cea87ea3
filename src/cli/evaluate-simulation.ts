/**
 * `elkhound evaluate --simulate`: which planted attacks are found, and how soon, and what is told for nothing.
 */
import type { Config } from '../config/schema.js';
import { SEVERITIES } from '../domain/anomaly.js';
import { evaluateSimulation, type AttackOutcome, type SimulationOutcome } from '../evaluate/simulation.js';
import { evaluateFaults, faultsOfAWeek, type FaultsOutcome } from '../evaluate/faults.js';
import { DAY_MS } from '../simulate/calendar.js';
import { print, printJson } from './output.js';
import { countText, Progress } from './progress.js';

/** What was asked for. */
export interface SimulatedRuns {
  readonly seeds: readonly number[];
  readonly hosts: number;
  readonly learnDays: number;
  readonly watchDays: number;
  /** Each network once more with faulty sensors. */
  readonly faults: boolean;
  readonly json: boolean;
}

/** A Monday, so that a whole week is learned from. */
const START_MS = Date.UTC(2026, 0, 5);

/** Runs one network per seed and prints what became of it. */
export function runSimulatedEvaluation(config: Config, runs: SimulatedRuns): void {
  const { seeds, hosts, learnDays, watchDays, json } = runs;
  const outcomes: SimulationOutcome[] = [];
  for (const seed of seeds) {
    const progress = new Progress();
    const onProgress = (events: number): void => {
      progress.update(`seed ${String(seed)}: ${countText(events, 'event')}`);
    };
    const evaluation = { seed, hosts, learnDays, watchDays, startMs: START_MS, config, onProgress };
    if (runs.faults) {
      const outcome = evaluateFaults(evaluation, faultsOfAWeek(START_MS + learnDays * DAY_MS));
      progress.done();
      if (json) printJson(JSON.stringify({ type: 'faults', seed, ...outcome }));
      else print(describeFaults(seed, outcome));
      continue;
    }
    const outcome = evaluateSimulation(evaluation);
    progress.done();
    outcomes.push(outcome);
    if (json) printJson(JSON.stringify({ type: 'simulation', ...outcome }));
    else print(describe(outcome));
  }
  if (!json && outcomes.length > 0) print(summary(outcomes));
}

function describeFaults(seed: number, outcome: FaultsOutcome): string {
  const { faulty, faults, groundless, caused, missed } = outcome;
  const found = faulty.attacks.filter(({ foundAs }) => foundAs !== null);
  const counts = (by: Readonly<Record<string, number>>): string =>
    Object.entries(by)
      .map(([source, count]) => `${source} ${String(count)}`)
      .join(', ');
  return [
    `seed ${String(seed)}, with faulty sensors: ${countText(faulty.events, 'event')}`,
    ...faults.map(
      ({ kind, fromMs, toMs, opened, resolved }) =>
        `  ${kind} from ${timeText(fromMs)} to ${timeText(toMs)}: told ${counts(opened)}; resolved ${counts(resolved)}`,
    ),
    ...faulty.health.map(({ toldMs, change, reason }) => `    ${timeText(toldMs)} ${change}: ${reason}`),
    `  told of sources without a fault: ${String(groundless.length)}`,
    `  episodes told that the faults made up: ${String(caused.length)}`,
    ...caused.map(
      ({ severity, behavior, start, reason }) => `    ${severity} ${behavior} ${timeText(start)} ${reason}`,
    ),
    `  attacks found: ${String(found.length)} of ${String(faulty.attacks.length)}, told ${String(found.filter(({ told }) => told).length)}; in the same week without faults: ${String(outcome.sound.attacks.filter(({ foundAs }) => foundAs !== null).length)}`,
    `  hidden though their events were told: ${missed.map(({ name }) => name).join(', ') || 'none'}`,
    ...faulty.attacks
      .filter(({ lost }) => lost >= 0.5)
      .map(
        ({ name, lost }) => `  ${name}: ${(lost * 100).toFixed(0)} % of its events were lost with a sensor`,
      ),
  ].join('\n');
}

function describe({ seed, events, attacks, falseEpisodesPerDay, falseEpisodes }: SimulationOutcome): string {
  const perDay = [...SEVERITIES]
    .reverse()
    .map((severity) => `${(falseEpisodesPerDay[severity] ?? 0).toFixed(1)} ${severity}`);
  return [
    `seed ${String(seed)}: ${countText(events, 'event')}, ${countText(attacks.length, 'attack')}`,
    ...attacks.map(attackText),
    `  false episodes a day: ${perDay.join(', ')}`,
    ...falseEpisodes.map(
      ({ severity, behavior, start, reason }) => `    ${severity} ${behavior} ${timeText(start)} ${reason}`,
    ),
    '',
  ].join('\n');
}

function attackText({ name, loud, kind, foundAs, severity, windows }: AttackOutcome): string {
  const found =
    foundAs === null
      ? 'not found'
      : `${severity ?? ''}${foundAs === kind ? '' : ` as ${foundAs}`} in window ${String(windows)}`;
  return `  ${loud ? 'loud ' : 'quiet'} ${name.padEnd(24)} ${found}`;
}

function summary(outcomes: readonly SimulationOutcome[]): string {
  const attacks = outcomes.flatMap((outcome) => outcome.attacks);
  const loud = attacks.filter((attack) => attack.loud);
  const quiet = attacks.filter((attack) => !attack.loud);
  const soon = loud.filter(({ windows }) => windows !== null && windows <= 2).length;
  const found = quiet.filter(({ foundAs }) => foundAs !== null).length;
  const perDay = outcomes.map(({ falseEpisodesPerDay }) =>
    Object.values(falseEpisodesPerDay).reduce((sum, count) => sum + count, 0),
  );
  return `loud attacks found within two windows: ${String(soon)} of ${String(loud.length)}; quiet ones found: ${String(found)} of ${String(quiet.length)}; false episodes a day: ${perDay.map((count) => count.toFixed(1)).join(', ')}`;
}

/** `2026-01-12 09:00`, UTC. */
function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}
