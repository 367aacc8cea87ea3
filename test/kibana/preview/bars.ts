/**
 * Bars from left to right, one row for each value, as SVG.
 */
import { html, type Html } from '../../../src/api/pages/html.js';
import { linearAxis } from './scale.js';
import { stackedBelow, type Chart } from './series.js';
import type { Box } from './xy.js';

const MARGIN = { top: 4, bottom: 22, right: 20 };
/** Part of the width that the names of the rows may take. */
const NAMES = 0.4;
const LETTER_WIDTH = 6.4;
const BAR = 0.75;
const GRID = '#e3e8f2';
const INK = '#516381';

/** Draws a chart whose axis of places lies at the left. */
export function horizontalChart(chart: Chart, box: Box): Html {
  const { places, series } = chart;
  const stacked = series.every(({ type }) => type === 'bar_horizontal_stacked');
  const names = places.map((place) => chart.along.text(place));
  const widest = Math.max(...names.map((name) => name.length), 1) * LETTER_WIDTH;
  const left = Math.min(box.width * NAMES, widest) + 10;
  const room = Math.floor((left - 10) / LETTER_WIDTH);
  const [width, height] = [box.width - left - MARGIN.right, box.height - MARGIN.top - MARGIN.bottom];
  const step = height / Math.max(1, places.length);
  const all = places.map((_place, x) =>
    stacked
      ? stackedBelow(series, series.length, x)
      : Math.max(0, ...series.map(({ values }) => values[x] ?? 0)),
  );
  const axis = linearAxis(Math.max(0, ...all));
  const x = (value: number): number => left + width * axis.at(value);
  const thick = (step * BAR) / (stacked ? 1 : series.length);
  const rects = series.flatMap(({ values, color, name }, place) =>
    values.flatMap((value, at) => {
      if (value === null || value === 0) return [];
      const base = stacked ? stackedBelow(series, place, at) : 0;
      const y = MARGIN.top + at * step + (step * (1 - BAR)) / 2 + (stacked ? 0 : place * thick);
      return html`<rect
        x="${x(base)}"
        y="${y}"
        width="${x(base + value) - x(base)}"
        height="${thick}"
        fill="${color}"
      >
        <title>${name}: ${value}</title>
      </rect>`;
    }),
  );
  return html`<svg viewBox="0 0 ${box.width} ${box.height}" width="${box.width}" height="${box.height}">
    ${axis.ticks.map(
      (tick) =>
        html`<line
            x1="${x(tick)}"
            x2="${x(tick)}"
            y1="${MARGIN.top}"
            y2="${MARGIN.top + height}"
            stroke="${GRID}"
          />
          <text x="${x(tick)}" y="${box.height - 6}" text-anchor="middle" fill="${INK}"
            >${chart.left.text(tick)}</text
          >`,
    )}
    ${rects}
    ${names.map((name, at) => {
      const y = MARGIN.top + (at + 0.5) * step + 4;
      return html`<text x="${left - 6}" y="${y}" text-anchor="end" fill="${INK}"
        >${shortened(name, room)}</text
      >`;
    })}
  </svg>`;
}

/** A text that is cut where it is too long. */
export function shortened(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}
