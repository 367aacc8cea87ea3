/**
 * From the scores of one window to anomalies with a name, a reason and evidence.
 */
import { isSlow } from '../behaviors/catalogue.js';
import type { Anomaly, Contribution, Episode, EpisodeChange, Severity } from '../domain/anomaly.js';
import { stableId } from '../domain/hash.js';
import type { Entity, FeatureMatrix } from '../domain/matrix.js';
import { counterpartsOf } from './counterparts.js';
import { doubtText, goesBefore, graded, type HeldBack } from './doubt.js';
import { OpenEpisodes, type UnassignedAnomaly } from './episodes.js';
import { evidenceOf, factsOf } from './evidence.js';
import { combinedTail, gradeOf, raisedSeverity, severityRank } from './grade.js';
import { RuleMatcher, type RuleMatch } from './match.js';
import { oncePerCause } from './one-cause.js';
import type { DecideOptions } from './options.js';
import { reasonOf } from './reason.js';
import type { Candidate, ScoredMatrix, ScoredWindow } from './scored.js';

/** What a window comes to. */
export interface Decision {
  readonly anomalies: readonly Anomaly[];
  readonly episodes: readonly Episode[];
  readonly changes: readonly EpisodeChange[];
  /** What is told milder than it looks, since its source is not to be trusted. */
  readonly held: readonly HeldBack[];
}

const VOLUME_UNITS = new Set(['bytes', 'packets', 'count']);

/** Decides window after window; the open episodes are its only state. */
export class Decider {
  readonly episodes: OpenEpisodes;
  private readonly matchers = new Map<string, RuleMatcher>();

  constructor(private readonly options: DecideOptions) {
    this.episodes = new OpenEpisodes(options.episodeGap);
  }

  /**
   * Anomalies of the window, most severe first, and what they do to the episodes.
   * @param whole the window with the events that are not to be trusted; absent where there are none
   */
  decide(scored: ScoredWindow, whole?: ScoredWindow): Decision {
    const ahead = scored.basis.ahead === true;
    const withdrawn = ahead ? [] : this.episodes.expire(scored.window);
    const found = this.candidates(scored).map((candidate): Found => ({ window: scored, candidate }));
    const all = whole ? this.withDoubtful(found, whole) : found;
    const anomalies = all.map(({ window, candidate }) => toAnomaly(window, candidate));
    const { anomalies: assigned, touched, changes } = this.episodes.assign(anomalies, ahead);
    const held = all.flatMap(({ candidate: { doubt, undoubted: severity } }, i) =>
      doubt && severity ? [{ source: doubt.source, severity, reason: anomalies[i]!.reason }] : [],
    );
    return { anomalies: assigned, episodes: touched, changes: [...withdrawn, ...changes], held };
  }

  /** Adds the behaviors that show only with what is not to be trusted. */
  private withDoubtful(trusted: readonly Found[], whole: ScoredWindow): Found[] {
    const known = new Map(trusted.map(({ candidate }) => [subjectOf(candidate.entity), candidate]));
    const doubtful = this.candidates(whole).filter(
      (candidate) => candidate.doubt && goesBefore(candidate, known.get(subjectOf(candidate.entity))),
    );
    const better = new Set(doubtful.map(({ entity }) => subjectOf(entity)));
    return [
      ...trusted.filter(({ candidate }) => !better.has(subjectOf(candidate.entity))),
      ...doubtful.map((candidate): Found => ({ window: whole, candidate })),
    ].sort(
      (a, b) =>
        Number(b.candidate.rule !== undefined) - Number(a.candidate.rule !== undefined) ||
        bySeverity(a.candidate, b.candidate),
    );
  }

  /** What stands out of a window, each cause once, named before nameless. */
  private candidates(scored: ScoredWindow): Candidate[] {
    const named: Candidate[] = [];
    const nameless: Candidate[] = [];
    for (const kind of scored.kinds) {
      const matches = this.matches(scored.site, kind);
      const rows = this.worthScoring(kind, matches);
      const tails = kind.tails(rows);
      rows.forEach((row, i) => {
        const match = matches.get(row);
        if (match) named.push(namedCandidate(scored, kind, row, tails[i]!, match));
        // Of what a faulty source brings everything is unusual; only what has a name is kept.
        else if (!scored.doubts) nameless.push(...this.nameless(scored, kind, row, tails[i]!));
      });
    }
    return oncePerCause(scored.events, named.sort(bySeverity), nameless.sort(bySeverity));
  }

  /** The rule that speaks, by the rows that some rule holds for. */
  private matches(site: string, { matrix, usual, isUntold }: ScoredMatrix): Map<number, RuleMatch> {
    const matches = new Map<number, RuleMatch>();
    for (const [row, ofRow] of this.matcher(matrix).match(matrix, usual, isUntold)) {
      matches.set(row, this.steady(site, matrix.entities[row]!, ofRow));
    }
    return matches;
  }

  /** Rows that can become anomalies: of the others nobody needs to know how rare they are. */
  private worthScoring(
    { matrix, beyond }: ScoredMatrix,
    matches: ReadonlyMap<number, RuleMatch>,
  ): Int32Array {
    const { minDeviations } = this.options.unusual;
    const rows = new Int32Array(beyond.length);
    let found = 0;
    for (let row = 0; row < rows.length; row++) {
      const canBeNameless = matrix.own[row] === 1 && beyond[row]! >= minDeviations;
      if (canBeNameless || matches.has(row)) rows[found++] = row;
    }
    return rows.subarray(0, found);
  }

