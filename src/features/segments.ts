/**
 * Rows by group, one group after the other, and the distinct values within each:
 * what every "distinct", "entropy" and "most of one" is read from.
 */

/** Rows in the order of their groups: those of group `g` are `rows[starts[g] … starts[g + 1])`, ascending. */
export interface Segments {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}

/** Distinct values by group, with how often each occurs: those of `g` are `[starts[g] … starts[g + 1])`. */
export interface DistinctValues {
  readonly starts: Int32Array;
  readonly values: Int32Array;
  readonly counts: Int32Array;
}

/**
 * Sorts rows by their group.
 * @param of group of each row of the table, negative for rows that have none, which are left out
 */
export function segmentsOf(rows: Int32Array, of: Int32Array, groups: number): Segments {
  const starts = new Int32Array(groups + 1);
  for (let i = 0; i < rows.length; i++) {
    const group = of[rows[i]!]!;
    if (group >= 0) starts[group + 1]!++;
  }
  for (let group = 0; group < groups; group++) starts[group + 1]! += starts[group]!;
  const sorted = new Int32Array(starts[groups]!);
  const next = starts.slice();
  for (let i = 0; i < rows.length; i++) {
    const group = of[rows[i]!]!;
    if (group >= 0) sorted[next[group]!++] = rows[i]!;
  }
  return { starts, rows: sorted };
}

/**
 * Distinct values of each group in the order of their first sight; negative ones are none.
 * @param column value of each row of the table
 * @param places room for one number per possible value; what it holds does not matter
 */
export function distinctOf(
  { starts, rows }: Segments,
  column: Int32Array,
  places: Int32Array,
): DistinctValues {
  const groups = starts.length - 1;
  const ends = new Int32Array(groups + 1);
  const values = new Int32Array(rows.length);
  const counts = new Int32Array(rows.length);
  let used = 0;
  for (let group = 0; group < groups; group++) {
    const first = used;
    const end = starts[group + 1]!;
    for (let i = starts[group]!; i < end; i++) {
      const value = column[rows[i]!]!;
      if (value < 0) continue;
      // A place that lies outside the group, or holds another value, is left from before.
      const place = places[value]!;
      if (place >= first && place < used && values[place] === value) counts[place]!++;
      else {
        places[value] = used;
        values[used] = value;
        counts[used++] = 1;
      }
    }
    ends[group + 1] = used;
  }
  return { starts: ends, values, counts };
}
