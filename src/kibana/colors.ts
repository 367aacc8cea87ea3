/**
 * Colors with a meaning. Severities go from light to dark as well as from blue to red, so that they
 * can be told apart without seeing hues; the hues are those of the pages.
 */
import type { Severity } from '../domain/anomaly.js';
import { SEVERITY_NUMBER } from '../domain/anomaly.js';
import type { CustomPalette } from './lens-types.js';

/** Color of each severity. */
export const SEVERITY_COLORS: Readonly<Record<Severity, string>> = {
  low: '#8fbbe3',
  medium: '#efc23d',
  high: '#d9641e',
  critical: '#8a1246',
};

/** Colors of what is neither good nor bad, what is as it should be, and what is not. */
export const COLORS = {
  plain: '#4477aa',
  second: '#88ccee',
  third: '#ddaa33',
  good: '#228877',
  poor: '#d9641e',
  bad: '#8a1246',
  muted: '#98a2b3',
  line: '#343741',
  /** Where values usually stay, as on the pages. */
  band: '#a9cfc2',
} as const;

/** Colors from one value on, mild to severe; the last one has no end. */
export function steps(...colors: readonly (readonly [from: number, color: string])[]): CustomPalette {
  const next = (position: number): number => colors[position + 1]?.[0] ?? colors[position]![0] + 1;
  return {
    type: 'palette',
    name: 'custom',
    params: {
      name: 'custom',
      rangeType: 'number',
      reverse: false,
      continuity: 'above',
      rangeMin: colors[0]![0],
      rangeMax: null,
      steps: colors.length,
      colorStops: colors.map(([stop, color]) => ({ color, stop })),
      stops: colors.map(([, color], position) => ({ color, stop: next(position) })),
    },
  };
}

/** Of a number that should be 0. */
export const NONE_IS_GOOD: CustomPalette = steps([0, COLORS.good], [1, COLORS.poor]);

/** Colors of `event.severity`. */
export const SEVERITY_STEPS: CustomPalette = steps(
  [0, SEVERITY_COLORS.low],
  [SEVERITY_NUMBER.medium, SEVERITY_COLORS.medium],
  [SEVERITY_NUMBER.high, SEVERITY_COLORS.high],
  [SEVERITY_NUMBER.critical, SEVERITY_COLORS.critical],
);
