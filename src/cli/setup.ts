/**
 * `elkhound setup`: gets an Elasticsearch cluster and a Kibana ready, takes that back, or prints what it would send.
 */
import type { Command } from 'commander';
import { indicesOf } from '../config/jobs.js';
import { withUserApart } from '../config/address-options.js';
import { DEFAULT_FILE } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { systemClock } from '../domain/clock.js';
import { ALERTS_ALIAS } from '../documents/alerts.js';
import { INDEX_PREFIX } from '../documents/index-definition.js';
import { AppError } from '../domain/error.js';
import { printable } from '../domain/printable.js';
import { Cluster } from '../store/elasticsearch/cluster.js';
import type { SetupStep, SkippedStep } from '../store/elasticsearch/setup-step.js';
import { applySetup, planSetup } from '../store/elasticsearch/setup.js';
import { planUninstall } from '../store/elasticsearch/uninstall.js';
import { clusterOptionsOf } from '../store/open-store.js';
import { configOf } from './configuration.js';
import { print, printJson } from './output.js';
import { Progress } from './progress.js';
import { planKibana, type KibanaWork } from './setup-kibana.js';

interface Options {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly uninstall?: boolean;
  readonly deleteData?: boolean;
  readonly kibanaUrl?: string;
  readonly kibanaSpace?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** Adds the command. */
export function registerSetup(program: Command): void {
  program
    .command('setup')
    .description(
      'Installs index templates, the deletion policy, roles and the alerts alias, and in Kibana dashboards and rules; safe to repeat',
    )
    .option('-c, --config <file>', `configuration file (default ${DEFAULT_FILE}, which may be absent)`)
    .option('--kibana-url <url>', 'Kibana that gets dashboards and rules (default: kibana.url, else none)')
    .option('--kibana-space <id>', 'its space (default: kibana.space, else the one named default)')
    .option('--overwrite', 'in Kibana also replace, or remove, what somebody has changed there')
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
  /** What is left to the user. */
  readonly left: readonly SkippedStep[];
  /** What comes after it, once it is done. */
  readonly next?: string;
}

async function setUp(options: Options): Promise<void> {
  if (options.deleteData === true && options.uninstall !== true) {
    throw new AppError('invalid_option', '--delete-data: goes with --uninstall only');
  }
  const config = withKibana(configOf(options), options);
  const cluster = new Cluster(clusterOptionsOf(config));
  const progress = new Progress();
  try {
    progress.update('looking at what is installed');
    // Both are looked at before either is changed: a mistake in one leaves the other alone, too.
    const { title, next, ...plan } = await planOf(cluster, config, options);
    const { uninstall = false, overwrite = false } = options;
    const kibana = await planKibana(config, cluster, { uninstall, overwrite });
    const applied = options.dryRun !== true;
    const skipped = applied ? await apply(cluster, plan, { kibana, uninstall, progress }) : [];
    progress.done();
    if (options.json === true) {
      printJson(JSON.stringify({ ...plan, applied, skipped, ...(kibana && { kibana: kibana.toJson() }) }));
    } else {
      print(
        [
          describe({ title, ...plan }, applied, skipped),
          ...(kibana?.describe(applied) ?? []),
          ...(applied && next !== undefined ? [next] : []),
        ].join('\n'),
      );
    }
  } finally {
    progress.done();
    await cluster.close();
  }
}

/** What the command line says of Kibana goes before the configuration. */
function withKibana(config: Config, { kibanaUrl, kibanaSpace, overwrite }: Options): Config {
  const kibana = {
    ...config.kibana,
    ...(kibanaUrl === undefined ? {} : withUserApart({ url: kibanaUrl }, '--kibana-url')),
    ...(kibanaSpace === undefined ? {} : { space: kibanaSpace }),
  };
  if (kibana.url !== undefined) return { ...config, kibana };
  const option = kibanaSpace === undefined ? '--overwrite' : '--kibana-space';
  if (kibanaSpace === undefined && overwrite !== true) return config;
  throw new AppError('invalid_option', `${option}: needs --kibana-url, or kibana.url in the configuration`);
}

interface ApplyContext {
  readonly kibana: KibanaWork | undefined;
  readonly uninstall: boolean;
  readonly progress: Progress;
}

/** What is kept of Kibana lies in Elasticsearch, so that is first to come and last to go. */
async function apply(
  cluster: Cluster,
  plan: { readonly steps: readonly SetupStep[] },
  { kibana, uninstall, progress }: ApplyContext,
): Promise<SkippedStep[]> {
  const applyKibana = async (): Promise<void> => {
    if (kibana) progress.update('Kibana: dashboards, data views and rules');
    await kibana?.apply();
  };
  if (uninstall) await applyKibana();
  const skipped = await applySetup(cluster, plan, ({ method, path }, index) => {
    progress.update(`${String(index + 1)} of ${String(plan.steps.length)}: ${method} ${path}`);
  });
  if (!uninstall) await applyKibana();
  return skipped;
}

async function planOf(
  cluster: Cluster,
  config: Config,
  { uninstall, deleteData = false }: Options,
): Promise<Plan> {
  if (uninstall === true) {
    const kept = deleteData ? 'with its data' : 'its data stays';
    return {
      title: `# ${cluster.address}: uninstall, ${kept}`,
      steps: await planUninstall(cluster, deleteData),
      left: [],
      next: '# services that still run say within a minute that this is gone; stop them',
    };
  }
  const times = { nowMs: systemClock.now(), retentionMs: config.store.retention };
  const plan = await planSetup(cluster, { ...times, logs: indicesOf(config) });
  const deletion =
    plan.variant === 'full'
      ? 'it deletes old results by itself'
      : 'elkhound deletes old results while it runs, since this build cannot';
  const title = `# Elasticsearch ${plan.version} at ${cluster.address}: index templates of elkhound; ${deletion}`;
  const next = `# alerts: ${ALERTS_ALIAS}; everything: ${INDEX_PREFIX}*; now run: elkhound start`;
  return { ...plan, title, next };
}

/** Lines for a person; comments begin with `#`, so that a dry run, and what was skipped, can be pasted whole. */
function describe({ title, steps, left }: Plan, applied: boolean, skipped: readonly SkippedStep[]): string {
  const lines = [title];
  for (const step of steps) {
    const reason = skipped.find((one) => one.step === step)?.reason;
    if (reason !== undefined) lines.push(refusalText(reason));
    const done = applied && reason === undefined;
    lines.push(done ? `done: ${step.method} ${step.path}` : requestText(step));
  }
  for (const { step, reason } of left) lines.push(refusalText(reason), requestText(step));
  return lines.join('\n');
}

function refusalText(reason: string): string {
  return `# not done: ${printable(reason)}; where it is wanted, send it yourself:`;
}

function requestText({ method, path, body }: SetupStep): string {
  return `${method} ${path}\n${body === undefined ? '' : `${JSON.stringify(body, null, 2)}\n`}`;
}
