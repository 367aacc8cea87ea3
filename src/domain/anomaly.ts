/**
 * What the stages conclude: anomalies of single windows, and the episodes they form.
 */
import type { SourceCoverage } from './coverage.js';
import type { Entity } from './matrix.js';
import type { Window } from './window.js';

/** Buckets of the grade, for people; Elastic Security's 21, 47, 73, 99. */
export type Severity = 'low' | 'medium' | 'high' | 'critical';
/** Severities from mild to severe. */
export const SEVERITIES: readonly Severity[] = ['low', 'medium', 'high', 'critical'];
/** `event.severity` of each severity, as Elastic Security's External Alerts rule reads it. */
export const SEVERITY_NUMBER: Readonly<Record<Severity, number>> = {
  low: 21,
  medium: 47,
  high: 73,
  critical: 99,
};

/** What an entity seems to be doing. */
export type Behavior =
  | 'host_sweep'
  | 'port_scan'
  | 'flood'
  | 'service_hammering'
  | 'password_guessing'
  | 'credential_stuffing'
  | 'dormant_account'
  | 'data_theft'
  | 'lateral_movement'
  | 'dns_tunnel'
  | 'mining'
  | 'unusual_volume'
  | 'unusual_pattern'
  /** A source of events fell silent, came twice, or is new: a matter of operation, not of an attacker. */
  | 'source_health';

/** A MITRE ATT&CK technique with its tactic. */
export interface Technique {
  readonly id: string;
  readonly name: string;
  readonly tactic: { readonly id: string; readonly name: string };
}

/** One feature's part in a score, with what is typical and what was seen. */
export interface Contribution {
  readonly feature: string;
  /** What the number means, in words: `distinct destination hosts`. */
  readonly label: string;
  readonly unit: string;
  readonly actual: number;
  /** Median of the baseline; null where there is none. */
  readonly typical: number | null;
  /** Upper end of the usual band (typical + 3 robust deviations); null where there is none. */
  readonly upper: number | null;
  /** Share of the score, 0–1. */
  readonly share: number;
}

/** One of the events behind an anomaly. */
export interface EvidenceEvent {
  readonly id: string;
  /** Index of the event; empty for events that lie in a file. */
  readonly index: string;
  /** File or data set it was read from. */
  readonly source: string;
  /** Line of the file; 0 for events that have an index. */
  readonly place: number;
  readonly timeMs: number;
  /** The event in one line. */
  readonly summary: string;
}

/** Score of one detector: calibrated, higher is stranger. */
export interface DetectorScore {
  readonly detector: string;
  /** 0–1: one less the share of held-back windows at least as strange. */
  readonly score: number;
  /** The detector's own scale; higher is stranger. */
  readonly raw: number;
}

/** On what a score stands. */
export interface Basis {
  readonly model: string;
  /** Which rung of the cold-start ladder gave the typical values. */
  readonly rung: 'entity' | 'peers' | 'global';
  /** Days of history that the model was fitted on. */
  readonly historyDays: number;
  /** The model was fitted on the data it scores, for lack of history. */
  readonly selfTrained: boolean;
  /** Coverage left its expected band: without a named behavior it pages nobody, with one it may be a severity milder. */
  readonly degraded: boolean;
  /** Scored ahead of its turn, with an older state; it is scored again in its turn. */
  readonly ahead?: boolean;
}

/**
 * Who stood at the other end of the events that tell of a result, those of most events first, at most
 * {@link MAX_COUNTERPARTS} of each role: the targets of a sweep, the sources of a flood.
 */
export interface Counterparts {
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
}
export const MAX_COUNTERPARTS = 10;

/** An entity's window that stands out. */
export interface Anomaly {
  readonly id: string;
  readonly job: string;
  readonly site: string;
  readonly entity: Entity;
  readonly window: Window;
  readonly behavior: Behavior;
  /** Combined score of all detectors, 0–1, higher is stranger. */
  readonly score: number;
  /** 0 is the threshold, 1 is extreme. */
  readonly grade: number;
  readonly severity: Severity;
  readonly detectors: readonly DetectorScore[];
  /** Why it is strange, in one sentence. */
  readonly reason: string;
  /** Largest first. */
  readonly contributions: readonly Contribution[];
  readonly technique?: Technique;
  /** At most ten, most telling first. */
  readonly evidence: readonly EvidenceEvent[];
  /** Absent where there is nobody, and in what was written before it was kept. */
  readonly counterparts?: Counterparts;
  readonly basis: Basis;
  readonly episode: string;
  /** Ground truth labels among the entity's events, only of labelled data. */
  readonly labels: readonly string[];
  /** 1 at first; one more for each change of the result. */
  readonly revision: number;
  /** Score of the revision before, if any. */
  readonly previousScore?: number;
  /** `retracted`: late data brought it below the threshold. */
  readonly status: 'active' | 'retracted';
}

/** Anomalies of one entity and behavior with gaps of up to 30 minutes: the unit of an alert. */
export interface Episode {
  readonly id: string;
  readonly job: string;
  readonly site: string;
  readonly entity: Entity;
  readonly behavior: Behavior;
  readonly severity: Severity;
  /** Highest score, and the anomaly that has it. */
  readonly score: number;
  readonly anomaly: string;
  readonly reason: string;
  readonly technique?: Technique;
  readonly contributions: readonly Contribution[];
  readonly evidence: readonly EvidenceEvent[];
  readonly counterparts?: Counterparts;
  /** First window when opened, and end of the newest. */
  readonly start: number;
  readonly end: number;
  /** Windows that have an anomaly of it. */
  readonly windows: number;
  readonly basis: Basis;
}

/**
 * An episode that has just opened or become more severe, for which an alert is written; or one of a
 * source that is as it should be again, or one told ahead that its turn did not confirm, which is told to
 * those who were told of it.
 */
export interface EpisodeChange {
  readonly episode: Episode;
  readonly change: 'opened' | 'raised' | 'resolved';
}

/** What was done with one window. */
export interface WindowRecord {
  readonly job: string;
  readonly window: Window;
  readonly status: 'done' | 'skipped';
  /** Why it was skipped: `empty`; or why it is to be scored again: `ahead` of its turn. */
  readonly reason?: string;
  /** Documents that the store counted for the window when it was read. */
  readonly counted: number;
  /** Of those, documents that came after the window had first been read. */
  readonly late?: number;
  /** Documents that came later than the horizon: counted by the daily audit, never read. */
  readonly missed?: number;
  readonly coverage: readonly SourceCoverage[];
  /** Rows scored, by entity kind. */
  readonly entities: Readonly<Record<string, number>>;
  /** Entities without a row of their own, by kind: beyond the bound, they share one. */
  readonly others?: Readonly<Record<string, number>>;
  readonly anomalies: number;
  readonly model: string;
  readonly revision: number;
  /** When it was written, and how long the stages took, milliseconds. */
  readonly recordedAtMs: number;
  readonly tookMs: number;
}
