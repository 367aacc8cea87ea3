/**
 * Makers of Lens columns.
 */
import type {
  CountColumn,
  DateHistogramColumn,
  FieldMetricColumn,
  KqlQuery,
  LastValueColumn,
  LensColumn,
  LensLayer,
  NumberFormat,
  PercentileColumn,
  StaticValueColumn,
  TermsColumn,
} from './lens-columns.js';

/** Columns by id; the largest rows of a bucket are told by the id of another column. */
export type Columns = Readonly<Record<string, LensColumn>>;

/** How a number is written. */
const FORMATS = {
  whole: { id: 'number', params: { decimals: 0 } },
  bytes: { id: 'bytes', params: { decimals: 1 } },
  percent: { id: 'percent', params: { decimals: 1 } },
} as const satisfies Readonly<Record<string, NumberFormat>>;

/** Which documents a number is about, and how it is written. */
interface MetricOptions {
  /** KQL; only documents that satisfy it count. */
  readonly where?: string;
  readonly format?: keyof typeof FORMATS;
}

/** A query in KQL. */
export function kql(query: string): KqlQuery {
  return { query, language: 'kuery' };
}

/** How many documents. */
export function count(label: string, options: MetricOptions = {}): CountColumn {
  return {
    ...metricBase(label, options),
    operationType: 'count',
    sourceField: '___records___',
    params: { emptyAsNull: false, ...formatOf(options) },
  };
}

/** One number of the values of a field. */
export function metric(
  operationType: FieldMetricColumn['operationType'],
  sourceField: string,
  label: string,
  options: MetricOptions = {},
): FieldMetricColumn {
  return { ...metricBase(label, options), operationType, sourceField, params: formatOf(options) };
}

/** A percentile of the values of a field. */
export function percentile(
  sourceField: string,
  rank: number,
  label: string,
  options: MetricOptions = {},
): PercentileColumn {
  return {
    ...metricBase(label, options),
    operationType: 'percentile',
    sourceField,
    params: { percentile: rank, ...formatOf(options) },
  };
}

/** The value of a field in the newest document that has it. */
export function lastValue(
  sourceField: string,
  label: string,
  dataType: LastValueColumn['dataType'] = 'string',
): LastValueColumn {
  const scale = { string: 'ordinal', ip: 'ordinal', boolean: 'ordinal', date: 'interval', number: 'ratio' };
  return {
    label,
    customLabel: true,
    operationType: 'last_value',
    isBucketed: false,
    dataType,
    scale: scale[dataType] as LastValueColumn['scale'],
    sourceField,
    filter: kql(`"${sourceField}": *`),
    params: { sortField: '@timestamp', showArrayValues: false },
  };
}

/** The same number everywhere. */
export function fixed(value: number, label: string): StaticValueColumn {
  return {
    label,
    customLabel: true,
    operationType: 'static_value',
    isBucketed: false,
    dataType: 'number',
    scale: 'ratio',
    params: { value: String(value) },
    references: [],
  };
}

/** Buckets of time. @param interval `auto`, or a length such as `1d` */
export function overTime(interval = 'auto'): DateHistogramColumn {
  return {
    label: interval === '1d' ? 'Day' : 'Time',
    customLabel: true,
    operationType: 'date_histogram',
    isBucketed: true,
    dataType: 'date',
    scale: 'interval',
    sourceField: '@timestamp',
    params: { interval, includeEmptyRows: true, dropPartials: false },
  };
}

/** How the values of a field are chosen and ordered. */
interface TermsOptions {
  readonly size: number;
  /** Id of the column whose largest values come first; alphabetical without it. */
  readonly by?: string;
  readonly dataType?: TermsColumn['dataType'];
  /** Whether the rest is shown as one more value. */
  readonly other?: boolean;
}

/** Buckets of the values of a field. */
export function terms(
  sourceField: string,
  label: string,
  { size, by, dataType = 'string', other = false }: TermsOptions,
): TermsColumn {
  return {
    label,
    customLabel: true,
    operationType: 'terms',
    isBucketed: true,
    dataType,
    scale: 'ordinal',
    sourceField,
    params: {
      size,
      orderBy:
        by === undefined ? { type: 'alphabetical', fallback: false } : { type: 'column', columnId: by },
      orderDirection: by === undefined ? 'asc' : 'desc',
      otherBucket: other,
      missingBucket: false,
      parentFormat: { id: 'terms' },
      include: [],
      exclude: [],
      includeIsRegex: false,
      excludeIsRegex: false,
    },
  };
}

/** A layer of columns: buckets first, else in the order given. */
export function layerOf(columns: Columns): LensLayer {
  const ids = Object.keys(columns);
  const isBucket = (id: string): boolean => columns[id]!.isBucketed;
  return {
    columnOrder: [...ids.filter(isBucket), ...ids.filter((id) => !isBucket(id))],
    columns,
    incompleteColumns: {},
  };
}

function metricBase(label: string, { where }: MetricOptions) {
  return {
    label,
    customLabel: true,
    isBucketed: false,
    dataType: 'number',
    scale: 'ratio',
    ...(where === undefined ? {} : { filter: kql(where) }),
  } as const;
}

function formatOf({ format }: MetricOptions): { format?: NumberFormat } {
  return format === undefined ? {} : { format: FORMATS[format] };
}
