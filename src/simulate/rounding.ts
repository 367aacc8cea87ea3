/**
 * Numbers of a record in whole units, so that every reader sees the same.
 */

/** Most bytes of payload that one side of a conversation sends; who has more opens several. */
const MAX_PAYLOAD = 0x3fff_ffff;

/** Payload as it is counted. Counts stay integers of 32 bits, which take no memory of their own. */
export function wholeBytes(bytes: number): number {
  return Math.min(MAX_PAYLOAD, bytes + 0.5) | 0;
}

/**
 * Microseconds of a fraction of a millisecond, kept within 50–249: whether a reader cuts or
 * rounds, and whatever a sum of floating-point seconds loses, the millisecond is the same.
 */
export function settle(fraction: number): number {
  return 50 + Math.floor(fraction * 200);
}

/** The end of a flow lies that much later in its millisecond, so that no sum of start and duration falls short. */
export const LATER_US = 200;
