/**
 * Schemas of the field formats of a data view.
 */
import { z } from 'zod';
import { color, count, size, words } from './parts.js';

const pattern = z.strictObject({ pattern: words });

const url = z.strictObject({
  type: z.literal('a'),
  urlTemplate: words,
  labelTemplate: words,
  openLinkInCurrentTab: z.boolean(),
});

const duration = z.strictObject({
  inputFormat: z.enum([
    'picoseconds',
    'nanoseconds',
    'microseconds',
    'milliseconds',
    'seconds',
    'minutes',
    'hours',
    'days',
    'weeks',
    'months',
    'years',
  ]),
  outputFormat: z.enum([
    'humanize',
    'humanizePrecise',
    'asMilliseconds',
    'asSeconds',
    'asMinutes',
    'asHours',
    'asDays',
    'asWeeks',
    'asMonths',
    'asYears',
  ]),
  outputPrecision: count.max(20, 'expected at most 20').exactOptional(),
  useShortSuffix: z.boolean().exactOptional(),
  showSuffix: z.boolean().exactOptional(),
  includeSpaceWithSuffix: z.boolean().exactOptional(),
});

const colors = z.strictObject({
  fieldType: z.enum(['string', 'number', 'boolean']),
  colors: z.array(z.strictObject({ range: words, regex: words, text: color, background: color })),
});

const lookup = z.strictObject({
  lookupEntries: z.array(z.strictObject({ key: words, value: words })).min(1, 'expected at least one entry'),
  unknownKeyValue: words.nullable().exactOptional(),
});

const truncate = z.strictObject({ fieldLength: size });

/** How Kibana shows the values of a field. */
const format = z.discriminatedUnion('id', [
  z.strictObject({ id: z.literal('url'), params: url }),
  z.strictObject({ id: z.enum(['number', 'bytes', 'percent']), params: pattern }),
  z.strictObject({ id: z.literal('duration'), params: duration }),
  z.strictObject({ id: z.literal('color'), params: colors }),
  z.strictObject({ id: z.literal('static_lookup'), params: lookup }),
  z.strictObject({ id: z.literal('truncate'), params: truncate }),
]);

/** A field format, read. */
export type FieldFormat = z.output<typeof format>;

/** Formats by field. */
export const fieldFormats = z.record(words, format);
