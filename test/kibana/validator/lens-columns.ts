/**
 * Columns of a Lens layer: their order, and that each asks its field for what that can answer.
 */
import type { LensColumn, LensLayer, TermsColumn } from '../../../src/kibana/lens-columns.js';
import { AGGREGATABLE, type FieldKind } from './field-kinds.js';
import { checkField, type ViewFields } from './fields.js';
import { shown, type Place } from './problem.js';
import { checkQuery } from './queries.js';

/** Checks the columns of a layer over the fields of its data view. */
export function checkColumns(layer: LensLayer, fields: ViewFields | undefined, place: Place): void {
  checkOrder(layer, place);
  for (const [id, column] of Object.entries(layer.columns)) {
    checkColumn(column, layer, fields, place.at('columns', id));
  }
}

/** Whether a layer asks for documents: what is the same everywhere is there without any. */
export function asksForDocuments({ columns }: LensLayer): boolean {
  return Object.values(columns).some(({ operationType }) => operationType !== 'static_value');
}

/** Whether a column is there, or missing where its order says that it should be, which is reported once. */
export function isNamed(id: string, { columns, columnOrder }: LensLayer): boolean {
  return Object.hasOwn(columns, id) || columnOrder.includes(id);
}

/** All columns are in the order once, buckets before the others. */
function checkOrder({ columns, columnOrder }: LensLayer, place: Place): void {
  const order = place.at('columnOrder');
  let metric: string | undefined;
  for (const [i, id] of columnOrder.entries()) {
    const column = Object.hasOwn(columns, id) ? columns[id] : undefined;
    if (columnOrder.indexOf(id) < i) order.at(i).report(`"${id}" is there twice; remove one`);
    else if (column === undefined) order.at(i).report(`there is no column "${id}"; add it, or leave it out`);
    else if (!column.isBucketed) metric ??= id;
    else if (metric !== undefined) {
      order.at(i).report(`the bucket "${id}" comes after "${metric}"; buckets come first`);
    }
  }
  for (const id of Object.keys(columns)) {
    if (!columnOrder.includes(id)) place.at('columns', id).report('is not in columnOrder; add it there');
  }
}

const OPERATION_KINDS: Readonly<Partial<Record<LensColumn['operationType'], readonly FieldKind[]>>> = {
  date_histogram: ['date'],
  terms: ['string', 'number', 'ip', 'boolean'],
  average: ['number'],
  sum: ['number'],
  min: ['number'],
  max: ['number'],
  median: ['number'],
  percentile: ['number'],
  unique_count: AGGREGATABLE,
};

function checkColumn(
  column: LensColumn,
  layer: LensLayer,
  fields: ViewFields | undefined,
  place: Place,
): void {
  if ('filter' in column) checkQuery(column.filter, [fields], place.at('filter'));
  switch (column.operationType) {
    case 'count':
    case 'static_value':
      return;
    case 'filters':
      for (const [i, { input }] of column.params.filters.entries()) {
        checkQuery(input, [fields], place.at('params', 'filters', i, 'input'));
      }
      return;
    case 'terms':
      checkOrderBy(column, layer, place.at('params', 'orderBy'));
      break;
    case 'last_value':
      checkField(column.params.sortField, fields, place.at('params', 'sortField'), 'the newest value', [
        'date',
      ]);
  }
  checkSource(column, fields, place);
}

/** The field fits the operation, and the values have the type that the column says. */
function checkSource(
  column: Extract<LensColumn, { readonly sourceField: string }>,
  fields: ViewFields | undefined,
  place: Place,
): void {
  const { operationType, sourceField, dataType } = column;
  // Only of lists of values does Kibana ask the document, where texts are whole.
  const isWhole = operationType === 'last_value' && column.params.showArrayValues;
  const accepted = OPERATION_KINDS[operationType] ?? (isWhole ? [...AGGREGATABLE, 'text'] : AGGREGATABLE);
  const kind = checkField(sourceField, fields, place.at('sourceField'), operationType, accepted);
  if (kind === undefined || (operationType !== 'terms' && operationType !== 'last_value')) return;
  const expected = kind === 'text' ? 'string' : kind;
  if (dataType !== expected) {
    place.at('dataType').report(`got ${shown(dataType)}; "${sourceField}" is ${expected}`);
  }
}

/** Buckets are ordered by a number that they have. */
function checkOrderBy({ params }: TermsColumn, layer: LensLayer, place: Place): void {
  if (params.orderBy.type !== 'column') return;
  const { columnId } = params.orderBy;
  const here = place.at('columnId');
  const column = Object.hasOwn(layer.columns, columnId) ? layer.columns[columnId] : undefined;
  if (column === undefined) {
    if (!isNamed(columnId, layer)) here.report(`there is no column "${columnId}"; order by one of the layer`);
  } else if (!isOrder(column)) {
    here.report(`Kibana does not order by "${columnId}"; take a number of each bucket, or the alphabet`);
  }
}

/** Kibana orders by what Elasticsearch can: percentiles only of whole numbers, values only where they are one number. */
function isOrder(column: LensColumn): boolean {
  if (column.isBucketed || column.dataType !== 'number') return false;
  if (column.operationType === 'percentile') return Number.isInteger(column.params.percentile);
  if (column.operationType === 'last_value') return !column.params.showArrayValues;
  return column.operationType !== 'static_value';
}
