/**
 * One panel of a dashboard, drawn.
 */
import { html, type Html } from '../../src/api/pages/html.js';
import type { XyReferenceLayer, XyState } from '../../src/kibana/lens-types.js';
import type { LensPanel, Panel } from '../../src/kibana/panel-types.js';
import type { SavedObject } from '../../src/kibana/saved-object.js';
import { savedSearchOf, SEARCH_TABLE, type PanelResult } from '../../test/kibana/query/panels.js';
import { dataViewOf, type TimeRange } from '../../test/kibana/query/scope.js';
import { horizontalChart } from './bars.js';
import { legend, legendHeight, LEGEND_WIDTH } from './legend.js';
import { markdownHtml } from './markdown.js';
import { chartOf, type Table } from './series.js';
import { heat, ring, tiles } from './shapes.js';
import { datatable, documents } from './tables.js';
import { verticalChart, type Box, type Line } from './xy.js';

/** What a panel is drawn from besides its rows. */
export interface Drawn {
  readonly objects: readonly SavedObject[];
  readonly range: TimeRange;
}

/** Height of a panel's title, and the space around its content. */
const CHROME = { width: 18, height: 44 };

/** Draws what a panel shows in a space. */
export function panelHtml({ objects, range }: Drawn, result: PanelResult, outside: Box): Html {
  const { panel } = result;
  const box = { width: outside.width - CHROME.width, height: outside.height - CHROME.height };
  const isTile = panel.type === 'lens' && panel.embeddableConfig.attributes.visualizationType === 'lnsMetric';
  const hasTitle = panel.type !== 'visualization' && !isTile;
  return html`${hasTitle && html`<h2 title="${descriptionOf(panel)}">${panel.title}</h2>`}
  ${contentOf({ objects, range }, result, box)}`;
}

function descriptionOf(panel: Panel): string {
  return panel.type === 'lens' ? panel.embeddableConfig.attributes.description : '';
}

function contentOf(drawn: Drawn, result: PanelResult, box: Box): Html | readonly Html[] {
  const { panel, tables, dashboard } = result;
  switch (panel.type) {
    case 'visualization':
      return html`<div class="text">
        ${markdownHtml(panel.embeddableConfig.savedVis.params.markdown, (address) =>
          address.replace(/^#\/view\/(.+)$/, '$1.html'),
        )}
      </div>`;
    case 'search': {
      const { attributes, view } = savedSearchOf(drawn.objects, dashboard, panel);
      return documents(attributes, tables[SEARCH_TABLE]!, view);
    }
    case 'lens':
      return visualization(drawn, panel, tables, box);
  }
}

function visualization(
  { objects, range }: Drawn,
  { title, embeddableConfig: { attributes } }: LensPanel,
  tables: PanelResult['tables'],
  box: Box,
): Html {
  const { layers } = attributes.state.datasourceStates.formBased;
  const table = (id: string): Table => ({
    layer: layers[id]!,
    rows: tables[id]!,
    view: dataViewOf(objects, attributes.references, `indexpattern-datasource-layer-${id}`),
    range,
  });
  switch (attributes.visualizationType) {
    case 'lnsXY':
      return axes(attributes.state.visualization, table, box);
    case 'lnsMetric': {
      const state = attributes.state.visualization;
      return tiles(title, state, table(state.layerId));
    }
    case 'lnsPie': {
      const state = attributes.state.visualization;
      return ring(state, table(state.layers[0]!.layerId), box);
    }
    case 'lnsHeatmap': {
      const state = attributes.state.visualization;
      return heat(state, table(state.layerId), box);
    }
    case 'lnsDatatable': {
      const state = attributes.state.visualization;
      return datatable(state, table(state.layerId));
    }
  }
}

function axes(state: XyState, table: (layer: string) => Table, box: Box): Html {
  const layers = state.layers.flatMap((each) =>
    each.layerType === 'data' ? [[each, table(each.layerId)] as const] : [],
  );
  const chart = chartOf(layers);
  const lines = state.layers.flatMap((each) =>
    each.layerType === 'referenceLine' ? linesOf(each, table(each.layerId)) : [],
  );
  const { isVisible, position } = state.legend;
  const inner = {
    width: box.width - (isVisible && position === 'right' ? LEGEND_WIDTH : 0),
    height: box.height - (isVisible && position === 'bottom' ? legendHeight(chart.series, box.width) : 0),
  };
  const isSideways = state.preferredSeriesType.startsWith('bar_horizontal');
  const drawn = isSideways ? horizontalChart(chart, inner) : verticalChart(chart, state, lines, inner);
  return html`<div class="charted ${position}">${drawn} ${isVisible && legend(chart.series)}</div>`;
}

function linesOf({ accessors, yConfig }: XyReferenceLayer, { layer, rows }: Table): Line[] {
  return accessors.map((id) => ({
    name: layer.columns[id]!.label,
    value: Number(rows[0]?.[id] ?? 0),
    color: yConfig.find(({ forAccessor }) => forAccessor === id)!.color,
  }));
}
