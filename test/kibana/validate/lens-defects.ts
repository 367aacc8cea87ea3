/**
 * Defects of Lens visualizations: their columns, fields, accessors, colors and filters.
 */
import { drop, put, type Defect } from './defects.js';
import type { DraftFile } from './draft.js';

export const LENS_DEFECTS: readonly Defect[] = [
  {
    name: 'a column that is not there',
    plant: (file) => {
      const { layer, id } = file.column('max');
      drop(layer.columns, id);
    },
    at: ['dashboard', ']'],
    message: '"; add it, or leave it out',
  },
  {
    name: 'a column that is not in the order',
    plant: (file) => {
      const { layer, id } = file.column('max');
      layer.columnOrder.splice(layer.columnOrder.indexOf(id), 1);
    },
    at: ['dashboard', ''],
    message: 'is not in columnOrder; add it there',
  },
  {
    name: 'a column twice in the order',
    plant: (file) => {
      const { layer, id } = file.column('max');
      layer.columnOrder.push(id);
    },
    at: ['dashboard', ']'],
    message: '" is there twice; remove one',
  },
  {
    name: 'a bucket after a number',
    plant: (file) => file.column('terms').layer.columnOrder.reverse(),
    at: ['dashboard', ']'],
    message: '; buckets come first',
  },
  {
    name: 'an operation that there is none of',
    plant: (file) => put(file.column('max').column, 'operationType', 'variance'),
    at: ['dashboard', '.operationType'],
    message: 'got "variance"; expected one of "date_histogram", "terms", "filters", "count", "average"',
  },
  {
    name: 'a formula without its parts',
    plant: (file) => put(file.column('max').column, 'operationType', 'formula'),
    at: ['dashboard', '.operationType'],
    message: 'got "formula"; expected one of "date_histogram"',
  },
  {
    name: 'an empty label',
    plant: (file) => (file.column('max').column.label = ''),
    at: ['dashboard', '.label'],
    message: 'got ""; expected a text that is not empty',
  },
  {
    name: 'a label that Kibana replaces',
    plant: (file) => drop(file.column('max').column, 'customLabel'),
    at: ['dashboard', '.customLabel'],
    message: 'missing; expected true',
  },
  {
    name: 'a field that there is none of',
    plant: (file) => (file.column('max').column.sourceField = 'elkhound.jobs'),
    at: ['dashboard', '.sourceField'],
    message: 'has no field "elkhound.jobs"; did you mean "elkhound.job"?',
  },
  {
    name: 'an average of words',
    plant: (file) =>
      Object.assign(file.column('max').column, { operationType: 'average', sourceField: 'event.kind' }),
    at: ['dashboard', '.sourceField'],
    message: '"event.kind" is a field of kind string; average takes number',
  },
  {
    name: 'a histogram of what is no time',
    plant: (file) => (file.column('date_histogram').column.sourceField = 'event.kind'),
    at: ['dashboard', '.sourceField'],
    message: '"event.kind" is a field of kind string; date_histogram takes date',
  },
  {
    name: 'buckets of texts',
    plant: (file) => (file.column('terms').column.sourceField = 'message'),
    at: ['dashboard', '.sourceField'],
    message: '"message" is a field of kind text; terms takes string, number, ip, boolean',
  },
  {
    name: 'buckets of another type than their field',
    plant: (file) => (file.column('terms').column.dataType = 'number'),
    at: ['dashboard', '.dataType'],
    message: 'got "number"; "',
  },
  {
    name: 'an interval that Kibana does not know',
    plant: (file) => (file.column('date_histogram').column.params.interval = 'hourly'),
    at: ['dashboard', '.params.interval'],
    message: 'got "hourly"; expected "auto" or a length such as "1h"',
  },
  {
    name: 'more buckets than Kibana makes',
    plant: (file) => (file.column('terms').column.params.size = 10_001),
    at: ['dashboard', '.params.size'],
    message: 'got 10001; expected at most 10000',
  },
  {
    name: 'an order by a column that is not there',
    plant: (file) => (file.column('terms').column.params.orderBy = { type: 'column', columnId: 'gone' }),
    at: ['dashboard', '.params.orderBy.columnId'],
    message: 'there is no column "gone"; order by one of the layer',
  },
  {
    name: 'an order by a bucket',
    plant: (file) => {
      const { id, column } = file.column('terms');
      column.params.orderBy = { type: 'column', columnId: id };
    },
    at: ['dashboard', '.params.orderBy.columnId'],
    message: '"; take a number of each bucket, or the alphabet',
  },
  {
    name: 'an order by a percentile that Elasticsearch cannot order by',
    plant: (file) => orderBy(file, { operationType: 'percentile', params: { percentile: 99.9 } }),
    at: ['dashboard', '.params.orderBy.columnId'],
    message: 'Kibana does not order by "',
  },
  {
    name: 'an order by all values of the newest document',
    plant: (file) => {
      const filter = { query: 'event.severity: *', language: 'kuery' };
      const params = { sortField: '@timestamp', showArrayValues: true };
      orderBy(file, { operationType: 'last_value', filter, params });
    },
    at: ['dashboard', '.params.orderBy.columnId'],
    message: 'Kibana does not order by "',
  },
  {
    name: 'an order by what is the same everywhere',
    plant: (file) => {
      const { column, layer } = file.column('terms');
      const { columnId } = column.params.orderBy as { columnId: string };
      drop(layer.columns[columnId]!, 'filter');
      drop(layer.columns[columnId]!, 'sourceField');
      Object.assign(layer.columns[columnId]!, {
        operationType: 'static_value',
        params: { value: '1' },
        references: [],
      });
    },
    at: ['dashboard', '.params.orderBy.columnId'],
    message: 'Kibana does not order by "',
  },
  {
    name: 'the newest value by what is no time',
    plant: (file) => (file.column('last_value').column.params.sortField = 'event.kind'),
    at: ['dashboard', '.params.sortField'],
    message: '"event.kind" is a field of kind string; the newest value takes date',
  },
  {
    name: 'a percentile beyond 100',
    plant: (file) => (file.column('percentile').column.params.percentile = 100),
    at: ['dashboard', '.params.percentile'],
    message: 'got 100; expected less than 100',
  },
  {
    name: 'a format that Lens does not have',
    plant: (file) =>
      (file.column('max').column.params.format = {
        id: 'number',
        params: { decimals: 0, pattern: '0' } as never,
      }),
    at: ['dashboard', '.params.format.params.pattern'],
    message: 'unknown attribute; leave it out',
  },
  {
    name: 'a number of what is no KQL',
    plant: (file) =>
      (file.column('count').column.filter = { query: 'elkhound.severity:', language: 'kuery' }),
    at: ['dashboard', '.filter.query'],
    message: 'is no KQL that Elkhound knows; column 19, at the end: expected a value',
  },
  {
    name: 'a query that its layer ignores',
    plant: (file) => {
      const { state } = file.lens('lnsXY');
      for (const layer of Object.values(state.datasourceStates.formBased.layers))
        layer.ignoreGlobalFilters = true;
      state.query.query = 'event.kind: event';
    },
    at: ['dashboard', '.layers.data.ignoreGlobalFilters'],
    message: 'leaves out the query of the visualization too; filter its columns',
  },
  {
    name: 'a query in another language',
    plant: (file) => put(file.lens('lnsXY').state.query, 'language', 'lucene'),
    at: ['dashboard', 'attributes.state.query.language'],
    message: 'got "lucene"; expected "kuery"',
  },
  {
    name: 'a query of a field that there is none of',
    plant: (file) => (file.lens('lnsXY').state.query.query = 'elkhound.jobs: active'),
    at: ['dashboard', 'attributes.state.query.query'],
    message: 'has no field "elkhound.jobs"; did you mean "elkhound.job"?',
  },
  {
    name: 'a query for words in numbers',
    plant: (file) => (file.lens('lnsXY').state.query.query = 'event.duration > high'),
    at: ['dashboard', 'attributes.state.query.query'],
    message: '"event.duration" is a field of kind number; Elasticsearch refuses to look in it for "high"',
  },
];

/** Makes another column of the one that the first buckets are ordered by. */
function orderBy(file: DraftFile, operation: object): void {
  const { column, layer } = file.column('terms');
  const { columnId } = column.params.orderBy as { columnId: string };
  Object.assign(layer.columns[columnId]!, { sourceField: 'event.severity', ...operation });
}
