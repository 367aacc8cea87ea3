/**
 * `elkhound setup`: gets an Elasticsearch cluster ready, takes that back, or prints what it would send.
 */
import type { Command } from 'commander';
import { indicesOf } from '../config/jobs.js';
import { DEFAULT_FILE, loadConfig } from '../config/load.js';
import { systemClock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import { Cluster } from '../store/elasticsearch/cluster.js';
import { applySetup, planSetup, type SetupStep, type SkippedStep } from '../store/elasticsearch/setup.js';
import { planUninstall } from '../store/elasticsearch/uninstall.js';
import { clusterOptionsOf } from '../store/open-store.js';

interface Options {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly uninstall?: boolean;
  readonly deleteData?: boolean;
  readonly json?: boolean;
}

/** Adds the command. */
export function registerSetup(program: Command): void {
  program
    .command('setup')
    .description('Installs index templates, the deletion policy, roles and the alerts alias; safe to repeat')
    .option('-c, --config <file>', `configuration file (default ${DEFAULT_FILE}, which may be absent)`)
    .option('--dry-run', 'change nothing, and print the requests as the console of Kibana takes them')
    .option('--uninstall', 'take back what was installed; what elkhound has found stays')
    .option('--delete-data', 'with --uninstall: delete everything that elkhound has found, too')
    .option('--json', 'print the result as JSON')
    .action(setUp);
}

/** What is to be sent, with a line that says to whom. */
interface Plan {
  readonly title: string;
  readonly steps: readonly SetupStep[];
}

async function setUp(options: Options): Promise<void> {
  if (options.deleteData === true && options.uninstall !== true) {
    throw new AppError('invalid_option', '--delete-data: goes with --uninstall only');
  }
  const cluster = new Cluster(clusterOptionsOf(loadConfig({ file: options.config })));
  try {
    const { title, ...plan } = await planOf(cluster, options);
    const applied = options.dryRun !== true;
    const skipped = applied ? await applySetup(cluster, plan) : [];
    const text =
      options.json === true
        ? JSON.stringify({ ...plan, applied, skipped })
        : describe({ title, ...plan }, applied, skipped);
    process.stdout.write(`${text}\n`);
  } finally {
    await cluster.close();
  }
}

async function planOf(
  cluster: Cluster,
  { config: file, uninstall, deleteData = false }: Options,
): Promise<Plan> {
  if (uninstall === true) {
    const kept = deleteData ? 'with its data' : 'its data stays';
    return {
      title: `# ${cluster.address}: uninstall, ${kept}`,
      steps: await planUninstall(cluster, deleteData),
    };
  }
  const config = loadConfig({ file });
  const times = { nowMs: systemClock.now(), retentionMs: config.store.retention };
  const plan = await planSetup(cluster, { ...times, logs: indicesOf(config) });
  const deletion =
    plan.variant === 'full' ? 'deletes old results itself' : 'lets elkhound delete old results';
  const title = `# Elasticsearch ${plan.version} at ${cluster.address}: ${plan.variant} templates, ${deletion}`;
  return { ...plan, title };
}

/** Lines for a person; comments begin with `#`, so that a dry run, and what was skipped, can be pasted whole. */
function describe({ title, steps }: Plan, applied: boolean, skipped: readonly SkippedStep[]): string {
  const lines = [title];
  for (const step of steps) {
    const reason = skipped.find((one) => one.step === step)?.reason;
    if (reason !== undefined) lines.push(`# not done: ${reason}; where it is wanted, send it yourself:`);
    const done = applied && reason === undefined;
    lines.push(done ? `done: ${step.method} ${step.path}` : requestText(step));
  }
  return lines.join('\n');
}

function requestText({ method, path, body }: SetupStep): string {
  return `${method} ${path}\n${body === undefined ? '' : `${JSON.stringify(body, null, 2)}\n`}`;
}
