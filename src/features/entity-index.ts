/**
 * Slots of entities across windows, found by a 64-bit identity without building a string.
 */

const INITIAL_CAPACITY = 1024;

/** Gives each distinct pair of hashes a slot, dense from 0 on. */
export class EntityIndex {
  private a = new Int32Array(INITIAL_CAPACITY);
  private b = new Int32Array(INITIAL_CAPACITY);
  private table = new Int32Array(INITIAL_CAPACITY * 2);
  private used = 0;

  /** Number of slots given. */
  get size(): number {
    return this.used;
  }

  /** The identities by slot. */
  keys(): { readonly a: Int32Array; readonly b: Int32Array } {
    return { a: this.a.subarray(0, this.used), b: this.b.subarray(0, this.used) };
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
    if (this.used === this.a.length) {
      this.grow();
      place = this.place(a, b);
    }
    this.a[this.used] = a;
    this.b[this.used] = b;
    this.table[place] = ++this.used;
    return this.used - 1;
  }

  private place(a: number, b: number): number {
    const mask = this.table.length - 1;
    let place = (Math.imul(a, 0x9e3779b1) ^ (b >>> 7)) & mask;
    for (;;) {
      const slot = this.table[place]! - 1;
      if (slot < 0 || (this.a[slot] === a && this.b[slot] === b)) return place;
      place = (place + 1) & mask;
    }
  }

  private grow(): void {
    const { a, b, used } = this;
    this.a = new Int32Array(a.length * 2);
    this.b = new Int32Array(a.length * 2);
    this.table = new Int32Array(a.length * 4);
    this.used = 0;
    for (let slot = 0; slot < used; slot++) this.add(a[slot]!, b[slot]!);
  }
}
