/**
 * What a layer, a saved search or a control shows, asked of Elasticsearch.
 */
import type { LensLayer } from '../../../src/kibana/lens-columns.js';
import type { Control } from '../../../src/kibana/panel-types.js';
import type { SavedSearchAttributes } from '../../../src/kibana/saved-object.js';
import { aggregationsOf } from './aggregations.js';
import { restOf } from './other.js';
import { rowsOf, type Row } from './rows.js';
import { scopeQuery, type Scope } from './scope.js';
import type { Bucket, Search } from './search.js';

/** Rows that a panel with documents shows. */
const DOCUMENTS = 50;
/** Values that a list offers. */
const OPTIONS = 10;

/** The table of a layer. */
export async function layerRows(search: Search, layer: LensLayer, scope: Scope): Promise<Row[]> {
  const columns = Object.values(layer.columns);
  if (columns.every(({ operationType }) => operationType === 'static_value')) {
    return rowsOf(layer, { doc_count: 0 });
  }
  const root = await aggregate(search, scope, aggregationsOf(layer, scope.range));
  const rest = restOf(layer, scope.range, root);
  if (rest === undefined) return rowsOf(layer, root);
  return rowsOf(layer, root, rest.read(await aggregate(search, scope, rest.aggregations)));
}

async function aggregate(search: Search, scope: Scope, aggs: object): Promise<Bucket> {
  const { hits, aggregations } = await search(scope.index, { size: 0, query: scopeQuery(scope), aggs });
  return { ...aggregations, doc_count: hits.total.value };
}

/** The documents of a saved search, by its columns. */
export async function searchRows(
  search: Search,
  { columns, sort }: SavedSearchAttributes,
  scope: Scope,
): Promise<Row[]> {
  const { hits } = await search(scope.index, {
    size: DOCUMENTS,
    query: scopeQuery(scope),
    sort: sort.map(([field, order]) => ({ [field]: { order, unmapped_type: 'keyword' } })),
    fields: [scope.timeField, ...columns],
    _source: false,
  });
  return hits.hits.map(({ fields = {} }) =>
    Object.fromEntries(
      [scope.timeField, ...columns].map((field) => [field, fields[field]?.join(', ') ?? null]),
    ),
  );
}

/** The values that a control offers. */
export async function controlOptions(
  search: Search,
  { explicitInput }: Control,
  scope: Scope,
): Promise<string[]> {
  const terms = { field: explicitInput.fieldName, size: OPTIONS };
  const { options } = await aggregate(search, scope, { options: { terms } });
  const { buckets = [] } = (options ?? {}) as { readonly buckets?: readonly Bucket[] };
  return buckets.map(({ key, key_as_string }) => String(key_as_string ?? key));
}
