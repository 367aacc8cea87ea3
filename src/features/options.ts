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

const entities = (atMost: number, of: string): z.ZodDefault<z.ZodNumber> =>
  z
    .number()
    .int()
    .min(100)
    .default(atMost)
    .describe(`${of} of one window with a row of their own; those beyond it share one`);

const maxEntities = z
  .strictObject({
    host: entities(50_000, 'Hosts, acting or visited each,'),
    pair: entities(100_000, 'Pairs of a host and a service that it uses'),
    user: entities(20_000, 'Users'),
    service: entities(20_000, 'Own services'),
  })
  .prefault({});

/** Options of features; see each description. */
export const featureOptions = z
  .strictObject({
    workHours: workHours.describe('Working hours, for off-hours features'),
    maxEntities: maxEntities.describe(
      'Bounds of what one window of one site is scored by: a flood of spoofed sources must not fill memory',
    ),
    maxTrailingEntities: z
      .number()
      .int()
      .min(1000)
      .default(100_000)
      .describe(
        'Hosts, pairs and users, each, whose trailing day is remembered; beyond it the least active are forgotten',
      ),
  })
  .prefault({});

export type FeatureOptions = z.output<typeof featureOptions>;
