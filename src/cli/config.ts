/**
 * `elkhound config`: checks the configuration, or prints its schema for editors.
 */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { DEFAULT_FILE } from '../config/load.js';
import { configSchema } from '../config/schema.js';
import { configOf } from './configuration.js';
import { print, printJson } from './output.js';

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
        printJson(JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }), null, 2));
        return;
      }
      const config = configOf(options);
      if (options.check === true) print(checked(options.config));
      else printJson(JSON.stringify(config, null, 2));
    });
}

/** What has been found valid; without a file it is what the environment and the defaults say. */
function checked(file: string | undefined): string {
  if (file !== undefined || existsSync(DEFAULT_FILE)) return `${file ?? DEFAULT_FILE}: valid`;
  return `no ${DEFAULT_FILE} here; the defaults and the environment are valid`;
}
