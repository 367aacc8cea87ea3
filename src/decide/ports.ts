/**
 * What decide leaves behind, and how it is read again.
 */
import type { Anomaly, Behavior, Episode, EpisodeChange, Severity, WindowRecord } from '../domain/anomaly.js';
import type { SubjectKind } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';

/** Writes results. Every write is idempotent: ids are computed, equal content is no write. */
export interface ResultStore {
  /** Writes anomalies and one alert document per change; before the window's record. */
  save(anomalies: readonly Anomaly[], changes: readonly EpisodeChange[]): Promise<void>;
  /** Writes the window's record: the window is done. */
  close(record: WindowRecord): Promise<void>;
  /** Active anomalies of a window: what doing it again must find, or retract. */
  standing(job: string, window: Window): Promise<Anomaly[]>;
  /** Records of the windows that start in `range`, oldest first. */
  records(job: string, range: Window): Promise<WindowRecord[]>;
}

/** One page of a list; `next` goes back as `cursor` to get the page after it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Which anomalies or episodes to list. All given conditions hold together. */
export interface ResultQuery {
  readonly job?: string;
  readonly site?: string;
  readonly entityKind?: SubjectKind;
  /** Entity id, or an address or user name that an entity names. */
  readonly entity?: string;
  readonly behavior?: Behavior;
  /** This severity or worse. */
  readonly minSeverity?: Severity;
  readonly minScore?: number;
  readonly episode?: string;
  /** Windows that start in the range. */
  readonly range?: Window;
  readonly status?: Anomaly['status'];
  /** Default `-time`; a leading minus is "largest first". Ties go by id, so pages never overlap. */
  readonly sort?: 'time' | '-time' | 'score' | '-score' | 'severity' | '-severity';
  /** 1–1,000. */
  readonly limit: number;
  readonly cursor?: string;
}

/** Reads results for the API and the pages. */
export interface ResultReader {
  anomalies(query: ResultQuery): Promise<Page<Anomaly>>;
  anomaly(id: string): Promise<Anomaly | undefined>;
  /** The newest alert document of each episode (its state when it opened or last rose). */
  episodes(query: ResultQuery): Promise<Page<Episode>>;
  /** Window records, newest first. */
  windows(query: {
    job?: string;
    range?: Window;
    limit: number;
    cursor?: string;
  }): Promise<Page<WindowRecord>>;
}
