/**
 * Columns of Lens visualizations: what each asks of the documents.
 */

/** A query of the query bar. */
export interface KqlQuery {
  readonly query: string;
  readonly language: 'kuery';
}

/** How a number is written, where not as the data view says. */
export interface NumberFormat {
  readonly id: 'number' | 'bytes' | 'percent' | 'duration';
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

interface ColumnBase {
  readonly label: string;
  /** The label is ours, not made of operation and field. */
  readonly customLabel: true;
}

interface Bucketed extends ColumnBase {
  readonly isBucketed: true;
}

/** A number for each bucket. */
interface Metric extends ColumnBase {
  readonly isBucketed: false;
  readonly dataType: 'number';
  readonly scale: 'ratio';
  /** Only documents that satisfy it count. */
  readonly filter?: KqlQuery;
}

/** Buckets of time. */
export interface DateHistogramColumn extends Bucketed {
  readonly operationType: 'date_histogram';
  readonly dataType: 'date';
  readonly scale: 'interval';
  readonly sourceField: string;
  readonly params: {
    /** `auto`, or a length such as `1d`. */
    readonly interval: string;
    readonly includeEmptyRows: boolean;
    readonly dropPartials: boolean;
  };
}

/** Buckets of the values of a field, the largest by another column. */
export interface TermsColumn extends Bucketed {
  readonly operationType: 'terms';
  readonly dataType: 'string' | 'ip' | 'number' | 'boolean';
  readonly scale: 'ordinal';
  readonly sourceField: string;
  readonly params: {
    readonly size: number;
    readonly orderBy:
      | { readonly type: 'column'; readonly columnId: string }
      | { readonly type: 'alphabetical'; readonly fallback: false };
    readonly orderDirection: 'asc' | 'desc';
    readonly otherBucket: boolean;
    readonly missingBucket: boolean;
    readonly parentFormat: { readonly id: 'terms' };
    readonly include: readonly string[];
    readonly exclude: readonly string[];
    readonly includeIsRegex: boolean;
    readonly excludeIsRegex: boolean;
  };
}

/** Buckets of queries. */
export interface FiltersColumn extends Bucketed {
  readonly operationType: 'filters';
  readonly dataType: 'string';
  readonly scale: 'ordinal';
  readonly params: {
    readonly filters: readonly { readonly input: KqlQuery; readonly label: string }[];
  };
}

/** How many documents. */
export interface CountColumn extends Metric {
  readonly operationType: 'count';
  readonly sourceField: '___records___';
  readonly params: { readonly emptyAsNull: boolean; readonly format?: NumberFormat };
}

/** Operations on the numbers of one field; `unique_count` takes any field. */
export const FIELD_OPERATIONS = ['average', 'sum', 'min', 'max', 'median', 'unique_count'] as const;

/** One number of the values of a field. */
export interface FieldMetricColumn extends Metric {
  readonly operationType: (typeof FIELD_OPERATIONS)[number];
  readonly sourceField: string;
  readonly params: { readonly emptyAsNull?: boolean; readonly format?: NumberFormat };
}

/** A percentile of the values of a field. */
export interface PercentileColumn extends Metric {
  readonly operationType: 'percentile';
  readonly sourceField: string;
  readonly params: { readonly percentile: number; readonly format?: NumberFormat };
}

/** The value of a field in the newest document that has it. */
export interface LastValueColumn extends ColumnBase {
  readonly operationType: 'last_value';
  readonly isBucketed: false;
  readonly dataType: 'string' | 'number' | 'date' | 'ip' | 'boolean';
  readonly scale: 'ordinal' | 'ratio' | 'interval';
  readonly sourceField: string;
  readonly filter: KqlQuery;
  readonly params: {
    readonly sortField: string;
    readonly showArrayValues: boolean;
    readonly format?: NumberFormat;
  };
}

/** The same number everywhere, for a line to compare with. */
export interface StaticValueColumn extends ColumnBase {
  readonly operationType: 'static_value';
  readonly isBucketed: false;
  readonly dataType: 'number';
  readonly scale: 'ratio';
  readonly params: { readonly value: string };
  readonly references: readonly [];
}

/** A column of a layer. */
export type LensColumn =
  | DateHistogramColumn
  | TermsColumn
  | FiltersColumn
  | CountColumn
  | FieldMetricColumn
  | PercentileColumn
  | LastValueColumn
  | StaticValueColumn;

/** What one layer asks of one data view, which its reference names. */
export interface LensLayer {
  /** Buckets first, then the other columns. */
  readonly columnOrder: readonly string[];
  readonly columns: Readonly<Record<string, LensColumn>>;
  readonly incompleteColumns: Readonly<Record<string, never>>;
  /** Filters and queries are left out, those of the visualization too; the time is not. */
  readonly ignoreGlobalFilters?: boolean;
}
