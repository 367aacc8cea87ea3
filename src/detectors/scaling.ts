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

/** Applies the scaling to row-major values; the input stays as it is. */
export function applyScaling(values: Float32Array, { logarithmic, medians }: Scaling): Float32Array {
  const width = medians.length;
  const scaled = new Float32Array(values.length);
  for (let base = 0; base < values.length; base += width) {
    for (let feature = 0; feature < width; feature++) {
      const value = values[base + feature]!;
      if (value !== value) scaled[base + feature] = medians[feature]!;
      else scaled[base + feature] = logarithmic[feature] === 1 ? signedLog(value) : value;
    }
  }
  return scaled;
}

/** Median of the values, which it sorts in place; 0 where there are none. */
export function medianOf(values: Float32Array): number {
  const n = values.length;
  if (n === 0) return 0;
  values.sort();
  return n % 2 === 1 ? values[(n - 1) / 2]! : (values[n / 2 - 1]! + values[n / 2]!) / 2;
}
