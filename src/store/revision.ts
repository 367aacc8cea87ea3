/**
 * "A write of equal content is no write": what is to be written, given what is stored.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Anomaly, WindowRecord } from '../domain/anomaly.js';

/**
 * The anomaly as it is to be stored: as it comes where nothing is stored yet, as the next revision
 * with the old score where it differs from what is stored, undefined where it does not.
 */
export function nextRevision(anomaly: Anomaly, stored: Anomaly | undefined): Anomaly | undefined {
  if (stored === undefined) return anomaly;
  if (isDeepStrictEqual(contentOf(anomaly), contentOf(stored))) return undefined;
  return { ...contentOf(anomaly), revision: stored.revision + 1, previousScore: stored.score };
}

/** Whether two records tell the same of a window, whenever and however fast they were made. */
export function sameRecord(record: WindowRecord, stored: WindowRecord): boolean {
  const timeless = { recordedAtMs: 0, tookMs: 0 };
  return isDeepStrictEqual({ ...record, ...timeless }, { ...stored, ...timeless });
}

/** As JSON keeps it, so that a stored anomaly and the same one new compare as equal. */
function contentOf(anomaly: Anomaly): Omit<Anomaly, 'revision' | 'previousScore'> {
  const { revision: _revision, previousScore: _previousScore, ...content } = anomaly;
  return JSON.parse(JSON.stringify(content)) as typeof content;
}
