/**
 * The folder of data is its owner's alone: it holds raw logs, with the names of people.
 */
import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../domain/error.js';

const OWNERS_FOLDER = 0o700;
const OWNERS_FILE = 0o600;
const OTHERS = 0o077;
/** A folder that everybody may write to, such as /tmp. */
const STICKY = 0o1000;
/** What Elkhound leaves there; a folder that holds anything else belongs to others, too. */
const OWN_NAMES = /^(elkhound\.duckdb.*|service\.json.*|tmp|simulated)$/;

/**
 * Makes the folder, and takes from others what they may do with one that is there already.
 * @returns what was changed, in words
 */
export function makePrivate(folder: string): string[] {
  mkdirSync(folder, { recursive: true, mode: OWNERS_FOLDER });
  const { uid, mode } = statSync(folder);
  const isWide = uid === process.getuid?.() && (mode & OTHERS) !== 0;
  const isShared = (mode & STICKY) !== 0 || readdirSync(folder).some((name) => !OWN_NAMES.test(name));
  if (!isWide || isShared) return [];
  chmodSync(folder, OWNERS_FOLDER);
  return [`${folder} could be read by others; it is its owner's alone now`];
}

/**
 * Takes from others what they may do with a file, where there is one.
 * @returns what was changed, in words
 * @throws AppError `store_unavailable` where it is a link: what it leads to is somebody else's choice
 */
export function makeFilePrivate(folder: string, name: string): string[] {
  const path = join(folder, name);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isSymbolicLink()) {
    throw new AppError(
      'store_unavailable',
      `${path} is a symbolic link, which is not followed; set store.home to the folder itself`,
    );
  }
  if (stat.uid !== process.getuid?.() || (stat.mode & OTHERS) === 0) return [];
  chmodSync(path, OWNERS_FILE);
  return [`${path} could be read by others; it is its owner's alone now`];
}
