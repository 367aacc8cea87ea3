import {
  count,
  fixed,
  kql,
  lastValue,
  layerOf,
  metric,
  overTime,
  percentile,
  terms,
} from '../../src/kibana/columns.js';
import type { FiltersColumn, LensColumn } from '../../src/kibana/lens-columns.js';
import type { LensFilter } from '../../src/kibana/lens-types.js';
import { describeElasticsearch } from '../elastic/describe-elasticsearch.js';
import { intervalOf, resolveInterval } from './query/interval.js';
import { OTHER, type Row } from './query/rows.js';
import { queriesOf, scopeOn, type Scope } from './query/scope.js';
import { searchOn } from './query/search.js';
import { controlOptions, layerRows, searchRows } from './query/tables.js';
import { worstOf } from './query/worst.js';
import { MISSING } from './query/aggregations.js';

const INDEX = 'elkhound-test-panels';
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 10, 24, 10);
const RANGE = { from: START_MS, to: START_MS + 4 * HOUR_MS };

/** Host, hours after the start, bytes and status; all but the last lie in the range. */
const DOCUMENTS: readonly (readonly [
  host: string | null,
  hours: number,
  bytes: number | null,
  status: string,
])[] = [
  ['a', 0.5, 10, 'ok'],
  ['a', 0.6, 30, 'ok'],
  ['a', 2.1, 20, 'bad'],
  ['b', 0.7, 500, 'ok'],
  ['b', 2.2, null, 'bad'],
  ['c', 3.9, 7, 'ok'],
  [null, 1.5, 1, 'ok'],
  ['d', 4.1, 9_999, 'ok'],
];

