/**
 * What shows only with the events of a source that is not to be trusted: it is told all the same, and
 * says so, since a gate that keeps quiet would be a place to hide.
 */
import type { Severity } from '../domain/anomaly.js';
import type { SourceDoubt } from '../domain/coverage.js';
import { loweredSeverity, raisedSeverity, severityRank } from './grade.js';
import type { RuleMatch } from './match.js';
import type { Candidate, ScoredWindow } from './scored.js';

/** What is told one severity lower than it would be if its source were to be trusted. */
export interface HeldBack {
  readonly source: string;
  /** Severity that it would have. */
  readonly severity: Severity;
  readonly reason: string;
}

/** Severity of a match, and what is to be thought of it where its events are in doubt. */
export function graded(
  { events, doubts }: ScoredWindow,
  { rule, strength, margin }: RuleMatch,
  rows: Int32Array,
): Pick<Candidate, 'severity' | 'doubt' | 'undoubted'> {
  const severity = raisedSeverity(rule.severity, strength);
  const doubt = doubts && mostly(rows, events.columns.origin, doubts);
  if (!doubt) return { severity };
  // What is still over the bar with as much less as everybody has more is not made by the source.
  const isSure = doubt.factor !== undefined && margin >= doubt.factor;
  return isSure ? { severity, doubt } : { severity: loweredSeverity(severity), doubt, undoubted: severity };
}

/** The doubted source that most of the doubtful rows come from. */
function mostly(
  rows: Int32Array,
  origin: ArrayLike<number>,
  doubts: readonly (SourceDoubt | undefined)[],
): SourceDoubt | undefined {
  const counts = new Map<SourceDoubt, number>();
  for (const row of rows) {
    const doubt = doubts[origin[row]!];
    if (doubt) counts.set(doubt, (counts.get(doubt) ?? 0) + 1);
  }
  return [...counts].reduce<[SourceDoubt | undefined, number]>(
    (most, entry) => (entry[1] > most[1] ? entry : most),
    [undefined, 0],
  )[0];
}

/** Ends the sentence of a finding: `; seen while conn.log sends more than usual of every host`. */
export function doubtText(doubt: SourceDoubt | undefined): string {
  if (!doubt) return '';
  return doubt.status === 'new'
    ? `; seen in ${doubt.source}, which is new`
    : `; seen while ${doubt.source} sends more than usual of every host`;
}

/**
 * Whose doubtful finding is told: of an entity there is one in a window, and what is trusted goes
 * before what is not, unless it has no name or is milder.
 */
export function goesBefore(doubtful: Candidate, trusted: Candidate | undefined): boolean {
  if (!trusted?.rule) return true;
  return severityRank(doubtful.severity) > severityRank(trusted.severity);
}
