/**
 * Panels and controls of dashboards that Elastic ships: nothing is refused in them but what Elkhound leaves
 * to Kibana's defaults, or does not draw.
 */
import { readFileSync } from 'node:fs';
import { CORE_VERSION, TYPE_VERSIONS, type Reference } from '../../../src/kibana/saved-object.js';
import type { Problem } from '../validator/problem.js';
import { validate } from '../validator/validate.js';
import { describeSamples, sampleFile } from '../../sample-data.js';
import { written } from './draft.js';

type Tree = Record<string, unknown>;
interface Sample {
  readonly panel?: object;
  readonly dashboardReferences?: readonly Reference[];
  readonly attributes?: object;
  readonly references?: readonly Reference[];
}

/** By sample: attributes that it has beyond ours, those that it lacks, and what is said where these are mended. */
const SAMPLES: readonly (readonly [
  sample: string,
  beyond: string,
  lacking: string,
  said: readonly string[],
])[] = [
  [
    'lens-xy-panel',
    'curveType gridlinesVisibilitySettings indexpattern isHistogram labelsOrientation legendSize maxLines palette shouldTruncate showCurrentTimeMarker simpleView textBased tickLabelsVisibilitySettings valuesInLegend version xScaleType yLeftExtent yRightScale',
    'fittingFunction',
    [],
  ],
  ['lens-datatable-panel', 'indexpattern textBased version', '', []],
  [
    'lens-metric-panel',
    'version',
    'params title',
    [
      'got "formula"; expected one of "date_histogram", "terms", "filters", "count", "average", "sum", "min", "max", "median", "unique_count", "percentile", "last_value", "static_value"',
    ],
  ],
  [
    'lens-heatmap-drilldown-panel',
    'legendSize version',
    'adHocDataViews customLabel description dropPartials exclude excludeIsRegex include includeIsRegex internalReferences openInNewTab',
    [
      'nothing uses "e6f8fdab-5f7e-42b1-9093-36c017e0d26d:indexpattern-datasource-current-indexpattern"; remove it',
      'nothing uses "indexpattern-datasource-current-indexpattern"; remove it',
    ],
  ],
  [
    'dashboard-envelope-markdown-pie',
    'emptySizeRatio indexpattern legendMaxLines legendPosition legendSize palette percentDecimals secondaryGroups showValuesInLegend textBased truncateLegend version',
    'filter language openLinksInNewTab query',
    ['got false; expected true', 'got "treemap"; expected one of "pie", "donut"', 'got false; expected true'],
  ],
  ['dashboard-controls', 'grow searchTechnique selectedOptions width', '', []],
];

describeSamples(
  'dashboards that Elastic ships',
  () => {
    it.each(SAMPLES)('%s', (name, beyond, lacking, said) => {
      const sample = JSON.parse(
        readFileSync(sampleFile(`../examples/kibana/${name}.json`), 'utf8'),
      ) as Sample;
      const dashboard = dashboardOf(sample);
      const found = { beyond: new Set<string>(), lacking: new Set<string>() };
      let problems = problemsOf(dashboard);
      while (problems.map((problem) => mend(dashboard, problem, found)).includes(true)) {
        problems = problemsOf(dashboard);
      }
      expect([...found.beyond].sort().join(' ')).toBe(beyond);
      expect([...found.lacking].sort().join(' ')).toBe(lacking);
      expect(problems.map(({ message }) => message)).toEqual(said);
    });
  },
  '../examples/kibana/README.md',
);

/** A dashboard of ours with what the sample has of one. */
function dashboardOf({ panel, dashboardReferences, attributes, references }: Sample) {
  return {
    type: 'dashboard',
    id: 'sample',
    attributes: {
      title: 'Sample',
      description: '',
      panelsJSON: [panel ?? TEXT],
      optionsJSON: {},
      kibanaSavedObjectMeta: {
        searchSourceJSON: { query: { query: '', language: 'kuery' }, filter: [] },
      },
      timeFrom: 'now-24h',
      timeTo: 'now',
      refreshInterval: { pause: true, value: 0 },
      timeRestore: true,
      version: 1,
      ...attributes,
    },
    references: dashboardReferences ?? references ?? [],
    coreMigrationVersion: CORE_VERSION,
    typeMigrationVersion: TYPE_VERSIONS.dashboard,
  };
}

const TEXT = {
  type: 'visualization',
  panelIndex: 'text',
  gridData: { x: 0, y: 0, w: 48, h: 4, i: 'text' },
  title: 'Text',
  embeddableConfig: {
    savedVis: {
      type: 'markdown',
      title: '',
      description: '',
      uiState: {},
      params: { markdown: 'Text', fontSize: 12, openLinksInNewTab: false },
      data: { aggs: [], searchSource: { query: { query: '', language: 'kuery' }, filter: [] } },
    },
    enhancements: {},
    hidePanelTitles: true,
  },
};

/** All that the dashboard links to is in the space; the fields of foreign data views are not known. */
function problemsOf(dashboard: ReturnType<typeof dashboardOf>): Problem[] {
  const linked = JSON.stringify(dashboard).matchAll(/#\/dashboard\/([\w-]+)/g);
  const known = [
    ...dashboard.references.map(({ type, id }) => `${type}:${id}`),
    ...[...linked].map(([, id]) => `dashboard:${id!}`),
  ];
  return validate(JSON.stringify(dashboard, written), { known });
}

/** What is put where an attribute of ours is missing, by how the message ends. */
const FILLING: Readonly<Record<string, unknown>> = {
  'a text': 'Text',
  'a list': [],
  'an object': {},
  'true or false': false,
  true: true,
  '""': '',
  '"kuery"': 'kuery',
  'one of "None", "Linear", "Carry", "Zero"': 'None',
};

/** Takes out what is beyond, puts in what is lacking; false where it is neither. */
function mend(
  dashboard: object,
  { path, message }: Problem,
  { beyond, lacking }: { beyond: Set<string>; lacking: Set<string> },
): boolean {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '');
  const attribute = steps.pop()!;
  const parent = steps.reduce<Tree>((inner, step) => inner[step] as Tree, dashboard as Tree);
  if (message.startsWith('unknown attribute')) {
    beyond.add(attribute);
    return Reflect.deleteProperty(parent, attribute);
  }
  const filling = /^missing; expected (.+)$/.exec(message)?.[1];
  if (filling === undefined || !(filling in FILLING)) return false;
  lacking.add(attribute);
  parent[attribute] = FILLING[filling];
  return true;
}
