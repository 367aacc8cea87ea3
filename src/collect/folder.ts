/**
 * What lies in a folder: the files that are read, and what is left out, so that it can be said.
 */
import { readdir, stat } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';

/** What simulated logs tell of the attacks planted in them: it lies beside them and is none of them. */
export const TRUTH_FILE = 'truth.json';

/** Why something in a folder is not read. */
type LeftOutReason =
  | 'hidden'
  | 'truth'
  /** A link whose target is missing, or that leads to itself. */
  | 'dangling_link'
  /** Folders are read where they lie: a link to one may lead anywhere, and in circles. */
  | 'link_to_folder'
  /** A device, a pipe or a socket, or a link to one: it may never end. */
  | 'no_file'
  /** A folder that may not be read. */
  | 'unreadable_folder';

/** Something in a folder that is not read. */
export interface LeftOut {
  readonly path: string;
  readonly reason: LeftOutReason;
}

/** What lies in a folder. */
export interface Listing {
  /** Paths of the files, links to files among them, in the order of their names. */
  readonly files: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Looks into a folder, and below it where `deep`.
 * @throws NodeJS.ErrnoException where the folder itself cannot be read; one below it is left out
 */
export async function listFolder(folder: string, deep = true): Promise<Listing> {
  const files: string[] = [];
  const leftOut: LeftOut[] = [];
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const entries = await entriesOf(next, next === folder);
    if (!entries) leftOut.push({ path: next, reason: 'unreadable_folder' });
    for (const entry of entries ?? []) {
      const path = join(next, entry.name);
      const kind = await kindOf(entry, path);
      if (kind === 'file') files.push(path);
      else if (kind !== 'folder') leftOut.push({ path, reason: kind });
      else if (deep) waiting.push(path);
    }
  }
  return { files: files.sort(), leftOut };
}

async function entriesOf(folder: string, mustBe: boolean): Promise<Dirent[] | undefined> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (mustBe) throw error;
    return undefined;
  }
}

async function kindOf(entry: Dirent, path: string): Promise<'file' | 'folder' | LeftOutReason> {
  if (entry.isDirectory()) return 'folder';
  if (entry.name.startsWith('.')) return 'hidden';
  if (entry.name === TRUTH_FILE) return 'truth';
  if (entry.isFile()) return 'file';
  if (!entry.isSymbolicLink()) return 'no_file';
  const target = await stat(path).catch(() => undefined);
  if (!target) return 'dangling_link';
  if (target.isDirectory()) return 'link_to_folder';
  return target.isFile() ? 'file' : 'no_file';
}

const WORDS: Readonly<Record<LeftOutReason, string>> = {
  hidden: 'hidden',
  truth: 'what a simulation tells of its attacks',
  dangling_link: 'a link to nothing',
  link_to_folder: 'a link to a folder, which is not followed: name that folder itself',
  no_file: 'a device, pipe or socket',
  unreadable_folder: 'a folder that may not be read',
};

const NAMED = 3;

/** `.a.log, .b.log and 2 more (hidden); conn.log (a link to nothing)`. */
export function leftOutText(leftOut: readonly LeftOut[]): string {
  return (Object.keys(WORDS) as LeftOutReason[])
    .map((reason) => ({ reason, items: leftOut.filter((item) => item.reason === reason) }))
    .filter(({ items }) => items.length > 0)
    .map(({ reason, items }) => {
      const names = items.slice(0, NAMED).map(({ path }) => path);
      const more = items.length > NAMED ? ` and ${String(items.length - NAMED)} more` : '';
      return `${names.join(', ')}${more} (${WORDS[reason]})`;
    })
    .join('; ');
}
