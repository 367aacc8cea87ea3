/** Names of colors. */
import { html, type Html } from '../../../src/api/pages/html.js';

/** A legend beside a chart. */
export function legend(entries: readonly { readonly name: string; readonly color: string }[]): Html {
  return html`<ul class="legend">
    ${entries.map(({ name, color }) => html`<li title="${name}"><i style="background:${color}"></i>${name}</li>`)}
  </ul>`;
}
