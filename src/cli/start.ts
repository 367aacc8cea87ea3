/**
 * `elkhound start`: the service, with its schedule, API and pages.
 */
import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { startService, type RunningService, type ServiceOptions } from '../app/app.js';
import { DEFAULT_FILE, loadConfig } from '../config/load.js';
import { FileCollector } from '../collect/collector.js';
import { FileFollower } from '../collect/follow.js';
import { STANDARD_INPUT } from '../collect/inputs.js';
import type { OnNote } from '../config/file-trust.js';
import type { Config } from '../config/schema.js';
import type { WindowRecord } from '../domain/anomaly.js';
import { systemClock } from '../domain/clock.js';
import { createLogger, terminalLines, type Logger } from '../observe/logger.js';
import { FileFeed, FollowedFeed } from '../feeds/files.js';
import { SimulatedFeed } from '../feeds/simulated.js';
import { hasCluster } from '../store/open-store.js';
import { print, sayWaiting } from './output.js';
import { countText, Progress } from './progress.js';
import { namingHolder, removeServiceFile, writeServiceFile } from './service-file.js';
import { VERSION } from './version.js';

interface Options {
  readonly config?: string;
  readonly from?: string[];
  readonly follow: boolean;
  readonly simulate?: boolean;
  readonly until?: number;
  readonly port?: number;
}

/** Simulated events lie apart, so that they never mix with real ones. */
const SIMULATED_FOLDER = 'simulated';
/** Simulated events are never late. */
const SIMULATED_DELAY_MS = 5_000;

/** Adds the command. */
export function registerStart(program: Command): void {
  program
    .command('start')
    .description('Runs the service: finds what is strange, tells it, and shows it on its pages')
    .option('-c, --config <file>', `configuration file (default ${DEFAULT_FILE}, which may be absent)`)
    .option('--from <file...>', 'log files or folders to read into the embedded store and to follow')
    .option('--no-follow', 'with --from: read what is there, and do not wait for more')
    .option('--simulate', 'simulated office traffic with planted attacks, unless --from names files')
    .option('--until <time>', 'end when all windows before this time (ISO 8601) are done', timeArgument)
    .option('--port <port>', 'port of the pages (default 4600, else the next free one)', portArgument)
    .action(runStart);
}

async function runStart(options: Options): Promise<void> {
  const simulated = options.simulate === true && options.from === undefined;
  // Standard error holds log lines, so these are said there.
  const notes: Parameters<OnNote>[] = [];
  const onNote: OnNote = (...note) => notes.push(note);
  const config = adjusted(loadConfig({ file: options.config, onNote }), options, simulated);
  const embedded = !hasCluster(config);
  const { home } = config.store;
  // What is written belongs to whoever runs the service.
  process.umask(0o077);
  const progress = new Progress();
  const tally = new Tally(progress);
  const logger = createLogger(config.log.level, process.stderr.isTTY ? terminalLines(progress) : undefined);
  for (const [note, noteLevel] of notes) logger[noteLevel](note);
  if (process.getuid?.() === 0)
    logger.warn('runs as root, and needs none of its rights; use a user of its own');
  const service = await namingHolder(
    home,
    startService({
      config,
      version: VERSION,
      clock: systemClock,
      logger,
      simulated,
      untilMs: options.until ?? Infinity,
      ...(await feedOf(options, simulated, config, progress)),
      onWindow: (record) => {
        tally.add(record);
      },
    }),
  );
  if (embedded) writeServiceFile(home, service.address);
  print(`Elkhound ${VERSION}: ${service.address}`);
  try {
    await runUntilStopped(service, logger);
  } finally {
    await service.stop();
    progress.done();
    if (embedded) removeServiceFile(home);
  }
}

/** What was typed goes before what is configured. */
function adjusted(config: Config, { port }: Options, simulated: boolean): Config {
  const { store, schedule, api } = config;
  return {
    ...config,
    api: port === undefined ? api : { ...api, port },
    store: simulated ? { ...store, home: join(store.home, SIMULATED_FOLDER) } : store,
    schedule: simulated ? { ...schedule, queryDelay: SIMULATED_DELAY_MS } : schedule,
  };
}

/** @throws AppError `unreadable_file` for names that do not exist, before anything is opened */
async function feedOf(
  { from, follow }: Options,
  simulated: boolean,
  config: Config,
  progress: Progress,
): Promise<Pick<ServiceOptions, 'feedOn'>> {
  const onProgress = (records: number): void => {
    progress.update(`reading what there is: ${countText(records, 'record')}`);
  };
  if (from && follow && !from.includes(STANDARD_INPUT)) {
    // Names the mistake before anything is opened.
    await FileFollower.open(from, config.collect);
    const parts = { names: from, options: config.collect, onProgress };
    return {
      feedOn: ({ states }, ingester, onLook) => new FollowedFeed({ ...parts, states, ingester, onLook }),
    };
  }
  if (from) {
    const collector = await FileCollector.open(from, config.collect, sayWaiting);
    return {
      feedOn: (_store, ingester, onLook) => new FileFeed({ collector, ingester, onProgress, onLook }),
    };
  }
  if (!simulated) return {};
  return {
    feedOn: ({ events, states }, ingester) =>
      new SimulatedFeed({ ingester, events, states, clock: systemClock, onProgress }),
  };
}

/** Says on a terminal how far the windows are. */
class Tally {
  private windows = 0;
  private anomalies = 0;

  constructor(private readonly progress: Progress) {}

  add({ window, anomalies, status }: WindowRecord): void {
    if (status === 'skipped') return;
    this.windows++;
    this.anomalies += anomalies;
    const at = new Date(window.end).toISOString().slice(0, 16).replace('T', ' ');
    this.progress.update(
      `${at} UTC: ${countText(this.windows, 'window')} done, ${this.anomalies.toLocaleString('en-US')} anomalies`,
    );
  }
}

/** Runs to the end, or to the first signal; a second one ends the process at once. */
async function runUntilStopped(service: RunningService, logger: Logger): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        logger.info(`${signal}: stopping`);
        resolve();
      });
    }
  });
  await Promise.race([service.run(), stopped]);
}

function timeArgument(text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError('expected a time such as 2026-11-24T12:00:00Z');
  return timeMs;
}

function portArgument(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('expected a port from 0 to 65535');
}
