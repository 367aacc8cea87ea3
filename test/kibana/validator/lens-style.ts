/**
 * How a Lens visualization is drawn: colors, styles and order belong to columns that it draws.
 */
import type { CustomPalette, LensAttributes, TableColumn, XyState } from '../../../src/kibana/lens-types.js';
import type { Place } from './problem.js';

/** @param place of the visualization's state */
export function checkStyle({ visualizationType, state }: LensAttributes, place: Place): void {
  switch (visualizationType) {
    case 'lnsXY':
      for (const [i, layer] of state.visualization.layers.entries())
        checkSeries(layer, place.at('layers', i));
      return;
    case 'lnsMetric':
      checkPalette(state.visualization.palette, place.at('palette'));
      return;
    case 'lnsHeatmap': {
      const { palette, valueAccessor } = state.visualization;
      checkPalette(palette, place.at('palette'));
      checkOneOf(palette.accessor, [valueAccessor], place.at('palette', 'accessor'));
      return;
    }
    case 'lnsDatatable': {
      const { columns, sorting } = state.visualization;
      checkTable(columns, place.at('columns'));
      const ids = columns.map(({ columnId }) => columnId);
      if (sorting !== undefined) checkOneOf(sorting.columnId, ids, place.at('sorting', 'columnId'));
      return;
    }
    case 'lnsPie':
      return;
  }
}

function checkSeries({ accessors, yConfig }: XyState['layers'][number], place: Place): void {
  for (const [i, { forAccessor }] of yConfig.entries()) {
    checkOneOf(forAccessor, accessors, place.at('yConfig', i, 'forAccessor'));
  }
}

function checkTable(columns: readonly TableColumn[], place: Place): void {
  for (const [i, { columnId, palette }] of columns.entries()) {
    const isFirst = columns.findIndex((other) => other.columnId === columnId) === i;
    if (!isFirst) place.at(i, 'columnId').report(`"${columnId}" is there twice; remove one`);
    checkPalette(palette, place.at(i, 'palette'));
  }
}

function checkOneOf(column: string, drawn: readonly string[], place: Place): void {
  if (!drawn.includes(column)) place.report(`"${column}" is not drawn; expected one of ${drawn.join(', ')}`);
}

/** Colors follow each other from low to high. */
function checkPalette(palette: CustomPalette | undefined, place: Place): void {
  if (palette === undefined) return;
  const { colorStops, stops } = palette.params;
  for (const [name, list] of [
    ['colorStops', colorStops],
    ['stops', stops],
  ] as const) {
    const i = list.findIndex(({ stop }, at) => at > 0 && stop <= list[at - 1]!.stop);
    if (i > 0)
      place
        .at('params', name, i)
        .report(`${String(list[i]!.stop)} is not above the stop before it; sort them`);
  }
  if (colorStops.length !== stops.length) {
    place
      .at('params', 'stops')
      .report(
        `${String(stops.length)} stops for ${String(colorStops.length)} in colorStops; expected as many`,
      );
  }
}
