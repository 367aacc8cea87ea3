/**
 * The detector contract. One direction everywhere: higher is stranger.
 */
import type { FeatureMatrix } from '../domain/matrix.js';

/** A configured model that learns what is normal. */
export interface Detector {
  readonly name: string;
  /**
   * Learns from a matrix of one entity kind. The same matrix and seed give the same model.
   * @throws RangeError where the matrix has no rows
   */
  fit(matrix: FeatureMatrix, seed: number): FittedDetector;
}

/** A model that has learned. */
export interface FittedDetector {
  readonly name: string;
  /**
   * Raw scores of some rows, on the detector's own scale; higher is stranger. A row's score depends
   * on nothing but the row.
   * @param rows all where they are left out
   */
  score(matrix: FeatureMatrix, rows?: Int32Array): Float64Array;
  /** Takes one row's score apart. */
  explain(matrix: FeatureMatrix, row: number): Explanation;
  /** Plain JSON data from which {@link Detector} modules rebuild the same model. */
  toSnapshot(): DetectorSnapshot;
}

/** The numbers of all rows of a matrix. */
export function allRows({ entities }: FeatureMatrix): Int32Array {
  return Int32Array.from(entities.keys());
}

/** One row's score by feature: `bias + Σ parts = total`, and the score rises with the total. */
export interface Explanation {
  readonly bias: number;
  /** By feature, in matrix order; positive makes the row stranger. */
  readonly parts: Float64Array;
  readonly total: number;
}

/** Serialized form of a fitted detector. */
export interface DetectorSnapshot {
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
}

/**
 * `data` of a snapshot of the given type and version.
 * @throws RangeError where it is of another
 */
export function snapshotData(snapshot: DetectorSnapshot, type: string, version: number): unknown {
  if (snapshot.type === type && snapshot.version === version) return snapshot.data;
  const found = `${snapshot.type} of version ${String(snapshot.version)}`;
  throw new RangeError(
    `this program reads snapshots of ${type} of version ${String(version)}, not of ${found}`,
  );
}
