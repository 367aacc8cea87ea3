/**
 * Numbers with their units, as people write them.
 */
/** A number with its unit as people write it: `812`, `1.2 GB`, `3 min`, `40 %`. */
export function formatQuantity(value: number, unit: string): string {
  if (unit === 'bytes') return scaled(value, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);
  if (unit === 'share') return `${String(Math.round(value * 100))} %`;
  if (unit === 'seconds') {
    if (value < 120) return `${rounded(value)} s`;
    return value < 7200 ? `${rounded(value / 60)} min` : `${rounded(value / 3600)} h`;
  }
  if (unit === 'days' || unit === 'bits' || unit === 'characters') {
    const number = rounded(value);
    return `${number} ${number === '1' ? unit.slice(0, -1) : unit}`;
  }
  return rounded(value);
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let at = 0;
  while (value >= step && at < units.length - 1) {
    value /= step;
    at++;
  }
  return `${rounded(value)} ${units[at]!}`;
}

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

function rounded(value: number): string {
  return (Math.abs(value) < 10 && !Number.isInteger(value) ? TENTHS : WHOLE).format(value);
}
