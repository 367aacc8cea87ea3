/**
 * Durations and sizes as people write them in a configuration.
 */
import { z } from 'zod';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/;

/** A duration such as `90s` or `5m`; becomes milliseconds. */
export function duration(): z.ZodType<number, string> {
  return z
    .string()
    .regex(DURATION, 'expected a duration such as "30s", "5m", "2h" or "1d"')
    .transform((text) => {
      const [, amount = '0', unit = 'ms'] = DURATION.exec(text) ?? [];
      return Number(amount) * UNITS_MS[unit]!;
    });
}
