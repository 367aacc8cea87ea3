/**
 * Defects of what Lens visualizations draw, and of their filter pills.
 */
import { put, type Defect } from './defects.js';
import type { DraftFile } from './draft.js';

export const VISUALIZATION_DEFECTS: readonly Defect[] = [
  {
    name: 'a kind of visualization that Elkhound does not have',
    plant: (file) => put(file.lens('lnsPie'), 'visualizationType', 'lnsGauge'),
    at: ['dashboard', '.visualizationType'],
    message: 'got "lnsGauge"; expected one of "lnsXY", "lnsMetric", "lnsPie", "lnsHeatmap", "lnsDatatable"',
  },
  {
    name: 'the state of another kind',
    plant: (file) => put(file.lens('lnsPie').state.visualization, 'shape', 'treemap'),
    at: ['dashboard', '.state.visualization.shape'],
    message: 'got "treemap"; expected one of "pie", "donut"',
  },
  {
    name: 'an attribute that a state does not have',
    plant: (file) => put(file.lens('lnsMetric').state.visualization, 'metric', 'value'),
    at: ['dashboard', '.state.visualization.metric'],
    message: 'unknown attribute; leave it out',
  },
  {
    name: 'a state as Kibana 8.5 had it',
    plant: (file) => {
      const { datasourceStates } = file.lens('lnsMetric').state;
      put(datasourceStates, 'indexpattern', { layers: {} });
    },
    at: ['dashboard', '.datasourceStates.indexpattern'],
    message: 'unknown attribute; leave it out',
  },
  {
    name: 'a layer that is not there',
    plant: (file) => {
      const { state } = file.lens('lnsXY');
      const [layer] = state.visualization.layers;
      state.visualization.layers.push({ ...structuredClone(layer!), layerId: 'gone' });
    },
    at: ['dashboard', '.layerId'],
    message: 'there is no layer "gone"; name one that is there',
  },
  {
    name: 'a layer twice',
    plant: (file) => {
      const { layers } = file.lens('lnsXY').state.visualization;
      layers.push(structuredClone(layers[0]!));
    },
    at: ['dashboard', '.layers[1].layerId'],
    message: 'the layer "data" is drawn twice; remove one',
  },
  {
    name: 'a layer that is not drawn',
    plant: (file) => {
      const { dashboard, panel } = file.panel(() => true);
      const { state, references } = panel.embeddableConfig.attributes;
      state.datasourceStates.formBased.layers.more = { columnOrder: [], columns: {}, incompleteColumns: {} };
      const name = 'indexpattern-datasource-layer-more';
      references.push({ ...references[0]!, name });
      dashboard.references.push({ ...references[0]!, name: `${panel.panelIndex}:${name}` });
    },
    at: ['dashboard', '.layers.more'],
    message: 'is not drawn; draw the layer, or leave it out',
  },
  {
    name: 'a column that is not drawn',
    plant: (file) => {
      const { layer, column } = file.column('max');
      layer.columns.more = structuredClone(column);
      layer.columnOrder.push('more');
    },
    at: ['dashboard', '.columns.more'],
    message: 'is not drawn; draw the column, or leave it out',
  },
  {
    name: 'a series of a column that is not there',
    plant: (file) => seriesOf(file).accessors.push('gone'),
    at: ['dashboard', ']'],
    message: 'there is no column "gone"; name one of layer data',
  },
  {
    name: 'a series of buckets',
    plant: (file) => seriesOf(file).accessors.push(file.column('date_histogram').id),
    at: ['dashboard', ']'],
    message: 'expected a column that is a number',
  },
  {
    name: 'an axis of numbers',
    plant: (file) => Object.assign(seriesOf(file), { splitAccessor: seriesOf(file).accessors[0] }),
    at: ['dashboard', '.splitAccessor'],
    message: 'is count; expected a column that is a bucket',
  },
  {
    name: 'a color of a series that is not there',
    plant: (file) => seriesOf(file).yConfig.push({ forAccessor: 'gone', color: '#4477aa' } as never),
    at: ['dashboard', '.forAccessor'],
    message: '"gone" is not drawn; expected one of ',
  },
  {
    name: 'a kind of series that Kibana does not have',
    plant: (file) => put(seriesOf(file), 'seriesType', 'bars'),
    at: ['dashboard', '.seriesType'],
    message: 'got "bars"; expected one of "bar", "bar_stacked"',
  },
  {
    name: 'a number that is not there',
    plant: (file) =>
      Object.assign(file.lens('lnsMetric').state.visualization, { secondaryMetricAccessor: 'gone' }),
    at: ['dashboard', '.secondaryMetricAccessor'],
    message: 'there is no column "gone"; name one of layer data',
  },
  {
    name: 'parts of a number',
    plant: (file) => {
      const [layer] = file.lens('lnsPie').state.visualization.layers;
      layer!.primaryGroups.push(layer!.metrics[0]!);
    },
    at: ['dashboard', '.primaryGroups[1]'],
    message: 'expected a column that is a bucket',
  },
  {
    name: 'cells of a column that is not there',
    plant: (file) => {
      const { visualization } = file.lens('lnsHeatmap').state;
      visualization.palette.accessor = 'gone';
    },
    at: ['dashboard', '.palette.accessor'],
    message: '"gone" is not drawn; expected one of ',
  },
  {
    name: 'colors that do not ascend',
    plant: (file) => paletteOf(file).stops.reverse(),
    at: ['dashboard', '.palette.params.stops[1]'],
    message: 'is not above the stop before it; sort them',
  },
  {
    name: 'colors of a number that do not ascend',
    plant: (file) => file.lens('lnsMetric').state.visualization.palette!.params.colorStops.reverse(),
    at: ['dashboard', '.visualization.palette.params.colorStops[1]'],
    message: 'is not above the stop before it; sort them',
  },
  {
    name: 'colors of a table that do not ascend',
    plant: (file) => {
      const { columns } = file.lens('lnsDatatable').state.visualization;
      columns.find(({ palette }) => palette !== undefined)!.palette!.params.stops.reverse();
    },
    at: ['dashboard', '.palette.params.stops[1]'],
    message: 'is not above the stop before it; sort them',
  },
  {
    name: 'fewer colors on the one side than on the other',
    plant: (file) => paletteOf(file).colorStops.pop(),
    at: ['dashboard', '.palette.params.stops'],
    message: 'in colorStops; expected as many',
  },
  {
    name: 'a color without its number sign',
    plant: (file) => (paletteOf(file).stops[0]!.color = '4477aa'),
    at: ['dashboard', '.color'],
    message: 'got "4477aa"; expected a color such as "#4477aa"',
  },
  {
    name: 'a column of a table twice',
    plant: (file) => {
      const { columns } = file.lens('lnsDatatable').state.visualization;
      columns.push(structuredClone(columns[0]!));
    },
    at: ['dashboard', '.columnId'],
    message: 'is there twice; remove one',
  },
  {
    name: 'a table sorted by a column that it does not show',
    plant: (file) => {
      file.lens('lnsDatatable').state.visualization.sorting = { columnId: 'gone', direction: 'desc' };
    },
    at: ['dashboard', '.sorting.columnId'],
    message: '"gone" is not drawn; expected one of ',
  },
  {
    name: 'a filter whose data view is no name of a reference',
    plant: (file) => addPill(file, { index: 'elkhound-alerts' }),
    at: ['dashboard', '.filters[0].meta.index'],
    message: 'no reference is called "',
  },
  {
    name: 'a filter by a field that there is none of',
    plant: (file) => addPill(file, { key: 'elkhound.state' }),
    at: ['dashboard', '.filters[0].meta.key'],
    message: 'has no field "elkhound.state"; ',
  },
  {
    name: 'a filter that asks for another field than it says',
    plant: (file) => addPill(file, {}, { match_phrase: { 'elkhound.behavior': 'beaconing' } }),
    at: ['dashboard', '.filters[0].query'],
    message: 'does not ask for "elkhound.severity", which the filter says it is about; make both the same',
  },
];

/** Adds a filter pill to the first panel; it is right but for what is said. */
export function addPill(
  file: DraftFile,
  meta: { index?: string; key?: string } = {},
  query?: Record<string, unknown>,
): void {
  const { panel } = file.panel(() => true);
  const { state, references } = panel.embeddableConfig.attributes;
  const key = meta.key ?? 'elkhound.severity';
  state.filters.push({
    $state: { store: 'appState' },
    meta: { type: 'phrase', key, index: meta.index ?? references[0]!.name, negate: false, disabled: false },
    query: query ?? { match_phrase: { [key]: 'high' } },
  });
}

function seriesOf(file: DraftFile) {
  return file.lens('lnsXY').state.visualization.layers[0]!;
}

function paletteOf(file: DraftFile) {
  return file.lens('lnsHeatmap').state.visualization.palette.params;
}
