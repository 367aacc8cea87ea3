/**
 * Ids of connections: unique by construction, the same for the same options, random to look at.
 */

/** A pseudo-random permutation of 64 bits (a Feistel network of four rounds). */
export class IdCipher {
  constructor(private readonly key: number) {}

  /** Upper half of the id that the last call of {@link name} made; a signed integer. */
  high = 0;
  /** Lower half of it, signed as well. */
  low = 0;

  /** Makes the id of the connection with that number (below 2^32) in the hour. */
  name(hour: number, number: number): void {
    let left = hour | 0;
    let right = number | 0;
    for (let round = 0; round < 4; round++) {
      const mixed = left ^ mix((right ^ this.key) + Math.imul(round, 0x9e3779b9));
      left = right;
      right = mixed;
    }
    this.high = left;
    this.low = right;
  }
}

function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** The id as Suricata writes a `flow_id`: 53 bits, so that every JSON reader keeps it whole. */
export function flowId(high: number, low: number): number {
  return (high & 0x1fffff) * 4_294_967_296 + (low >>> 0);
}
