/**
 * What the environment says: `${VAR}` in values, variables that stand for options, files that hold secrets.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../domain/error.js';
import { Secret } from '../domain/secret.js';

/** Environment variables, as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A plain object of a parsed file. */
export type Tree = Record<string, unknown>;

/** An option that was read from a file. */
export interface FileOption {
  readonly path: readonly string[];
  readonly file: string;
}

/** Variables that set an option without a file; `NAME_FILE` names a file that holds the value. */
export const VARIABLES: readonly (readonly [string, readonly string[]])[] = [
  ['ELKHOUND_HOME', ['store', 'home']],
  ['ELKHOUND_LOG_LEVEL', ['log', 'level']],
  ['ELKHOUND_API_KEY', ['api', 'apiKey']],
  ['ELKHOUND_REVEAL_KEY', ['api', 'revealKey']],
  ['ELKHOUND_PRIVACY_KEY', ['privacy', 'key']],
  ['ELKHOUND_WEBHOOK_URL', ['alert', 'channels', 'webhook', 'url']],
  ['ELKHOUND_ELASTICSEARCH_URL', ['elasticsearch', 'url']],
  ['ELKHOUND_ELASTICSEARCH_API_KEY', ['elasticsearch', 'apiKey']],
  ['ELKHOUND_ELASTICSEARCH_SERVICE_TOKEN', ['elasticsearch', 'serviceToken']],
  ['ELKHOUND_ELASTICSEARCH_CLOUD_ID', ['elasticsearch', 'cloudId']],
  ['ELKHOUND_ELASTICSEARCH_USERNAME', ['elasticsearch', 'username']],
  ['ELKHOUND_ELASTICSEARCH_PASSWORD', ['elasticsearch', 'password']],
  ['ELKHOUND_ELASTICSEARCH_CA_FILE', ['elasticsearch', 'caFile']],
  ['ELKHOUND_KIBANA_URL', ['kibana', 'url']],
  ['ELKHOUND_KIBANA_SPACE', ['kibana', 'space']],
  ['ELKHOUND_KIBANA_API_KEY', ['kibana', 'apiKey']],
  ['ELKHOUND_KIBANA_USERNAME', ['kibana', 'username']],
  ['ELKHOUND_KIBANA_PASSWORD', ['kibana', 'password']],
  ['ELKHOUND_KIBANA_CA_FILE', ['kibana', 'caFile']],
];

/** Whether a variable, or one that names a file, sets an option. */
export function isSet(environment: Environment, option: readonly string[]): boolean {
  const [name] = VARIABLES.find(([, path]) => path.join('.') === option.join('.')) ?? [];
  if (name === undefined) return false;
  return [environment[name], environment[`${name}_FILE`]].some(
    (value) => value !== undefined && value !== '',
  );
}

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?\}/g;

/** Names that variables have; a password may hold `${` too. */
const VARIABLE_NAME = /^[A-Z][A-Z0-9_]*$/;

/** Whether a text asks for variables. */
export function hasReference(text: string): boolean {
  return text.search(REFERENCE) >= 0;
}

/**
 * Replaces `${VAR}` and `${VAR:default}` in the value of an option.
 * @throws AppError `invalid_config` where a variable without default is not set
 */
export function substitute(text: string, environment: Environment, option: string): string {
  return text.replace(REFERENCE, (match, name: string, fallback: string | undefined) => {
    const value = environment[name] ?? fallback;
    if (value !== undefined) return value;
    const isShown = match === text || VARIABLE_NAME.test(name);
    throw new AppError(
      'invalid_config',
      isShown
        ? `${option}: the environment variable ${name} is not set; set it or write \${${name}:default}`
        : `${option}: what stands between \${ and } names no environment variable that is set; a secret that holds these characters goes into a file, or into the environment`,
    );
  });
}

/**
 * Sets options from {@link VARIABLES}; the environment goes before the file.
 * @param files takes note of what was read from files
 */
export function applyVariables(tree: Tree, environment: Environment, files: FileOption[]): void {
  for (const [name, path] of VARIABLES) {
    const file = environment[name] === undefined ? environment[`${name}_FILE`] : undefined;
    const value = file === undefined ? environment[name] : readSecretFile(file, `${name}_FILE`);
    if (value === undefined || value === '') continue;
    if (file !== undefined) files.push({ path, file });
    let at = tree;
    for (const key of path.slice(0, -1)) at = (at[key] ??= {}) as Tree;
    at[path.at(-1)!] = value;
  }
}

/**
 * The text of a file that holds a secret, without the line break at its end.
 * @param option names what asked for the file
 */
export function readSecretFile(path: string, option: string): string {
  try {
    return Secret.ofFile(path).reveal();
  } catch (cause) {
    const folder = dirname(path);
    // People write the secret itself in the place of its file; only a real folder tells a name from that.
    const isName = !['.', '/'].includes(folder) && existsSync(folder);
    const file = isName ? ` "${path}"` : ' that it names; expected the name of a file that holds the secret';
    throw new AppError('unreadable_file', `${option}: cannot read the file${file}`, { cause });
  }
}
