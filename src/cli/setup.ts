/**
 * `elkhound setup`: gets an Elasticsearch cluster ready, or prints what it would send.
 */
import type { Command } from 'commander';
import { DEFAULT_FILE, loadConfig } from '../config/load.js';
import { systemClock } from '../domain/clock.js';
import { Cluster } from '../store/elasticsearch/cluster.js';
import { applySetup, planSetup, type SetupPlan } from '../store/elasticsearch/setup.js';
import { clusterOptionsOf } from '../store/open-store.js';

interface Options {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Adds the command. */
export function registerSetup(program: Command): void {
  program
    .command('setup')
    .description('Installs index templates, the deletion policy and the alerts alias; safe to repeat')
    .option('-c, --config <file>', `configuration file (default ${DEFAULT_FILE}, which may be absent)`)
    .option('--dry-run', 'change nothing, and print the requests as the console of Kibana takes them')
    .option('--json', 'print the result as JSON')
    .action(setUp);
}

async function setUp(options: Options): Promise<void> {
  const config = loadConfig({ file: options.config });
  const cluster = new Cluster(clusterOptionsOf(config));
  try {
    const times = { nowMs: systemClock.now(), retentionMs: config.store.retention };
    const plan = await planSetup(cluster, times);
    const applied = options.dryRun !== true;
    if (applied) await applySetup(cluster, plan);
    const text =
      options.json === true ? JSON.stringify({ ...plan, applied }) : describe(plan, applied, cluster.address);
    process.stdout.write(`${text}\n`);
  } finally {
    await cluster.close();
  }
}

/** Lines for a person; comments begin with `#`, so that a dry run can be pasted whole. */
function describe(plan: SetupPlan, applied: boolean, address: string): string {
  const deletion =
    plan.variant === 'full' ? 'deletes old results itself' : 'lets elkhound delete old results';
  const lines = [`# Elasticsearch ${plan.version} at ${address}: ${plan.variant} templates, ${deletion}`];
  for (const { method, path, body } of plan.steps) {
    lines.push(applied ? `done: ${method} ${path}` : `${method} ${path}\n${JSON.stringify(body, null, 2)}\n`);
  }
  return lines.join('\n');
}
