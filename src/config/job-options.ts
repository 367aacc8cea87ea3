/**
 * Options of a job, alone or beside others.
 */
import { z } from 'zod';
import { parseKql } from '../collect/kql/parse.js';
import type { AppError } from '../domain/error.js';
import { duration } from '../domain/duration.js';
import { ENTITY_KINDS } from '../domain/matrix.js';
import { ECS_FIELDS } from '../normalize/ecs-fields.js';

/** Name of a job: part of ids of documents. */
export const jobName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'expected lower-case letters, digits, "-" and "_"');

/** Index expressions. */
export const indexPatterns = z.array(z.string().min(1)).min(1);

const kql = z.string().superRefine((text, context) => {
  try {
    parseKql(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as AppError).message });
  }
});

/** A filter: text as in Kibana's query bar, or one query of the query DSL. */
export const eventFilter = z.union(
  [
    kql,
    z
      .record(z.string(), z.unknown())
      .refine((query) => Object.keys(query).length === 1, 'expected one query such as { term: { … } }'),
  ],
  'expected text such as "event.module: fortinet", or a query DSL object such as { term: { … } }',
);

/** What ECS fields are called in logs that are not ECS. */
export const fieldNames = z.partialRecord(
  z.enum(ECS_FIELDS),
  z.string().regex(/^[^\s*]+$/, 'expected the name of one field, without wildcards'),
);

/** Length of a window. */
export const windowLength = duration().refine(
  (ms) => ms >= 10_000 && ms <= 3_600_000,
  'expected between 10s and 1h',
);

/** Kinds of entities, each once. */
export const entityKinds = z
  .array(z.enum(ENTITY_KINDS))
  .min(1)
  .refine((kinds) => new Set(kinds).size === kinds.length, 'expected each kind once');

/** Options of one of several jobs. */
export const jobOptions = z.strictObject({
  name: jobName.describe('Name of the job, unlike that of any other'),
  indices: indexPatterns.optional().describe('Index patterns, instead of elasticsearch.indices'),
  filter: eventFilter.optional().describe('Which documents are read, instead of elasticsearch.filter'),
  fields: fieldNames.optional().describe('Names of fields, instead of elasticsearch.fields'),
  windowLength: windowLength.optional().describe('Length of a window, instead of schedule.windowLength'),
  entities: entityKinds.optional().describe('Kinds of entities that are scored, instead of entities'),
});
