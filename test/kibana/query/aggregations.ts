/**
 * The aggregations that Kibana makes of a Lens layer: one inside the other for the bucket columns, in
 * their order, and the metrics inside the innermost.
 */
import type { Query } from '../../../src/collect/kql/query.js';
import type {
  DateHistogramColumn,
  FieldMetricColumn,
  FiltersColumn,
  LensColumn,
  LensLayer,
  LastValueColumn,
  PercentileColumn,
  TermsColumn,
} from '../../../src/kibana/lens-columns.js';
import { intervalOf } from './interval.js';
import { queryOfText, type TimeRange } from './scope.js';

/** Aggregations by name. */
export type Aggregations = Readonly<Record<string, object>>;

/** A column that makes buckets. */
export type BucketColumn = DateHistogramColumn | TermsColumn | FiltersColumn;
type ValueColumn = FieldMetricColumn | PercentileColumn | LastValueColumn;

/** What Kibana calls documents without the field. */
export const MISSING = '__missing__';

/** Elasticsearch's name of each operation on the numbers of a field. */
const OPERATIONS = {
  average: 'avg',
  sum: 'sum',
  min: 'min',
  max: 'max',
  unique_count: 'cardinality',
} as const;

/** Bucket columns of a layer, outermost first. */
export function bucketsOf({
  columnOrder,
  columns,
}: LensLayer): (readonly [id: string, column: BucketColumn])[] {
  return columnOrder.flatMap((id) => {
    const column = columns[id]!;
    return column.isBucketed ? [[id, column] as const] : [];
  });
}

/** Aggregations of the bucket columns from `depth` on, and of the metrics inside. */
export function aggregationsOf(layer: LensLayer, range: TimeRange, depth = 0): Aggregations {
  const next = bucketsOf(layer)[depth];
  if (next === undefined) return metricsOf(layer);
  const [id, column] = next;
  const inner = aggregationsOf(layer, range, depth + 1);
  // What the buckets are ordered by has to be there, even with further buckets between.
  const order = column.operationType === 'terms' ? orderedBy(layer, column) : {};
  return { [id]: { ...bucketing(layer, column, range), aggs: { ...order, ...inner } } };
}

function bucketing(layer: LensLayer, column: BucketColumn, range: TimeRange): object {
  switch (column.operationType) {
    case 'date_histogram': {
      const { includeEmptyRows, interval } = column.params;
      const empty = includeEmptyRows
        ? { min_doc_count: 0, extended_bounds: { min: range.from, max: range.to - 1 } }
        : { min_doc_count: 1 };
      const histogram = {
        field: column.sourceField,
        ...intervalOf(interval, range),
        time_zone: 'UTC',
        ...empty,
      };
      return { date_histogram: histogram };
    }
    case 'terms':
      return { terms: termsOf(layer, column) };
    case 'filters': {
      const filters = column.params.filters.map(
        ({ input, label }) => [label, { bool: { filter: queryOfText(input.query) } }] as const,
      );
      return { filters: { filters: Object.fromEntries(filters) } };
    }
  }
}

function termsOf(layer: LensLayer, { sourceField, dataType, params }: TermsColumn): object {
  const { size, orderBy, orderDirection, missingBucket, include, exclude, ...regex } = params;
  const order = orderBy.type === 'alphabetical' ? '_key' : orderPath(layer, orderBy.columnId);
  return {
    field: sourceField,
    size,
    order: { [order]: orderDirection },
    ...(missingBucket && dataType === 'string' ? { missing: MISSING } : {}),
    ...(include.length > 0 ? { include: regex.includeIsRegex ? include[0] : include } : {}),
    ...(exclude.length > 0 ? { exclude: regex.excludeIsRegex ? exclude[0] : exclude } : {}),
  };
}

/** Where the number lies that buckets are ordered by. */
function orderPath({ columns }: LensLayer, id: string): string {
  const column = columns[id]!;
  const filtered = 'filter' in column;
  switch (column.operationType) {
    case 'count':
      return filtered ? id : '_count';
    case 'median':
      return `${filtered ? `${id}>` : ''}${id}.50`;
    case 'percentile':
      return `${filtered ? `${id}>` : ''}${id}.${String(column.params.percentile)}`;
    default:
      return filtered ? `${id}>${id}` : id;
  }
}

function orderedBy(layer: LensLayer, { params: { orderBy } }: TermsColumn): Aggregations {
  return orderBy.type === 'column' ? metricOf(orderBy.columnId, layer.columns[orderBy.columnId]!) : {};
}

function metricsOf({ columnOrder, columns }: LensLayer): Aggregations {
  return Object.assign({}, ...columnOrder.map((id) => metricOf(id, columns[id]!))) as Aggregations;
}

/** The aggregation of a metric column, inside its filter if it has one. */
function metricOf(id: string, column: LensColumn): Aggregations {
  if (column.isBucketed || column.operationType === 'static_value') return {};
  const filter = column.filter === undefined ? undefined : filterOf(column.filter.query);
  if (column.operationType === 'count') return filter ? { [id]: { filter } } : {};
  const value = { [id]: valueOf(column) };
  return filter ? { [id]: { filter, aggs: value } } : value;
}

function filterOf(text: string): Query {
  return { bool: { filter: queryOfText(text) } };
}

function valueOf(column: ValueColumn): object {
  const { sourceField: field } = column;
  switch (column.operationType) {
    case 'median':
      return { percentiles: { field, percents: [50] } };
    case 'percentile':
      return { percentiles: { field, percents: [column.params.percentile] } };
    case 'last_value': {
      // Kibana asks for top_metrics, which the test build of Elasticsearch lacks.
      const sort = [{ [column.params.sortField]: { order: 'desc' } }];
      return { top_hits: { size: 1, sort, _source: false, fields: [field] } };
    }
    default:
      return { [OPERATIONS[column.operationType]]: { field } };
  }
}
