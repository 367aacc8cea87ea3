/**
 * Axes, and colors of series.
 */
import type { CustomPalette } from '../../src/kibana/lens-types.js';
import { timeText } from './format.js';

/** The colors that Kibana tells series apart with where nobody has chosen any. */
const SERIES = [
  ...['#54b399', '#6092c0', '#d36086', '#9170b8', '#ca8eae'],
  ...['#d6bf57', '#b9a888', '#da8b45', '#aa6556', '#e7664c'],
];

/** The color of the series at a place. */
export function seriesColor(place: number): string {
  return SERIES[place % SERIES.length]!;
}

/** The color of a value; none where the palette has none. */
export function paletteColor({ params }: CustomPalette, value: number): string | undefined {
  return params.colorStops.findLast(({ stop }) => value >= stop)?.color;
}

/** Black or white, whichever can be read on a color. */
export function textOn(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 150 ? '#1d2a3e' : '#ffffff';
}

/** An axis of numbers from 0 to a round number. */
export interface Axis {
  readonly ticks: readonly number[];
  /** Where a value lies, from 0 to 1. */
  readonly at: (value: number) => number;
}

const TICKS = 5;

/** An axis that has room for a value. */
export function linearAxis(largest: number): Axis {
  const top = largest <= 0 ? 1 : largest;
  const rough = top / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough * 0.999)!;
  const count = Math.ceil(top / step - 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_none, place) => Number((place * step).toPrecision(12)));
  return { ticks, at: (value) => value / (count * step) };
}

/** An axis of powers of ten, from the one below the smallest value on. */
export function logAxis(smallest: number, largest: number): Axis {
  const first = Math.max(0, Math.floor(Math.log10(Math.max(smallest, 1))));
  const powers = Math.max(1, Math.ceil(Math.log10(Math.max(largest, 1))) - first);
  const every = Math.ceil(powers / TICKS);
  const length = Math.floor(powers / every) + 1;
  const ticks = Array.from({ length }, (_none, place) => 10 ** (first + place * every));
  return { ticks, at: (value) => Math.max(0, (Math.log10(Math.max(value, 1)) - first) / powers) };
}

/** Which of many times along an axis are written, and how. */
export function timeLabels(times: readonly number[], room: number): (string | undefined)[] {
  const every = Math.max(1, Math.ceil(times.length / Math.max(1, room)));
  let day = '';
  return times.map((timeMs, place) => {
    if (place % every !== 0) return undefined;
    const [date = '', time] = timeText(timeMs).split(' ');
    const label = date === day && time !== undefined ? time : `${date.slice(5)} ${time ?? ''}`.trim();
    day = date;
    return label;
  });
}
