/**
 * Rows by what they have in common, without a string for each.
 */

/** Rows by hash, with a test for true equality. */
export class RowTable {
  /** One more than the row; 0 in an empty slot. */
  private readonly slots: Int32Array;
  private readonly hashes: Int32Array;
  private readonly mask: number;

  constructor(rows: number) {
    let capacity = 16;
    while (capacity < rows * 2) capacity *= 2;
    this.slots = new Int32Array(capacity);
    this.hashes = new Int32Array(capacity);
    this.mask = capacity - 1;
  }

  /** The first row that is the same, which is the row itself where there is none. */
  findOrAdd(hash: number, same: (other: number, row: number) => boolean, row: number): number {
    for (let slot = hash & this.mask; ; slot = (slot + 1) & this.mask) {
      const other = this.slots[slot]! - 1;
      if (other < 0) {
        this.slots[slot] = row + 1;
        this.hashes[slot] = hash;
        return row;
      }
      if (this.hashes[slot] === hash && same(other, row)) return other;
    }
  }
}

/**
 * Rows that are the same, together.
 * @param hash an integer, equal for rows that are the same
 */
export function groupsOf(
  rows: readonly number[],
  hash: (row: number) => number,
  same: (other: number, row: number) => boolean,
): Iterable<number[]> {
  const table = new RowTable(rows.length);
  const groups = new Map<number, number[]>();
  for (const row of rows) {
    const first = table.findOrAdd(hash(row), same, row);
    const group = groups.get(first);
    if (group) group.push(row);
    else groups.set(first, [row]);
  }
  return groups.values();
}
