/**
 * Time as documents write it.
 */
import { z } from 'zod';

/** ISO 8601 in UTC. */
export const isoDate = z.iso.datetime();

/** Milliseconds as documents write them. */
export function toIso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
