/**
 * Tiles with a number, rings and colored cells.
 */
import { html, type Html } from '../../src/api/pages/html.js';
import type { HeatmapState, MetricState, PieState } from '../../src/kibana/lens-types.js';
import type { Cell, Row } from '../../test/kibana/query/rows.js';
import { shortened } from './bars.js';
import { Writer } from './format.js';
import { legend, LEGEND_WIDTH } from './legend.js';
import { paletteColor, seriesColor, textOn, timeLabels } from './scale.js';
import { placesOf, valuesOf, type Table } from './series.js';
import type { Box } from './xy.js';

const INK = '#516381';
const PLAIN = '#ffffff';

/** A number on a color, or one for each value. */
export function tiles(title: string, state: MetricState, { layer, rows, view }: Table): Html {
  const { metricAccessor, secondaryMetricAccessor, breakdownByAccessor } = state;
  const writer = (id: string): Writer => new Writer(layer.columns[id], view);
  return html`<div class="tiles">
    ${rows.map((row) => {
      const value = row[metricAccessor] ?? null;
      const byValue =
        state.palette && typeof value === 'number' ? paletteColor(state.palette, value) : undefined;
      const color = byValue ?? state.color ?? PLAIN;
      const name = breakdownByAccessor && writer(breakdownByAccessor).text(row[breakdownByAccessor] ?? null);
      const beside = secondaryMetricAccessor && {
        label: state.secondaryPrefix ?? layer.columns[secondaryMetricAccessor]!.label,
        text: writer(secondaryMetricAccessor).text(row[secondaryMetricAccessor] ?? null),
      };
      return html`<div class="tile" style="background:${color};color:${textOn(color)}">
        <b>${name ?? title}</b> ${state.subtitle && html`<span>${state.subtitle}</span>`}
        <p>
          ${beside && html`<small>${beside.label} ${beside.text}</small>`}
          <strong>${writer(metricAccessor).text(value)}</strong>
        </p>
      </div>`;
    })}
  </div>`;
}

/** Shares of a whole; of nested groups the innermost. */
export function ring({ shape, layers }: PieState, { layer, rows, view }: Table, box: Box): Html {
  const { primaryGroups, metrics, numberDisplay } = layers[0]!;
  const numbers = rows.map((row) => Number(row[metrics[0]!] ?? 0));
  const total = numbers.reduce((sum, value) => sum + value, 0);
  const writers = primaryGroups.map((id) => new Writer(layer.columns[id], view));
  const number = new Writer(layer.columns[metrics[0]!], view);
  const radius = Math.min(box.width - LEGEND_WIDTH, box.height) / 2 - 6;
  const hole = shape === 'donut' ? radius * 0.55 : 0;
  let share = 0;
  const parts = rows.map((row, place) => {
    const from = share;
    share += total === 0 ? 0 : numbers[place]! / total;
    const name = primaryGroups.map((id, at) => writers[at]!.text(row[id] ?? null)).join(' › ');
    const part = total === 0 ? 0 : numbers[place]! / total;
    const told = numberDisplay === 'percent' ? `${(100 * part).toFixed(1)}%` : number.text(numbers[place]!);
    return { name: `${name} ${told}`, color: seriesColor(place), path: arc(from, share, radius, hole) };
  });
  const size = 2 * radius + 4;
  return html`<div class="charted">
    <svg viewBox="${-size / 2} ${-size / 2} ${size} ${size}" width="${size}" height="${size}">
      ${parts.map(({ path, color }) => html`<path d="${path}" fill="${color}" stroke="#fff" />`)}
    </svg>
    ${legend(parts)}
  </div>`;
}

