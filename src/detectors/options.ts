/**
 * Options of the detectors.
 */
import { z } from 'zod';

/** Options of the detectors; see each description. */
export const detectorOptions = z
  .strictObject({
    seed: z
      .number()
      .int()
      .min(0)
      .max(0xffff_ffff)
      .default(1)
      .describe('Seed of everything random in training'),
    isolationForest: z
      .strictObject({
        trees: z.number().int().min(10).max(1000).default(100).describe('Trees of a forest'),
        sampleSize: z
          .number()
          .int()
          .min(16)
          .max(8192)
          .default(256)
          .describe('Rows each tree sees; 4096 with 300 trees is more accurate and ten times slower'),
      })
      .prefault({}),
    baseline: z
      .strictObject({
        minWindows: z
          .number()
          .int()
          .min(3)
          .default(24)
          .describe('Windows an entity must have been seen in before it is held against itself'),
      })
      .prefault({}),
    maxTrainingRows: z
      .number()
      .int()
      .min(1000)
      .default(150_000)
      .describe('Rows of one entity kind kept for training; beyond it a fair sample'),
  })
  .prefault({});

export type DetectorOptions = z.output<typeof detectorOptions>;
