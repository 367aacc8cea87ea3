/**
 * Reads the configuration file; the one place that looks at the environment.
 */
import { existsSync } from 'node:fs';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { AppError } from '../domain/error.js';
import { Secret } from '../domain/secret.js';
import {
  applyVariables,
  hasReference,
  readSecretFile,
  substitute,
  type Environment,
  type FileOption,
  type Tree,
} from './environment.js';
import { doubtsOf } from './doubts.js';
import { FileGuard, readConfigFile, type FileTrust, type OnNote } from './file-trust.js';
import { Mistakes } from './mistakes.js';
import { configSchema, SECRET_KEYS, type Config } from './schema.js';

/** File that is read where no other is named; it may be absent. */
export const DEFAULT_FILE = 'elkhound.yml';

/** Where the configuration comes from. */
export interface LoadOptions {
  /** Must exist where it is named; else {@link DEFAULT_FILE} if there is one. */
  readonly file?: string | undefined;
  /** Leaves a {@link DEFAULT_FILE} that nobody named alone. (Default: false) */
  readonly onlyNamed?: boolean;
  readonly environment?: Environment;
  /** Hears which file is used, and what is doubtful in it. */
  readonly onNote?: OnNote;
}

/**
 * The configuration, frozen.
 * @throws AppError `invalid_config` with all mistakes, one line each with file, line and column;
 * `unreadable_file` where a named file cannot be read
 */
export function loadConfig(options: LoadOptions = {}): Config {
  const { file, onlyNamed = false, environment = process.env, onNote = () => undefined } = options;
  const name = file ?? DEFAULT_FILE;
  if (file === undefined && (onlyNamed || !existsSync(name))) {
    if (existsSync(name)) onNote(`${name} is here and not used; name it with -c to use it`, 'info');
    return parseConfig('', name, environment, { onNote });
  }
  const { text, trust } = readConfigFile(name);
  const config = parseConfig(text, name, environment, { ...trust, onNote });
  // Where it has mistakes, these name the file.
  onNote(`configuration: ${name}`, 'info');
  return config;
}

/**
 * The configuration of a text; `name` is what messages call the file.
 * @param trust who may have written the file; a text without one is as good as typed
 */
export function parseConfig(
  text: string,
  name: string,
  environment: Environment = {},
  trust: FileTrust = {},
): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const mistakes = new Mistakes(document, lines, name);
  const broken = mistakes.ofText();
  if (broken.length > 0) throw new AppError('invalid_config', broken.join('\n'));
  const guard = new FileGuard(name, trust);
  const files: FileOption[] = [];
  const tree = new Resolver(environment, files, guard).resolve(valueOf(document, name) ?? {}) as Tree;
  if (typeof tree !== 'object' || Array.isArray(tree)) {
    throw new AppError(
      'invalid_config',
      `${name}:1:1: got ${Array.isArray(tree) ? 'a list' : 'one value'}; expected options such as { job: default }`,
    );
  }
  guard.allowAddresses(tree, environment);
  applyVariables(tree, environment, files);
  const result = configSchema.safeParse(tree);
  if (result.success) {
    for (const option of files) nameFile(result.data, option);
    for (const doubt of doubtsOf(result.data)) trust.onNote?.(doubt, 'warn');
    return freeze(result.data);
  }
  throw new AppError('invalid_config', mistakes.ofOptions(result.error.issues, tree).join('\n'));
}

/** What the text says; an alias without an anchor shows only now. */
function valueOf(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw new AppError(
      'invalid_config',
      `${name}: a value begins with * and names no anchor, or aliases are too many; put a value that begins with * in quotes`,
    );
  }
}

/** Fills in variables and secret files, leaf by leaf. */
class Resolver {
  constructor(
    private readonly environment: Environment,
    private readonly files: FileOption[],
    private readonly guard: FileGuard,
  ) {}

  resolve(value: unknown, path: readonly string[] = []): unknown {
    if (typeof value === 'string') return this.filledIn(value, path.join('.'));
    if (Array.isArray(value)) return value.map((item, i) => this.resolve(item, [...path, String(i)]));
    if (value === null || typeof value !== 'object') return value;
    const tree: Tree = {};
    for (const [key, item] of Object.entries(value)) {
      const secret = SECRET_KEYS.find((known) => key === `${known}File`);
      const inner = this.resolve(item, [...path, key]);
      if (secret !== undefined && typeof inner === 'string') {
        this.guard.allow([...path, key].join('.'), 'a secret file');
        tree[secret] = readSecretFile(inner, key);
        this.files.push({ path: [...path, secret], file: inner });
      } else tree[key] = inner;
    }
    return tree;
  }

  private filledIn(text: string, option: string): string {
    if (hasReference(text)) this.guard.allow(option, 'a variable');
    return substitute(text, this.environment, option);
  }
}

/** Lets a secret know its file, so that it can be read again when it changes. */
function nameFile(config: object, { path, file }: FileOption): void {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((inner, key) => (inner as Tree | undefined)?.[key], config);
  const leaf = path.at(-1)!;
  const value = (parent as Tree | undefined)?.[leaf];
  if (value instanceof Secret) (parent as Tree)[leaf] = new Secret(value.reveal(), file);
}

function freeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !(value instanceof Secret) && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}