function arc(from: number, to: number, radius: number, hole: number): string {
  // A whole circle would begin where it ends.
  const end = Math.min(to, from + 0.9999);
  const point = (share: number, at: number): string => {
    const angle = 2 * Math.PI * share - Math.PI / 2;
    return `${String(at * Math.cos(angle))} ${String(at * Math.sin(angle))}`;
  };
  const large = end - from > 0.5 ? '1' : '0';
  const [outer, inner] = [String(radius), String(hole)];
  return `M ${point(from, radius)} A ${outer} ${outer} 0 ${large} 1 ${point(end, radius)} L ${point(end, hole)} A ${inner} ${inner} 0 ${large} 0 ${point(from, hole)} Z`;
}

const HEAT = { left: 200, bottom: 24, top: 4 };
const LABEL_WIDTH = 70;
const LETTER_WIDTH = 6.4;

/** Where the cells of a heatmap lie. */
interface Cells {
  readonly xs: readonly Cell[];
  readonly ys: readonly Cell[];
  readonly width: number;
  readonly height: number;
}

/** Cells by two columns, colored by a third. */
export function heat(state: HeatmapState, table: Table, box: Box): Html {
  const { layer, rows, view, range } = table;
  const { xAccessor, yAccessor, valueAccessor, palette } = state;
  const xs = placesOf(layer.columns[xAccessor]!, rows, xAccessor, range);
  const ys = valuesOf(rows, yAccessor);
  const plot = { width: box.width - HEAT.left - LEGEND_WIDTH, height: box.height - HEAT.bottom - HEAT.top };
  const cells = {
    ...{ xs, ys },
    width: plot.width / Math.max(1, xs.length),
    height: plot.height / Math.max(1, ys.length),
  };
  const value = new Writer(layer.columns[valueAccessor], view);
  const steps = palette.params.colorStops.map(({ color, stop }) => ({
    color,
    name: `from ${value.text(stop)}`,
  }));
  return html`<div class="charted">
    <svg width="${box.width - LEGEND_WIDTH}" height="${box.height}">
      ${coloredCells(state, rows, cells)} ${namesAtLeft(new Writer(layer.columns[yAccessor], view), cells)}
      ${namesBelow(new Writer(layer.columns[xAccessor], view), cells, box, isTime(table, xAccessor))}
    </svg>
    ${legend(steps)}
  </div>`;
}

function isTime({ layer }: Table, id: string): boolean {
  return layer.columns[id]!.operationType === 'date_histogram';
}

function coloredCells(
  { xAccessor, yAccessor, valueAccessor, palette }: HeatmapState,
  rows: readonly Row[],
  { xs, ys, width, height }: Cells,
): (Html | false)[] {
  return rows.map((row) => {
    const number = row[valueAccessor];
    const color = typeof number === 'number' ? paletteColor(palette, number) : undefined;
    const [x, y] = [xs.indexOf(row[xAccessor] ?? null), ys.indexOf(row[yAccessor] ?? null)];
    return (
      color !== undefined &&
      html`<rect
        x="${HEAT.left + x * width}"
        y="${HEAT.top + y * height}"
        width="${Math.max(width - 0.5, 1)}"
        height="${height - 1}"
        fill="${color}"
      />`
    );
  });
}

function namesAtLeft(writer: Writer, { ys, height }: Cells): Html[] {
  const room = Math.floor((HEAT.left - 10) / LETTER_WIDTH);
  return ys.map(
    (each, place) =>
      html`<text
        x="${HEAT.left - 6}"
        y="${HEAT.top + (place + 0.5) * height + 4}"
        text-anchor="end"
        fill="${INK}"
      >
        ${shortened(writer.text(each), room)}
      </text>`,
  );
}

function namesBelow(writer: Writer, { xs, width }: Cells, box: Box, areTimes: boolean): (Html | undefined)[] {
  const labels = areTimes
    ? timeLabels(xs.map(Number), (width * xs.length) / LABEL_WIDTH)
    : xs.map((each) => writer.text(each));
  return labels.map((label, place) =>
    label === undefined
      ? undefined
      : html`<text
          x="${HEAT.left + (place + 0.5) * width}"
          y="${box.height - 7}"
          text-anchor="middle"
          fill="${INK}"
        >
          ${label}
        </text>`,
  );
}
