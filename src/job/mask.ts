/**
 * Coverage gates decisions: what a source that is not as expected brings, or fails to bring, is
 * missing from the features, not zero.
 */
import { secondTellings, type SourceVolume } from '../coverage/source-volume.js';
import type { SourceHealth, VolumeReview } from '../coverage/expected-volume.js';
import { steadySource } from '../domain/source-name.js';
import {
  emptyCoverage,
  type SourceCoverage,
  type SourceDoubt,
  type SourceStatus,
} from '../domain/coverage.js';
import type { WindowEvents } from '../domain/events.js';
import type { FeatureMatrix } from '../domain/matrix.js';
import { featureNamed } from '../features/catalogue.js';
import { toldBy } from '../features/told-by.js';

/** What the gate lets through of one window of one site. */
export interface Gate {
  readonly volumes: readonly SourceVolume[];
  readonly review: VolumeReview;
  /** The window with what the features are made of. */
  readonly events: WindowEvents;
  /** The window with everything; absent where nothing was left out. */
  readonly whole?: WindowEvents;
  /** By origin of the window, what is to be thought of a source whose events were left out. */
  readonly doubts: readonly (SourceDoubt | undefined)[];
  /** Kinds of events that a missing source usually brings. */
  readonly lacking: ReadonlySet<number>;
}

/** Their events are left out: of everybody there is too much, or nothing is known yet. */
const LEFT_OUT: ReadonlySet<SourceStatus> = new Set(['burst', 'new']);
/** Of each two records of theirs one is left out. */
const DOUBLED: ReadonlySet<SourceStatus> = new Set(['doubled']);
/** What they usually bring is missing, in part or altogether. */
const LACKING: ReadonlySet<SourceStatus> = new Set(['silent', 'low', 'burst']);

/**
 * Decides what of a window is to be trusted. One odd window is no fault yet: it gates nothing before
 * people are told, so that the same logs, which are other sources as files than as indices, give the
 * same results.
 */
export function gateOf(events: WindowEvents, volumes: readonly SourceVolume[], review: VolumeReview): Gate {
  const told = { ...events, coverage: annotated(events.coverage, review) };
  const having = (statuses: ReadonlySet<SourceStatus>) =>
    review.sources.filter(({ status, isTold }) => isTold && statuses.has(status));
  const leftOut = new Map(having(LEFT_OUT).map((health) => [health.source, doubtOf(health)]));
  const doubts = events.events.sources.map((source) => leftOut.get(steadySource(source)));
  const doubled = new Set(having(DOUBLED).map(({ source }) => source));
  const lacking = new Set(having(LACKING).flatMap(({ feeds }) => feeds));
  const whole = doubled.size === 0 ? told : { ...told, events: toldOnce(events, doubled) };
  const trusted = leftOut.size === 0 ? whole : { ...whole, events: without(whole, doubts) };
  const isPart = trusted.events.length < whole.events.length;
  const parts = isPart ? { events: trusted, whole } : { events: whole };
  return { volumes, review, doubts, lacking, ...parts };
}

function doubtOf({ source, status, factor }: SourceHealth): SourceDoubt {
  return { source, status, ...(factor === undefined ? {} : { factor }) };
}

/** Whether a feature of a window rests on a source of which something is missing. */
export function isUntold(feature: string, lacking: ReadonlySet<number>): boolean {
  return toldBy(featureNamed(feature)).some((kind) => lacking.has(kind));
}

/** Zeros that a missing source may have made become missing values; what others told stays. */
export function withoutUntoldZeros(matrix: FeatureMatrix, lacking: ReadonlySet<number>): void {
  if (lacking.size === 0) return;
  const { features, values } = matrix;
  features.forEach((feature, column) => {
    if (!isUntold(feature, lacking)) return;
    for (let at = column; at < values.length; at += features.length) {
      if (values[at] === 0) values[at] = NaN;
    }
  });
}

function without({ events }: WindowEvents, doubts: Gate['doubts']): WindowEvents['events'] {
  const { origin } = events.columns;
  return events.where((row) => doubts[origin[row]!] === undefined);
}

function toldOnce({ events }: WindowEvents, doubled: ReadonlySet<string>): WindowEvents['events'] {
  const isDoubled = events.sources.map((source) => doubled.has(steadySource(source)));
  const again = secondTellings(events, (origin) => isDoubled[origin]!);
  return events.where((row) => again[row] === 0);
}

/** Counts by source with what was expected; sources that brought nothing are there too. */
function annotated(coverage: readonly SourceCoverage[], { sources }: VolumeReview): SourceCoverage[] {
  const known = new Map(sources.map((health) => [health.source, health]));
  const told = coverage.map((counts) => {
    const health = known.get(steadySource(counts.source));
    if (!health) return counts;
    known.delete(health.source);
    const { status, expected } = health;
    return { ...counts, status, ...(expected ? { expected } : {}) };
  });
  const absent = [...known.values()]
    .filter(({ events, status }) => events === 0 && status !== 'usual' && status !== 'new')
    .map(({ source, status, expected }) => ({
      ...emptyCoverage(source),
      status,
      ...(expected ? { expected } : {}),
    }));
  return [...told, ...absent];
}
