/**
 * Features on comparable scales: orders of magnitude become a logarithm, missing values the median.
 */

/** log(1 + x), odd in x, so that ratios of change survive large totals. */
export function signedLog(value: number): number {
  return value < 0 ? -Math.log1p(-value) : Math.log1p(value);
}

/** Turns {@link signedLog} back. */
export function signedExp(value: number): number {
  return value < 0 ? -Math.expm1(-value) : Math.expm1(value);
}

/** Medians of the columns of row-major values without the missing ones; 0 where all are missing. */
export function columnMedians(values: Float32Array, width: number): Float32Array {
  const rows = width === 0 ? 0 : values.length / width;
  const medians = new Float32Array(width);
  const column = new Float32Array(rows);
  for (let feature = 0; feature < width; feature++) {
    let present = 0;
    for (let row = 0; row < rows; row++) {
      const value = values[row * width + feature]!;
      if (value === value) column[present++] = value;
    }
    medians[feature] = medianOf(column.subarray(0, present));
  }
  return medians;
}

/** Copies a row of row-major values to row `to` of `filled`, the columns' medians in place of missing ones. */
export function fillMissing(
  values: Float32Array,
  row: number,
  medians: Float32Array,
  filled: Float32Array,
  to: number,
): void {
  const width = medians.length;
  const from = row * width;
  const at = to * width;
  for (let feature = 0; feature < width; feature++) {
    const value = values[from + feature]!;
    filled[at + feature] = value === value ? value : medians[feature]!;
  }
}

/** Median of the values, which it sorts in place; 0 where there are none. */
export function medianOf(values: Float32Array): number {
  const n = values.length;
  if (n === 0) return 0;
  values.sort();
  return n % 2 === 1 ? values[(n - 1) / 2]! : (values[n / 2 - 1]! + values[n / 2]!) / 2;
}
