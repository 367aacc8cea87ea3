/**
 * Features on comparable scales: orders of magnitude become a logarithm, missing values the median.
 */

/** How the columns of a matrix are read by detectors. */
export interface Scaling {
  /** 1 for columns compared on a logarithmic scale. */
  readonly logarithmic: Uint8Array;
  /** Median of each scaled column, in place of missing values. */
  readonly medians: Float32Array;
}

/** log(1 + x), odd in x, so that ratios of change survive large totals. */
export function signedLog(value: number): number {
  return value < 0 ? -Math.log1p(-value) : Math.log1p(value);
}

/** Learns the medians of the columns; a column without any value gets 0. */
export function fitScaling(values: Float32Array, width: number, logarithmic: Uint8Array): Scaling {
  const rows = width === 0 ? 0 : values.length / width;
  const medians = new Float32Array(width);
  const column = new Float32Array(rows);
  for (let feature = 0; feature < width; feature++) {
    let present = 0;
    for (let row = 0; row < rows; row++) {
      const value = values[row * width + feature]!;
      if (value === value) column[present++] = value;
    }
    const median = medianOf(column.subarray(0, present));
    medians[feature] = logarithmic[feature] === 1 ? signedLog(median) : median;
  }
  return { logarithmic, medians };
}

/**
 * Scales `values[from, to)` into the start of `scaled`; both ends lie at the start of a row.
 * @param values row-major, as the matrix has them
 */
export function applyScaling(
  values: Float32Array,
  from: number,
  to: number,
  { logarithmic, medians }: Scaling,
  scaled: Float32Array,
): void {
  const width = medians.length;
  for (let i = from, feature = 0; i < to; i++) {
    const value = values[i]!;
    if (value !== value) scaled[i - from] = medians[feature]!;
    else scaled[i - from] = logarithmic[feature] === 1 ? signedLog(value) : value;
    if (++feature === width) feature = 0;
  }
}

/** Median of the values, which it sorts in place; 0 where there are none. */
export function medianOf(values: Float32Array): number {
  const n = values.length;
  if (n === 0) return 0;
  values.sort();
  return n % 2 === 1 ? values[(n - 1) / 2]! : (values[n / 2 - 1]! + values[n / 2]!) / 2;
}
