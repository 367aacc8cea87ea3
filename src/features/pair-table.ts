/**
 * Pairs of integers as one small integer, by open addressing over typed arrays.
 */

/** Dense ids, from 0 on, for distinct pairs `(a, b)` of int32. */
export class PairTable {
  /** Members of each pair, by its dense id. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  private readonly slots: Int32Array;
  private readonly mask: number;
  private used = 0;

  /** @param atMost most pairs that can be added; memory is 16 to 24 bytes a pair */
  constructor(atMost: number) {
    let capacity = 16;
    while (capacity < atMost * 2) capacity *= 2;
    this.mask = capacity - 1;
    this.slots = new Int32Array(capacity);
    this.first = new Int32Array(atMost);
    this.second = new Int32Array(atMost);
  }

  /** Number of distinct pairs. */
  get size(): number {
    return this.used;
  }

  /** Dense id of a pair, given on first sight. */
  add(a: number, b: number): number {
    const { slots, mask, first, second } = this;
    let slot = (Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b)) | 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (;;) {
      const id = slots[slot]! - 1;
      if (id < 0) break;
      if (first[id] === a && second[id] === b) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.used++;
    slots[slot] = id + 1;
    first[id] = a;
    second[id] = b;
    return id;
  }
}
