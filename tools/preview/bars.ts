/**
 * Bars from left to right, one row for each value, as SVG.
 */
import { html, type Html } from '../../src/api/pages/html.js';
import { linearAxis, type Axis } from './scale.js';
import { stackedBelow, type Chart } from './series.js';
import type { Box } from './xy.js';

const MARGIN = { top: 4, bottom: 22, right: 20 };
/** Part of the width that the names of the rows may take. */
const NAMES = 0.4;
const LETTER_WIDTH = 6.4;
/** Space between names and bars. */
const GAP = 10;
const BAR = 0.75;
const GRID = '#e3e8f2';
const INK = '#516381';

/** Where rows and values lie. */
interface Plot {
  readonly chart: Chart;
  readonly axis: Axis;
  readonly left: number;
  readonly height: number;
  /** Height of a row. */
  readonly step: number;
  readonly x: (value: number) => number;
}

/** Draws a chart whose axis of places lies at the left. */
export function horizontalChart(chart: Chart, box: Box): Html {
  const names = chart.places.map((place) => chart.along.text(place));
  const widest = Math.max(...names.map((name) => name.length), 1) * LETTER_WIDTH;
  const left = Math.min(box.width * NAMES, widest) + GAP;
  const [width, height] = [box.width - left - MARGIN.right, box.height - MARGIN.top - MARGIN.bottom];
  const axis = linearAxis(Math.max(0, ...chart.places.map((_place, at) => lengthAt(chart, at))));
  const plot: Plot = {
    ...{ chart, axis, left, height },
    step: height / Math.max(1, names.length),
    x: (value) => left + width * axis.at(value),
  };
  return html`<svg viewBox="0 0 ${box.width} ${box.height}" width="${box.width}" height="${box.height}">
    ${grid(plot, box)} ${bars(plot)} ${rowNames(plot, names)}
  </svg>`;
}

function isStacked({ series }: Chart): boolean {
  return series.every(({ type }) => type === 'bar_horizontal_stacked');
}

/** How far the bars of a row reach. */
function lengthAt(chart: Chart, at: number): number {
  const { series } = chart;
  return isStacked(chart)
    ? stackedBelow(series, series.length, at)
    : Math.max(0, ...series.map(({ values }) => values[at] ?? 0));
}

function grid({ chart, axis, height, x }: Plot, box: Box): Html[] {
  return axis.ticks.map(
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
  );
}

function bars({ chart, step, x }: Plot): Html[] {
  const { series } = chart;
  const stacked = isStacked(chart);
  const thick = (step * BAR) / (stacked ? 1 : series.length);
  return series.flatMap(({ values, color, name }, place) =>
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
}

function rowNames({ left, step }: Plot, names: readonly string[]): Html[] {
  const room = Math.floor((left - GAP) / LETTER_WIDTH);
  return names.map((name, at) => {
    const y = MARGIN.top + (at + 0.5) * step + 4;
    return html`<text x="${left - 6}" y="${y}" text-anchor="end" fill="${INK}"
      >${shortened(name, room)}</text
    >`;
  });
}

/** A text that is cut where it is too long. */
export function shortened(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}
