/**
 * Lens visualizations as dashboards hold them by value: which columns are computed, and how they are drawn.
 */
import type { KqlQuery, LensLayer } from './lens-columns.js';
import type { Reference } from './saved-object.js';

/** Colors by value: up to each stop its color. */
export interface CustomPalette {
  readonly type: 'palette';
  readonly name: 'custom';
  readonly params: {
    readonly name: 'custom';
    readonly rangeType: 'number';
    readonly reverse: false;
    readonly continuity: 'all' | 'above' | 'below' | 'none';
    readonly rangeMin: number | null;
    readonly rangeMax: number | null;
    readonly steps: number;
    /** Color from this value on. */
    readonly colorStops: readonly { readonly color: string; readonly stop: number }[];
    /** Color up to this value. */
    readonly stops: readonly { readonly color: string; readonly stop: number }[];
  };
}

/** How one series is drawn. */
export interface SeriesStyle {
  readonly forAccessor: string;
  readonly color?: string;
  readonly axisMode?: 'left' | 'right';
}

/** Series of a chart with axes. */
export interface XyDataLayer {
  readonly layerId: string;
  readonly layerType: 'data';
  readonly seriesType: 'bar' | 'bar_stacked' | 'bar_horizontal' | 'bar_horizontal_stacked' | 'line' | 'area';
  readonly xAccessor: string;
  readonly splitAccessor?: string;
  readonly accessors: readonly string[];
  readonly yConfig: readonly SeriesStyle[];
}

/** Lines at fixed values. */
export interface XyReferenceLayer {
  readonly layerId: string;
  readonly layerType: 'referenceLine';
  readonly accessors: readonly string[];
  readonly yConfig: readonly {
    readonly forAccessor: string;
    readonly axisMode: 'left' | 'right';
    readonly color: string;
    readonly lineWidth: number;
    readonly lineStyle: 'solid' | 'dashed' | 'dotted';
    readonly fill: 'none' | 'above' | 'below';
    readonly textVisibility: boolean;
  }[];
}

/** State of `lnsXY`. */
export interface XyState {
  readonly preferredSeriesType: XyDataLayer['seriesType'];
  readonly legend: {
    readonly isVisible: boolean;
    readonly position: 'right' | 'bottom';
    readonly showSingleSeries?: boolean;
  };
  readonly valueLabels: 'hide' | 'show';
  readonly fittingFunction: 'None' | 'Linear' | 'Carry' | 'Zero';
  readonly yLeftScale: 'linear' | 'log';
  readonly yTitle?: string;
  readonly axisTitlesVisibilitySettings: {
    readonly x: boolean;
    readonly yLeft: boolean;
    readonly yRight: boolean;
  };
  readonly layers: readonly (XyDataLayer | XyReferenceLayer)[];
}

/** State of `lnsMetric`: one number, or one for each bucket. */
export interface MetricState {
  readonly layerId: string;
  readonly layerType: 'data';
  readonly metricAccessor: string;
  readonly secondaryMetricAccessor?: string;
  readonly secondaryPrefix?: string;
  readonly breakdownByAccessor?: string;
  readonly maxCols?: number;
  readonly subtitle?: string;
  readonly color?: string;
  readonly palette?: CustomPalette;
}

/** State of `lnsPie`. */
export interface PieState {
  readonly shape: 'pie' | 'donut';
  readonly layers: readonly {
    readonly layerId: string;
    readonly layerType: 'data';
    readonly primaryGroups: readonly string[];
    readonly metrics: readonly string[];
    readonly numberDisplay: 'percent' | 'value';
    readonly categoryDisplay: 'default' | 'inside';
    readonly legendDisplay: 'default' | 'show' | 'hide';
    readonly nestedLegend: false;
  }[];
}

/** State of `lnsHeatmap`. */
export interface HeatmapState {
  readonly shape: 'heatmap';
  readonly layerId: string;
  readonly layerType: 'data';
  readonly xAccessor: string;
  readonly yAccessor: string;
  readonly valueAccessor: string;
  readonly legend: {
    readonly type: 'heatmap_legend';
    readonly isVisible: boolean;
    readonly position: 'right';
  };
  readonly gridConfig: {
    readonly type: 'heatmap_grid';
    readonly isCellLabelVisible: boolean;
    readonly isXAxisLabelVisible: boolean;
    readonly isXAxisTitleVisible: boolean;
    readonly isYAxisLabelVisible: boolean;
    readonly isYAxisTitleVisible: boolean;
  };
  readonly palette: CustomPalette & { readonly accessor: string };
}

/** A column of a table as it is shown. */
export interface TableColumn {
  readonly columnId: string;
  readonly width?: number;
  readonly alignment?: 'left' | 'right' | 'center';
  /** A click on a value filters by it, or opens the drilldown. */
  readonly oneClickFilter?: boolean;
  readonly colorMode?: 'none' | 'cell' | 'text';
  readonly palette?: CustomPalette;
}

/** State of `lnsDatatable`. */
export interface DatatableState {
  readonly layerId: string;
  readonly layerType: 'data';
  readonly columns: readonly TableColumn[];
  readonly sorting?: { readonly columnId: string; readonly direction: 'asc' | 'desc' };
  readonly paging: { readonly size: number; readonly enabled: boolean };
  readonly headerRowHeight: 'auto' | 'single';
  readonly rowHeight: 'auto' | 'single';
}

/** Each kind of visualization with its state. */
export interface VisualizationStates {
  readonly lnsXY: XyState;
  readonly lnsMetric: MetricState;
  readonly lnsPie: PieState;
  readonly lnsHeatmap: HeatmapState;
  readonly lnsDatatable: DatatableState;
}

/** A filter pill. */
export interface LensFilter {
  readonly $state: { readonly store: 'appState' };
  readonly meta: {
    /** Name of the reference to its data view. */
    readonly index: string;
    readonly type: 'phrase' | 'phrases' | 'exists' | 'range';
    /** The field that it is about. */
    readonly key: string;
    readonly field?: string;
    readonly alias?: string | null;
    readonly disabled?: boolean;
    readonly negate?: boolean;
    readonly value?: unknown;
    readonly params?: unknown;
  };
  readonly query: Readonly<Record<string, unknown>>;
}

/** A Lens visualization of one kind. */
export interface LensAttributesOf<Kind extends keyof VisualizationStates> {
  readonly title: string;
  readonly description: string;
  readonly visualizationType: Kind;
  readonly type: 'lens';
  /** One for each layer, `indexpattern-datasource-layer-<layer>`, and one for each filter. */
  readonly references: readonly Reference[];
  readonly state: {
    readonly query: KqlQuery;
    readonly filters: readonly LensFilter[];
    readonly adHocDataViews: Readonly<Record<string, never>>;
    readonly internalReferences: readonly [];
    readonly datasourceStates: {
      readonly formBased: { readonly layers: Readonly<Record<string, LensLayer>> };
    };
    readonly visualization: VisualizationStates[Kind];
  };
}

/** A Lens visualization. */
export type LensAttributes = {
  [Kind in keyof VisualizationStates]: LensAttributesOf<Kind>;
}[keyof VisualizationStates];
