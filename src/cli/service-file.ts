/**
 * `service.json` in the data folder: where the service that holds it can be reached.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../domain/error.js';

const FILE = 'service.json';

interface ServiceFile {
  readonly address: string;
  readonly pid: number;
}

/**
 * Refuses a folder that a living service holds.
 * @throws AppError `store_unavailable` that says where it is
 */
export function refuseRunningService(home: string): void {
  const known = read(home);
  if (known === undefined || known.pid === process.pid || !isAlive(known.pid)) return;
  throw new AppError(
    'store_unavailable',
    `an elkhound holds ${home} already: its pages are at ${known.address} (process ${String(known.pid)}); stop it, or set ELKHOUND_HOME to another folder`,
  );
}

/** Leaves the address; readable by its owner alone. */
export function writeServiceFile(home: string, address: string): void {
  mkdirSync(home, { recursive: true });
  const content: ServiceFile = { address, pid: process.pid };
  writeFileSync(join(home, FILE), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}

/** Takes the file away if it is this process's own. */
export function removeServiceFile(home: string): void {
  if (read(home)?.pid === process.pid) rmSync(join(home, FILE), { force: true });
}

function read(home: string): ServiceFile | undefined {
  try {
    return JSON.parse(readFileSync(join(home, FILE), 'utf8')) as ServiceFile;
  } catch {
    // There is none, or a kill has cut it off.
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
