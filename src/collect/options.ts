/**
 * Options of collect.
 */
import { z } from 'zod';

const table = z.strictObject({
  files: z
    .string()
    .min(1)
    .describe('Files that the mapping is for: the end of their name, such as "flows.csv"'),
  delimiter: z.string().min(1).default(',').describe('Text between columns'),
  columns: z
    .record(z.string().min(1), z.string().min(1))
    .describe('Column (its name in the header, or its number from 1) to ECS field'),
  header: z.boolean().default(true).describe('The first line names the columns'),
  constants: z
    .record(z.string().min(1), z.union([z.string(), z.number()]))
    .default({})
    .describe('ECS fields with a fixed value'),
});

/** Options of collect; see each description. */
export const collectOptions = z
  .strictObject({
    maxLineBytes: z
      .number()
      .int()
      .min(1024)
      .default(4 * 1024 * 1024)
      .describe('Longer lines are quarantined'),
    tables: z.array(table).default([]).describe('How delimited tables are read'),
  })
  .prefault({});

export type CollectOptions = z.output<typeof collectOptions>;
export type TableMapping = CollectOptions['tables'][number];
