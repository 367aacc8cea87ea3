/**
 * Options of features.
 */
import { z } from 'zod';

/** Whether the runtime knows an IANA zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const workHours = z
  .strictObject({
    timeZone: z
      .string()
      .refine(isTimeZone, 'expected an IANA time zone such as "Europe/Berlin"')
      .default('UTC')
      .describe('IANA time zone of the site'),
    from: z.number().min(0).max(24).default(7).describe('First working hour of the day'),
    to: z.number().min(0).max(24).default(20).describe('Hour at which the working day ends'),
    days: z
      .array(z.number().int().min(0).max(6))
      .default([1, 2, 3, 4, 5])
      .describe('Working days; 0 is Sunday'),
  })
  .prefault({});

/** Options of features; see each description. */
export const featureOptions = z
  .strictObject({
    workHours: workHours.describe('Working hours, for off-hours features'),
    maxTrailingEntities: z
      .number()
      .int()
      .min(1000)
      .default(100_000)
      .describe(
        'Hosts, pairs and users whose trailing day is remembered; beyond it the longest unseen are forgotten',
      ),
  })
  .prefault({});

export type FeatureOptions = z.output<typeof featureOptions>;
