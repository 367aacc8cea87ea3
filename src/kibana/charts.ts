/**
 * Makers of Lens visualizations, each over one data view.
 */
import { kql, layerOf, type Columns } from './columns.js';
import type { LensLayer } from './lens-columns.js';
import type {
  CustomPalette,
  HeatmapState,
  LensAttributesOf,
  MetricState,
  PieState,
  TableColumn,
  VisualizationStates,
  XyDataLayer,
  XyReferenceLayer,
  XyState,
} from './lens-types.js';

/** What every chart has. */
interface ChartBase {
  /** The question that it answers, or what it says. */
  readonly title: string;
  /** What one has to know to read it right. */
  readonly description: string;
  /** Id of a data view. */
  readonly view: string;
  /** KQL; only documents that satisfy it count. */
  readonly where?: string;
  readonly columns: Columns;
  /** It shows everything whatever is chosen on the dashboard, of which its documents may know nothing. */
  readonly unfiltered?: true;
}

/** Series over buckets. */
export interface XyChart extends ChartBase {
  readonly series: XyDataLayer['seriesType'];
  /** Id of the column along the axis. */
  readonly x: string;
  /** Id of the column that each number is split by. */
  readonly split?: string;
  /** Ids of the numbers, with their color; null leaves it to Kibana, which has to tell split series apart. */
  readonly y: Readonly<Record<string, string | null>>;
  /** Numbers that are drawn as other series, in the same way. */
  readonly also?: Readonly<Partial<Record<XyDataLayer['seriesType'], Readonly<Record<string, string>>>>>;
  /** Whether lines and areas go on over times without documents. */
  readonly connected?: boolean;
  readonly scale?: XyState['yLeftScale'];
  /** A line at a value. */
  readonly line?: { readonly columns: Columns; readonly color: string };
}

const DATA = 'data';
const LINE = 'line';

/** A chart with axes. */
export function xy(chart: XyChart): LensAttributesOf<'lnsXY'> {
  const { columns, series, x, split, y, also = {}, connected = false, scale = 'linear', line } = chart;
  const others = Object.entries(also) as [XyDataLayer['seriesType'], Readonly<Record<string, string>>][];
  const elsewhere = new Set(others.flatMap(([, numbers]) => Object.keys(numbers)));
  const here = Object.entries(columns).filter(([id]) => !elsewhere.has(id));
  const layers: Record<string, LensLayer> = { [DATA]: layerOf(Object.fromEntries(here)) };
  for (const [type, numbers] of others) {
    const ids = [x, ...Object.keys(numbers)];
    layers[type] = layerOf(Object.fromEntries(ids.map((id) => [idIn(type, id), columns[id]!])));
  }
  if (line !== undefined) layers[LINE] = layerOf(line.columns);
  const isNamed = split !== undefined || Object.keys(y).length + elsewhere.size > 1;
  return attributes('lnsXY', chart, layers, {
    preferredSeriesType: series,
    legend: { isVisible: isNamed, position: split === undefined ? 'bottom' : 'right' },
    valueLabels: 'hide',
    fittingFunction: connected ? 'Linear' : 'None',
    yLeftScale: scale,
    axisTitlesVisibilitySettings: { x: false, yLeft: !isNamed, yRight: false },
    layers: [
      { ...dataLayer(DATA, series, x, y), ...(split === undefined ? {} : { splitAccessor: split }) },
      ...others.map(([type, numbers]) => dataLayer(type, type, idIn(type, x), inLayer(type, numbers))),
      ...(line === undefined ? [] : [lineLayer(line)]),
    ],
  });
}

/** Kibana wants the ids of columns to differ between the layers too. */
function idIn(layer: string, column: string): string {
  return `${layer}-${column}`;
}

function inLayer(layer: string, numbers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(numbers).map(([id, color]) => [idIn(layer, id), color]));
}

function dataLayer(
  layerId: string,
  seriesType: XyDataLayer['seriesType'],
  xAccessor: string,
  y: XyChart['y'],
): XyDataLayer {
  return {
    layerId,
    layerType: 'data',
    seriesType,
    xAccessor,
    accessors: Object.keys(y),
    yConfig: Object.entries(y).map(([forAccessor, color]) => ({
      forAccessor,
      ...(color === null ? {} : { color }),
      axisMode: 'left',
    })),
  };
}

function lineLayer({ columns, color }: NonNullable<XyChart['line']>): XyReferenceLayer {
  return {
    layerId: LINE,
    layerType: 'referenceLine',
    accessors: Object.keys(columns),
    yConfig: Object.keys(columns).map((forAccessor) => ({
      forAccessor,
      axisMode: 'left',
      color,
      lineWidth: 2,
      lineStyle: 'dashed',
      fill: 'none',
      textVisibility: true,
    })),
  };
}

/** One number. */
export interface NumberChart extends ChartBase {
  /** Id of the number, and of one beside it. */
  readonly value: string;
  readonly beside?: string;
  readonly color: string | CustomPalette;
}