  /** Of rules equally severe, the one whose episode is open goes on. */
  private steady(site: string, entity: Entity, matches: readonly RuleMatch[]): RuleMatch {
    const first = matches[0]!;
    const severity = (match: RuleMatch): Severity => raisedSeverity(match.rule.severity, match.strength);
    return (
      matches.find(
        (match) =>
          severity(match) === severity(first) && this.episodes.has(site, entity, match.rule.behavior),
      ) ?? first
    );
  }

  /** Stranger than everything held back, in several features, and about something of our own. */
  private nameless(scored: ScoredWindow, kind: ScoredMatrix, row: number, tail: number): Candidate[] {
    const { margin, minDeviations } = this.options.unusual;
    if (tail * margin > kind.resolution) return [];
    const { contributions } = kind.explain(row);
    const deviating = contributions.filter(({ actual, upper }) => upper !== null && actual > upper);
    if (deviating.length < minDeviations) return [];
    const entity = kind.matrix.entities[row]!;
    const volume = VOLUME_UNITS.has(deviating[0]!.unit);
    return [
      {
        scored: kind,
        row,
        entity,
        behavior: volume ? 'unusual_volume' : 'unusual_pattern',
        severity: gradeOf(tail) >= 0.9 ? 'medium' : 'low',
        strength: 1,
        tail,
        events: scored.rowsOf(entity),
        degraded: deviating.some(({ feature }) => kind.isUntold(feature)),
      },
    ];
  }

  private matcher({ features, kind }: FeatureMatrix): RuleMatcher {
    let matcher = this.matchers.get(kind);
    if (!matcher) this.matchers.set(kind, (matcher = new RuleMatcher(features, kind)));
    return matcher;
  }
}

/** A candidate with the window that shows it. */
interface Found {
  readonly window: ScoredWindow;
  readonly candidate: Candidate;
}

/** Key of an entity in a window. */
function subjectOf({ kind, id }: Entity): string {
  return `${kind} ${id}`;
}

function namedCandidate(
  scored: ScoredWindow,
  kind: ScoredMatrix,
  row: number,
  tail: number,
  match: RuleMatch,
): Candidate {
  const entity = kind.matrix.entities[row]!;
  const { rule, strength } = match;
  const events = scored.rowsOf(entity);
  return {
    scored: kind,
    row,
    entity,
    behavior: rule.behavior,
    ...graded(scored, match, events),
    strength,
    tail: combinedTail(tail, strength),
    rule,
    events,
  };
}

function bySeverity(a: Candidate, b: Candidate): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    a.tail - b.tail ||
    (a.entity.id < b.entity.id ? -1 : 1)
  );
}

function toAnomaly(scored: ScoredWindow, candidate: Candidate): UnassignedAnomaly & { slow: boolean } {
  const { job, site, window, events } = scored;
  const { entity, behavior, rule, row, tail, doubt } = candidate;
  const { matrix } = candidate.scored;
  const telling = candidate.rule?.tells?.(events, candidate.events, candidate.entity) ?? candidate.events;
  const facts = factsOf(events, telling);
  const { contributions, rung } = contributionsOf(candidate);
  const value = (feature: string): number =>
    matrix.values[row * matrix.features.length + matrix.features.indexOf(feature)]!;
  const windowMs = window.end - window.start;
  const sentence = reasonOf({
    entity,
    behavior,
    windowMs,
    rememberedMs: scored.rememberedMs,
    historyDays: scored.basis.historyDays,
    facts,
    contributions,
    value,
    phrase: (feature) => candidate.scored.describe(feature).phrase,
    rung,
  });
  return {
    id: stableId(job, site, entity.kind, entity.id, String(windowMs), String(window.start)),
    job,
    site,
    entity,
    window,
    behavior,
    score: 1 - tail,
    grade: gradeOf(tail),
    severity: candidate.severity,
    detectors: candidate.scored.detectors(row),
    reason: `${sentence}${doubtText(doubt)}`,
    contributions,
    ...(rule?.technique ? { technique: rule.technique } : {}),
    evidence: evidenceOf(events, telling),
    ...counterpartsOf(events, telling, entity),
    basis: { ...scored.basis, rung, degraded: doubt !== undefined || candidate.degraded === true },
    labels: facts.labels,
    revision: 1,
    status: 'active',
    slow: isSlow(behavior),
  };
}

/** What the detectors point at, with the features that the rule names in front. */
function contributionsOf({ scored, row, rule }: Candidate): ReturnType<ScoredMatrix['explain']> {
  const explained = scored.explain(row);
  if (!rule) {
    const deviating = [...explained.contributions].sort((a, b) => Number(beyond(b)) - Number(beyond(a)));
    return { ...explained, contributions: deviating };
  }
  const lead = rule.when[0].feature;
  const known =
    explained.contributions.find(({ feature }) => feature === lead) ?? leadContribution(scored, row, lead);
  return {
    ...explained,
    contributions: [known, ...explained.contributions.filter(({ feature }) => feature !== lead)],
  };
}

function beyond({ actual, upper }: Contribution): boolean {
  return upper !== null && actual > upper;
}

function leadContribution(scored: ScoredMatrix, row: number, feature: string): Contribution {
  const { features, values } = scored.matrix;
  const column = features.indexOf(feature);
  const { typical, upper } = scored.usual(row, column);
  const { label, unit } = scored.describe(feature);
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return {
    feature,
    label,
    unit,
    actual: values[row * features.length + column]!,
    typical: known(typical),
    upper: known(upper),
    share: 0,
  };
}
