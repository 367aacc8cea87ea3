/**
 * What decide is given, and the rows of it that stand out.
 */
import type { BehaviorRule } from '../behaviors/catalogue.js';
import type { Basis, Behavior, Contribution, DetectorScore, Severity } from '../domain/anomaly.js';
import type { SourceDoubt } from '../domain/coverage.js';
import type { EventTable } from '../domain/events.js';
import type { Entity, FeatureMatrix } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';
import type { UsualOf } from './match.js';

/** A feature in words, see `features/phrases.ts`. */
interface FeatureWords {
  readonly label: string;
  readonly unit: string;
  readonly phrase: string;
}

/** The scored rows of one entity kind. */
export interface ScoredMatrix {
  readonly matrix: FeatureMatrix;
  /** Features of each row above their usual band. */
  readonly beyond: Uint16Array;
  /** Smallest tail probability that stands for a rate. */
  readonly resolution: number;
  /** Combined tail probabilities of some rows; small is strange. */
  tails(rows: Int32Array): Float64Array;
  detectors(row: number): DetectorScore[];
  explain(row: number): { readonly contributions: readonly Contribution[]; readonly rung: Basis['rung'] };
  usual: UsualOf;
  /** Whether a source is missing that would have told a part of the feature. */
  isUntold(feature: string): boolean;
  /** A feature in words: its label, its unit, and how it is said of an entity. */
  describe(feature: string): FeatureWords;
}

/** Everything decide needs to know of one window of one site. */
export interface ScoredWindow {
  readonly job: string;
  readonly site: string;
  readonly window: Window;
  readonly events: EventTable;
  readonly kinds: readonly ScoredMatrix[];
  readonly basis: Omit<Basis, 'rung' | 'degraded'>;
  /** How far back measures over the trailing day reach, milliseconds: less than a day while less is known. */
  readonly rememberedMs: number;
  rowsOf(entity: Entity): Int32Array;
  /** By origin, the sources whose events are not to be trusted; only where the window has events of theirs. */
  readonly doubts?: readonly (SourceDoubt | undefined)[];
}

/** A row that stands out, before it is put into words. */
export interface Candidate {
  readonly scored: ScoredMatrix;
  readonly row: number;
  readonly entity: Entity;
  readonly behavior: Behavior;
  readonly severity: Severity;
  readonly strength: number;
  readonly tail: number;
  readonly rule?: BehaviorRule;
  /** Its score rests on features that a missing source has told in part only. */
  readonly degraded?: boolean;
  /** It shows only with the events of a source that is not to be trusted. */
  readonly doubt?: SourceDoubt;
  /** Its severity if that source were to be trusted. */
  readonly undoubted?: Severity;
  readonly events: Int32Array;
}
