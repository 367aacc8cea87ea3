/**
 * From the scores of one window to anomalies with a name, a reason and evidence.
 */
import type {
  Anomaly,
  Basis,
  Behavior,
  Contribution,
  DetectorScore,
  Episode,
  EpisodeChange,
  Severity,
} from '../domain/anomaly.js';
import type { EventTable } from '../domain/events.js';
import { stableId } from '../domain/hash.js';
import type { Entity, FeatureMatrix } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';
import { BEHAVIOR_RULES, type BehaviorRule } from './behaviors.js';
import { OpenEpisodes, type UnassignedAnomaly } from './episodes.js';
import { evidenceOf, factsOf } from './evidence.js';
import { combinedTail, gradeOf, raisedSeverity, severityRank } from './grade.js';
import { RuleMatcher, type RuleMatch, type UsualValues } from './match.js';
import type { DecideOptions } from './options.js';
import { reasonOf } from './reason.js';

/** The scored rows of one entity kind. */
export interface ScoredMatrix {
  readonly matrix: FeatureMatrix;
  /** Combined tail probability by row; small is strange. */
  readonly tail: Float64Array;
  /** Smallest tail probability that stands for a rate. */
  readonly resolution: number;
  detectors(row: number): DetectorScore[];
  explain(row: number): { readonly contributions: readonly Contribution[]; readonly rung: Basis['rung'] };
  usual(row: number): UsualValues;
  /** A feature in words. */
  describe(feature: string): { readonly label: string; readonly unit: string };
}

/** Everything decide needs to know of one window of one site. */
export interface ScoredWindow {
  readonly job: string;
  readonly site: string;
  readonly window: Window;
  readonly events: EventTable;
  readonly kinds: readonly ScoredMatrix[];
  readonly basis: Omit<Basis, 'rung'>;
  rowsOf(entity: Entity): Int32Array;
}

/** What a window comes to. */
export interface Decision {
  readonly anomalies: readonly Anomaly[];
  readonly episodes: readonly Episode[];
  readonly changes: readonly EpisodeChange[];
}

/** A row that stands out, before it is put into words. */
interface Candidate {
  readonly scored: ScoredMatrix;
  readonly row: number;
  readonly entity: Entity;
  readonly behavior: Behavior;
  readonly severity: Severity;
  readonly strength: number;
  readonly tail: number;
  readonly rule?: BehaviorRule;
  readonly events: Int32Array;
}

const SLOW = new Set(BEHAVIOR_RULES.filter((rule) => rule.slow).map((rule) => rule.behavior));
const VOLUME_UNITS = new Set(['bytes', 'packets', 'count']);

/** Decides window after window; the open episodes are its only state. */
export class Decider {
  readonly episodes: OpenEpisodes;
  private readonly matchers = new Map<string, RuleMatcher>();

  constructor(private readonly options: DecideOptions) {
    this.episodes = new OpenEpisodes(options.episodeGap);
  }

  /** Anomalies of the window, most severe first, and what they do to the episodes. */
  decide(scored: ScoredWindow): Decision {
    this.episodes.expire(scored.window);
    const named: Candidate[] = [];
    const nameless: Candidate[] = [];
    for (const kind of scored.kinds) {
      for (let row = 0; row < kind.matrix.entities.length; row++) {
        const candidate = this.named(scored, kind, row) ?? this.nameless(scored, kind, row);
        if (candidate) (candidate.rule ? named : nameless).push(candidate);
      }
    }
    const kept = withoutExplained(scored.events, named, nameless);
    kept.sort(bySeverity);
    const anomalies = kept.map((candidate) => toAnomaly(scored, candidate));
    const { anomalies: assigned, touched, changes } = this.episodes.assign(anomalies);
    return { anomalies: assigned, episodes: touched, changes };
  }

  private named(scored: ScoredWindow, kind: ScoredMatrix, row: number): Candidate | undefined {
    const { matrix } = kind;
    let usual: UsualValues | undefined;
    const matches = this.matcher(matrix).match(matrix, row, () => (usual ??= kind.usual(row)));
    const entity = matrix.entities[row]!;
    const best = this.steady(scored.site, entity, matches);
    if (!best) return undefined;
    return {
      scored: kind,
      row,
      entity,
      behavior: best.rule.behavior,
      severity: raisedSeverity(best.rule.severity, best.strength),
      strength: best.strength,
      tail: combinedTail(kind.tail[row]!, best.strength),
      rule: best.rule,
      events: scored.rowsOf(entity),
    };
  }

