/**
 * Who may have written a configuration file. A file can send what it asks for to an address that it
 * names, so that of a stranger gets no variable and no secret of whoever runs the command.
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { AppError } from '../domain/error.js';
import { isSet, VARIABLES, type Environment, type Tree } from './environment.js';

/** Hears what a configuration is read from (`info`), and what is doubtful about it (`warn`). */
export type OnNote = (note: string, level: 'info' | 'warn') => void;

/** What is known of a file's authors; nothing where it is one's own alone. */
export interface FileTrust {
  /** User id of its owner, where that is neither root nor who runs the command. */
  readonly stranger?: number;
  /** Who else can write to it. */
  readonly writers?: 'group' | 'everybody';
  /** Hears what is doubtful. */
  readonly onNote?: OnNote;
}

/** A configuration file as it was read. */
export interface ConfigFile {
  readonly text: string;
  readonly trust: FileTrust;
}

const ROOT = 0;
const GROUP_WRITES = 0o020;
const EVERYBODY_WRITES = 0o002;

/** @throws AppError `unreadable_file` */
export function readConfigFile(name: string): ConfigFile {
  try {
    const file = openSync(name, 'r');
    try {
      // Of the file that is open: the name may mean another one by now.
      const { uid, mode } = fstatSync(file);
      return { text: readFileSync(file, 'utf8'), trust: trustOf(uid, mode) };
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new AppError('unreadable_file', `cannot read the configuration file "${name}"`, { cause });
  }
}

function trustOf(owner: number, mode: number): FileTrust {
  // Where there are no user ids, as on Windows, owners say nothing.
  const self = process.getuid?.();
  if (self === undefined) return {};
  const writers = mode & EVERYBODY_WRITES ? 'everybody' : mode & GROUP_WRITES ? 'group' : undefined;
  return {
    ...(owner === self || owner === ROOT ? {} : { stranger: owner }),
    ...(writers === undefined ? {} : { writers }),
  };
}

/** Decides what a file may ask for. */
export class FileGuard {
  private readonly refusal: string | undefined;
  private warned = false;

  constructor(
    private readonly file: string,
    private readonly trust: FileTrust,
  ) {
    const { stranger, writers } = trust;
    this.refusal =
      stranger !== undefined
        ? `belongs to another user (id ${String(stranger)}); make it your own, or root's`
        : writers === 'everybody'
          ? 'can be written by everybody; take that right away (chmod o-w)'
          : undefined;
  }

  /**
   * Lets an option of the file have a variable or the content of another file.
   * @throws AppError `invalid_config` where a stranger may have written it
   */
  allow(option: string, what: string): void {
    if (this.refusal !== undefined) throw this.refused(`${option} asks for ${what}`);
    if (this.trust.writers !== 'group' || this.warned) return;
    this.warned = true;
    this.trust.onNote?.(
      `${this.file} asks for ${what} (${option}) and can be written by its group; take that right away (chmod g-w) unless all of them may know your secrets`,
      'warn',
    );
  }

  /**
   * Lets secrets of the environment go where the file says.
   * @param tree options of the file alone
   * @throws AppError `invalid_config` where a stranger may have written the address
   */
  allowAddresses(tree: Tree, environment: Environment): void {
    if (this.refusal === undefined) return;
    const address = ADDRESSES.find((path) => valueAt(tree, path) !== undefined && !isSet(environment, path));
    const secret = VARIABLES.find(([, path]) => isCredential(path) && isSet(environment, path));
    if (address && secret) throw this.refused(`${secret[0]} would be sent to its ${address.join('.')}`);
  }

  private refused(deed: string): AppError {
    return new AppError('invalid_config', `${this.file}: ${deed}, but the file ${this.refusal ?? ''}`);
  }
}

const ADDRESSES: readonly (readonly [string, string])[] = [
  ['elasticsearch', 'url'],
  ['elasticsearch', 'cloudId'],
  ['kibana', 'url'],
];
const CREDENTIALS: ReadonlySet<string> = new Set(['apiKey', 'serviceToken', 'password']);

/** Kibana gets the credentials of Elasticsearch, so all of them count for each address. */
function isCredential([section = '', key = '']: readonly string[]): boolean {
  return ADDRESSES.some(([known]) => known === section) && CREDENTIALS.has(key);
}

function valueAt(tree: Tree, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Tree | null | undefined)?.[key], tree);
}
