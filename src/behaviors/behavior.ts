/**
 * What a behavior is made of: how it is recognized, named, put into words and checked.
 */
import type { Contribution, Severity, Technique } from '../domain/anomaly.js';
import type { EventTable } from '../domain/events.js';
import type { Entity, EntityKind } from '../domain/matrix.js';

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
export interface Rule {
  readonly kind: EntityKind;
  /** Whether the acting host lies in the own networks; an own host is reported by its pair where one service is meant. */
  readonly actor: 'own' | 'outside' | 'any';
  /** The feature that says how much; its condition comes first and gives the bar. */
  readonly when: readonly [Condition & { readonly atLeast: number }, ...Condition[]];
  /** Severity at the bar; far above it, it is severer. */
  readonly severity: Severity;
  /** Only services on these ports. */
  readonly ports?: readonly number[];
  readonly transport?: 'tcp';
  /** Holds for many entities taken together as well; the others say what one host does. */
  readonly crowd?: true;
  /** Measured over the trailing day: the episode lasts as long as the measure can. */
  readonly slow?: true;
  readonly technique?: Technique;
  /** Why a benign cause is possible, for the reader of an alert. */
  readonly benign: string;
  /** Which of the entity's events the finding is about (all of them where absent). */
  readonly tells?: (events: EventTable, rows: Int32Array, entity: Entity) => Int32Array;
}

/** What the events of an entity have in common. */
export interface Facts {
  /** Commonest destination, its share of the events, and how many there are. */
  readonly destination: string;
  readonly destinationShare: number;
  readonly destinations: number;
  /** Commonest destination port; -1 where there is none. */
  readonly port: number;
  /** Commonest source. */
  readonly source: string;
  /** Commonest registered domain of the names. */
  readonly domain: string;
  /** Commonest user among successful logins. */
  readonly user: string;
  readonly failedShare: number;
  readonly labels: readonly string[];
}

/** What a sentence is made of. */
export interface SentenceInput {
  readonly entity: Entity;
  readonly facts: Facts;
  /** The contribution that the sentence leads with. */
  readonly lead: Contribution;
  /** What was seen, with its unit: `812`, `1.2 GB`. */
  readonly amount: string;
  /** In what time: `5 minutes`, `a day`. */
  readonly span: string;
  /** Value of a feature. */
  readonly value: (feature: string) => number;
  /** How a feature is said, see `features/phrases.ts`. */
  readonly phrase: (feature: string) => string;
}

/** One behavior: everything that is particular to it. */
export interface BehaviorDefinition {
  /** For people, and as `rule.name`. */
  readonly name: string;
  /** `event.category`: values that ECS allows together with `event.type: info`. */
  readonly category: readonly string[];
  readonly rules: readonly Rule[];
  /** What was seen, in a sentence (the measures as they are where absent). */
  readonly sentence?: (input: SentenceInput) => string;
  /** Verb of what is usual, where it is not that of the measure. */
  readonly usually?: readonly [one: string, several: string];
  /** All that is said of what is usual, where that is no matter of a verb. */
  readonly usualSentence?: (lead: Contribution, usual: string) => string | undefined;
  /** Seen from the far side of what a source does: the source is the better subject. */
  readonly isFarSide?: (entity: Entity) => boolean;
  /** What to check next: short enough for three in the morning, in the order in which the answers usually come. */
  readonly checks: readonly string[];
}

/** Categories of what happens on a network, and of what concerns logins. */
export const INTRUSION = ['intrusion_detection', 'network'] as const;
export const LOGIN_INTRUSION = ['authentication', 'intrusion_detection', 'network'] as const;

/** Whether a feature counts connections that failed: those alone are what its rule is about. */
export function countsFailures(feature: string): boolean {
  return feature.startsWith('failed_');
}
