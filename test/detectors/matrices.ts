/**
 * Feature matrices to learn from and to score.
 */
import fc from 'fast-check';
import type { Entity, FeatureMatrix } from '../../src/domain/matrix.js';
import { Random } from '../../src/domain/random.js';

const WINDOW_MS = 300_000;
/** Orders of magnitude, a count, a share. */
export const FEATURES = ['bytes', 'connections', 'failed_share'] as const;

/** Which of {@link FEATURES} are compared on a logarithmic scale. */
export function logarithmic(feature: string): boolean {
  return feature !== 'failed_share';
}

function host(number: number): Entity {
  const id = `10.0.${String(number >> 8)}.${String(number & 255)}`;
  return { kind: 'host', id, source: id };
}

/** A matrix of rows of values; row r belongs to host `r % hosts` and window `⌊r / hosts⌋`. */
export function matrixOf(rows: readonly (readonly number[])[], hosts = 10): FeatureMatrix {
  const windows = rows.map((_, row) => {
    const start = Math.floor(row / hosts) * WINDOW_MS;
    return { start, end: start + WINDOW_MS };
  });
  return {
    kind: 'host',
    site: 'default',
    features: FEATURES,
    entities: rows.map((_, row) => host(row % hosts)),
    identities: Int32Array.from(rows.flatMap((_, row) => [row % hosts, 7 * (row % hosts)])),
    own: new Uint8Array(rows.length).fill(1),
    windows,
    values: Float32Array.from(rows.flat()),
  };
}

/** Rows of ordinary traffic, with a value missing here and there. */
export function ordinaryRows(count: number, seed: number): number[][] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => [
    Math.exp(10 + random.normal()),
    random.next() < 0.05 ? NaN : Math.round(random.exponential(20)),
    random.next() * 0.2,
  ]);
}

/** The rows of a matrix in another order, or some of them. */
export function pickRows(matrix: FeatureMatrix, rows: readonly number[]): FeatureMatrix {
  const width = matrix.features.length;
  return {
    ...matrix,
    entities: rows.map((row) => matrix.entities[row]!),
    identities: Int32Array.from(
      rows.flatMap((row) => [matrix.identities[2 * row]!, matrix.identities[2 * row + 1]!]),
    ),
    own: Uint8Array.from(rows, (row) => matrix.own[row]!),
    windows: rows.map((row) => matrix.windows[row]!),
    values: Float32Array.from(
      rows.flatMap((row) => [...matrix.values.subarray(row * width, (row + 1) * width)]),
    ),
  };
}

/** Rows of anything that a float32 can be. */
export function anyRows(minLength: number): fc.Arbitrary<number[][]> {
  const value = fc.oneof(
    fc.constantFrom(0, 1, NaN, -1, 3.4e38, -3.4e38, Infinity, -Infinity, 1e-38),
    fc.float(),
    fc.nat(1000),
  );
  return fc.array(fc.array(value, { minLength: FEATURES.length, maxLength: FEATURES.length }), {
    minLength,
    maxLength: 60,
  });
}
