/**
 * `service.json` in the data folder: where the service that holds it can be reached. Whether one
 * does is for the lock of the database to say: a file can be stale, and its process another one.
 */
import { closeSync, constants, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../domain/error.js';
import { parseJson } from '../domain/json.js';
import { FolderInUse } from '../store/embedded/database.js';

const FILE = 'service.json';

const serviceFile = z.object({
  address: z.string().regex(/^https?:\/\/[\w.:[\]-]+$/),
  pid: z.int().positive(),
});

/**
 * What comes of opening the store of a folder.
 * @throws AppError `store_unavailable` with the address of the service that holds it, where it left one
 */
export async function namingHolder<T>(home: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    const known = error instanceof FolderInUse ? read(home) : undefined;
    if (known === undefined || known.pid === process.pid || !isAlive(known.pid)) throw error;
    throw new AppError(
      'store_unavailable',
      `an elkhound holds ${home} already: its pages are at ${known.address} (process ${String(known.pid)}); stop it, or set ELKHOUND_HOME to another folder`,
    );
  }
}

/** Leaves the address; readable by its owner alone. A file or link of that name is replaced, not followed. */
export function writeServiceFile(home: string, address: string): void {
  const path = join(home, FILE);
  const next = `${path}.${String(process.pid)}`;
  rmSync(next, { force: true });
  const file = openSync(next, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  writeSync(file, `${JSON.stringify({ address, pid: process.pid }, null, 2)}\n`);
  closeSync(file);
  renameSync(next, path);
}

/** Takes the file away if it is this process's own. */
export function removeServiceFile(home: string): void {
  if (read(home)?.pid === process.pid) rmSync(join(home, FILE), { force: true });
}

/** Undefined where there is none, it is a link, or what a kill or somebody else has left is no such file. */
function read(home: string): z.output<typeof serviceFile> | undefined {
  try {
    const file = openSync(join(home, FILE), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return serviceFile.safeParse(parseJson(readFileSync(file, 'utf8'))).data;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
