/**
 * `elkhound forget`: a user or host, out of everything that was written.
 */
import type { Command } from 'commander';
import { jobConfigs } from '../config/jobs.js';
import { DEFAULT_FILE } from '../config/load.js';
import { canonicalAddress } from '../domain/address.js';
import { systemClock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import { userNaming } from '../normalize/privacy.js';
import type { PrivacyOptions } from '../normalize/privacy-options.js';
import { forget, type ForgetCount } from '../privacy/forget.js';
import { eventsOf, openStore } from '../store/open-store.js';
import { configOf } from './configuration.js';
import { print, printJson } from './output.js';
import { namingHolder } from './service-file.js';
import { configuredNormalizer } from '../job/configured-normalizer.js';

interface Options {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Adds the command. */
export function registerForget(program: Command): void {
  program
    .command('forget')
    .description('Deletes what is about a user or host, and takes its name out of everything else')
    .argument('<name>', 'user name, pseudonym, or host as its entity is called')
    .option('-c, --config <file>', `configuration file (default ${DEFAULT_FILE}, which may be absent)`)
    .option('--dry-run', 'change nothing, and print what would be changed')
    .option('--json', 'print one JSON object a line, one per index')
    .action(runForget);
}

async function runForget(name: string, options: Options): Promise<void> {
  if (name.trim() === '')
    throw new AppError('invalid_option', 'name: expected a user name or a host, got ""');
  const config = configOf(options);
  const dryRun = options.dryRun === true;
  const opened = await namingHolder(config.store.home, openStore(config, systemClock));
  const { kind, store } = opened;
  try {
    const names = namesOf(name, config.privacy);
    const { archive, states } = store;
    const jobs = jobConfigs(config).map((one) => ({
      job: one.job,
      events: eventsOf(opened, one),
      normalizer: () => configuredNormalizer(one, one.schedule.windowLength, systemClock.now()),
    }));
    const counts = await forget({ jobs, archive, states, features: config.features }, names, dryRun);
    if (options.json === true) printJson(counts.map(toJson).join('\n'));
    else print(describe(counts, dryRun, kind).join('\n'));
  } finally {
    await store.close();
  }
}

/** The name as it was given, as an address is written everywhere, and under which a user is known. */
function namesOf(name: string, privacy: PrivacyOptions): string[] {
  const names = new Set([name, canonicalAddress(name), userNaming(privacy)(name)]);
  return [...names].filter((one) => one !== '');
}

function toJson(count: ForgetCount): string {
  return JSON.stringify({ type: 'forgotten', ...count });
}

/** What was done, without the name: the output may be kept. */
function describe(counts: readonly ForgetCount[], dryRun: boolean, kind: string): string[] {
  const width = Math.max(...counts.map(({ index }) => index.length));
  if (counts.every(({ deleted, scrubbed }) => deleted + scrubbed === 0)) {
    return ['nothing was found: no document names that user or host'];
  }
  const lines = counts.map(
    ({ index, deleted, scrubbed }) =>
      `${index.padEnd(width)}  ${String(deleted)} documents deleted, ${String(scrubbed)} scrubbed`,
  );
  const notes = [
    ...(dryRun ? ['nothing was changed: this was a dry run'] : []),
    ...(kind === 'elasticsearch' ? ['events were left alone: they belong to whoever ships them'] : []),
  ];
  return [...lines, ...notes];
}
