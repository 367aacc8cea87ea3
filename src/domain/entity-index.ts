/**
 * Slots of entities across windows, found by a 64-bit identity without building a string.
 */

const INITIAL_CAPACITY = 1024;

/** Gives each distinct identity (two 32-bit hashes) a slot, dense from 0 on. */
export class EntityIndex {
  /** Both hashes of each slot, side by side. */
  private hashes = new Int32Array(INITIAL_CAPACITY * 2);
  private table = new Int32Array(INITIAL_CAPACITY * 2);
  private used = 0;

  /** Number of slots given. */
  get size(): number {
    return this.used;
  }

  /** The identities by slot, both hashes of one side by side. */
  keys(): Int32Array {
    return this.hashes.subarray(0, this.used * 2);
  }

  /** Slot of an identity, -1 where it has none. */
  find(a: number, b: number): number {
    return this.table[this.place(a, b)]! - 1;
  }

  /** Slot of an identity, given on first sight. */
  add(a: number, b: number): number {
    let place = this.place(a, b);
    const known = this.table[place]! - 1;
    if (known >= 0) return known;
    if (this.used * 2 === this.hashes.length) {
      this.grow();
      place = this.place(a, b);
    }
    this.hashes[this.used * 2] = a;
    this.hashes[this.used * 2 + 1] = b;
    this.table[place] = ++this.used;
    return this.used - 1;
  }

  private place(a: number, b: number): number {
    const { table, hashes } = this;
    const mask = table.length - 1;
    let place = (Math.imul(a, 0x9e3779b1) ^ (b >>> 7)) & mask;
    for (;;) {
      const slot = table[place]! - 1;
      if (slot < 0 || (hashes[2 * slot] === a && hashes[2 * slot + 1] === b)) return place;
      place = (place + 1) & mask;
    }
  }

  private grow(): void {
    const known = this.keys();
    this.hashes = new Int32Array(known.length * 2);
    this.table = new Int32Array(known.length * 2);
    this.used = 0;
    for (let at = 0; at < known.length; at += 2) this.add(known[at]!, known[at + 1]!);
  }
}
