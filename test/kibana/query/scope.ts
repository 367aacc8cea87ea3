/**
 * Which documents a panel is about: its data view, the time range, and every query and filter that
 * the dashboard and the panel itself put on them.
 */
import { parseKql } from '../../../src/collect/kql/parse.js';
import { queryOfKql, type Query } from '../../../src/collect/kql/query.js';
import type { LensFilter } from '../../../src/kibana/lens-types.js';
import type { DataViewAttributes, Reference, SavedObject } from '../../../src/kibana/saved-object.js';

/** A range of time, `[from, to)` in milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** What a panel asks of: an index expression, and queries that all hold. */
export interface Scope {
  readonly index: string;
  readonly timeField: string;
  readonly range: TimeRange;
  readonly queries: readonly Query[];
}

/** What a query bar and its filter pills say. */
export interface Conditions {
  readonly query: { readonly query: string };
  readonly filters: readonly LensFilter[];
}

/** A KQL text as a query; an empty one asks for everything. */
export function queryOfText(text: string): Query[] {
  return text.trim() === '' ? [] : [queryOfKql(parseKql(text), (field) => field)];
}

/** What a query bar and its filter pills ask for. */
export function queriesOf({ query, filters }: Conditions): Query[] {
  const pills = filters.filter(({ meta }) => meta.disabled !== true);
  return [
    ...queryOfText(query.query),
    ...pills.map(({ meta, query: asked }) => (meta.negate === true ? { bool: { must_not: asked } } : asked)),
  ];
}

/** The conditions of a saved search or a dashboard, which are JSON as text. */
export function conditionsOf(searchSourceJSON: string): Conditions {
  const { query, filter } = JSON.parse(searchSourceJSON) as {
    readonly query: Conditions['query'];
    readonly filter: Conditions['filters'];
  };
  return { query, filters: filter };
}

/** The data view that a reference of this name leads to. */
export function dataViewOf(
  objects: readonly SavedObject[],
  references: readonly Reference[],
  name: string,
): DataViewAttributes {
  const reference = references.find((each) => each.name === name);
  const view = objects.find(({ type, id }) => type === 'index-pattern' && id === reference?.id);
  if (view?.type !== 'index-pattern') throw new Error(`no data view behind the reference "${name}"`);
  return view.attributes;
}

/** A scope on a data view. */
export function scopeOn(
  { title, timeFieldName }: DataViewAttributes,
  range: TimeRange,
  queries: readonly Query[],
): Scope {
  return { index: title, timeField: timeFieldName, range, queries };
}

/** The query of a scope, with further ones. */
export function scopeQuery({ timeField, range, queries }: Scope): Query {
  const time = { gte: range.from, lt: range.to, format: 'epoch_millis' };
  return { bool: { filter: [{ range: { [timeField]: time } }, ...queries] } };
}
