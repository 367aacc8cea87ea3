/**
 * Where the panels of a dashboard lie.
 */
import { GRID_COLUMNS, type GridData, type Panel } from '../../../src/kibana/panel-types.js';
import type { Place } from './problem.js';

/** Panels have an index of their own, lie inside of the grid, and none on another. */
export function checkGrid(panels: readonly Panel[], place: Place): void {
  for (const [i, panel] of panels.entries()) {
    const { panelIndex, gridData } = panel;
    const here = place.at(i);
    const before = panels.slice(0, i);
    if (before.some((other) => other.panelIndex === panelIndex)) {
      here.at('panelIndex').report(`"${panelIndex}" is another panel already; give each its own`);
    }
    if (gridData.i !== panelIndex) {
      here.at('gridData', 'i').report(`got "${gridData.i}"; expected the panelIndex, "${panelIndex}"`);
    }
    if (gridData.x + gridData.w > GRID_COLUMNS) {
      const end = String(gridData.x + gridData.w);
      here.at('gridData').report(`ends at column ${end}; the grid has ${String(GRID_COLUMNS)}`);
    }
    const other = before.find((one) => overlap(one.gridData, gridData));
    if (other !== undefined) here.at('gridData').report(`lies on "${other.title}"; move one of them`);
  }
}

function overlap(one: GridData, other: GridData): boolean {
  return (
    one.x < other.x + other.w &&
    other.x < one.x + one.w &&
    one.y < other.y + other.h &&
    other.y < one.y + one.h
  );
}
