/**
 * `elkhound simulate`: logs of a made-up office with attacks planted in them, and the truth about those.
 */
import { writeFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { DEFAULT_FILE } from '../config/load.js';
import { systemClock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import { escapedJson, printable } from '../domain/printable.js';
import { Random } from '../domain/random.js';
import type { Attack } from '../simulate/attacks/attack.js';
import { ATTACKS } from '../simulate/attacks/catalogue.js';
import { spread } from '../simulate/attacks/plan.js';
import { Calendar, DAY_MS } from '../simulate/calendar.js';
import { FORMATS } from '../simulate/formats/format.js';
import { MAX_HOSTS, MIN_HOSTS } from '../simulate/network.js';
import { runSimulation, type SimulationSummary } from '../simulate/run.js';
import { Simulation } from '../simulate/simulation.js';
import { print, say } from './output.js';
import { countText, Progress } from './progress.js';
import { attacks, days, rate, timeArgument, timeZone, wholeNumber } from './simulate-arguments.js';
import {
  DEFAULT_FOLDER,
  filesOf,
  STANDARD_OUTPUT,
  streamOf,
  type FileOptions,
  type StreamOptions,
  type Target,
} from './simulate-target.js';

interface Options extends FileOptions, StreamOptions {
  readonly to: 'files' | 'elasticsearch';
  readonly start?: number;
  readonly days?: number;
  readonly events?: number;
  readonly seed: number;
  readonly hosts: number;
  readonly rate: number;
  readonly attacks: readonly Attack[];
  readonly calm: number;
  readonly timeZone: string;
  readonly json?: boolean;
}

const DEFAULTS = { seed: 1, hosts: 100, days: 1, stream: 'logs-simulated-default' };
/** Events of a host and day, weekends included; only to find a stretch that holds so many. */
const EVENTS_A_DAY = 1_300;

/** Adds the command. */
export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('Writes logs of a made-up office, with attacks planted in them and the truth beside them')
    .addOption(new Option('--to <target>', 'where to').choices(['files', 'elasticsearch']).default('files'))
    .addOption(new Option('-f, --format <format>', 'of files').choices(Object.keys(FORMATS)).default('zeek'))
    .option(
      '-o, --out <path>',
      `a file, packed if it ends in .gz; a folder, for the files that the format has; or - for standard output (default: folder ${DEFAULT_FOLDER})`,
    )
    .option('--gzip', 'pack the files of a folder')
    .option(
      '--truth <file>',
      'where to tell of the planted attacks (default: truth.json beside the files; with --to elasticsearch, truth-STREAM.json in store.home)',
    )
    .option('--data-stream <name>', 'with --to elasticsearch: where the events go', DEFAULTS.stream)
    .option('--start <time>', 'begin (ISO 8601; default: so that the end is now)', timeArgument)
    .option('--days <number>', `length (default ${String(DEFAULTS.days)}, or as --events needs)`, days)
    .option('--events <number>', 'end after that many events', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option(
      '--seed <number>',
      'another seed makes another network',
      wholeNumber(0, 2 ** 32 - 1),
      DEFAULTS.seed,
    )
    .option('--hosts <number>', 'hosts of the network', wholeNumber(MIN_HOSTS, MAX_HOSTS), DEFAULTS.hosts)
    .option('--rate <factor>', 'how often things happen, 1 is usual', rate, 1)
    .addOption(
      new Option('--attacks <list>', 'all, none, loud, or names of attacks or behaviors, by commas')
        .argParser(attacks)
        .default(ATTACKS, 'all'),
    )
    .option('--calm <days>', 'days without attacks at the begin', days, 0)
    .option('--time-zone <zone>', 'IANA time zone in which people work', timeZone, 'UTC')
    .option(
      '-c, --config <file>',
      `configuration of Elasticsearch (default ${DEFAULT_FILE}, which may be absent)`,
    )
    .option('--json', 'print the summary as JSON')
    .action(simulate);
}

async function simulate(options: Options): Promise<void> {
  const range = rangeOf(options, systemClock.now());
  const simulation = simulationOf(options, range);
  const progress = new Progress();
  let summary: SimulationSummary;
  let target: Target | undefined;
  try {
    progress.update(options.to === 'files' ? 'making the network' : 'preparing the data stream');
    target = options.to === 'files' ? filesOf(options) : await streamOf(options);
    summary = await runSimulation({
      simulation,
      ...range,
      maxEvents: options.events ?? Infinity,
      put: target.put,
      onProgress: (events, timeMs) => {
        progress.update(progressText(range, events, timeMs));
      },
    });
  } finally {
    await target?.close();
    progress.done();
  }
  if (target.truthFile !== undefined) writeTruth(target.truthFile, options, range, summary);
  report(options, target, range, summary);
}

function progressText({ fromMs, toMs }: Range, events: number, timeMs: number): string {
  const share = Math.floor((100 * (timeMs - fromMs)) / (toMs - fromMs));
  const until = new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
  return `${countText(events, 'event')} written, until ${until} UTC (${String(share)} % of the time)`;
}

/** A half-open stretch of time. */
interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** @throws AppError `invalid_option` for a stretch that lies in the future */
function rangeOf({ start, days: length, events, hosts, rate: factor }: Options, nowMs: number): Range {
  const needed =
    events === undefined ? DEFAULTS.days : Math.ceil((2 * events) / (hosts * factor * EVENTS_A_DAY));
  const lengthMs = (length ?? Math.max(DEFAULTS.days, needed)) * DAY_MS;
  const fromMs = start ?? nowMs - lengthMs;
  if (fromMs >= nowMs) {
    throw new AppError(
      'invalid_option',
      `--start: ${new Date(fromMs).toISOString()} has not come yet; expected a time in the past`,
    );
  }
  return { fromMs, toMs: Math.min(fromMs + lengthMs, nowMs) };
}

function simulationOf(options: Options, { fromMs, toMs }: Range): Simulation {
  const { seed, hosts, rate: factor, timeZone: zone, calm } = options;
  const plannedMs = fromMs + calm * DAY_MS;
  const length = (toMs - plannedMs) / DAY_MS;
  if (length <= 0) {
    throw new AppError(
      'invalid_option',
      `--calm: ${String(calm)} days are all that there are; expected fewer than ${String((toMs - fromMs) / DAY_MS)}`,
    );
  }
  const plan = spread(
    options.attacks,
    plannedMs,
    length,
    new Calendar(zone),
    new Random(seed).derive('plan'),
  );
  return new Simulation({ seed, hosts, rate: factor, timeZone: zone, plan });
}

function writeTruth(
  file: string,
  options: Options,
  range: Range,
  { events, attacks }: SimulationSummary,
): void {
  const { seed, hosts, rate: factor, timeZone: zone } = options;
  const truth = { seed, hosts, rate: factor, timeZone: zone, ...isoRange(range), events, attacks };
  try {
    writeFileSync(file, `${JSON.stringify(truth, null, 2)}\n`);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? '';
    throw new AppError('unreadable_file', `--truth: cannot write "${file}": ${reason}`, { cause });
  }
}

function isoRange({ fromMs, toMs }: Range): { start: string; end: string } {
  return { start: new Date(fromMs).toISOString(), end: new Date(toMs).toISOString() };
}

function report(
  options: Options,
  target: Target,
  range: Range,
  { events, attacks }: SimulationSummary,
): void {
  // Standard output may hold the logs.
  const tell = options.out === STANDARD_OUTPUT ? say : print;
  const { start, end } = isoRange(range);
  if (options.json === true) {
    const { name: to, truthFile: truth = null } = target;
    const counts = { to, events, start, end, seed: options.seed, attacks: attacks.length, truth };
    tell(escapedJson(JSON.stringify(counts)));
    return;
  }
  const told = target.truthFile === undefined ? '' : `, told in ${target.truthFile}`;
  tell(
    printable(
      `${countText(events, 'event')} from ${start} to ${end} in ${target.name}, with ${countText(attacks.length, 'attack')}${told}.`,
    ),
  );
}
