/**
 * `elkhound doctor`: looks at the store and the logs, and says how to mend what is wrong.
 */
import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { EventSource } from '../collect/ports.js';
import { jobConfig, jobConfigs } from '../config/jobs.js';
import { DEFAULT_FILE } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { systemClock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import { printable } from '../domain/printable.js';
import type { Normalizer } from '../normalize/normalizer.js';
import { configuredNormalizer } from '../job/configured-normalizer.js';
import { costPartsOf, costText, estimateCost, overBounds } from '../job/cost.js';
import { Cluster } from '../store/elasticsearch/cluster.js';
import type { Examination } from '../store/elasticsearch/doctor/examination.js';
import { propose } from '../store/elasticsearch/doctor/propose.js';
import { examine } from '../store/elasticsearch/doctor/examine.js';
import { ElasticsearchEventSource } from '../store/elasticsearch/event-source.js';
import type { Finding, FindingStatus } from '../store/finding.js';
import { clusterOptionsOf, eventSourceOf, hasCluster, openStore } from '../store/open-store.js';
import { configOf } from './configuration.js';
import { print, printJson } from './output.js';

interface Options {
  readonly config?: string;
  readonly job?: string;
  readonly json?: boolean;
  readonly propose?: boolean;
}

const MARKS: Readonly<Record<FindingStatus, string>> = {
  ok: 'ok     ',
  warning: 'WARNING',
  failure: 'FAILURE',
  unavailable: '-      ',
};

/** Where these fail, nothing can be said of what a job will cost. */
const NEEDED: ReadonlySet<string> = new Set(['connection', 'logs']);

/** Adds the command. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'Looks at the store and the logs, and says how to mend what is wrong; exit code 1 for a failure',
    )
    .option('-c, --config <file>', `configuration file (default ${DEFAULT_FILE}, which may be absent)`)
    .option('--job <name>', 'look at the logs of this job alone (default: of all)')
    .option('--json', 'print the findings as JSON')
    .option(
      '--propose',
      'print jobs (YAML) for logs that are not ECS, from the names and values of their fields',
    )
    .action(runDoctor);
}

async function runDoctor(options: Options): Promise<void> {
  const config = configOf(options);
  const jobs = options.job === undefined ? jobConfigs(config) : [jobConfig(config, options.job)];
  if (options.propose === true) return printProposals(config, jobs);
  const findings = await (hasCluster(config) ? ofCluster(jobs) : ofFolder(config));
  if (options.json === true) printJson(JSON.stringify({ findings }));
  else print(findings.map(lineOf).join('\n'));
  if (findings.some(({ status }) => status === 'failure')) process.exitCode = 1;
}

function lineOf({ job, check, status, message, remedy }: Finding): string {
  const subject = job === undefined ? check : `${job}: ${check}`;
  const todo = remedy === undefined ? '' : `\n         → ${printable(remedy)}`;
  return `${MARKS[status]}  ${subject}: ${printable(message)}${todo}`;
}

/** Jobs to go into the configuration, each with what it would understand and what was not found. */
async function printProposals(config: Config, jobs: readonly Config[]): Promise<void> {
  if (!hasCluster(config)) {
    throw new AppError('invalid_option', '--propose: needs a cluster; set elasticsearch.url');
  }
  const cluster = new Cluster(clusterOptionsOf(config));
  try {
    const proposals = [];
    for (const one of jobs) {
      proposals.push(...(await propose({ cluster, clock: systemClock, ...examinationOf(one) })));
    }
    const text =
      proposals.length === 0
        ? '# nothing to propose: what is about hosts or users is understood as it is'
        : stringify({ jobs: proposals.map(({ job }) => job) }).trimEnd();
    print(
      [...proposals.flatMap(({ notes }) => notes.map((note) => `# ${printable(note)}`)), text].join('\n'),
    );
  } finally {
    await cluster.close();
  }
}

async function ofCluster(jobs: readonly Config[]): Promise<Finding[]> {
  const cluster = new Cluster(clusterOptionsOf(jobs[0]!));
  try {
    const findings = await examine(
      jobs.map((config) => ({ cluster, clock: systemClock, ...examinationOf(config) })),
    );
    for (const config of jobs) {
      const isBlind = findings.some(
        ({ status, check, job = config.job }) =>
          status === 'failure' && NEEDED.has(check) && job === config.job,
      );
      if (isBlind) continue;
      const source = new ElasticsearchEventSource(cluster, eventSourceOf(config), systemClock);
      const cost = await costOf(config, source);
      findings.push(...(jobs.length === 1 ? cost : cost.map((one) => ({ ...one, job: config.job }))));
    }
    return findings;
  } finally {
    await cluster.close();
  }
}

function examinationOf(config: Config): Omit<Examination, 'cluster' | 'clock'> {
  const { windowLength: windowLengthMs, queryDelay: queryDelayMs } = config.schedule;
  const { ownNetworks } = config.normalize;
  const normalizer = (): Normalizer => configuredNormalizer(config, windowLengthMs, systemClock.now());
  return {
    job: config.job,
    ...eventSourceOf(config),
    windowLengthMs,
    queryDelayMs,
    ownNetworks,
    normalizer,
  };
}

/** What the job will cost, and what of that is over its bound; nothing where there is nothing to read. */
async function costOf(config: Config, events: EventSource): Promise<Finding[]> {
  const check = 'cost';
  try {
    const nowMs = systemClock.now();
    const all = await events.range();
    // What is dated after now costs nothing yet.
    const range = all && { start: all.start, end: Math.min(all.end, nowMs) };
    if (!range || range.start >= range.end) return [];
    const parts = costPartsOf(config, events, nowMs);
    const cost = await estimateCost(parts, range);
    if (!cost) return [];
    const over = overBounds(cost, parts).map((bound): Finding => ({ check, status: 'warning', ...bound }));
    return [{ check, status: 'ok', message: costText(cost) }, ...over];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ check, status: 'failure', message: error.message }];
  }
}

/** The embedded store: whether it opens, and what it holds. */
async function ofFolder(config: Config): Promise<Finding[]> {
  const { home } = config.store;
  const folder: Finding = {
    check: 'connection',
    status: 'ok',
    message: `the embedded store in ${home} opens`,
  };
  let store;
  try {
    ({ store } = await openStore(config, systemClock));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ ...folder, status: 'failure', message: error.message, remedy: REMEDIES[error.code] ?? '' }];
  }
  try {
    const range = await store.events.range();
    if (range === undefined) {
      const message = 'there are no events yet';
      const remedy = 'name log files with "elkhound start --from", or set elasticsearch.url';
      return [folder, { check: 'logs', status: 'warning', message, remedy }];
    }
    const [from, to] = [range.start, range.end].map((ms) => new Date(ms).toISOString());
    return [
      folder,
      { check: 'logs', status: 'ok', message: `events from ${from!} to ${to!}` },
      ...(await costOf(config, store.events)),
    ];
  } finally {
    await store.close();
  }
}

const REMEDIES: Partial<Record<AppError['code'], string>> = {
  store_unavailable: 'stop the service that holds it, or ask that one',
  unsupported_schema: 'use the newer elkhound, or another folder (store.home)',
  missing_dependency: 'npm install @duckdb/node-api, or set elasticsearch.url',
};
