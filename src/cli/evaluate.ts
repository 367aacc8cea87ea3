/**
 * `elkhound evaluate`: how well the findings of labeled or described logs agree with what is expected.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { scanFiles } from '../scan/scan-files.js';
import { DEFAULT_FILE } from '../config/load.js';
import { systemClock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import { printable } from '../domain/printable.js';
import {
  evaluate,
  expectationsSchema,
  type EvaluationOutcome,
  type ExpectationOutcome,
  type Expectations,
} from '../evaluate/expectations.js';
import { connectionsPerWindow } from '../evaluate/rivals.js';
import { configOf } from './configuration.js';
import { runSimulatedEvaluation } from './evaluate-simulation.js';
import { print, printJson } from './output.js';
import { Progress } from './progress.js';

interface Options {
  readonly config?: string;
  readonly data?: string;
  readonly only?: string[];
  readonly simulate?: boolean;
  readonly seeds: number[];
  readonly hosts: number;
  readonly learnDays: number;
  readonly days: number;
  readonly faults?: boolean;
  readonly json?: boolean;
}

/** Adds the command. */
export function registerEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description('Scans logs and holds the findings against what is expected of them')
    .argument('[expectations]', 'JSON file: inputs, what should be found in them and at which rank')
    .option('-c, --config <file>', `configuration file (default ${DEFAULT_FILE}, which may be absent)`)
    .option('--data <folder>', 'folder that the inputs lie in (default: that of the expectations)')
    .option('--only <name...>', 'only the groups of these names')
    .option('--simulate', 'instead of files: simulated networks with planted attacks, one per seed')
    .addOption(numbers('--seeds <seed...>', 'with --simulate: seeds', [1, 2, 3]))
    .addOption(number('--hosts <count>', 'with --simulate: hosts of each network', 200))
    .addOption(number('--learn-days <days>', 'with --simulate: quiet days to learn from', 8))
    .addOption(number('--days <days>', 'with --simulate: days with attacks to watch', 6))
    .option('--faults', 'with --simulate: also with a dead sensor, a source that comes twice, and an outage')
    .option('--json', 'print one JSON object a line, one per group or seed')
    .action(runEvaluation);
}

function number(flags: string, description: string, fallback: number): Option {
  return new Option(flags, description).default(fallback).argParser(positive);
}

function numbers(flags: string, description: string, fallback: readonly number[]): Option {
  const parse = (text: string, before: readonly number[]): number[] => [
    ...(before === fallback ? [] : before),
    positive(text),
  ];
  return new Option(flags, description).default(fallback).argParser(parse);
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a whole number above 0');
}

async function runEvaluation(file: string | undefined, options: Options): Promise<void> {
  const config = configOf(options);
  if (options.simulate === true) {
    const { seeds, hosts, learnDays, days: watchDays, faults = false, json = false } = options;
    runSimulatedEvaluation(config, { seeds, hosts, learnDays, watchDays, faults, json });
    return;
  }
  if (file === undefined) {
    throw new AppError('invalid_option', 'name a file of expectations, or try --simulate');
  }
  const groups = chosen(readExpectations(file), options.only);
  const folder = options.data ?? dirname(file);
  const progress = new Progress();
  const outcomes: EvaluationOutcome[] = [];
  try {
    for (const expected of groups) {
      progress.update(`scanning ${expected.name}`);
      const files = expected.inputs.map((input) => join(folder, input));
      const result = await scanFiles({ files, config, nowMs: systemClock.now() });
      const outcome = await evaluate(expected, result, [connectionsPerWindow]);
      outcomes.push(outcome);
    }
  } finally {
    progress.done();
  }
  if (options.json === true) {
    printJson(outcomes.map((outcome) => JSON.stringify({ type: 'evaluation', ...outcome })).join('\n'));
  } else print([...outcomes.map(describe), summary(outcomes)].join('\n'));
}

function readExpectations(file: string): readonly Expectations[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('unreadable_file', `cannot read the expectations "${file}"`, { cause });
  }
  const parsed = expectationsSchema.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data.files;
  const [issue] = parsed.error.issues;
  throw new AppError('invalid_option', `${file}: ${issue!.path.join('.')}: ${issue!.message}`);
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_option', `${file} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

function chosen(
  groups: readonly Expectations[],
  only: readonly string[] | undefined,
): readonly Expectations[] {
  const unknown = only?.filter((name) => !groups.some((group) => group.name === name)) ?? [];
  if (unknown.length > 0) {
    const known = groups.map(({ name }) => name).join(', ');
    throw new AppError(
      'invalid_option',
      `--only: there is no group "${unknown.join('", "')}"; known: ${known}`,
    );
  }
  return only === undefined ? groups : groups.filter(({ name }) => only.includes(name));
}

function describe({ name, findings, expectations, loud }: EvaluationOutcome): string {
  const head = `${name}: ${String(findings)} findings`;
  const quiet = loud.map((finding) => `  should be quiet: ${printable(finding)}`);
  return [head, ...expectations.map(expectationText), ...quiet, ''].join('\n');
}

function expectationText({ id, needs, maxRank, rank, met, above, rivals }: ExpectationOutcome): string {
  const verdict = met ? 'met   ' : needs === 'core' ? 'MISSED' : 'later ';
  const place = rank === null ? 'not found' : `rank ${String(rank)}`;
  const waits = needs === 'core' ? '' : `, waits for the ${needs} detector`;
  const others = Object.entries(rivals).map(
    ([rival, other]) => `${rival}: ${other === null ? 'not found' : `rank ${String(other)}`}`,
  );
  const lines = [`  ${verdict} ${id}: ${place} (at most ${String(maxRank)}${waits}; ${others.join('; ')})`];
  return [...lines, ...above.map((finding) => `           above: ${printable(finding)}`)].join('\n');
}

function summary(outcomes: readonly EvaluationOutcome[]): string {
  const all = outcomes.flatMap(({ expectations }) => expectations);
  const core = all.filter(({ needs }) => needs === 'core');
  const met = (some: readonly ExpectationOutcome[]): number => some.filter((one) => one.met).length;
  const loud = outcomes.reduce((sum, outcome) => sum + outcome.loud.length, 0);
  return `${String(met(core))} of ${String(core.length)} that need no later detector met, ${String(met(all))} of all ${String(all.length)}; ${String(loud)} findings about what should be quiet`;
}
