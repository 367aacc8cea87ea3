/**
 * `elkhound backtest`: what a configuration would have found and told in the last days.
 */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { jobConfig } from '../config/jobs.js';
import { DEFAULT_FILE } from '../config/load.js';
import type { Config } from '../config/schema.js';
import type { Episode } from '../domain/anomaly.js';
import { systemClock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import { printable } from '../domain/printable.js';
import type { Window } from '../domain/window.js';
import {
  backtest,
  compare,
  lastDays,
  recordedEpisodes,
  type Backtest,
  type Difference,
} from '../evaluate/backtest.js';
import { openStore, type OpenStore } from '../store/open-store.js';
import { configOf } from './configuration.js';
import { print, printJson } from './output.js';
import { countText, numberText, Progress } from './progress.js';
import { namingHolder } from './service-file.js';

interface Options {
  readonly config?: string;
  readonly running?: string;
  readonly job?: string;
  readonly days: number;
  readonly json?: boolean;
}

/** Adds the command. */
export function registerBacktest(program: Command): void {
  program
    .command('backtest')
    .description('Runs the last days again under a configuration; writes and alerts nothing')
    .option('-c, --config <file>', 'configuration to try (default: the running one)')
    .option('--running <file>', `configuration that runs (default ${DEFAULT_FILE}, which may be absent)`)
    .option('--job <name>', 'the job to run again, where there are several')
    .addOption(new Option('--days <days>', 'days to run again').default(7).argParser(daysArgument))
    .option('--json', 'print one JSON object a line: the runs, then each episode and its fate')
    .action(runBacktest);
}

async function runBacktest(options: Options): Promise<void> {
  const running = jobConfig(configOf({ config: options.running }), options.job);
  const proposed = options.config === undefined ? undefined : jobConfig(configOf(options), options.job);
  if (proposed) refuseOtherStore(running, proposed);
  const progress = new Progress();
  const stores = await openStores(running, proposed);
  try {
    const report = await reportOn(running, proposed, stores, options.days, progress);
    progress.done();
    if (options.json === true) printJson(toJson(report).join('\n'));
    else print(describe(report).join('\n'));
  } finally {
    progress.done();
    for (const store of new Set([stores.running, stores.proposed])) await store.close();
  }
}

/** A configuration is judged on the same events, which are where the running one has them. */
function refuseOtherStore(running: Config, proposed: Config): void {
  const same = (of: (config: Config) => unknown): boolean => of(running) === of(proposed);
  if (same(({ elasticsearch }) => elasticsearch.url) && same(({ store }) => store.home)) return;
  throw new AppError(
    'invalid_option',
    '--config: expected the elasticsearch.url and store.home of the running configuration; name that one with --running',
  );
}

interface Stores {
  readonly running: OpenStore['store'];
  readonly proposed: OpenStore['store'];
}

/** A cluster is asked for the indices of either configuration; the embedded store has one opener. */
async function openStores(running: Config, proposed: Config | undefined): Promise<Stores> {
  const first = await namingHolder(running.store.home, openStore(running, systemClock));
  if (first.kind === 'embedded' || !proposed) return { running: first.store, proposed: first.store };
  return { running: first.store, proposed: (await openStore(proposed, systemClock)).store };
}

interface Report {
  readonly range: Window;
  readonly running: Backtest;
  readonly proposed: Backtest | undefined;
  /** From what was recorded to the running configuration run again. */
  readonly recorded: Difference;
  /** From the running to the proposed configuration, both run over the same windows. */
  readonly change: Difference | undefined;
}

async function reportOn(
  running: Config,
  proposed: Config | undefined,
  stores: Stores,
  days: number,
  progress: Progress,
): Promise<Report> {
  progress.update('looking for events of the last days');
  const range = await lastDays(stores.running.events, running, days, systemClock.now());
  const run = (config: Config, { events }: OpenStore['store'], name: string): Promise<Backtest> =>
    backtest({
      events,
      config,
      range,
      clock: systemClock,
      onLearning: ({ read, windows }) => {
        progress.update(`${name}: learning, ${numberText(read)} of ${countText(windows, 'window')} read`);
      },
      onWindow: (endMs, done, of) => {
        const until = new Date(endMs).toISOString().slice(0, 16).replace('T', ' ');
        progress.update(
          `${name}: ${numberText(done)} of ${countText(of, 'window')} run again, until ${until} UTC`,
        );
      },
    });
  const before = await run(running, stores.running, 'running configuration');
  const after = proposed && (await run(proposed, stores.proposed, 'proposed configuration'));
  const recorded = await recordedEpisodes(stores.running.reader, running.job, range);
  return {
    range,
    running: before,
    proposed: after,
    recorded: compare(recorded, before.episodes),
    change: after && compare(before.episodes, after.episodes),
  };
}

const FATES = ['stay', 'vanish', 'appear'] as const;

function toJson({ range, running, proposed, recorded, change }: Report): string[] {
  const times = { start: new Date(range.start).toISOString(), end: new Date(range.end).toISOString() };
  const runs = { running, ...(proposed ? { proposed } : {}) };
  const lines: object[] = Object.entries(runs).map(([configuration, { episodes, ...rest }]) => ({
    type: 'backtest',
    configuration,
    ...times,
    episodes: episodes.length,
    ...rest,
  }));
  const differences = { recorded, ...(change ? { running: change } : {}) };
  for (const [comparedWith, difference] of Object.entries(differences)) {
    for (const fate of FATES) {
      for (const episode of difference[fate]) {
        lines.push({ type: 'episode', comparedWith, fate, ...episodeFields(episode) });
      }
    }
  }
  return lines.map((line) => JSON.stringify(line));
}

function episodeFields({ id, site, entity, behavior, severity, score, start, end, reason }: Episode): object {
  const times = { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
  return { id, site, entity: entity.id, kind: entity.kind, behavior, severity, score, ...times, reason };
}

function describe({ range, running, proposed, recorded, change }: Report): string[] {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
  const lines = [`${day(range.start)} to ${day(range.end)} UTC; nothing was written or sent`, ''];
  lines.push(runText('running configuration', running));
  if (proposed) lines.push(runText('proposed configuration', proposed));
  lines.push('', `recorded → running configuration, run again: ${differenceText(recorded)}`);
  if (!change) return [...lines, ...episodesText(recorded, ['vanish', 'appear'])];
  lines.push(`running → proposed configuration: ${differenceText(change)}`, '');
  return [...lines, ...episodesText(change, FATES)];
}

function runText(name: string, { episodes, windows, events, alertsPerDay, ...run }: Backtest): string {
  const severities = Object.entries(run.bySeverity).filter(([, count]) => count > 0);
  const worst = severities.reverse().map(([severity, count]) => `${String(count)} ${severity}`);
  const messages = Object.entries(run.messagesPerDay).map(
    ([channel, count]) => `, ${count.toFixed(1)} messages a day to ${channel}`,
  );
  const doubt = run.selfTrained ? '; it was learned from the same days, for lack of history' : '';
  return `${name}: ${String(episodes.length)} episodes${worst.length > 0 ? ` (${worst.join(', ')})` : ''}, ${alertsPerDay.toFixed(1)} alerts a day${messages.join('')}, in ${String(windows)} windows with ${events.toLocaleString('en-US')} events${doubt}`;
}

function differenceText({ stay, vanish, appear }: Difference): string {
  return `${String(stay.length)} stay, ${String(vanish.length)} vanish, ${String(appear.length)} are new`;
}

const WORDS = { stay: 'stays   ', vanish: 'vanishes', appear: 'new     ' };

function episodesText(difference: Difference, fates: readonly (typeof FATES)[number][]): string[] {
  return fates.flatMap((fate) =>
    difference[fate].map(
      ({ severity, reason, start }) =>
        `${WORDS[fate]}  ${new Date(start).toISOString().slice(0, 16)}  ${severity.padEnd(8)}  ${printable(reason)}`,
    ),
  );
}

function daysArgument(text: string): number {
  const days = Number(text);
  if (days > 0 && days <= 366) return days;
  throw new InvalidArgumentError('expected a number of days from above 0 to 366');
}
