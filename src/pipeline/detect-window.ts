/**
 * The stages in a row for one window: features, score, decide.
 */
import type { WindowEvents } from '../domain/events.js';
import { ENTITY_KINDS, type FeatureMatrix } from '../domain/matrix.js';
import { Decider, type Decision } from '../decide/decide.js';
import type { ScoredMatrix } from '../decide/scored.js';
import type { DecideOptions } from '../decide/options.js';
import { featureNamed } from '../features/catalogue.js';
import type { WindowFeatures } from '../features/engine.js';
import type { Ensemble } from '../detectors/ensemble.js';
import type { Model } from './model.js';
import type { SiteEngines } from './sites.js';

/** What one window of one site came to. */
export interface Detection extends Decision {
  readonly features: WindowFeatures;
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
  ) {
    this.decider = new Decider(options);
  }

  /** Scores a window with the state as it stands; in its turn, the window is then part of the state. */
  detect(events: WindowEvents, turn: Turn = 'in_order'): Detection {
    const features = this.engines.compute(events);
    const scored = this.score(features);
    const decision = this.decider.decide({
      job: this.job,
      site: events.site,
      window: events.window,
      events: events.events,
      kinds: scored,
      basis: {
        model: this.model.origin.id,
        historyDays: this.model.historyDays,
        selfTrained: this.model.origin.selfTrained,
        degraded: false,
        ...(turn === 'ahead' ? { ahead: true } : {}),
      },
      rowsOf: features.rowsOf,
    });
    if (turn === 'in_order') this.engines.advance(features);
    return { ...decision, features, scored };
  }

  private score(features: WindowFeatures): ScoredMatrix[] {
    const { site } = features.events;
    return ENTITY_KINDS.filter((kind) => features.matrices[kind].entities.length > 0).map((kind) => {
      const ensemble = this.model.ensemble(site, kind);
      return ensemble ? scoredBy(ensemble, features.matrices[kind]) : unscored(features.matrices[kind]);
    });
  }
}

function scoredBy(ensemble: Ensemble, matrix: FeatureMatrix): ScoredMatrix {
  return {
    matrix,
    beyond: ensemble.countBeyond(matrix),
    resolution: ensemble.resolution,
    tails: (rows) => ensemble.tails(matrix, rows),
    detectors: (row) => ensemble.detectors(matrix, row),
    explain: (row) => ensemble.explain(matrix, row),
    usual: (row, column) => ensemble.usual(matrix, row, column),
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
    describe: featureNamed,
  };
}
