/**
 * A dashboard as a page: its controls, and its panels where the grid says.
 */
import { html, markup } from '../../src/api/pages/html.js';
import { GRID_COLUMNS } from '../../src/kibana/panel-types.js';
import type { DashboardObject, SavedObject } from '../../src/kibana/saved-object.js';
import type { ControlResult, PanelResult } from '../../test/kibana/query/panels.js';
import type { TimeRange } from '../../test/kibana/query/scope.js';
import { timeText } from './format.js';
import { LEGEND_WIDTH } from './legend.js';
import { panelHtml } from './panel.js';

/** What a page shows. */
export interface PreviewPage {
  readonly objects: readonly SavedObject[];
  readonly dashboard: DashboardObject;
  readonly panels: readonly PanelResult[];
  readonly controls: readonly ControlResult[];
  readonly range: TimeRange;
  /** Values that are chosen in controls, by field. */
  readonly chosen: Readonly<Record<string, string>>;
}

/** Kibana's rows and the space between panels, in pixels, on a window of this width. */
const WIDTH = 1600;
const PADDING = 8;
const GAP = 8;
const ROW = 20;
const COLUMN = (WIDTH - 2 * PADDING - (GRID_COLUMNS - 1) * GAP) / GRID_COLUMNS;

const STYLE = `
  * { box-sizing: border-box; }
  body { margin: 0; width: ${String(WIDTH)}px; background: #f6f9fc; color: #1d2a3e; font: 14px/1.4 Inter, "Helvetica Neue", Arial, sans-serif; }
  header { padding: 10px 16px 6px; }
  header h1 { font-size: 20px; margin: 0; }
  header p { margin: 2px 0 0; color: #516381; }
  .controls { display: flex; gap: 8px; padding: 4px ${String(PADDING)}px; }
  .controls div { flex: 1; display: flex; background: #fff; border: 1px solid #cad3e2; border-radius: 6px; overflow: hidden; white-space: nowrap; }
  .controls b { background: #e9edf3; padding: 6px 10px; font-weight: 600; font-size: 12px; }
  .controls span { padding: 6px 10px; color: #516381; font-size: 12px; overflow: hidden; text-overflow: ellipsis; }
  main { display: grid; grid-template-columns: repeat(${String(GRID_COLUMNS)}, ${String(COLUMN)}px); grid-auto-rows: ${String(ROW)}px; gap: ${String(GAP)}px; padding: ${String(PADDING)}px; }
  section { background: #fff; border: 1px solid #e3e8f2; border-radius: 6px; overflow: hidden; position: relative; }
  section h2 { font-size: 14px; line-height: 20px; margin: 0; padding: 8px 10px 6px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .text { padding: 4px 12px; }
  .text p { margin: 6px 0; }
  a, u { color: #0b64dd; text-decoration: none; }
  svg { font-size: 11px; flex: none; display: block; }
  .charted { display: flex; padding: 0 8px; }
  .legend { list-style: none; margin: 0; padding: 4px 0 0 10px; width: ${String(LEGEND_WIDTH)}px; font-size: 12px; }
  .bottom { flex-direction: column; }
  .bottom .legend { width: auto; padding: 2px 10px; display: flex; flex-wrap: wrap; column-gap: 16px; }
  .legend li { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; line-height: 20px; }
  .legend i { display: inline-block; width: 9px; height: 9px; border-radius: 5px; margin-right: 7px; }
  .tiles { display: flex; height: 100%; }
  .tile { flex: 1; padding: 10px 12px; display: flex; flex-direction: column; }
  .tile b { font-size: 15px; }
  .tile span { font-size: 12px; }
  .tile p { margin: auto 0 0; text-align: right; }
  .tile strong { display: block; font-size: 38px; line-height: 1.1; }
  .tile small { font-size: 13px; }
  table { border-collapse: collapse; width: 100%; font-size: 12.5px; }
  th { border-bottom: 1px solid #cad3e2; }
  th, td { text-align: left; padding: 4px 10px; vertical-align: top; }
  td { border-bottom: 1px solid #eef1f6; }
  .documents .time, th { white-space: nowrap; }
  .rest { margin: 0; position: absolute; right: 10px; bottom: 4px; background: #fff; color: #516381; font-size: 12px; }
`;

/** The page of a dashboard. */
export function previewPage({ objects, dashboard, panels, controls, range, chosen }: PreviewPage): string {
  const { title, description } = dashboard.attributes;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${title}</title>
        <style>
          ${markup(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p>
            ${description} · ${timeText(range.from)} to ${timeText(range.to)} UTC · drawn by Elkhound from the
            saved objects and what Elasticsearch answered; Kibana draws it in its own way
          </p>
        </header>
        <div class="controls">
          ${controls.map(
            ({ title: name, fieldName, options }) =>
              html`<div>
                <b>${name}</b><span>${chosen[fieldName] ?? `Any of ${options.join(', ')}`}</span>
              </div>`,
          )}
        </div>
        <main>
          ${panels.map((result) => {
            const { x, y, w, h } = result.panel.gridData;
            const box = { width: w * COLUMN + (w - 1) * GAP, height: h * ROW + (h - 1) * GAP };
            const place = `grid-area:${String(y + 1)}/${String(x + 1)}/span ${String(h)}/span ${String(w)}`;
            return html`<section style="${place}">${panelHtml({ objects, range }, result, box)}</section>`;
          })}
        </main>
      </body>
    </html>`;
  return page.text;
}
