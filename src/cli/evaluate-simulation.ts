/**
 * `elkhound evaluate --simulate`: which planted attacks are found, and how soon, and what is told for nothing.
 */
import type { Config } from '../config/schema.js';
import { SEVERITIES } from '../domain/anomaly.js';
import {
  evaluateSimulation,
  type AttackOutcome,
  type SimulationOutcome,
} from '../pipeline/evaluate-simulation.js';
import { countText, Progress } from './progress.js';

/** What was asked for. */
export interface SimulatedRuns {
  readonly seeds: readonly number[];
  readonly hosts: number;
  readonly learnDays: number;
  readonly watchDays: number;
  readonly json: boolean;
}

/** A Monday, so that a whole week is learned from. */
const START_MS = Date.UTC(2026, 0, 5);

/** Runs one network per seed and prints what became of it. */
export function runSimulatedEvaluation(config: Config, runs: SimulatedRuns): void {
  const { seeds, json } = runs;
  const outcomes: SimulationOutcome[] = [];
  for (const seed of seeds) {
    const progress = new Progress();
    const onProgress = (events: number): void => {
      progress.update(`seed ${String(seed)}: ${countText(events, 'event')}`);
    };
    const outcome = evaluateSimulation({ ...runs, seed, startMs: START_MS, config, onProgress });
    progress.done();
    outcomes.push(outcome);
    const text = json ? JSON.stringify({ type: 'simulation', ...outcome }) : describe(outcome);
    process.stdout.write(`${text}\n`);
  }
  if (!json) process.stdout.write(`${summary(outcomes)}\n`);
}

function describe({ seed, events, attacks, falseEpisodesPerDay, falseEpisodes }: SimulationOutcome): string {
  const perDay = [...SEVERITIES]
    .reverse()
    .map((severity) => `${(falseEpisodesPerDay[severity] ?? 0).toFixed(1)} ${severity}`);
  return [
    `seed ${String(seed)}: ${countText(events, 'event')}, ${countText(attacks.length, 'attack')}`,
    ...attacks.map(attackText),
    `  false episodes a day: ${perDay.join(', ')}`,
    ...falseEpisodes.map((episode) => `    ${episode}`),
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
