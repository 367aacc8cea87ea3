/**
 * What a Lens visualization draws: which columns of which layers, each of what kind.
 */
import type { LensColumn } from '../../../src/kibana/lens-columns.js';
import type {
  DatatableState,
  HeatmapState,
  LensAttributes,
  MetricState,
  PieState,
  XyState,
} from '../../../src/kibana/lens-types.js';
import type { Place } from './problem.js';

/** What a column is drawn as. */
type Role = 'bucket' | 'number' | 'value';

/** A column that is drawn. */
export interface Accessor {
  readonly layer: string;
  readonly column: string;
  readonly role: Role;
  readonly place: Place;
}

/** Layers and columns that a visualization draws. */
export interface Drawn {
  readonly layers: readonly { readonly id: string; readonly place: Place }[];
  readonly accessors: readonly Accessor[];
}

/** Whether a column can be drawn as what it is drawn as. */
export function fits(role: Role, column: LensColumn): boolean {
  if (role === 'bucket') return column.isBucketed;
  return role === 'value' || (!column.isBucketed && column.dataType === 'number');
}

/** What the visualization draws. @param place of its state */
export function drawnBy({ visualizationType, state }: LensAttributes, place: Place): Drawn {
  switch (visualizationType) {
    case 'lnsXY':
      return xy(state.visualization, place);
    case 'lnsMetric':
      return oneLayer(state.visualization.layerId, place, metric(state.visualization));
    case 'lnsPie':
      return pie(state.visualization, place.at('layers', 0));
    case 'lnsHeatmap':
      return oneLayer(state.visualization.layerId, place, heatmap(state.visualization));
    case 'lnsDatatable':
      return datatable(state.visualization, place);
  }
}

/** A column by the attribute that names it; undefined where an optional one is not there. */
type Named = readonly [attribute: string, column: string | undefined, role: Role];

function oneLayer(layer: string, place: Place, named: readonly Named[]): Drawn {
  const accessors = named.flatMap(([attribute, column, role]) =>
    column === undefined ? [] : [{ layer, column, role, place: place.at(attribute) }],
  );
  return { layers: [{ id: layer, place: place.at('layerId') }], accessors };
}

/** Columns of a list. */
function listed(layer: string, columns: readonly string[], role: Role, place: Place): Accessor[] {
  return columns.map((column, i) => ({ layer, column, role, place: place.at(i) }));
}

function together(parts: readonly Drawn[]): Drawn {
  return {
    layers: parts.flatMap(({ layers }) => layers),
    accessors: parts.flatMap(({ accessors }) => accessors),
  };
}

function xy({ layers }: XyState, place: Place): Drawn {
  return together(
    layers.map((layer, i) => {
      const here = place.at('layers', i);
      const axes: Named[] =
        layer.layerType === 'data'
          ? [
              ['xAccessor', layer.xAccessor, 'bucket'],
              ['splitAccessor', layer.splitAccessor, 'bucket'],
            ]
          : [];
      const drawn = oneLayer(layer.layerId, here, axes);
      const series = listed(layer.layerId, layer.accessors, 'number', here.at('accessors'));
      return { ...drawn, accessors: [...drawn.accessors, ...series] };
    }),
  );
}

function metric(state: MetricState): Named[] {
  return [
    ['metricAccessor', state.metricAccessor, 'value'],
    ['secondaryMetricAccessor', state.secondaryMetricAccessor, 'value'],
    ['breakdownByAccessor', state.breakdownByAccessor, 'bucket'],
  ];
}

function pie({ layers }: PieState, place: Place): Drawn {
  const [{ layerId, primaryGroups, metrics }] = layers as [PieState['layers'][number]];
  return {
    layers: [{ id: layerId, place: place.at('layerId') }],
    accessors: [
      ...listed(layerId, primaryGroups, 'bucket', place.at('primaryGroups')),
      ...listed(layerId, metrics, 'number', place.at('metrics')),
    ],
  };
}

function heatmap(state: HeatmapState): Named[] {
  return [
    ['xAccessor', state.xAccessor, 'bucket'],
    ['yAccessor', state.yAccessor, 'bucket'],
    ['valueAccessor', state.valueAccessor, 'number'],
  ];
}

function datatable({ layerId, columns }: DatatableState, place: Place): Drawn {
  return {
    layers: [{ id: layerId, place: place.at('layerId') }],
    accessors: columns.map(({ columnId, palette }, i) => ({
      layer: layerId,
      column: columnId,
      role: palette === undefined ? 'value' : 'number',
      place: place.at('columns', i, 'columnId'),
    })),
  };
}
