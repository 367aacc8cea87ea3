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
  const content = contentOf(anomaly);
  if (sameJson(content, contentOf(stored))) return undefined;
  return { ...content, revision: stored.revision + 1, previousScore: stored.score };
}

/** Whether two records tell the same of a window, whenever and however fast they were made. */
export function sameRecord(record: WindowRecord, stored: WindowRecord): boolean {
  const timeless = { recordedAtMs: 0, tookMs: 0 };
  return sameJson({ ...record, ...timeless }, { ...stored, ...timeless });
}

function contentOf(anomaly: Anomaly): Omit<Anomaly, 'revision' | 'previousScore'> {
  const { revision: _revision, previousScore: _previousScore, ...content } = anomaly;
  return content;
}

/** Equal as JSON keeps it, which is how the stored one has been kept. */
function sameJson(a: object, b: object): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
}
