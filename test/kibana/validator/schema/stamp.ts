/**
 * The versions that saved objects are stamped with.
 */
import { z } from 'zod';
import { shown } from '../problem.js';

/** What Kibana does with another stamp than the lowest one that skips the migrations of 7.x. */
const WHY = {
  missing: 'without a stamp Kibana runs all migrations, those of 7.x too, over state of today',
  low: 'with an older stamp Kibana runs the migrations that came after it over state of today',
  high: 'an older Kibana refuses what comes from a more recent version',
} as const;

/** Exactly this version. */
export function stamp<Version extends string>(version: Version) {
  return z.unknown().transform((value, context): Version => {
    if (value === version) return version;
    const expected = `expected ${shown(version)}`;
    const message =
      value === undefined
        ? `missing; ${expected}: ${WHY.missing}`
        : `got ${shown(value)}; ${expected}${reason(value, version)}`;
    context.issues.push({ code: 'custom', input: value, message });
    return z.NEVER;
  });
}

function reason(value: unknown, version: string): string {
  if (typeof value !== 'string' || !/^\d+\.\d+\.\d+$/.test(value)) return '';
  return `: ${value.localeCompare(version, 'en', { numeric: true }) < 0 ? WHY.low : WHY.high}`;
}
