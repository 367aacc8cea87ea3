/**
 * Schemas of the columns of Lens visualizations.
 */
import { z } from 'zod';
import {
  FIELD_OPERATIONS,
  type LensColumn,
  type LensLayer,
  type NumberFormat,
} from '../../../../src/kibana/lens-columns.js';
import { count, kqlQuery, size, words } from './parts.js';

const decimals = { decimals: count.max(10, 'expected at most 10') };
const suffix = { suffix: z.string().exactOptional(), compact: z.boolean().exactOptional() };

const numberFormat = z.discriminatedUnion('id', [
  z.strictObject({
    id: z.enum(['number', 'bytes', 'percent']),
    params: z.strictObject({ ...decimals, ...suffix }),
  }),
  z.strictObject({
    id: z.literal('duration'),
    params: z.strictObject({ ...decimals, ...suffix, fromUnit: words, toUnit: words }),
  }),
]) satisfies z.ZodType<NumberFormat>;
const format = { format: numberFormat.exactOptional() };

const base = { label: words, customLabel: z.literal(true) };
const bucket = { ...base, isBucketed: z.literal(true) };
const metric = {
  ...base,
  isBucketed: z.literal(false),
  dataType: z.literal('number'),
  scale: z.literal('ratio'),
  filter: kqlQuery.exactOptional(),
};
const ofField = { sourceField: words };

const orderBy = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('column'), columnId: words }),
  z.strictObject({ type: z.literal('alphabetical'), fallback: z.literal(false) }),
]);

const dateHistogram = z.strictObject({
  ...bucket,
  ...ofField,
  operationType: z.literal('date_histogram'),
  dataType: z.literal('date'),
  scale: z.literal('interval'),
  params: z.strictObject({
    interval: z
      .string()
      .regex(/^(auto|[1-9]\d*(ms|[smhdwMqy]))$/, 'expected "auto" or a length such as "1h"'),
    includeEmptyRows: z.boolean(),
    dropPartials: z.boolean(),
  }),
});

const terms = z.strictObject({
  ...bucket,
  ...ofField,
  operationType: z.literal('terms'),
  dataType: z.enum(['string', 'ip', 'number', 'boolean']),
  scale: z.literal('ordinal'),
  params: z.strictObject({
    size: size.max(10_000, 'expected at most 10000, as Kibana does'),
    orderBy,
    orderDirection: z.enum(['asc', 'desc']),
    otherBucket: z.boolean(),
    missingBucket: z.boolean(),
    parentFormat: z.strictObject({ id: z.literal('terms') }),
    include: z.array(z.string()),
    exclude: z.array(z.string()),
    includeIsRegex: z.boolean(),
    excludeIsRegex: z.boolean(),
  }),
});

const filters = z.strictObject({
  ...bucket,
  operationType: z.literal('filters'),
  dataType: z.literal('string'),
  scale: z.literal('ordinal'),
  params: z.strictObject({
    filters: z
      .array(z.strictObject({ input: kqlQuery, label: words }))
      .min(1, 'expected at least one filter'),
  }),
});

const records = z.strictObject({
  ...metric,
  operationType: z.literal('count'),
  sourceField: z.literal('___records___'),
  params: z.strictObject({ emptyAsNull: z.boolean(), ...format }),
});

const fieldMetric = z.strictObject({
  ...metric,
  ...ofField,
  operationType: z.enum(FIELD_OPERATIONS),
  params: z.strictObject({ emptyAsNull: z.boolean().exactOptional(), ...format }),
});

const percentile = z.strictObject({
  ...metric,
  ...ofField,
  operationType: z.literal('percentile'),
  params: z.strictObject({
    percentile: z.number().gt(0, 'expected more than 0').lt(100, 'expected less than 100'),
    ...format,
  }),
});

const lastValue = z.strictObject({
  ...base,
  ...ofField,
  operationType: z.literal('last_value'),
  isBucketed: z.literal(false),
  dataType: z.enum(['string', 'number', 'date', 'ip', 'boolean']),
  scale: z.enum(['ordinal', 'ratio', 'interval']),
  filter: kqlQuery,
  params: z.strictObject({ sortField: words, showArrayValues: z.boolean(), ...format }),
});

const staticValue = z.strictObject({
  ...base,
  operationType: z.literal('static_value'),
  isBucketed: z.literal(false),
  dataType: z.literal('number'),
  scale: z.literal('ratio'),
  params: z.strictObject({ value: z.string().regex(/^-?\d+(\.\d+)?$/, 'expected a number as text') }),
  references: z.tuple([]),
});

const column = z.discriminatedUnion('operationType', [
  dateHistogram,
  terms,
  filters,
  records,
  fieldMetric,
  percentile,
  lastValue,
  staticValue,
]) satisfies z.ZodType<LensColumn>;

/** A layer with its columns. */
export const lensLayer = z.strictObject({
  columnOrder: z.array(words),
  columns: z.record(words, column),
  incompleteColumns: z.record(z.string(), z.never()),
  ignoreGlobalFilters: z.boolean().exactOptional(),
}) satisfies z.ZodType<LensLayer>;
