/**
 * Where state that outlives a window is kept: checkpoints, leases, progress.
 */

/** A value with the version that a later write must name. */
export interface VersionedState {
  readonly value: string;
  readonly version: number;
}

/** Small named texts with compare-and-set. */
export interface StateStore {
  getState(key: string): Promise<VersionedState | undefined>;
  /**
   * Writes if the stored version is still `expected` (null: nothing is stored yet).
   * @returns the new version
   * @throws AppError `store_conflict` where another writer was first
   */
  putState(key: string, value: string, expected: number | null): Promise<number>;
  /** Forgets a text; one that is not there is none. */
  removeState(key: string): Promise<void>;
}
