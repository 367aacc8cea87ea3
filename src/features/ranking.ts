/**
 * The highest of many, whatever the order they come in.
 */

/** One more than the largest {@link hashOf}. */
export const HASHES = 2 ** 32;

/** Makes an order where nothing else does: the same for an entity in every window. */
export function hashOf(identities: Int32Array, at: number): number {
  return (identities[2 * at]! ^ Math.imul(identities[2 * at + 1]!, 0x9e3779b1)) >>> 0;
}

/** Sets `chosen` to 1 for `room` more, those with the highest ranks; and for a few more where ranks are equal. */
export function chooseHighest(ranks: Float64Array, chosen: Uint8Array, room: number): void {
  const open = ranks.filter((_, at) => chosen[at] === 0).sort();
  if (room <= 0) return;
  const bar = open[Math.max(0, open.length - room)]!;
  for (let at = 0; at < ranks.length; at++) if (ranks[at]! >= bar) chosen[at] = 1;
}
