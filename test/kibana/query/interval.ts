/**
 * How long the buckets of a date histogram are.
 */
import type { TimeRange } from './scope.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LENGTHS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};

/** Buckets that Kibana aims at. */
const BARS = 50;
/** Where a bucket would be as long as the first at most, Kibana takes the second. */
const ROUNDED: readonly (readonly [upTo: number, interval: string])[] = [
  [7.5 * SECOND_MS, '5s'],
  [15 * SECOND_MS, '10s'],
  [45 * SECOND_MS, '30s'],
  [3 * MINUTE_MS, '1m'],
  [9 * MINUTE_MS, '5m'],
  [20 * MINUTE_MS, '10m'],
  [45 * MINUTE_MS, '30m'],
  [2 * HOUR_MS, '1h'],
  [6 * HOUR_MS, '3h'],
  [DAY_MS, '12h'],
  [7 * DAY_MS, '1d'],
];
const LONGEST = '1w';

/** The interval of a date histogram, `auto` resolved as Kibana does. */
export function resolveInterval(interval: string, { from, to }: TimeRange): string {
  if (interval !== 'auto') return interval;
  return ROUNDED.find(([upTo]) => (to - from) / BARS <= upTo)?.[1] ?? LONGEST;
}

/** Length of an interval such as `30m`. */
export function intervalMs(interval: string): number {
  const [, count, unit] = /^(\d+)([smhdw])$/.exec(interval) ?? [];
  if (count === undefined || unit === undefined) throw new Error(`"${interval}" is no interval`);
  return Number(count) * LENGTHS[unit]!;
}

/** The interval as a date histogram takes it: single days and weeks by the calendar. */
export function intervalOf(interval: string, range: TimeRange): object {
  const resolved = resolveInterval(interval, range);
  return /^1[dw]$/.test(resolved) ? { calendar_interval: resolved } : { fixed_interval: resolved };
}
