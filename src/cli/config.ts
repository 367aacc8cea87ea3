/**
 * `elkhound config`: checks the configuration, or prints its schema for editors.
 */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { DEFAULT_FILE, loadConfig } from '../config/load.js';
import { configSchema } from '../config/schema.js';

interface Options {
  readonly config?: string;
  readonly check?: boolean;
  readonly schema?: boolean;
}

/** Adds the command. */
export function registerConfig(program: Command): void {
  program
    .command('config')
    .description('Checks the configuration, prints it as it is understood, or prints its JSON Schema')
    .option('-c, --config <file>', `configuration file (default ${DEFAULT_FILE}, which may be absent)`)
    .option('--check', 'only check it: exit code 0 if it is valid')
    .option('--schema', 'print the JSON Schema, for editors')
    .action((options: Options) => {
      if (options.schema === true) {
        print(z.toJSONSchema(configSchema, { io: 'input' }));
        return;
      }
      const config = loadConfig({ file: options.config });
      if (options.check === true) process.stdout.write(`${checked(options.config)}\n`);
      else print(config);
    });
}

/** What has been found valid; without a file it is what the environment and the defaults say. */
function checked(file: string | undefined): string {
  if (file !== undefined || existsSync(DEFAULT_FILE)) return `${file ?? DEFAULT_FILE}: valid`;
  return `no ${DEFAULT_FILE} here; the defaults and the environment are valid`;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
