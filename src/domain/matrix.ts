/**
 * One row of features per entity and window.
 */
import type { Window } from './window.js';

/** What is scored. A pair is a source that uses one service of a destination. */
export type EntityKind = 'host' | 'pair' | 'user' | 'service';

/** What an alert can be about: an entity, or a source of events that is not as it should be. */
export type SubjectKind = EntityKind | 'source';

/** All entity kinds, in the order in which they are computed. */
export const ENTITY_KINDS: readonly EntityKind[] = ['host', 'pair', 'user', 'service'];
/** All kinds of subjects. */
export const SUBJECT_KINDS: readonly SubjectKind[] = [...ENTITY_KINDS, 'source'];

/**
 * The thing that is strange. `id` is unique within job, site and kind:
 * host `10.0.0.5`, crowd of hosts `(other outside hosts)`, pair `10.0.0.5>10.0.0.9:443/tcp`, user `alice`, service `10.0.0.9:443/tcp`.
 */
export interface Entity {
  readonly kind: SubjectKind;
  readonly id: string;
  /** Host address of a host, source of a pair. */
  readonly source?: string;
  /** Destination of a pair, address of a service. */
  readonly destination?: string;
  readonly port?: number;
  readonly transport?: string;
  readonly user?: string;
  /**
   * A crowd: so many entities of the kind that have no row of their own, taken together. It changes
   * from window to window and is no part of who it is.
   */
  readonly others?: number;
}

/** Rows of features of one entity kind and window; row-major float32. */
export interface FeatureMatrix {
  readonly kind: EntityKind;
  readonly site: string;
  /** Names of the columns, as in the catalogue. */
  readonly features: readonly string[];
  /** Row labels, in no order of meaning; each entity once. */
  readonly entities: readonly Entity[];
  /**
   * 64-bit identity of each row's entity, two hashes side by side: the same in every window, and
   * quicker to look up than a name.
   */
  readonly identities: Int32Array;
  /** 1 where the row's host, or the source of its pair, lies in the own networks. */
  readonly own: Uint8Array;
  /** Window of each row. */
  readonly windows: readonly Window[];
  /** `entities.length × features.length` values; NaN where a feature is missing. */
  readonly values: Float32Array;
}
