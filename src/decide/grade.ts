/**
 * From a rule's strength and the detectors' tail probability to score, grade and severity.
 */
import { SEVERITIES, type Severity } from '../domain/anomaly.js';

/** Factor above a rule's bar that is one severity more. */
const STEP = 6;
/** Tail probability at which the grade leaves 0, and at which it is 1. */
const GRADE_FROM = 1e-2;
const GRADE_TO = 1e-7;

/**
 * A named shape is evidence of its own: the tail probability is divided by the cube of how many
 * times over the rule's bar the row is, so that an attack that fills its own history, and is no
 * longer rare in it, still stands above a faint one. Without a rule, strength is 1.
 */
export function combinedTail(tail: number, strength: number): number {
  return tail / strength ** 3;
}

/** 0 at the threshold, 1 at one in ten million windows; logarithmic between. */
export function gradeOf(tail: number): number {
  const grade = Math.log(GRADE_FROM / tail) / Math.log(GRADE_FROM / GRADE_TO);
  return Math.min(1, Math.max(0, grade));
}

/** The severity at the bar, one more for each factor of {@link STEP} above it. */
export function raisedSeverity(base: Severity, strength: number): Severity {
  const steps = strength > 1 ? Math.floor(Math.log(strength) / Math.log(STEP)) : 0;
  return SEVERITIES[Math.min(SEVERITIES.length - 1, SEVERITIES.indexOf(base) + steps)]!;
}

/** One severity less; nothing is milder than low. */
export function loweredSeverity(severity: Severity): Severity {
  return SEVERITIES[Math.max(0, SEVERITIES.indexOf(severity) - 1)]!;
}

/** Position of a severity, 0 for low. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
