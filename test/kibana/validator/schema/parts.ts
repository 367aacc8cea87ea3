/**
 * What schemas of several types share.
 */
import { z } from 'zod';
import type { KqlQuery } from '../../../../src/kibana/lens-columns.js';
import type { LensFilter } from '../../../../src/kibana/lens-types.js';

/** A text that says something. */
export const words = z.string().regex(/\S/, 'expected a text that is not empty');

/** A color as Kibana writes it. */
export const color = z.string().regex(/^#[0-9a-f]{6}$/i, 'expected a color such as "#4477aa"');

/** How many or how far from an edge, and how long or large. */
export const count = z.int().nonnegative('expected no negative number');
export const size = z.int().positive('expected a number of at least 1');

/** JSON as text, read, and what it says. */
export function jsonText<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch (error) {
        context.issues.push({ code: 'custom', input: text, message: brokenJson(error) });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** What is said of a text that is no JSON. */
export function brokenJson(error: unknown): string {
  return `is no JSON (${(error as SyntaxError).message}); expected what JSON.stringify makes`;
}

/** A query of the query bar, not yet parsed. */
export const kqlQuery = z.strictObject({
  query: z.string(),
  language: z.literal('kuery'),
}) satisfies z.ZodType<KqlQuery>;

/** What every filter pill says; its data view is named by `index`, or outside of Lens by `indexRefName`. */
const pillMeta = {
  alias: z.string().nullable().exactOptional(),
  disabled: z.boolean().exactOptional(),
  negate: z.boolean().exactOptional(),
  type: z.enum(['phrase', 'phrases', 'exists', 'range']),
  key: words,
  field: words.exactOptional(),
  value: z.unknown().exactOptional(),
  params: z.unknown().exactOptional(),
};
const pill = {
  $state: z.strictObject({ store: z.literal('appState') }),
  query: z.record(z.string(), z.unknown()),
};

/** A filter pill of a Lens visualization. */
export const lensPill = z.strictObject({
  ...pill,
  meta: z.strictObject({ ...pillMeta, index: words }),
}) satisfies z.ZodType<LensFilter>;

/** A filter pill of a dashboard or a saved search. */
const sourcePill = z.strictObject({ ...pill, meta: z.strictObject({ ...pillMeta, indexRefName: words }) });

/** A filter pill, read. */
export type Pill = LensFilter | z.output<typeof sourcePill>;

const searchSource = { query: kqlQuery, filter: z.array(sourcePill) };

/** The query and the filter pills of a dashboard. */
export const dashboardSource = z.strictObject({ searchSourceJSON: jsonText(z.strictObject(searchSource)) });

/** The query, the filter pills and the data view of a saved search. */
export const savedSearchSource = z.strictObject({
  searchSourceJSON: jsonText(z.strictObject({ ...searchSource, indexRefName: words })),
});
