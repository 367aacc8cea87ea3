/**
 * Ids of connections: unique by construction, the same for the same options, random to look at.
 */

/** A pseudo-random permutation of 64 bits (a Feistel network of four rounds). */
export class IdCipher {
  constructor(private readonly key: number) {}

  /** Upper half of the id that the last call of {@link name} made. */
  high = 0;
  /** Lower half of it. */
  low = 0;

  /** Makes the id of the connection with that number (below 2^32) in the hour. */
  name(hour: number, number: number): void {
    let left = hour >>> 0;
    let right = number >>> 0;
    for (let round = 0; round < 4; round++) {
      const mixed = (left ^ mix((right ^ this.key) + Math.imul(round, 0x9e3779b9))) >>> 0;
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

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PAIRS = Array.from({ length: 3844 }, (_, i) => DIGITS[Math.floor(i / 62)]! + DIGITS[i % 62]!);

/** The id as Zeek writes a `uid`. */
export function zeekUid(high: number, low: number): string {
  const tail = Math.imul(high ^ 0x5bd1e995, low | 1) >>> 0;
  return `C${six(high)}${six(low)}${PAIRS[tail % 3844]!}${PAIRS[(tail >>> 12) % 3844]!}`;
}

function six(word: number): string {
  const rest = Math.floor(word / 3844);
  return PAIRS[word % 3844]! + PAIRS[rest % 3844]! + PAIRS[Math.floor(rest / 3844)]!;
}

/** The id as Suricata writes a `flow_id`: 53 bits, so that every JSON reader keeps it whole. */
export function flowId(high: number, low: number): number {
  return (high & 0x1fffff) * 4_294_967_296 + low;
}
