/**
 * Values as Kibana writes them: by the format of a column, else by that of the field in its data view.
 */
import { html, type Html } from '../../src/api/pages/html.js';
import type { LensColumn } from '../../src/kibana/lens-columns.js';
import type { DataViewAttributes } from '../../src/kibana/saved-object.js';
import { MISSING } from '../../test/kibana/query/aggregations.js';
import { OTHER, type Cell } from '../../test/kibana/query/rows.js';

interface Format {
  readonly id: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Operations whose result is a value of the field. */
const KEEPS_FIELD = new Set(['terms', 'average', 'sum', 'min', 'max', 'median', 'percentile', 'last_value']);
const KILO = 1024;
const DAY_MS = 86_400_000;
const IN_MS: Readonly<Record<string, number>> = { nanoseconds: 1e-6, milliseconds: 1, seconds: 1_000 };
const UNITS: readonly (readonly [lengthMs: number, name: string])[] = [
  [DAY_MS, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
  [1, 'ms'],
];

/** Writes the values of a column. */
export class Writer {
  private readonly format: Format | undefined;

  constructor(
    private readonly column: LensColumn | undefined,
    view: DataViewAttributes,
    field?: string,
  ) {
    const formats = JSON.parse(view.fieldFormatMap) as Record<string, Format>;
    this.format = ownFormat(column) ?? formats[field ?? fieldOf(column) ?? ''];
  }

  /** The text of a value. */
  text(value: Cell): string {
    if (value === null) return '–';
    if (value === OTHER) return 'Other';
    if (value === MISSING) return '(missing value)';
    if (this.column?.operationType === 'date_histogram') return timeText(Number(value));
    const { id, params } = this.format ?? { id: 'number', params: {} };
    if (id === 'static_lookup') return lookup(params, value);
    return typeof value === 'string' || id === 'url' ? String(value) : numberText(id, params, value);
  }

  /** The value in a table, with the link that its field has. */
  cell(value: Cell): Html {
    const text = this.text(value);
    if (this.format?.id !== 'url' || value === null || value === OTHER) return html`${text}`;
    const address = String(this.format.params.urlTemplate);
    return html`<a href="${address.replaceAll('{{value}}', encodeURIComponent(text))}">${text}</a>`;
  }
}

function ownFormat(column: LensColumn | undefined): Format | undefined {
  return column !== undefined && 'format' in column.params ? column.params.format : undefined;
}

function fieldOf(column: LensColumn | undefined): string | undefined {
  return column && KEEPS_FIELD.has(column.operationType) && 'sourceField' in column
    ? column.sourceField
    : undefined;
}

function lookup({ lookupEntries }: Format['params'], value: Cell): string {
  const entries = lookupEntries as readonly { readonly key: string; readonly value: string }[];
  return entries.find(({ key }) => key === String(value))?.value ?? String(value);
}

function numberText(id: string, params: Format['params'], value: number): string {
  const decimals = typeof params.decimals === 'number' ? params.decimals : undefined;
  switch (id) {
    case 'bytes':
      return bytesText(value, decimals ?? 1);
    case 'percent':
      return `${plainText(100 * value, decimals ?? 1)}%`;
    case 'duration': {
      const from = String(params.inputFormat);
      return lengthText(value * (IN_MS[from] ?? 1), Number(params.outputPrecision ?? 1));
    }
    default:
      return params.pattern === '0' ? String(value) : plainText(value, decimals ?? 3);
  }
}

function plainText(value: number, decimals: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: decimals });
}

function bytesText(value: number, decimals: number): string {
  const names = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  const power = value < 1 ? 0 : Math.min(names.length - 1, Math.floor(Math.log(value) / Math.log(KILO)));
  return `${plainText(value / KILO ** power, power === 0 ? 0 : decimals)}${names[power]!}`;
}

function lengthText(ms: number, decimals: number): string {
  const [length, name] = UNITS.find(([unit]) => ms >= unit) ?? UNITS.at(-1)!;
  return `${plainText(ms / length, decimals)} ${name}`;
}

/** A moment; the date alone at midnight. */
export function timeText(timeMs: number): string {
  const [date = '', time = ''] = new Date(timeMs).toISOString().split('T');
  return timeMs % DAY_MS === 0 ? date : `${date} ${time.slice(0, 5)}`;
}