/** A number large enough to be read from afar. */
export function number(chart: NumberChart): LensAttributesOf<'lnsMetric'> {
  const { value, beside, color } = chart;
  const visualization: MetricState = {
    layerId: DATA,
    layerType: 'data',
    metricAccessor: value,
    ...(beside === undefined ? {} : { secondaryMetricAccessor: beside }),
    ...(typeof color === 'string' ? { color } : { palette: color }),
  };
  return attributes('lnsMetric', chart, { [DATA]: layerOf(chart.columns) }, visualization);
}

/** Shares of a whole. */
export interface DonutChart extends ChartBase {
  /** Ids of the buckets, from the inside out. */
  readonly by: readonly string[];
  readonly value: string;
}

/** A ring whose parts are shares of a whole. */
export function donut(chart: DonutChart): LensAttributesOf<'lnsPie'> {
  const visualization: PieState = {
    shape: 'donut',
    layers: [
      {
        layerId: DATA,
        layerType: 'data',
        primaryGroups: chart.by,
        metrics: [chart.value],
        numberDisplay: 'percent',
        categoryDisplay: 'default',
        legendDisplay: 'default',
        nestedLegend: false,
      },
    ],
  };
  return attributes('lnsPie', chart, { [DATA]: layerOf(chart.columns) }, visualization);
}

/** A number for each pair of buckets. */
export interface HeatmapChart extends ChartBase {
  readonly x: string;
  readonly y: string;
  readonly value: string;
  readonly palette: CustomPalette;
}

/** Cells colored by a number. */
export function heatmap(chart: HeatmapChart): LensAttributesOf<'lnsHeatmap'> {
  const visualization: HeatmapState = {
    shape: 'heatmap',
    layerId: DATA,
    layerType: 'data',
    xAccessor: chart.x,
    yAccessor: chart.y,
    valueAccessor: chart.value,
    legend: { type: 'heatmap_legend', isVisible: true, position: 'right' },
    gridConfig: {
      type: 'heatmap_grid',
      isCellLabelVisible: false,
      isXAxisLabelVisible: true,
      isXAxisTitleVisible: false,
      isYAxisLabelVisible: true,
      isYAxisTitleVisible: false,
    },
    palette: { ...chart.palette, accessor: chart.value },
  };
  return attributes('lnsHeatmap', chart, { [DATA]: layerOf(chart.columns) }, visualization);
}

/** Rows of buckets with their numbers. */
export interface TableChart extends ChartBase {
  /** Ids of the buckets that a click filters by. */
  readonly clickable?: readonly string[];
  /** Colors of the cells of a column. */
  readonly colored?: Readonly<Record<string, CustomPalette>>;
  readonly widths?: Readonly<Record<string, number>>;
  /** Id of the column that is sorted by, largest first. */
  readonly sortedBy?: string;
}

const ROWS_OF_A_PAGE = 20;

/** A table; its columns are shown in the order given. */
export function table(chart: TableChart): LensAttributesOf<'lnsDatatable'> {
  const { clickable = [], colored = {}, widths = {}, sortedBy } = chart;
  const columns = Object.entries(chart.columns).map(([columnId, column]): TableColumn => {
    const palette = colored[columnId];
    const width = widths[columnId];
    return {
      columnId,
      alignment: column.dataType === 'number' ? 'right' : 'left',
      ...(width === undefined ? {} : { width }),
      ...(clickable.includes(columnId) ? { oneClickFilter: true } : {}),
      ...(palette === undefined ? {} : { colorMode: 'cell', palette }),
    };
  });
  return attributes(
    'lnsDatatable',
    chart,
    { [DATA]: layerOf(chart.columns) },
    {
      layerId: DATA,
      layerType: 'data',
      columns,
      ...(sortedBy === undefined ? {} : { sorting: { columnId: sortedBy, direction: 'desc' } }),
      paging: { size: ROWS_OF_A_PAGE, enabled: true },
      headerRowHeight: 'auto',
      rowHeight: 'auto',
    },
  );
}

function attributes<Kind extends keyof VisualizationStates>(
  visualizationType: Kind,
  { title, description, view, where = '', unfiltered }: ChartBase,
  layers: Readonly<Record<string, LensLayer>>,
  visualization: VisualizationStates[Kind],
): LensAttributesOf<Kind> {
  return {
    title,
    description: unfiltered ? `${description}. It is of everything, whatever is chosen` : description,
    visualizationType,
    type: 'lens',
    references: Object.keys(layers).map((layer) => ({
      type: 'index-pattern',
      id: view,
      name: `indexpattern-datasource-layer-${layer}`,
    })),
    state: {
      query: kql(where),
      filters: [],
      adHocDataViews: {},
      internalReferences: [],
      datasourceStates: { formBased: { layers: unfiltered ? unfilteredLayers(layers) : layers } },
      visualization,
    },
  };
}

function unfilteredLayers(layers: Readonly<Record<string, LensLayer>>): Record<string, LensLayer> {
  return Object.fromEntries(
    Object.entries(layers).map(([id, layer]) => [id, { ...layer, ignoreGlobalFilters: true }]),
  );
}
