/**
 * What a behavior rule is made of.
 */
import type { Behavior, Severity, Technique } from '../domain/anomaly.js';
import type { EntityKind } from '../domain/matrix.js';

/** One demand on a row; all that are given must hold. */
export interface Condition {
  readonly feature: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** At least this many times the entity's typical value, where one is known. */
  readonly timesTypical?: number;
  /** At least this many times the upper end of the usual band, where one is known. */
  readonly timesUpper?: number;
  /** At least this share of another feature. */
  readonly shareOf?: { readonly feature: string; readonly atLeast: number };
}

/** The shape of one behavior of one entity kind. */
export interface BehaviorRule {
  readonly behavior: Behavior;
  readonly kind: EntityKind;
  /** Whether the acting host lies in the own networks; an own host is told by its pair where one service is meant. */
  readonly actor: 'own' | 'outside' | 'any';
  /** The feature that says how much; its condition comes first and gives the bar. */
  readonly when: readonly [Condition & { readonly atLeast: number }, ...Condition[]];
  /** Severity at the bar; each factor of {@link STEP} above it is one severity more. */
  readonly severity: Severity;
  /** Only services on these ports. */
  readonly ports?: readonly number[];
  readonly transport?: 'tcp';
  /** Holds of many taken together as well; the others tell what one host does. */
  readonly crowd?: true;
  /** Measured over the trailing day: the episode lasts as long as the measure can. */
  readonly slow?: true;
  readonly technique?: Technique;
  /** Why a benign cause is possible, for the reader of an alert. */
  readonly benign: string;
}

/** Factor above a rule's bar that is one severity more. */
export const STEP = 6;

/** Whether a feature counts connections that failed: those alone are what its rule tells of. */
export function countsFailures(feature: string): boolean {
  return feature.startsWith('failed_');
}
