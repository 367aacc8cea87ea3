/**
 * Schemas of Lens visualizations: one state for each kind, and no attribute that it does not have.
 */
import { z } from 'zod';
import type {
  CustomPalette,
  LensAttributes,
  VisualizationStates,
} from '../../../../src/kibana/lens-types.js';
import { lensLayer } from './lens-columns.js';
import { color, count, kqlQuery, lensPill, size, words } from './parts.js';
import { references } from './reference.js';

const stops = z.array(z.strictObject({ color, stop: z.number() })).min(1, 'expected at least one color');

const palette = z.strictObject({
  type: z.literal('palette'),
  name: z.literal('custom'),
  params: z.strictObject({
    name: z.literal('custom'),
    rangeType: z.literal('number'),
    reverse: z.literal(false),
    continuity: z.enum(['all', 'above', 'below', 'none']),
    rangeMin: z.number().nullable(),
    rangeMax: z.number().nullable(),
    steps: size,
    colorStops: stops,
    stops,
  }),
}) satisfies z.ZodType<CustomPalette>;

const layer = { layerId: words, layerType: z.literal('data') };
const seriesType = z.enum(['bar', 'bar_stacked', 'bar_horizontal', 'bar_horizontal_stacked', 'line', 'area']);
const axisMode = z.enum(['left', 'right']);
const accessors = z.array(words).min(1, 'expected at least one column');

const xyLayer = z.discriminatedUnion('layerType', [
  z.strictObject({
    ...layer,
    seriesType,
    xAccessor: words,
    splitAccessor: words.exactOptional(),
    accessors,
    yConfig: z.array(
      z.strictObject({
        forAccessor: words,
        color: color.exactOptional(),
        axisMode: axisMode.exactOptional(),
      }),
    ),
  }),
  z.strictObject({
    layerId: words,
    layerType: z.literal('referenceLine'),
    accessors,
    yConfig: z.array(
      z.strictObject({
        forAccessor: words,
        axisMode,
        color,
        lineWidth: size,
        lineStyle: z.enum(['solid', 'dashed', 'dotted']),
        fill: z.enum(['none', 'above', 'below']),
        textVisibility: z.boolean(),
      }),
    ),
  }),
]);

const states = {
  lnsXY: z.strictObject({
    preferredSeriesType: seriesType,
    legend: z.strictObject({
      isVisible: z.boolean(),
      position: z.enum(['right', 'bottom']),
      showSingleSeries: z.boolean().exactOptional(),
    }),
    valueLabels: z.enum(['hide', 'show']),
    fittingFunction: z.enum(['None', 'Linear', 'Carry', 'Zero']),
    yLeftScale: z.enum(['linear', 'log']),
    yTitle: z.string().exactOptional(),
    axisTitlesVisibilitySettings: z.strictObject({ x: z.boolean(), yLeft: z.boolean(), yRight: z.boolean() }),
    layers: z.array(xyLayer).min(1, 'expected at least one layer'),
  }),
  lnsMetric: z.strictObject({
    ...layer,
    metricAccessor: words,
    secondaryMetricAccessor: words.exactOptional(),
    secondaryPrefix: z.string().exactOptional(),
    breakdownByAccessor: words.exactOptional(),
    maxCols: size.exactOptional(),
    subtitle: z.string().exactOptional(),
    color: color.exactOptional(),
    palette: palette.exactOptional(),
  }),
  lnsPie: z.strictObject({
    shape: z.enum(['pie', 'donut']),
    layers: z
      .array(
        z.strictObject({
          ...layer,
          primaryGroups: accessors,
          metrics: accessors,
          numberDisplay: z.enum(['percent', 'value']),
          categoryDisplay: z.enum(['default', 'inside']),
          legendDisplay: z.enum(['default', 'show', 'hide']),
          nestedLegend: z.literal(false),
        }),
      )
      .length(1, 'expected one layer'),
  }),
  lnsHeatmap: z.strictObject({
    ...layer,
    shape: z.literal('heatmap'),
    xAccessor: words,
    yAccessor: words,
    valueAccessor: words,
    legend: z.strictObject({
      type: z.literal('heatmap_legend'),
      isVisible: z.boolean(),
      position: z.literal('right'),
    }),
    gridConfig: z.strictObject({
      type: z.literal('heatmap_grid'),
      isCellLabelVisible: z.boolean(),
      isXAxisLabelVisible: z.boolean(),
      isXAxisTitleVisible: z.boolean(),
      isYAxisLabelVisible: z.boolean(),
      isYAxisTitleVisible: z.boolean(),
    }),
    palette: z.strictObject({ ...palette.shape, accessor: words }),
  }),
  lnsDatatable: z.strictObject({
    ...layer,
    columns: z
      .array(
        z.strictObject({
          columnId: words,
          width: size.exactOptional(),
          alignment: z.enum(['left', 'right', 'center']).exactOptional(),
          oneClickFilter: z.boolean().exactOptional(),
          colorMode: z.enum(['none', 'cell', 'text']).exactOptional(),
          palette: palette.exactOptional(),
        }),
      )
      .min(1, 'expected at least one column'),
    sorting: z.strictObject({ columnId: words, direction: z.enum(['asc', 'desc']) }).exactOptional(),
    paging: z.strictObject({ size: count, enabled: z.boolean() }),
    headerRowHeight: z.enum(['auto', 'single']),
    rowHeight: z.enum(['auto', 'single']),
  }),
} satisfies { readonly [Kind in keyof VisualizationStates]: z.ZodType<VisualizationStates[Kind]> };

function attributesOf<Kind extends keyof typeof states>(kind: Kind) {
  return z.strictObject({
    // A panel has a title of its own; that of the visualization is not shown.
    title: z.string(),
    description: z.string(),
    visualizationType: z.literal(kind),
    type: z.literal('lens'),
    references,
    state: z.strictObject({
      query: kqlQuery,
      filters: z.array(lensPill),
      adHocDataViews: z.record(z.string(), z.never()),
      internalReferences: z.tuple([]),
      datasourceStates: z.strictObject({
        formBased: z.strictObject({ layers: z.record(words, lensLayer) }),
      }),
      visualization: states[kind],
    }),
  });
}

/** A Lens visualization by value. */
export const lensAttributes = z.discriminatedUnion('visualizationType', [
  attributesOf('lnsXY'),
  attributesOf('lnsMetric'),
  attributesOf('lnsPie'),
  attributesOf('lnsHeatmap'),
  attributesOf('lnsDatatable'),
]) satisfies z.ZodType<LensAttributes>;
