/**
 * When something happens to a service.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ElkhoundProcess } from '../acceptance/process.js';
import { inTime, type Stage } from './verify.js';

/** Longest time until something happens that may happen whenever it wants, milliseconds. */
const WHENEVER_MS = 8000;
/** The same for what happens after a window. */
export const SOON_MS = 500;
/**
 * A random moment of a run. One in four lies anywhere from now on, so also where the service begins,
 * waits for the lease or learns; the others soon after a window. @returns whether the service still runs
 */
export async function moment(
  service: ElkhoundProcess,
  { random, times }: Stage,
  time: number,
): Promise<boolean> {
  const whenever = times > 1 && time % 4 === 0;
  if (!whenever) await nextWindow(service);
  const wait = delay(random.next() * (whenever ? WHENEVER_MS : SOON_MS));
  await Promise.race([service.end(), wait]);
  return !service.ended;
}

/** Waits for a window that has not been done yet, or for the end of the service. */
export async function nextWindow(service: ElkhoundProcess): Promise<void> {
  const before = windowsOf(service);
  const next = service.until(() => service.ended || windowsOf(service) > before, 'another window');
  await inTime(service, next);
}

/** Windows that a service has told of. */
function windowsOf({ stderr }: ElkhoundProcess): number {
  return stderr.split('"window done"').length - 1;
}
