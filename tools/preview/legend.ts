/** Names of colors. */
import { html, type Html } from '../../src/api/pages/html.js';

/** An entry of a legend. */
interface Entry {
  readonly name: string;
  readonly color: string;
}

/** Room that a legend takes beside a chart. */
export const LEGEND_WIDTH = 150;
/** Height of a row of a legend that lies below a chart, and the space around it. */
const ROW = 20;
const PADDING = 6;
/** Width of a letter, and of what is beside the name. */
const LETTER = 6.5;
const MARK = 36;

/** Room that a legend takes below a chart of some width. */
export function legendHeight(entries: readonly Entry[], width: number): number {
  let [rows, used] = [1, 0];
  for (const { name } of entries) {
    const needed = MARK + name.length * LETTER;
    if (used + needed > width && used > 0) [rows, used] = [rows + 1, 0];
    used += needed;
  }
  return rows * ROW + PADDING;
}

/** A legend of a chart. */
export function legend(entries: readonly Entry[]): Html {
  return html`<ul class="legend">
    ${entries.map(({ name, color }) => html`<li title="${name}"><i style="background:${color}"></i>${name}</li>`)}
  </ul>`;
}
