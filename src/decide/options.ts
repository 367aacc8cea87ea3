/**
 * Options of decide.
 */
import { z } from 'zod';

/** Options of decide; see each description. */
export const decideOptions = z
  .strictObject({
    episodeGap: z
      .number()
      .int()
      .min(0)
      .default(30 * 60_000)
      .describe('Quiet time after which the same behavior is a new episode, milliseconds'),
    unusual: z
      .strictObject({
        margin: z
          .number()
          .min(1)
          .default(2)
          .describe('How many times rarer than the rarest held-back window a nameless anomaly must be'),
        minDeviations: z
          .number()
          .min(0)
          .default(3)
          .describe('Features that must leave their usual band in a nameless anomaly'),
      })
      .prefault({}),
  })
  .prefault({});

export type DecideOptions = z.output<typeof decideOptions>;
