/**
 * A cheap look at the time of a batch, only to read several files side by side.
 */
import type { RawBatch } from '../domain/raw.js';

const SYSLOG_TIME = /^([A-Z][a-z]{2}\s+\d{1,2} [\d:]{8}|\d{4}-\d\d-\d\dT\S+)/;

/** Milliseconds of the first record's time, in whatever year; NaN where it is not plain to see. */
export function timeOfRecord({ records }: RawBatch): number {
  const [first] = records;
  if (typeof first === 'string') return Date.parse(SYSLOG_TIME.exec(first)?.[0] ?? '');
  if (first === null || typeof first !== 'object') return NaN;
  const record = first as Readonly<Record<string, unknown>>;
  const value = record.ts ?? record.timestamp ?? record['@timestamp'];
  if (typeof value === 'number') return value * 1000;
  return typeof value === 'string' ? Date.parse(value) : NaN;
}
