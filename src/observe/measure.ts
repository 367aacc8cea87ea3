/**
 * What becomes of windows and records, as metrics.
 */
import type { WindowRecord } from '../domain/anomaly.js';
import { total } from '../domain/coverage.js';
import type { Metrics } from './metrics.js';

/** Counts a window that was run or skipped. */
export function measureWindow(metrics: Metrics, record: WindowRecord, stateSize: number): void {
  metrics.windows.inc({ outcome: record.revision > 1 ? 'again' : record.status });
  if (record.status === 'skipped') return;
  metrics.windowSeconds.observe(record.tookMs / 1000);
  metrics.anomalies.inc(record.anomalies);
  metrics.stateEntities.set(stateSize);
  metrics.lastWindow.set(record.window.end / 1000);
  for (const { source, read, duplicates, filtered, quarantined } of record.coverage) {
    metrics.read.inc({ source }, read);
    metrics.dropped.inc({ source, fate: 'duplicate' }, duplicates);
    metrics.dropped.inc({ source, fate: 'filtered' }, total(filtered));
    metrics.dropped.inc({ source, fate: 'quarantined' }, total(quarantined));
  }
}

/** What is stored is counted again when its window is read; here only what never gets there. */
export function measureIngested(
  metrics: Metrics,
  source: string,
  counts: Readonly<Record<'duplicates' | 'filtered' | 'quarantined', number>>,
): void {
  for (const fate of ['duplicates', 'filtered', 'quarantined'] as const) {
    metrics.read.inc({ source }, counts[fate]);
    metrics.dropped.inc({ source, fate: fate === 'duplicates' ? 'duplicate' : fate }, counts[fate]);
  }
}