describeElasticsearch('the table of a Lens layer', (server) => {
  beforeAll(async () => {
    const put = (path: string, method: string, body: string): Promise<Response> =>
      fetch(`${server().url}/${path}`, { method, headers: { 'content-type': 'application/json' }, body });
    const properties = {
      '@timestamp': { type: 'date' },
      host: { type: 'keyword' },
      status: { type: 'keyword' },
      bytes: { type: 'long' },
    };
    await put(INDEX, 'PUT', JSON.stringify({ mappings: { properties } }));
    const lines = DOCUMENTS.map(([host, hours, bytes, status]) => {
      const document = { '@timestamp': START_MS + hours * HOUR_MS, host, bytes, status };
      return `{"create":{}}\n${JSON.stringify(document)}\n`;
    });
    const answer = await put(`${INDEX}/_bulk?refresh=true`, 'POST', lines.join(''));
    expect(await answer.json()).toMatchObject({ errors: false });
  });

  const scope = (text = '', pills: readonly LensFilter[] = []): Scope =>
    scopeOn(
      {
        title: INDEX,
        name: 'test',
        timeFieldName: '@timestamp',
        allowNoIndex: true,
        fields: '[]',
        fieldAttrs: '{}',
        fieldFormatMap: '{}',
      },
      RANGE,
      queriesOf({ query: { query: text }, filters: pills }),
    );
  const rows = (columns: Readonly<Record<string, LensColumn>>, within = scope()): Promise<Row[]> =>
    layerRows(searchOn(server().url), layerOf(columns), within);

  it('counts within the time range', async () => {
    expect(await rows({ n: count('Events') })).toEqual([{ n: 7 }]);
  });

  it('takes numbers of a field, of all documents or of some', async () => {
    expect(
      await rows({
        sum: metric('sum', 'bytes', 'Sum'),
        average: metric('average', 'bytes', 'Average', { where: 'host: a' }),
        median: metric('median', 'bytes', 'Median', { where: 'host: a' }),
        largest: metric('max', 'bytes', 'Largest'),
        hosts: metric('unique_count', 'host', 'Hosts'),
        top: percentile('bytes', 100, 'Top'),
        bad: count('Bad', { where: 'status: bad' }),
        newest: lastValue('host', 'Newest'),
        line: fixed(3, 'Line'),
      }),
    ).toEqual([
      { sum: 568, average: 20, median: 20, largest: 500, hosts: 3, top: 500, bad: 2, newest: 'c', line: 3 },
    ]);
  });

  it('tells nothing where there is nothing', async () => {
    const columns = { sum: metric('sum', 'bytes', 'Sum'), average: metric('average', 'bytes', 'Average') };
    const empty = { ...columns.sum, params: { emptyAsNull: true } };
    expect(await rows({ ...columns, empty }, scope('host: nobody'))).toEqual([
      { sum: 0, average: null, empty: null },
    ]);
  });

  it('orders values by another column, and adds the rest', async () => {
    const host = terms('host', 'Host', { size: 1, by: 'sum', other: true });
    const columns = { host, sum: metric('sum', 'bytes', 'Sum'), n: count('Events') };
    expect(await rows(columns)).toEqual([
      { host: 'b', sum: 500, n: 2 },
      { host: OTHER, sum: 67, n: 4 },
    ]);
  });

  it('orders values by a number of some documents', async () => {
    const host = terms('host', 'Host', { size: 2, by: 'bad' });
    const columns = { host, bad: metric('sum', 'bytes', 'Bytes', { where: 'status: bad' }) };
    expect(await rows(columns)).toEqual([
      { host: 'a', bad: 20 },
      { host: 'b', bad: 0 },
    ]);
    const one = terms('host', 'Host', { size: 1, by: 'large' });
    const large = count('Large', { where: 'bytes >= 500' });
    expect(await rows({ host: one, large })).toEqual([{ host: 'b', large: 1 }]);
  });

  it('adds documents without the field where asked', async () => {
    const base = terms('host', 'Host', { size: 9 });
    const host = { ...base, params: { ...base.params, missingBucket: true } };
    const found = await rows({ host, n: count('Events') });
    expect(found).toContainEqual({ host: MISSING, n: 1 });
    expect(found).toHaveLength(4);
  });

  it('parts each value again, with a rest of its own', async () => {
    const columns = {
      status: terms('status', 'Status', { size: 2 }),
      host: terms('host', 'Host', { size: 1, by: 'n', other: true }),
      n: count('Events'),
    };
    expect(await rows(columns)).toEqual([
      { status: 'bad', host: 'a', n: 1 },
      { status: 'bad', host: OTHER, n: 1 },
      { status: 'ok', host: 'a', n: 2 },
      { status: 'ok', host: OTHER, n: 2 },
    ]);
  });

  it('fills time without documents', async () => {
    const columns = { time: overTime('1h'), n: count('Events') };
    expect(await rows(columns, scope('status: bad'))).toEqual([
      { time: START_MS, n: 0 },
      { time: START_MS + HOUR_MS, n: 0 },
      { time: START_MS + 2 * HOUR_MS, n: 2 },
      { time: START_MS + 3 * HOUR_MS, n: 0 },
    ]);
  });

  it('counts by queries, in their order', async () => {
    const kind: FiltersColumn = {
      label: 'Kind',
      customLabel: true,
      operationType: 'filters',
      isBucketed: true,
      dataType: 'string',
      scale: 'ordinal',
      params: {
        filters: [
          { label: 'large', input: kql('bytes >= 20') },
          { label: 'bad', input: kql('status: bad') },
        ],
      },
    };
    expect(await rows({ kind, n: count('Events') })).toEqual([
      { kind: 'large', n: 3 },
      { kind: 'bad', n: 2 },
    ]);
  });

  it('asks only for what the query bar and the filter pills let through', async () => {
    const pill = (query: LensFilter['query'], negate: boolean, disabled = false): LensFilter => ({
      $state: { store: 'appState' },
      meta: { index: 'x', type: 'phrase', key: 'status', negate, disabled },
      query,
    });
    const [ok, a] = [{ term: { status: 'ok' } }, { term: { host: 'a' } }];
    const pills = [pill(ok, false), pill(a, true), pill({ match_none: {} }, false, true)];
    expect(await rows({ n: count('Events') }, scope('bytes > 5', pills))).toEqual([{ n: 2 }]);
  });

  it('lists documents, newest first, and the values of a control', async () => {
    const search = {
      ...{ title: 't', description: '', columns: ['host', 'bytes'], sort: [['@timestamp', 'desc'] as const] },
      ...{ grid: {}, hideChart: true, isTextBasedQuery: false as const },
      kibanaSavedObjectMeta: { searchSourceJSON: '{}' },
    };
    expect(await searchRows(searchOn(server().url), search, scope('status: bad'))).toEqual([
      { '@timestamp': '2026-11-24T12:12:00.000Z', host: 'b', bytes: null },
      { '@timestamp': '2026-11-24T12:06:00.000Z', host: 'a', bytes: '20' },
    ]);
    const control = {
      ...{ type: 'optionsListControl' as const, order: 0, width: 'medium' as const, grow: true },
      explicitInput: { id: 'x', fieldName: 'host', title: 'Host', enhancements: {} },
    };
    expect(await controlOptions(searchOn(server().url), control, scope())).toEqual(['a', 'b', 'c']);
  });

  it('tells nothing of indices that do not exist', async () => {
    const nowhere = { ...scope(), index: 'elkhound-test-nowhere-*' };
    const columns = {
      largest: metric('max', 'bytes', 'Largest'),
      bad: count('Bad', { where: 'status: bad' }),
    };
    expect(await rows(columns, nowhere)).toEqual([{ largest: null, bad: 0 }]);
    expect(await rows({ host: terms('host', 'Host', { size: 3 }), ...columns }, nowhere)).toEqual([]);
    expect(await worstOf(searchOn(server().url), 'source.ip', nowhere.index)).toBeUndefined();
  });

  it('fails with what Elasticsearch says', async () => {
    const columns = { time: { ...overTime(), sourceField: 'host' }, n: count('Events') };
    await expect(rows(columns)).rejects.toThrow(/could not search in elkhound-test-panels/);
  });
});

describe('the interval of a date histogram', () => {
  const over = (hours: number): string => resolveInterval('auto', { from: 0, to: hours * HOUR_MS });

  it('is what Kibana takes over that time', () => {
    expect([0.25, 1, 24, 7 * 24, 30 * 24, 90 * 24].map(over)).toEqual([
      '30s',
      '1m',
      '30m',
      '3h',
      '12h',
      '1d',
    ]);
  });

  it('follows the calendar from a day on', () => {
    expect(intervalOf('1d', RANGE)).toEqual({ calendar_interval: '1d' });
    expect(intervalOf('30m', RANGE)).toEqual({ fixed_interval: '30m' });
  });
});
