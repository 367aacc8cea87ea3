/**
 * The stages in a row for one window: features, score, decide.
 */
import type { SourceHealthChange } from '../domain/coverage.js';
import type { WindowEvents } from '../domain/events.js';
import { ENTITY_KINDS, type EntityKind, type FeatureMatrix } from '../domain/matrix.js';
import type { Anomaly } from '../domain/anomaly.js';
import { Decider, subjectOf, type Decision } from '../decide/decide.js';
import { sourceAlert, type SourceAlert } from '../decide/source-health.js';
import type { ScoredMatrix } from '../decide/scored.js';
import type { DecideOptions } from '../decide/options.js';
import { featureNamed } from '../features/catalogue.js';
import type { WindowFeatures } from '../features/engine.js';
import type { Ensemble } from '../detectors/ensemble.js';
import { isUntold } from './gate.js';
import type { Model } from './model.js';
import type { SiteEngines, SiteFeatures } from './sites.js';

/** What one window of one site came to. */
export interface Detection extends Decision {
  readonly features: SiteFeatures;
  readonly scored: readonly ScoredMatrix[];
}

/**
 * When a window is scored: in its turn it becomes part of the state; one that is read again or ahead
 * of its turn is scored against the state as it is and changes nothing.
 */
export type Turn = 'in_order' | 'again' | 'ahead';

/** Detects window after window; owns the state that lives between them. */
export class WindowDetector {
  readonly decider: Decider;

  constructor(
    private readonly job: string,
    readonly engines: SiteEngines,
    private readonly model: Model,
    options: DecideOptions,
    /** Kinds of entities that are scored. */
    readonly kinds: readonly EntityKind[] = ENTITY_KINDS,
  ) {
    this.decider = new Decider(options);
  }

  /** Scores a window with the state as it stands; in its turn, the window is then part of the state. */
  detect(events: WindowEvents, turn: Turn = 'in_order'): Detection {
    const features = this.engines.compute(events, turn === 'ahead');
    const scored = this.score(features, features.gate.lacking);
    const trusted = this.decide(features, scored, turn, false);
    const doubtful = this.doubtful(features, trusted.anomalies, turn);
    const health = this.health(features, turn);
    if (turn === 'in_order') this.engines.advance(features);
    return {
      anomalies: [...trusted.anomalies, ...doubtful, ...health.anomalies],
      episodes: trusted.episodes,
      changes: [...trusted.changes, ...health.changes],
      features,
      scored,
    };
  }

  /** Who is to be told that sources are silent, if no event comes until then; nothing changes. */
  detectSilence(untilMs: number, windowLengthMs: number): Pick<Decision, 'anomalies' | 'changes'> {
    const alerts = this.engines
      .reviewSilence(untilMs, windowLengthMs)
      .map(([site, change]) => this.sourceAlert(site, change, windowLengthMs));
    return {
      anomalies: alerts.flatMap(({ anomalies }) => anomalies),
      changes: alerts.map(({ change }) => change),
    };
  }

  private decide(
    features: WindowFeatures,
    kinds: readonly ScoredMatrix[],
    turn: Turn,
    degraded: boolean,
    told: readonly Anomaly[] = [],
  ): Decision {
    const { site, window, events } = features.events;
    return this.decider.decide({
      job: this.job,
      site,
      window,
      events,
      kinds,
      basis: {
        model: this.model.origin.id,
        historyDays: this.model.historyDays,
        selfTrained: this.model.origin.selfTrained,
        degraded,
        ...(turn === 'ahead' ? { ahead: true } : {}),
      },
      rowsOf: features.rowsOf,
      told: new Set(told.map(({ entity }) => subjectOf(entity))),
    });
  }

  /**
   * Behaviors that show only with the events of a source which is not to be trusted: kept, told to
   * nobody, and not learned from.
   */
  private doubtful({ gate }: SiteFeatures, told: readonly Anomaly[], turn: Turn): readonly Anomaly[] {
    if (!gate.whole) return [];
    const features = this.engines.computeWhole(gate.whole);
    return this.decide(features, this.score(features, gate.lacking), turn, true, told).anomalies;
  }

  /** Sources that are to be told of. A window that is not in its turn tells nobody anything new. */
  private health({ gate, events }: SiteFeatures, turn: Turn): Pick<Decision, 'anomalies' | 'changes'> {
    if (turn === 'ahead') return { anomalies: [], changes: [] };
    const { start, end } = events.window;
    const alerts = gate.review.changes.map((change) => this.sourceAlert(events.site, change, end - start));
    return {
      anomalies: alerts.flatMap(({ anomalies }) => anomalies),
      changes: turn === 'in_order' ? alerts.map(({ change }) => change) : [],
    };
  }

  private sourceAlert(site: string, change: SourceHealthChange, windowLengthMs: number): SourceAlert {
    return sourceAlert(change, { job: this.job, site, windowLengthMs, model: this.model.origin.id });
  }

  private score(features: WindowFeatures, lacking: ReadonlySet<number>): ScoredMatrix[] {
    const { site } = features.events;
    return this.kinds
      .filter((kind) => features.matrices[kind].entities.length > 0)
      .map((kind) => {
        const ensemble = this.model.ensemble(site, kind);
        const matrix = features.matrices[kind];
        return ensemble ? scoredBy(ensemble, matrix, lacking) : unscored(matrix);
      });
  }
}

function scoredBy(ensemble: Ensemble, matrix: FeatureMatrix, lacking: ReadonlySet<number>): ScoredMatrix {
  return {
    matrix,
    beyond: ensemble.countBeyond(matrix),
    resolution: ensemble.resolution,
    tails: (rows) => ensemble.tails(matrix, rows),
    detectors: (row) => ensemble.detectors(matrix, row),
    explain: (row) => ensemble.explain(matrix, row),
    usual: (row, column) => ensemble.usual(matrix, row, column),
    isUntold: (feature) => isUntold(feature, lacking),
    describe: featureNamed,
  };
}

/** Rows of a kind that nothing was learned of: nothing is strange, nothing is usual. */
function unscored(matrix: FeatureMatrix): ScoredMatrix {
  return {
    matrix,
    beyond: new Uint16Array(matrix.entities.length),
    resolution: 1,
    tails: (rows) => new Float64Array(rows.length).fill(1),
    detectors: () => [],
    explain: () => ({ contributions: [], rung: 'global' }),
    usual: () => ({ typical: NaN, upper: NaN }),
    isUntold: () => false,
    describe: featureNamed,
  };
}
