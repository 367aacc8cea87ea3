/**
 * The rest beyond the largest terms. Like Kibana, a second request asks for it: beside the terms that
 * the first one brought, a filter that excludes them.
 */
import type { Query } from '../../../src/collect/kql/query.js';
import type { LensLayer, TermsColumn } from '../../../src/kibana/lens-columns.js';
import { aggregationsOf, bucketsOf, MISSING, type Aggregations, type BucketColumn } from './aggregations.js';
import { intervalMs, resolveInterval } from './interval.js';
import { bucketsIn, OTHER, type OtherOf, type Path } from './rows.js';
import { queryOfText, type TimeRange } from './scope.js';
import type { Bucket } from './search.js';

/** A rest that there is: of which column, inside of what, and what its documents satisfy. */
interface Rest {
  readonly name: string;
  readonly column: string;
  readonly query: Query;
}

/** The request for what is beyond the largest terms, if anything is, and how to read its answer. */
export interface RestRequest {
  readonly aggregations: Aggregations;
  readonly read: (root: Bucket) => OtherOf;
}

/** What to ask for after the first answer. */
export function restOf(layer: LensLayer, range: TimeRange, root: Bucket): RestRequest | undefined {
  const rests = restsIn(layer, range, root, []);
  if (rests.length === 0) return undefined;
  const depths = new Map(bucketsOf(layer).map(([id], depth) => [id, depth]));
  const aggregations = rests.map(({ name, column, query }) => {
    const inner = aggregationsOf(layer, range, depths.get(column)! + 1);
    return [name, { filter: query, aggs: inner }] as const;
  });
  return {
    aggregations: Object.fromEntries(aggregations),
    read: (answer) => (column, path) => {
      const bucket = answer[nameOf(column, path)] as Bucket | undefined;
      return bucket && { ...bucket, key: OTHER };
    },
  };
}

function nameOf(column: string, path: Path): string {
  return JSON.stringify([column, ...path.map(([, { key }]) => key)]).replace(/[[\]>]/g, ' ');
}

function restsIn(layer: LensLayer, range: TimeRange, bucket: Bucket, path: Path): Rest[] {
  const next = bucketsOf(layer)[path.length];
  if (next === undefined) return [];
  const [id, column] = next;
  const found = bucketsIn(bucket, id);
  const beyond = (bucket[id] as { sum_other_doc_count?: number } | undefined)?.sum_other_doc_count ?? 0;
  const isAsked = column.operationType === 'terms' && column.params.otherBucket && beyond > 0;
  const rest = isAsked
    ? [{ name: nameOf(id, path), column: id, query: beyondQuery(layer, range, column, found, path) }]
    : [];
  return [...rest, ...found.flatMap((each) => restsIn(layer, range, each, [...path, [id, each]]))];
}

function beyondQuery(
  { columns }: LensLayer,
  range: TimeRange,
  { sourceField }: TermsColumn,
  found: readonly Bucket[],
  path: Path,
): Query {
  const around = path.map(([id, { key }]) => insideOf(columns[id] as BucketColumn, key!, range));
  const keys = found.flatMap(({ key }) => (key === undefined || key === MISSING ? [] : [key]));
  return {
    bool: {
      filter: [{ exists: { field: sourceField } }, ...around],
      must_not: [{ terms: { [sourceField]: keys } }],
    },
  };
}

/** What the documents of a bucket satisfy. */
function insideOf(column: BucketColumn, key: string | number, range: TimeRange): Query {
  switch (column.operationType) {
    case 'terms':
      return key === MISSING
        ? { bool: { must_not: { exists: { field: column.sourceField } } } }
        : { term: { [column.sourceField]: key } };
    case 'filters': {
      const filter = column.params.filters.find(({ label }) => label === key);
      return { bool: { filter: queryOfText(filter?.input.query ?? '') } };
    }
    case 'date_histogram': {
      const to = Number(key) + intervalMs(resolveInterval(column.params.interval, range));
      return { range: { [column.sourceField]: { gte: key, lt: to, format: 'epoch_millis' } } };
    }
  }
}
