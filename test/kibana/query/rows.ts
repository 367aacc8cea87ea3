/**
 * The answer to a layer's aggregations as a table: a row for each innermost bucket.
 */
import type { LensColumn, LensLayer } from '../../../src/kibana/lens-columns.js';
import { bucketsOf, type BucketColumn } from './aggregations.js';
import type { Bucket, Hit } from './search.js';

/** A value of a table; null where there is none. */
export type Cell = string | number | null;

/** Values by column. */
export type Row = Readonly<Record<string, Cell>>;

/** What Kibana calls the rest beyond the largest terms. */
export const OTHER = '__other__';

/** A bucket with those outside of it, outermost first. */
export type Path = readonly (readonly [id: string, bucket: Bucket])[];

/** Which further bucket belongs beside those inside of a path, if any. */
export type OtherOf = (column: string, path: Path) => Bucket | undefined;

interface Reading {
  readonly layer: LensLayer;
  readonly columns: readonly (readonly [id: string, column: BucketColumn])[];
  readonly otherOf: OtherOf;
}

/** What is in a bucket of indices that do not exist. */
const NOTHING: Bucket = { doc_count: 0 };

/** Reads the answer. @param root the answer's aggregations, with the number of documents */
export function rowsOf(layer: LensLayer, root: Bucket, otherOf: OtherOf = () => undefined): Row[] {
  return read({ layer, columns: bucketsOf(layer), otherOf }, root, []);
}

function read(reading: Reading, bucket: Bucket, path: Path): Row[] {
  const next = reading.columns[path.length];
  if (next === undefined) {
    const keys = path.map(([id, each]) => [id, keyOf(reading.layer.columns[id]!, each)] as const);
    return [{ ...Object.fromEntries(keys), ...metrics(reading.layer, bucket) }];
  }
  const [id, column] = next;
  const other = reading.otherOf(id, path);
  const buckets = [...inOrder(column, bucketsIn(bucket, id)), ...(other ? [other] : [])];
  return buckets.flatMap((each) => read(reading, each, [...path, [id, each]]));
}

/** Elasticsearch tells the buckets of filters by the alphabet. */
function inOrder(column: BucketColumn, buckets: readonly Bucket[]): readonly Bucket[] {
  if (column.operationType !== 'filters') return buckets;
  return column.params.filters.flatMap(({ label }) => buckets.filter(({ key }) => key === label));
}

/** The buckets of a column in the bucket around them; those of filters are told by their names. */
export function bucketsIn(bucket: Bucket, id: string): Bucket[] {
  const { buckets = [] } = (bucket[id] ?? {}) as { buckets?: Bucket[] | Record<string, Bucket> };
  if (Array.isArray(buckets)) return buckets;
  return Object.entries(buckets).map(([key, each]) => ({ ...each, key }));
}

function keyOf({ operationType }: LensColumn, { key, key_as_string }: Bucket): Cell {
  return (operationType === 'date_histogram' ? key : (key_as_string ?? key)) ?? null;
}

function metrics({ columnOrder, columns }: LensLayer, bucket: Bucket): Row {
  const cells = columnOrder.flatMap((id) => {
    const column = columns[id]!;
    return column.isBucketed ? [] : [[id, metric(id, column, bucket)] as const];
  });
  return Object.fromEntries(cells);
}

function metric(id: string, column: LensColumn, bucket: Bucket): Cell {
  if (column.isBucketed) return null;
  if (column.operationType === 'static_value') return Number(column.params.value);
  const around = column.filter === undefined ? bucket : ((bucket[id] as Bucket | undefined) ?? NOTHING);
  if (column.operationType === 'count') return emptyAsNull(column.params, around.doc_count);
  // A sum over nothing is 0 for Elasticsearch.
  const value = valueOf(column.operationType, around[id]);
  return 'emptyAsNull' in column.params ? emptyAsNull(column.params, value) : value;
}

function emptyAsNull(params: { readonly emptyAsNull?: boolean }, value: Cell): Cell {
  return params.emptyAsNull === true && value === 0 ? null : value;
}

interface Answer {
  readonly value?: number | null;
  readonly values?: Readonly<Record<string, number | null>>;
  readonly hits?: { readonly hits: readonly Hit[] };
}

function valueOf(operation: LensColumn['operationType'], answer: unknown): Cell {
  const { value, values, hits } = (answer ?? {}) as Answer;
  if (operation === 'last_value') {
    const found = Object.values(hits?.hits[0]?.fields ?? {})[0] ?? [];
    return found.length === 1 ? (found[0] as Cell) : found.length === 0 ? null : found.join(', ');
  }
  if (values !== undefined) return Object.values(values)[0] ?? null;
  return value ?? null;
}
