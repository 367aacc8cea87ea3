/**
 * The rows of a chart with axes as series: one for each number, or for each value it is split by.
 */
import type { SeriesStyle, XyDataLayer } from '../../src/kibana/lens-types.js';
import type { LensColumn, LensLayer } from '../../src/kibana/lens-columns.js';
import type { DataViewAttributes } from '../../src/kibana/saved-object.js';
import { intervalMs, resolveInterval } from '../../test/kibana/query/interval.js';
import type { Cell, Row } from '../../test/kibana/query/rows.js';
import type { TimeRange } from '../../test/kibana/query/scope.js';
import { Writer } from './format.js';
import { seriesColor } from './scale.js';

/** The rows of a layer with what is needed to write them. */
export interface Table {
  readonly layer: LensLayer;
  readonly rows: readonly Row[];
  readonly view: DataViewAttributes;
  readonly range: TimeRange;
}

/** One series over the places along the axis. */
export interface Series {
  readonly name: string;
  readonly color: string;
  readonly type: XyDataLayer['seriesType'];
  readonly side: 'left' | 'right';
  readonly values: readonly (number | null)[];
}

/** Places along the axis, and the series over them. */
export interface Chart {
  readonly places: readonly Cell[];
  readonly isTime: boolean;
  readonly series: readonly Series[];
  /** Writes the places, and the numbers of either axis. */
  readonly along: Writer;
  readonly left: Writer;
  readonly right: Writer;
}

/** The chart of one or more layers over the same axis. */
export function chartOf(layers: readonly (readonly [XyDataLayer, Table])[]): Chart {
  const [state, { layer, rows, view, range }] = layers[0]!;
  const column = layer.columns[state.xAccessor]!;
  const places = placesOf(column, rows, state.xAccessor, range);
  const series = layers.flatMap(([each, table]) => seriesOf(each, table, places));
  const first = (side: string) =>
    state.accessors.find((id) => (styleOf(state, id)?.axisMode ?? 'left') === side) ?? '';
  return {
    places,
    isTime: column.operationType === 'date_histogram',
    series: series.map((each, place) => ({ ...each, color: each.color ?? seriesColor(place) })),
    along: new Writer(column, view),
    left: new Writer(layer.columns[first('left')], view),
    right: new Writer(layer.columns[first('right')], view),
  };
}

type Uncolored = Omit<Series, 'color'> & { readonly color: string | undefined };

function styleOf({ yConfig }: XyDataLayer, id: string): SeriesStyle | undefined {
  return yConfig.find(({ forAccessor }) => forAccessor === id);
}

function seriesOf(state: XyDataLayer, { layer, rows, view }: Table, places: readonly Cell[]): Uncolored[] {
  const { xAccessor, splitAccessor, accessors, seriesType: type } = state;
  const one = (rowsOfIt: readonly Row[], id: string): Uncolored => {
    const byPlace = new Map(rowsOfIt.map((row) => [row[xAccessor], row[id]]));
    const style = styleOf(state, id);
    const values = places.map((place) => numberOf(byPlace.get(place)));
    return {
      name: layer.columns[id]!.label,
      color: style?.color,
      type,
      side: style?.axisMode ?? 'left',
      values,
    };
  };
  if (splitAccessor === undefined) return accessors.map((id) => one(rows, id));
  const writer = new Writer(layer.columns[splitAccessor], view);
  return valuesOf(rows, splitAccessor).flatMap((split) =>
    accessors.map((id) => {
      const series = one(
        rows.filter((row) => row[splitAccessor] === split),
        id,
      );
      const part = writer.text(split);
      return { ...series, color: undefined, name: accessors.length > 1 ? `${part} - ${series.name}` : part };
    }),
  );
}

function numberOf(value: Cell | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** Places along an axis: the values of a column, or all times of the range, even where nothing was. */
export function placesOf(column: LensColumn, rows: readonly Row[], id: string, range: TimeRange): Cell[] {
  const values = valuesOf(rows, id);
  if (column.operationType !== 'date_histogram') return values;
  const step = intervalMs(resolveInterval(column.params.interval, range));
  const first = Math.floor(range.from / step) * step;
  const count = Math.ceil((range.to - first) / step);
  const times = Array.from({ length: count }, (_none, place) => first + place * step);
  return [...new Set([...times, ...values.map(Number)])].sort((a, b) => a - b);
}

/** The values of a column, each once, in their order. */
export function valuesOf(rows: readonly Row[], column: string): Cell[] {
  return [...new Set(rows.map((row) => row[column] ?? null))];
}

/** What lies below a series in a stack at a place along the axis; all of it for the place after the last. */
export function stackedBelow(series: readonly Series[], place: number, x: number): number {
  return series.slice(0, place).reduce((sum, { values }) => sum + (values[x] ?? 0), 0);
}
