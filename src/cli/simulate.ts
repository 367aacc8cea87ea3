/**
 * `elkhound simulate`: logs of a made-up office with attacks planted in them, and the truth about those.
 */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { DEFAULT_FILE, loadConfig } from '../config/load.js';
import { systemClock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import { Random } from '../domain/random.js';
import { isTimeZone } from '../features/options.js';
import type { Attack } from '../simulate/attacks/attack.js';
import { ATTACKS } from '../simulate/attacks/catalogue.js';
import { spread } from '../simulate/attacks/plan.js';
import { Calendar, DAY_MS } from '../simulate/calendar.js';
import type { SimulatedEvent } from '../simulate/event.js';
import { FORMATS, type FormatName } from '../simulate/formats/format.js';
import { documentId, ecsDocument } from '../simulate/formats/record.js';
import { LogFiles } from '../simulate/log-files.js';
import { MAX_HOSTS, MIN_HOSTS } from '../simulate/network.js';
import { runSimulation, type SimulationSummary } from '../simulate/run.js';
import { Simulation } from '../simulate/simulation.js';
import { BulkWriter } from '../store/elasticsearch/bulk-writer.js';
import { Cluster } from '../store/elasticsearch/cluster.js';
import { prepareLogStream } from '../store/elasticsearch/log-stream.js';
import { requirePrivileges, simulateRole } from '../store/elasticsearch/privileges.js';
import { clusterOptionsOf } from '../store/open-store.js';
import { countText, Progress } from './progress.js';

interface Options {
  readonly config?: string;
  readonly to: 'files' | 'elasticsearch';
  readonly format: FormatName;
  readonly out?: string;
  readonly gzip?: boolean;
  readonly truth?: string;
  readonly dataStream: string;
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

const DEFAULTS = { seed: 1, hosts: 100, days: 1, folder: 'simulated', stream: 'logs-simulated-default' };
/** Events of a host and day, weekends included; only to find a stretch that holds so many. */
const EVENTS_A_DAY = 1_300;
const STANDARD_OUTPUT = '-';

/** Adds the command. */
export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('Writes logs of a made-up office, with attacks planted in them and the truth beside them')
    .addOption(new Option('--to <target>', 'where to').choices(['files', 'elasticsearch']).default('files'))
    .addOption(new Option('-f, --format <format>', 'of files').choices(Object.keys(FORMATS)).default('zeek'))
    .option(
      '-o, --out <path>',
      `a file, packed if it ends in .gz; a folder, for the files that the format has; or - for standard output (default: folder ${DEFAULTS.folder})`,
    )
    .option('--gzip', 'pack the files of a folder')
    .option('--truth <file>', 'where to tell of the planted attacks (default: truth.json beside the files)')
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

/** Where the events go. */
interface Target {
  /** What the summary calls it. */
  readonly name: string;
  readonly truthFile: string | undefined;
  readonly put: (events: readonly SimulatedEvent[]) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

async function simulate(options: Options): Promise<void> {
  const range = rangeOf(options, systemClock.now());
  const simulation = simulationOf(options, range);
  const progress = new Progress();
  const target = options.to === 'files' ? filesOf(options) : await streamOf(options);
  let summary: SimulationSummary;
  try {
    summary = await runSimulation({
      simulation,
      ...range,
      maxEvents: options.events ?? Infinity,
      put: target.put,
      onProgress: (events, timeMs) => {
        progress.update(`${new Date(timeMs).toISOString().slice(0, 16)}: ${countText(events, 'event')}`);
      },
    });
  } finally {
    await target.close();
    progress.done();
  }
  if (target.truthFile !== undefined) writeTruth(target.truthFile, options, range, summary);
  report(options, target, range, summary);
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

/** @throws AppError `unreadable_file` where files cannot be written */
function filesOf({ out = DEFAULTS.folder, format, gzip = false, truth }: Options): Target {
  const logs =
    out === STANDARD_OUTPUT
      ? LogFiles.toStream(process.stdout, format)
      : isFolder(out)
        ? LogFiles.toFolder(out, format, gzip)
        : LogFiles.toFile(out, format);
  const beside = out === STANDARD_OUTPUT ? undefined : join(isFolder(out) ? out : dirname(out), 'truth.json');
  return {
    name: out === STANDARD_OUTPUT ? 'standard output' : out,
    truthFile: truth ?? beside,
    put: (events) => logs.add(events),
    close: () => logs.close(),
  };
}

/** A name without an ending is that of a folder, unless there is a file of that name. */
function isFolder(path: string): boolean {
  if (existsSync(path)) return statSync(path).isDirectory();
  return path.endsWith('/') || extname(path) === '';
}

/** @throws AppError where Elasticsearch does not answer, or does not want it */
async function streamOf(options: Options): Promise<Target> {
  if (options.out !== undefined) {
    throw new AppError(
      'invalid_option',
      `--out: "${options.out}" is for files; leave it out with --to elasticsearch`,
    );
  }
  const cluster = new Cluster(clusterOptionsOf(loadConfig({ file: options.config })));
  const writer = new BulkWriter({ cluster });
  const { dataStream: index } = options;
  try {
    await requirePrivileges(cluster, `write to ${index}`, simulateRole(index));
    await prepareLogStream(cluster, index);
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return {
    name: `${index} of ${cluster.address}`,
    truthFile: options.truth,
    // A document that is there already is the same one.
    put: (events) =>
      writer.writeAll(
        events.map((event) => ({ index, id: documentId(event), document: ecsDocument(event) })),
      ),
    close: () => cluster.close(),
  };
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
  const stream = options.out === STANDARD_OUTPUT ? process.stderr : process.stdout;
  const { start, end } = isoRange(range);
  if (options.json === true) {
    const { name: to, truthFile: truth = null } = target;
    stream.write(
      `${JSON.stringify({ to, events, start, end, seed: options.seed, attacks: attacks.length, truth })}\n`,
    );
    return;
  }
  const told = target.truthFile === undefined ? '' : `, told in ${target.truthFile}`;
  stream.write(
    `${countText(events, 'event')} from ${start} to ${end} in ${target.name}, with ${countText(attacks.length, 'attack')}${told}.\n`,
  );
}

function timeArgument(text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError('expected a time such as 2026-11-24T12:00:00Z');
  return timeMs;
}

function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= from && value <= to) return value;
    throw new InvalidArgumentError(`expected a whole number from ${String(from)} to ${String(to)}`);
  };
}

function days(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 3650) return value;
  throw new InvalidArgumentError('expected a number of days such as 10 or 0.5');
}

function rate(text: string): number {
  const value = Number(text);
  if (value >= 0.01 && value <= 100) return value;
  throw new InvalidArgumentError('expected a factor from 0.01 to 100');
}

function timeZone(text: string): string {
  if (isTimeZone(text)) return text;
  throw new InvalidArgumentError('expected an IANA time zone such as "Europe/Berlin"');
}

/** The attacks that a list names, by their own name or by that of their behavior. */
function attacks(text: string): readonly Attack[] {
  if (text === 'none') return [];
  const chosen = new Set<Attack>();
  for (const word of text.split(',').map((part) => part.trim())) {
    const named = ATTACKS.filter(
      ({ name, kind, loud }) => word === 'all' || word === name || word === kind || (word === 'loud' && loud),
    );
    if (named.length === 0) {
      const names = ATTACKS.map(({ name }) => name).join(', ');
      throw new InvalidArgumentError(`"${word}" is no attack; expected all, none, loud, or some of ${names}`);
    }
    for (const attack of named) chosen.add(attack);
  }
  return [...chosen];
}
