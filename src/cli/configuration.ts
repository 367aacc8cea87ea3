/**
 * The configuration of a command, and what is said of it.
 */
import type { OnNote } from '../config/file-trust.js';
import { loadConfig, type LoadOptions } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { say } from './output.js';

/** Options of all commands that have a configuration. */
interface ConfigOptions {
  readonly config?: string | undefined;
}

/**
 * The configuration that a command goes by; standard error says which file that is.
 * @throws AppError as {@link loadConfig}
 */
export function configOf({ config: file }: ConfigOptions, more: Pick<LoadOptions, 'onlyNamed'> = {}): Config {
  const onNote: OnNote = (note, level) => {
    say(level === 'warn' ? `warning: ${note}` : note);
  };
  return loadConfig({ file, onNote, ...more });
}
