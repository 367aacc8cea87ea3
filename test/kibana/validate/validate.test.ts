import fc from 'fast-check';
import { allSavedObjects } from '../../../src/kibana/objects.js';
import { problemText } from '../validator/problem.js';
import { validate } from '../validator/validate.js';
import { addDashboardPill } from './dashboard-defects.js';
import { drop, put } from './defects.js';
import { DraftFile } from './draft.js';
import { addPill } from './visualization-defects.js';

const TAG = JSON.stringify(new DraftFile(allSavedObjects()).get('tag'));
const DETAILS = '{"exportedCount":1,"missingRefCount":0,"missingReferences":[]}';

/** Changes that Kibana takes, too. */
const ALLOWED: readonly (readonly [name: string, change: (file: DraftFile) => void])[] = [
  ['a filter pill of a visualization', (file) => addPill(file)],
  ['a filter pill of a dashboard', (file) => addDashboardPill(file, 'elkhound.severity')],
  [
    'buckets of queries',
    (file) => {
      const { layer, id } = file.column('date_histogram');
      layer.columns[id] = {
        label: 'Kind',
        customLabel: true,
        isBucketed: true,
        operationType: 'filters',
        dataType: 'string',
        scale: 'ordinal',
        params: {
          filters: [
            { input: { query: 'elkhound.severity: (high or critical)', language: 'kuery' }, label: 'Bad' },
          ],
        },
      };
    },
  ],
  [
    'a line at a value, of documents that are not asked for',
    (file) => {
      const { dashboard, panel } = file.panel(
        ({ embeddableConfig }) => embeddableConfig.attributes.visualizationType === 'lnsXY',
      );
      const { state, references } = file.lens('lnsXY');
      const name = 'indexpattern-datasource-layer-line';
      const reference = { type: 'index-pattern', id: 'elkhound-logs' } as const;
      references.push({ ...reference, name });
      dashboard.references.push({ ...reference, name: `${panel.panelIndex}:${name}` });
      state.datasourceStates.formBased.layers.line = {
        columnOrder: ['limit'],
        columns: {
          limit: {
            label: 'Limit',
            customLabel: true,
            isBucketed: false,
            operationType: 'static_value',
            dataType: 'number',
            scale: 'ratio',
            params: { value: '-1.5' },
            references: [],
          },
        },
        incompleteColumns: {},
      };
      state.visualization.layers.push({
        layerId: 'line',
        layerType: 'referenceLine',
        accessors: ['limit'],
        yConfig: [
          {
            forAccessor: 'limit',
            axisMode: 'left',
            color: '#AA3377',
            lineWidth: 1,
            lineStyle: 'dotted',
            fill: 'none',
            textVisibility: true,
          },
        ],
      });
    },
  ],
  [
    'a median in another format',
    (file) => {
      const { column } = file.column('max');
      column.operationType = 'median';
      column.params.format = {
        id: 'duration',
        params: { decimals: 0, fromUnit: 'ms', toUnit: 'humanizePrecise' },
      };
    },
  ],
  [
    'links of every kind',
    (file) => {
      const links = [
        '[one](#/dashboard/elkhound-entity)',
        '[two](../app/dashboards#/view/elkhound-network?_g=(time:(from:now-1d)))',
        '[three](https://elkhound.example/a_(b))',
        '[four](mailto:soc@elkhound.example)',
      ];
      const [text] = file.get('dashboard').attributes.panelsJSON;
      if (text?.type === 'visualization') text.embeddableConfig.savedVis.params.markdown += links.join(' ');
    },
  ],
  [
    'a link with the value as it is',
    (file) => {
      const formats = file.get('index-pattern', 'elkhound-alerts').attributes.fieldFormatMap;
      Object.assign(formats['threat.technique.id']!.params, {
        urlTemplate: 'https://x.example/{{rawValue}}',
      });
    },
  ],
  ['panels in another order than they lie', (file) => file.get('dashboard').attributes.panelsJSON.reverse()],
  [
    'values of a kind that a field can have',
    (file) => {
      const source = file.get('search', 'elkhound-raw-events').attributes.kibanaSavedObjectMeta
        .searchSourceJSON;
      source.query.query =
        'source.ip: 10.0.0.0/8 and not destination.ip: "2001:db8::1" and destination.port >= 1024 and tls.established: true and message: a* and event.duration: *';
    },
  ],
  [
    'all of a day',
    (file) => Object.assign(file.get('dashboard').attributes, { timeFrom: 'now/d', timeTo: 'now/d' }),
  ],
  [
    'a label of a field',
    (file) =>
      (file.get('index-pattern', 'elkhound-alerts').attributes.fieldAttrs = {
        message: { customLabel: 'Text' },
      }),
  ],
];