  /** Of rules equally severe, the one whose episode is open goes on. */
  private steady(site: string, entity: Entity, matches: readonly RuleMatch[]): RuleMatch | undefined {
    const [first] = matches;
    if (!first) return undefined;
    const severity = (match: RuleMatch): Severity => raisedSeverity(match.rule.severity, match.strength);
    return (
      matches.find(
        (match) =>
          severity(match) === severity(first) && this.episodes.has(site, entity, match.rule.behavior),
      ) ?? first
    );
  }

  /** Stranger than everything held back, in several features, and about something of our own. */
  private nameless(scored: ScoredWindow, kind: ScoredMatrix, row: number): Candidate | undefined {
    const { margin, minDeviations } = this.options.unusual;
    const tail = kind.tail[row]!;
    if (kind.matrix.own[row] !== 1 || tail * margin > kind.resolution) return undefined;
    const { contributions } = kind.explain(row);
    const deviating = contributions.filter(({ actual, upper }) => upper !== null && actual > upper);
    if (deviating.length < minDeviations) return undefined;
    const entity = kind.matrix.entities[row]!;
    const volume = VOLUME_UNITS.has(deviating[0]!.unit);
    return {
      scored: kind,
      row,
      entity,
      behavior: volume ? 'unusual_volume' : 'unusual_pattern',
      severity: gradeOf(tail) >= 0.9 ? 'medium' : 'low',
      strength: 1,
      tail,
      events: scored.rowsOf(entity),
    };
  }

  private matcher({ features, kind }: FeatureMatrix): RuleMatcher {
    let matcher = this.matchers.get(kind);
    if (!matcher) this.matchers.set(kind, (matcher = new RuleMatcher(features, kind)));
    return matcher;
  }
}

function bySeverity(a: Candidate, b: Candidate): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    a.tail - b.tail ||
    (a.entity.id < b.entity.id ? -1 : 1)
  );
}

/**
 * One cause is told once: what is nameless, and guessing seen from a user's side, is left out where
 * most of its events belong to something that has a name.
 */
function withoutExplained(events: EventTable, named: Candidate[], nameless: Candidate[]): Candidate[] {
  const causes = new Set(
    named.filter(({ entity }) => entity.source !== undefined).map(({ entity }) => entity.source!),
  );
  const isExplained = ({ events: rows }: Candidate): boolean => {
    let explained = 0;
    for (const row of rows) if (causes.has(events.names.value(events.columns.source[row]!))) explained++;
    return explained * 2 > rows.length;
  };
  const secondary = (candidate: Candidate): boolean =>
    candidate.entity.kind === 'user' && candidate.behavior === 'password_guessing';
  const kept = [
    ...named.filter((candidate) => !(secondary(candidate) && isExplained(candidate))),
    ...nameless.filter((candidate) => !isExplained(candidate)),
  ];
  return kept.filter((candidate) => !isPartOf(candidate, kept));
}

/** A nameless pair, service or user of a nameless host that is at least as strange says nothing new. */
function isPartOf(candidate: Candidate, all: readonly Candidate[]): boolean {
  if (candidate.rule || candidate.entity.kind === 'host') return false;
  return all.some(
    ({ entity, rule }) =>
      !rule &&
      entity.kind === 'host' &&
      (entity.id === candidate.entity.source || entity.id === candidate.entity.destination),
  );
}

function toAnomaly(scored: ScoredWindow, candidate: Candidate): UnassignedAnomaly & { slow: boolean } {
  const { job, site, window, events } = scored;
  const { entity, behavior, rule, row, tail } = candidate;
  const { matrix } = candidate.scored;
  const facts = factsOf(events, candidate.events);
  const { contributions, rung } = contributionsOf(candidate);
  const value = (feature: string): number =>
    matrix.values[row * matrix.features.length + matrix.features.indexOf(feature)]!;
  const windowMs = window.end - window.start;
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
    reason: reasonOf({ entity, behavior, windowMs, facts, contributions, value, rung }),
    contributions,
    ...(rule?.technique ? { technique: rule.technique } : {}),
    evidence: evidenceOf(events, candidate.events),
    basis: { ...scored.basis, rung },
    labels: facts.labels,
    revision: 1,
    status: 'active',
    slow: SLOW.has(behavior),
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
  const { typical, upper } = scored.usual(row);
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return {
    feature,
    ...scored.describe(feature),
    actual: values[row * features.length + column]!,
    typical: known(typical[column]!),
    upper: known(upper[column]!),
    share: 0,
  };
}
