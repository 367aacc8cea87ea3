/**
 * Tables of buckets, and of documents.
 */
import { html, type Html } from '../../src/api/pages/html.js';
import type { DatatableState, TableColumn } from '../../src/kibana/lens-types.js';
import type { DataViewAttributes, SavedSearchAttributes } from '../../src/kibana/saved-object.js';
import type { Cell, Row } from '../../test/kibana/query/rows.js';
import { timeText, Writer } from './format.js';
import { paletteColor, textOn } from './scale.js';
import type { Table } from './series.js';

/** A table as Lens shows it. */
export function datatable({ columns, sorting, paging }: DatatableState, { layer, rows, view }: Table): Html {
  const writers = new Map(
    columns.map(({ columnId }) => [columnId, new Writer(layer.columns[columnId], view)]),
  );
  const sorted = sorting === undefined ? rows : [...rows].sort(by(sorting.columnId, sorting.direction));
  const shown = paging.enabled ? sorted.slice(0, paging.size) : sorted;
  const rest = rows.length - shown.length;
  return html`<table>
      <tr>
        ${columns.map(
          ({ columnId, width, alignment }) =>
            html`<th style="${width && `width:${String(width)}px;`}text-align:${alignment ?? 'left'}">
              ${layer.columns[columnId]!.label}
            </th>`,
        )}
      </tr>
      ${shown.map(
        (row) =>
          html`<tr>
            ${columns.map((column) => cell(column, row[column.columnId] ?? null, writers.get(column.columnId)!))}
          </tr>`,
      )}
    </table>
    ${rest > 0 && html`<p class="rest">${rest} more on further pages</p>`}`;
}

function cell(
  { alignment, colorMode, palette, oneClickFilter }: TableColumn,
  value: Cell,
  writer: Writer,
): Html {
  const color = palette && typeof value === 'number' ? paletteColor(palette, value) : undefined;
  const painted =
    color === undefined || colorMode === 'none'
      ? ''
      : colorMode === 'text'
        ? `;color:${color}`
        : `;background:${color};color:${textOn(color)}`;
  const text = oneClickFilter === true ? html`<u>${writer.text(value)}</u>` : writer.cell(value);
  return html`<td style="text-align:${alignment ?? 'left'}${painted}">${text}</td>`;
}

function by(column: string, direction: 'asc' | 'desc'): (a: Row, b: Row) => number {
  const sign = direction === 'asc' ? 1 : -1;
  return (a, b) => {
    const [left, right] = [a[column] ?? null, b[column] ?? null];
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right);
    return sign * String(left).localeCompare(String(right));
  };
}

/** Documents as Discover lists them. */
export function documents(
  { columns }: SavedSearchAttributes,
  rows: readonly Row[],
  view: DataViewAttributes,
): Html {
  const attributes = JSON.parse(view.fieldAttrs) as Record<string, { readonly customLabel?: string }>;
  const writers = columns.map((field) => [field, new Writer(undefined, view, field)] as const);
  const time = view.timeFieldName;
  return html`<table class="documents">
    <tr>
      <th>${attributes[time]?.customLabel ?? time}</th>
      ${columns.map((field) => html`<th>${attributes[field]?.customLabel ?? field}</th>`)}
    </tr>
    ${rows.map(
      (row) =>
        html`<tr>
          <td class="time">${timeText(Date.parse(String(row[time])))}</td>
          ${writers.map(([field, writer]) => html`<td>${writer.cell(numeric(row[field] ?? null))}</td>`)}
        </tr>`,
    )}
  </table>`;
}

/** Documents tell everything as text. */
function numeric(value: Cell): Cell {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}