describe('validate', () => {
  it.each(ALLOWED)('takes %s', (_name, change) => {
    const file = new DraftFile(allSavedObjects());
    const before = file.text();
    change(file);
    expect(file.text()).not.toBe(before);
    expect(validate(file.text())).toEqual([]);
  });

  it('takes blank lines, and what an export ends with', () => {
    expect(validate(`${TAG}\n\n${DETAILS}\n`)).toEqual([]);
    expect(texts(`${DETAILS}\n${TAG}`)).toEqual([
      'f:1: type: missing; expected one of "tag", "index-pattern", "search", "dashboard"',
    ]);
  });

  it('goes on after a line that is no object', () => {
    const untitled = TAG.replace('"name":"Elkhound"', '"name":""');
    const [broken, ...rest] = texts(`{"type":\n${untitled}\n3\n[]\nnull`);
    expect(broken).toMatch(/^f:1: is no JSON \(.+\); expected what JSON.stringify makes$/);
    expect(rest).toEqual([
      'f:2: tag elkhound: attributes.name: got ""; expected a text that is not empty',
      'f:3: got 3; expected an object',
      'f:4: got []; expected an object',
      'f:5: got null; expected an object',
    ]);
  });

  it('shows the beginning of a long value', () => {
    const [told] = texts(TAG.replace('#4477aa', 'blue'.repeat(100)));
    expect(told).toMatch(/ got "(blue){14}blu…; expected a color such as "#4477aa"$/);
  });

  it('refuses a file of nothing', () => {
    expect(texts('\n')).toEqual(['f:1: no saved object; expected one a line']);
  });

  it('refuses an object where Kibana wants it as a text', () => {
    const dashboard = allSavedObjects().find(({ type }) => type === 'dashboard')!;
    const known = dashboard.references.map(({ type, id }) => `${type}:${id}`);
    const decoded = {
      ...dashboard,
      attributes: { ...dashboard.attributes, optionsJSON: { useMargins: true } },
    };
    expect(texts(JSON.stringify(decoded), known)).toEqual([
      'f:1: dashboard elkhound-overview: attributes.optionsJSON: got {"useMargins":true}; expected a text',
    ]);
  });

  it('takes what is in the space already, whose fields it does not know', () => {
    const search = new DraftFile(allSavedObjects()).get('search');
    search.attributes.columns = ['anything'];
    put(search.attributes.kibanaSavedObjectMeta, 'searchSourceJSON', sourceText('any.field: 1'));
    const text = JSON.stringify(search);
    expect(texts(text, ['tag:elkhound', 'index-pattern:elkhound-alerts'])).toEqual([]);
    expect(texts(text, ['tag:elkhound'])).toEqual([
      'f:1: search elkhound-newest-episodes: references[0]: there is no index-pattern "elkhound-alerts"; add it to the file, or name one that is there',
    ]);
  });

  it('has an answer to everything', () => {
    const objects = allSavedObjects().filter(
      ({ id }) => id === 'elkhound-overview' || id === 'elkhound-alerts',
    );
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), fc.constantFrom(...STRANGE), (choices, strange) => {
        const file = new DraftFile(objects);
        replaceSomewhere(file.objects, strange, choices);
        expect(Array.isArray(validate(file.text()))).toBe(true);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('tells of all that a schema finds, line by line', () => {
    const file = new DraftFile(allSavedObjects());
    const search = file.get('search');
    drop(search, 'coreMigrationVersion');
    drop(search.attributes, 'title');
    put(file.get('tag').attributes, 'color', 1);
    expect(validate(file.text()).map(({ line, path }) => [line, path])).toEqual([
      [1, 'attributes.color'],
      [7, 'attributes.title'],
      [7, 'coreMigrationVersion'],
    ]);
  });
});

/** What could lie anywhere in a file that somebody wrote by hand. */
const STRANGE: readonly unknown[] = [
  null,
  true,
  -1,
  1e99,
  '',
  'x',
  '{',
  '[%zz](#/view/%zz)',
  'a: (',
  [],
  [[]],
  {},
  { a: 1 },
];

/** Walks down by chance, and replaces what it comes to. */
function replaceSomewhere(tree: object, strange: unknown, choices: Iterable<number>): void {
  let at = tree as Record<string, unknown>;
  for (const choice of choices) {
    const keys = Object.keys(at);
    const key = keys[choice % keys.length]!;
    const inner = at[key];
    if (inner === null || typeof inner !== 'object' || Object.keys(inner).length === 0 || choice % 7 === 0) {
      at[key] = strange;
      return;
    }
    at = inner as Record<string, unknown>;
  }
}

function texts(text: string, known: readonly string[] = []): string[] {
  return validate(text, { known }).map((problem) => problemText('f', problem));
}

function sourceText(query: string): string {
  const indexRefName = 'kibanaSavedObjectMeta.searchSourceJSON.index';
  return JSON.stringify({ query: { query, language: 'kuery' }, filter: [], indexRefName });
}
