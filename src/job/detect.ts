/**
 * The stages in a row for one window: features, score, decide.
 */
import type { WindowEvents } from '../domain/events.js';
import { ENTITY_KINDS, type EntityKind, type FeatureMatrix } from '../domain/matrix.js';
import { Decider, type Decision } from '../decide/decide.js';
import { sourceAlert, sourceAlerts, type SourceContext } from '../decide/source-health.js';
import type { ScoredMatrix, ScoredWindow } from '../decide/scored.js';
import type { DecideOptions } from '../decide/options.js';
import { featureNamed } from '../features/catalogue.js';
import type { WindowFeatures } from '../features/engine.js';
import type { Ensemble } from '../detectors/ensemble.js';
import { isUntold } from './mask.js';
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
    const found = this.decider.decide(this.windowOf(features, scored, turn), this.doubtful(features, turn));
    const health = this.health(features, found.held, turn);
    if (turn === 'in_order') this.engines.advance(features);
    return {
      ...found,
      anomalies: [...found.anomalies, ...health.anomalies],
      changes: [...found.changes, ...health.changes],
      features,
      scored,
    };
  }

  /** Who is to be told that sources are silent, if no event comes until then; nothing changes. */
  detectSilence(untilMs: number, windowLengthMs: number): Pick<Decision, 'anomalies' | 'changes'> {
    const alerts = this.engines.reviewSilence(untilMs, windowLengthMs).map(([site, change]) => {
      const open = this.decider.episodes.ofSource(site, change.source);
      return sourceAlert(change, this.sourceContext(site, windowLengthMs), open);
    });
    return {
      anomalies: alerts.flatMap(({ anomalies }) => anomalies),
      changes: alerts.map(({ change }) => change),
    };
  }

  private windowOf(features: WindowFeatures, kinds: readonly ScoredMatrix[], turn: Turn): ScoredWindow {
    const { site, window, events } = features.events;
    return {
      job: this.job,
      site,
      window,
      events,
      kinds,
      basis: {
        model: this.model.origin.id,
        historyDays: this.model.historyDays,
        selfTrained: this.model.origin.selfTrained,
        ...(turn === 'ahead' ? { ahead: true } : {}),
      },
      rememberedMs: features.rememberedMs,
      rowsOf: features.rowsOf,
    };
  }

  /** The window with the events of sources that are not to be trusted, where there are any; not learned from. */
  private doubtful({ gate, whole }: SiteFeatures, turn: Turn): ScoredWindow | undefined {
    if (!whole) return undefined;
    const window = this.windowOf(whole, this.score(whole, gate.lacking), turn);
    return { ...window, doubts: gate.doubts };
  }

  /** Sources that are to be told of. A window that is not in its turn tells nobody anything new. */
  private health(
    { gate, events: { site, window } }: SiteFeatures,
    held: Decision['held'],
    turn: Turn,
  ): Pick<Decision, 'anomalies' | 'changes'> {
    if (turn === 'ahead') return { anomalies: [], changes: [] };
    const context = this.sourceContext(site, window.end - window.start);
    const alerts = sourceAlerts(gate.review.changes, held, window, context, this.decider.episodes);
    return {
      anomalies: alerts.flatMap(({ anomalies }) => anomalies),
      changes: turn === 'in_order' ? alerts.map(({ change }) => change) : [],
    };
  }

  private sourceContext(site: string, windowLengthMs: number): SourceContext {
    return { job: this.job, site, windowLengthMs, model: this.model.origin.id };
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
