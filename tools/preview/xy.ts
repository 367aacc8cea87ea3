/**
 * Bars, lines and areas over an axis, as SVG.
 */
import { html, type Html } from '../../src/api/pages/html.js';
import type { XyState } from '../../src/kibana/lens-types.js';
import { linearAxis, logAxis, timeLabels, type Axis } from './scale.js';
import { stackedBelow, type Chart, type Series } from './series.js';

/** The space of a drawing, in pixels. */
export interface Box {
  readonly width: number;
  readonly height: number;
}

/** A line at a value. */
export interface Line {
  readonly name: string;
  readonly value: number;
  readonly color: string;
}

const MARGIN = { top: 10, bottom: 24, left: 26, right: 14, rightAxis: 52 };
const LETTER_WIDTH = 6;
/** Room that the label of a time needs. */
const LABEL_WIDTH = 70;
const GRID = '#e3e8f2';
const INK = '#516381';
/** Part of the room along the axis that bars take. */
const BAR = 0.8;

interface Plot {
  readonly chart: Chart;
  readonly axes: Readonly<Record<'left' | 'right', Axis>>;
  readonly left: number;
  /** Where the plot ends. */
  readonly right: number;
  readonly x: (place: number) => number;
  readonly y: (axis: Axis, value: number) => number;
  readonly step: number;
}

/** Draws a chart whose axis of places lies at the bottom. */
export function verticalChart(chart: Chart, state: XyState, lines: readonly Line[], box: Box): Html {
  const hasRight = chart.series.some(({ side }) => side === 'right');
  const axes = { left: axisOf(chart, 'left', state, lines), right: axisOf(chart, 'right', state, []) };
  const longest = Math.max(...axes.left.ticks.map((tick) => chart.left.text(tick).length));
  const left = MARGIN.left + longest * LETTER_WIDTH;
  const right = box.width - (hasRight ? MARGIN.rightAxis : MARGIN.right);
  const height = box.height - MARGIN.top - MARGIN.bottom;
  const step = (right - left) / Math.max(1, chart.places.length);
  const plot: Plot = {
    ...{ chart, axes, left, right, step },
    x: (place) => left + place * step,
    y: (axis, value) => MARGIN.top + height * (1 - Math.min(1, axis.at(value))),
  };
  const curves = (type: Series['type']): Html[] =>
    chart.series
      .filter((each) => each.type === type)
      .map((series) => curve(plot, series, state.fittingFunction === 'Linear'));
  return html`<svg viewBox="0 0 ${box.width} ${box.height}" width="${box.width}" height="${box.height}">
    ${grid(plot)} ${hasRight && rightTicks(plot)} ${placeLabels(plot, box)} ${bars(plot)} ${curves('area')}
    ${curves('line')} ${lines.map((line) => lineAcross(plot, line))}
  </svg>`;
}

function isStacked({ type }: Series): boolean {
  return type === 'bar_stacked';
}

function axisOf(
  { series, places }: Chart,
  side: Series['side'],
  { yLeftScale }: XyState,
  lines: readonly Line[],
): Axis {
  const own = series.filter((each) => each.side === side);
  const stack = own.filter(isStacked);
  const sums = places.map((_place, x) => stackedBelow(stack, stack.length, x));
  const single = own.flatMap(({ values }) => values.map((value) => value ?? 0));
  const largest = Math.max(0, ...sums, ...single, ...lines.map(({ value }) => value));
  if (side === 'right' || yLeftScale === 'linear') return linearAxis(largest);
  return logAxis(Math.min(largest, ...single.filter((value) => value > 0)), largest);
}

function grid({ axes, chart, left, right, y }: Plot): Html[] {
  return axes.left.ticks.map((tick) => {
    const at = y(axes.left, tick);
    return html`<line x1="${left}" x2="${right}" y1="${at}" y2="${at}" stroke="${GRID}" />
      <text x="${left - 6}" y="${at + 4}" text-anchor="end" fill="${INK}">${chart.left.text(tick)}</text>`;
  });
}

function rightTicks({ axes, chart, right, y }: Plot): Html[] {
  return axes.right.ticks.map(
    (tick) =>
      html`<text x="${right + 6}" y="${y(axes.right, tick) + 4}" fill="${INK}"
        >${chart.right.text(tick)}</text
      >`,
  );
}

function placeLabels({ chart, x, step, left, right }: Plot, { height }: Box): (Html | false)[] {
  const labels = chart.isTime
    ? timeLabels(chart.places.map(Number), (right - left) / LABEL_WIDTH)
    : chart.places.map((place) => chart.along.text(place));
  return labels.map(
    (label, place) =>
      label !== undefined &&
      html`<text x="${x(place) + step / 2}" y="${height - 7}" text-anchor="middle" fill="${INK}">
        ${label}
      </text>`,
  );
}

function bars({ chart, axes, x, y, step }: Plot): Html[] {
  const stack = chart.series.filter(isStacked);
  const beside = chart.series.filter(({ type }) => type === 'bar');
  const width = (step * BAR) / Math.max(1, beside.length);
  const margin = (step * (1 - BAR)) / 2;
  return [...stack, ...beside].flatMap((series) =>
    series.values.flatMap((value, at) => {
      if (value === null || value === 0) return [];
      const axis = axes[series.side];
      const base = isStacked(series) ? stackedBelow(stack, stack.indexOf(series), at) : 0;
      const [top, bottom] = [y(axis, base + value), y(axis, base)];
      const shift = isStacked(series) ? 0 : beside.indexOf(series) * width;
      return html`<rect
        x="${x(at) + margin + shift}"
        y="${top}"
        width="${isStacked(series) ? step * BAR : width}"
        height="${bottom - top}"
        fill="${series.color}"
      >
        <title>${series.name}: ${value}</title>
      </rect>`;
    }),
  );
}

/** A line, which breaks where there is no value unless it is connected; a value alone is a dot. */
function curve({ axes, x, y, step }: Plot, { values, color, side, type }: Series, connected: boolean): Html {
  const axis = axes[side];
  const points = values.flatMap((value, place) =>
    value === null ? [] : [{ place, x: x(place) + step / 2, y: y(axis, value) }],
  );
  const runs = points.reduce<(typeof points)[]>((all, point) => {
    const last = all.at(-1);
    if (last !== undefined && (connected || last.at(-1)!.place === point.place - 1)) last.push(point);
    else all.push([point]);
    return all;
  }, []);
  const path = (run: typeof points): string =>
    run.map((point) => `${String(point.x)},${String(point.y)}`).join(' ');
  const bottom = y(axis, 0);
  return html`${runs.map((run) =>
    run.length === 1
      ? html`<circle cx="${run[0]!.x}" cy="${run[0]!.y}" r="2.5" fill="${color}" />`
      : html`${
            type === 'area' &&
            html`<polygon
              points="${run[0]!.x},${bottom} ${path(run)} ${run.at(-1)!.x},${bottom}"
              fill="${color}"
              fill-opacity="0.35"
            />`
          }<polyline points="${path(run)}" fill="none" stroke="${color}" stroke-width="2" />`,
  )}`;
}

function lineAcross({ axes, left, right, y }: Plot, { name, value, color }: Line): Html {
  const at = y(axes.left, value);
  return html`<line
      x1="${left}"
      x2="${right}"
      y1="${at}"
      y2="${at}"
      stroke="${color}"
      stroke-width="2"
      stroke-dasharray="6 4"
    /><text x="${right}" y="${at - 5}" text-anchor="end" fill="${color}">${name}</text>`;
}
