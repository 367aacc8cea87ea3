/**
 * Reads the configuration file; the one place that looks at the environment.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { AppError } from '../domain/error.js';
import { nearest } from '../domain/nearest.js';
import { Secret } from '../domain/secret.js';
import {
  applyVariables,
  readSecretFile,
  substitute,
  type Environment,
  type FileOption,
  type Tree,
} from './environment.js';
import { configSchema, HIDDEN_KEYS, SECRET_KEYS, type Config } from './schema.js';

/** File that is read where no other is named; it may be absent. */
export const DEFAULT_FILE = 'elkhound.yml';

/** Where the configuration comes from. */
export interface LoadOptions {
  /** Must exist where it is named; else {@link DEFAULT_FILE} if there is one. */
  readonly file?: string | undefined;
  readonly environment?: Environment;
}

/**
 * The configuration, frozen.
 * @throws AppError `invalid_config` with all mistakes, one line each with file, line and column;
 * `unreadable_file` where a named file cannot be read
 */
export function loadConfig({ file, environment = process.env }: LoadOptions = {}): Config {
  const name = file ?? DEFAULT_FILE;
  const text = file === undefined && !existsSync(name) ? '' : read(name);
  return parseConfig(text, name, environment);
}

/** The configuration of a text; `name` is what messages call the file. */
export function parseConfig(text: string, name: string, environment: Environment = {}): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const broken = document.errors.map(({ message, pos }) => `${place(name, lines, pos[0])}: ${message}`);
  if (broken.length > 0) throw new AppError('invalid_config', broken.join('\n'));
  const files: FileOption[] = [];
  const tree = new Resolver(environment, files).resolve(document.toJS({ maxAliasCount: 100 }) ?? {}) as Tree;
  if (typeof tree !== 'object' || Array.isArray(tree)) {
    throw new AppError(
      'invalid_config',
      `${name}:1:1: expected options such as "job: default", got ${typeof tree}`,
    );
  }
  applyVariables(tree, environment, files);
  const result = configSchema.safeParse(tree);
  if (result.success) {
    for (const option of files) nameFile(result.data, option);
    return freeze(result.data);
  }
  const mistakes = result.error.issues.flatMap((issue) => explain(issue, document, lines, name, tree));
  throw new AppError('invalid_config', mistakes.join('\n'));
}

function read(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (cause) {
    throw new AppError('unreadable_file', `cannot read the configuration file "${name}"`, { cause });
  }
}

/** Fills in variables and secret files, leaf by leaf. */
class Resolver {
  constructor(
    private readonly environment: Environment,
    private readonly files: FileOption[],
  ) {}

  resolve(value: unknown, path: readonly string[] = []): unknown {
    if (typeof value === 'string') return substitute(value, this.environment);
    if (Array.isArray(value)) return value.map((item, i) => this.resolve(item, [...path, String(i)]));
    if (value === null || typeof value !== 'object') return value;
    const tree: Tree = {};
    for (const [key, item] of Object.entries(value)) {
      const secret = SECRET_KEYS.find((known) => key === `${known}File`);
      const inner = this.resolve(item, [...path, key]);
      if (secret !== undefined && typeof inner === 'string') {
        tree[secret] = readSecretFile(inner, key);
        this.files.push({ path: [...path, secret], file: inner });
      } else tree[key] = inner;
    }
    return tree;
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

type Issue = z.core.$ZodIssue;

function explain(issue: Issue, document: Document, lines: LineCounter, name: string, tree: Tree): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return `${at(path, document, lines, name, 'key')}: ${path.join('.')}: unknown option${suggestion(key, issue.path)}`;
    });
  }
  const path = issue.path.map(String);
  const value = path.reduce<unknown>((inner, key) => (inner as Tree | undefined)?.[key], tree);
  const isSecret = path.some((key) => HIDDEN_KEYS.includes(key));
  const got = value === undefined ? 'nothing' : isSecret ? '[secret]' : JSON.stringify(value);
  return [`${at(path, document, lines, name, 'value')}: ${path.join('.')}: got ${got}; ${issue.message}`];
}

/** File, line and column of an option's key or value, or of the nearest one around it that the file holds. */
function at(
  path: readonly PropertyKey[],
  document: Document,
  lines: LineCounter,
  name: string,
  part: 'key' | 'value',
): string {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [i, key] of path.entries()) {
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
      : undefined;
    const value = pair ? pair.value : isSeq(node) ? node.items[Number(key)] : undefined;
    const shown = pair && part === 'key' && i === path.length - 1 ? pair.key : value;
    if (!isNode(shown)) break;
    offset = shown.range?.[0] ?? offset;
    node = value;
  }
  return place(name, lines, offset);
}

function place(name: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${name}:${String(Math.max(1, line))}:${String(Math.max(1, col))}`;
}

/** The known option that was probably meant. */
function suggestion(key: string, path: readonly PropertyKey[]): string {
  const known = knownAt(path);
  const near = nearest(key, known);
  return near === undefined ? `; known here: ${known.join(', ')}` : `; did you mean "${near}"?`;
}

/** Keys that the schema has at a path. */
function knownAt(path: readonly PropertyKey[]): string[] {
  let schema = plain(configSchema);
  for (const step of path) {
    if (schema instanceof z.ZodObject) schema = plain(schema.shape[String(step)]);
    else if (schema instanceof z.ZodArray) schema = plain(schema.element);
    else if (schema instanceof z.ZodRecord) schema = plain(schema.valueType);
  }
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  const keys = schema instanceof z.ZodRecord ? schema.keyType : undefined;
  return keys instanceof z.ZodEnum ? keys.options.map(String) : [];
}

/** A schema without what says that it may be missing. */
function plain(schema: unknown): unknown {
  const isOptional =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return isOptional ? plain(schema.unwrap()) : schema;
}

function freeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !(value instanceof Secret) && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}
