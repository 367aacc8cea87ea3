/**
 * Where fitted models live.
 */

/** A serialized set of fitted detectors of one job. */
export interface ModelSnapshot {
  readonly id: string;
  readonly job: string;
  /** Version of the format of `payload`. */
  readonly version: number;
  readonly createdAtMs: number;
  /** Event time it was fitted on. */
  readonly fittedFromMs: number;
  readonly fittedToMs: number;
  /** It was fitted on windows that it also scored, for lack of history. */
  readonly selfTrained: boolean;
  /** JSON text of the detectors. */
  readonly payload: string;
}

/** Keeps model snapshots. */
export interface ModelStore {
  saveModel(snapshot: ModelSnapshot): Promise<void>;
  /** A snapshot by its id. */
  model(id: string): Promise<ModelSnapshot | undefined>;
}
