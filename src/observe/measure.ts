/**
 * What becomes of windows and records, as metrics.
 */
import type { WindowRecord } from '../domain/anomaly.js';
import { total } from '../domain/coverage.js';
import type { Metrics } from './metrics.js';

/** What the trailing state of a job takes. */
interface StateUsage {
  readonly entities: number;
  readonly bytes: number;
  /** Entities forgotten for want of room. */
  readonly evicted: number;
}

/** What was expected of a job before it started. */
interface Estimate {
  readonly peakEvents: number;
  readonly eventsPerSecond: number;
  readonly entities: Readonly<Record<string, number>>;
  readonly windowBytes: number;
  readonly featureBytes: number;
  readonly stateBytes: number;
}

/** Takes note of an estimate. */
export function measureEstimate(metrics: Metrics, job: string, estimate: Estimate): void {
  metrics.estimatedEvents.set({ job }, estimate.peakEvents);
  metrics.estimatedRate.set({ job }, estimate.eventsPerSecond);
  metrics.estimatedBytes.set({ job, part: 'events' }, estimate.windowBytes);
  metrics.estimatedBytes.set({ job, part: 'features' }, estimate.featureBytes);
  metrics.estimatedBytes.set({ job, part: 'state' }, estimate.stateBytes);
  for (const [kind, count] of Object.entries(estimate.entities)) {
    metrics.estimatedEntities.set({ job, kind }, count);
  }
}

/** Counts a window that was run or skipped. */
export function measureWindow(metrics: Metrics, record: WindowRecord, usage: StateUsage): void {
  metrics.windows.inc({ outcome: record.revision > 1 ? 'again' : record.status });
  if (record.status === 'skipped') return;
  metrics.windowSeconds.observe(record.tookMs / 1000);
  metrics.anomalies.inc(record.anomalies);
  const { job } = record;
  metrics.stateEntities.set({ job }, usage.entities);
  metrics.stateBytes.set({ job }, usage.bytes);
  metrics.evicted.set({ job }, usage.evicted);
  metrics.windowEvents.set(
    { job },
    record.coverage.reduce((sum, { events }) => sum + events, 0),
  );
  for (const [kind, rows] of Object.entries(record.entities)) {
    metrics.windowEntities.set({ job, kind }, rows);
    metrics.windowOthers.set({ job, kind }, record.others?.[kind] ?? 0);
  }
  metrics.lastWindow.set({ job }, record.window.end / 1000);
  for (const { source: name, read, duplicates, filtered, quarantined } of record.coverage) {
    const source = metrics.labelOf(name);
    metrics.read.inc({ source }, read);
    metrics.dropped.inc({ source, fate: 'duplicate' }, duplicates);
    metrics.dropped.inc({ source, fate: 'filtered' }, total(filtered));
    metrics.dropped.inc({ source, fate: 'quarantined' }, total(quarantined));
  }
}

/** What is stored is counted again when its window is read; here only what never gets there. */
export function measureIngested(
  metrics: Metrics,
  name: string,
  counts: Readonly<Record<'duplicates' | 'filtered' | 'quarantined', number>>,
): void {
  const source = metrics.labelOf(name);
  for (const fate of ['duplicates', 'filtered', 'quarantined'] as const) {
    metrics.read.inc({ source }, counts[fate]);
    metrics.dropped.inc({ source, fate: fate === 'duplicates' ? 'duplicate' : fate }, counts[fate]);
  }
}
