/**
 * Tiles with a number, rings and colored cells.
 */
import { html, type Html } from '../../../src/api/pages/html.js';
import type { HeatmapState, MetricState, PieState } from '../../../src/kibana/lens-types.js';
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

/** Cells by two columns, colored by a third. */
export function heat(state: HeatmapState, { layer, rows, view, range }: Table, box: Box): Html {
  const { xAccessor, yAccessor, valueAccessor, palette } = state;
  const xs = placesOf(layer.columns[xAccessor]!, rows, xAccessor, range);
  const ys = valuesOf(rows, yAccessor);
  const isTime = layer.columns[xAccessor]!.operationType === 'date_histogram';
  const [xWriter, yWriter] = [xAccessor, yAccessor].map((id) => new Writer(layer.columns[id], view));
  const value = new Writer(layer.columns[valueAccessor], view);
  const plot = { width: box.width - HEAT.left - LEGEND_WIDTH, height: box.height - HEAT.bottom - HEAT.top };
  const [width, height] = [plot.width / Math.max(1, xs.length), plot.height / Math.max(1, ys.length)];
  const cells = rows.map((row) => {
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
  const labels = isTime
    ? timeLabels(xs.map(Number), plot.width / LABEL_WIDTH)
    : xs.map((each) => xWriter!.text(each));
  const steps = palette.params.colorStops.map(({ color, stop }) => ({
    color,
    name: `from ${value.text(stop)}`,
  }));
  return html`<div class="charted">
    <svg width="${box.width - LEGEND_WIDTH}" height="${box.height}">
      ${cells}
      ${ys.map(
        (each, place) =>
          html`<text
            x="${HEAT.left - 6}"
            y="${HEAT.top + (place + 0.5) * height + 4}"
            text-anchor="end"
            fill="${INK}"
          >
            ${shortened(yWriter!.text(each), Math.floor((HEAT.left - 10) / LETTER_WIDTH))}
          </text>`,
      )}
      ${labels.map(
        (label, place) =>
          label &&
          html`<text
            x="${HEAT.left + (place + 0.5) * width}"
            y="${box.height - 7}"
            text-anchor="middle"
            fill="${INK}"
          >
            ${label}
          </text>`,
      )}
    </svg>
    ${legend(steps)}
  </div>`;
}
