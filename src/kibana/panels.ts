/**
 * Makers of panels, and of the grid that they lie on.
 */
import type { LensAttributes } from './lens-types.js';
import type { Drilldown, GridData, Panel } from './panel-types.js';
import type { Reference } from './saved-object.js';

/** A panel with what the dashboard has to refer to for it. */
export interface PlacedPanel {
  readonly panel: Panel;
  /** Names without the panel's index before them. */
  readonly references: readonly Reference[];
}

/** A panel that has no place yet. */
export type PanelMaker = (panelIndex: string, gridData: GridData) => PlacedPanel;

/** Panels side by side, by their index, each with its width. */
export interface Row {
  readonly height: number;
  readonly panels: Readonly<Record<string, readonly [width: number, make: PanelMaker]>>;
}

/** Panels at their places: row under row, each from left to right. */
export function placed(rows: readonly Row[]): PlacedPanel[] {
  const result: PlacedPanel[] = [];
  let y = 0;
  for (const { height, panels } of rows) {
    let x = 0;
    for (const [panelIndex, [width, make]] of Object.entries(panels)) {
      result.push(make(panelIndex, { x, y, w: width, h: height, i: panelIndex }));
      x += width;
    }
    y += height;
  }
  return result;
}

/** A dashboard that a click on a value opens, with the value as a filter. */
export interface DrilldownTarget {
  readonly dashboard: string;
  readonly name: string;
}

/** A Lens visualization by value. */
export function lens(attributes: LensAttributes, drilldown?: DrilldownTarget): PanelMaker {
  return (panelIndex, gridData) => ({
    panel: {
      type: 'lens',
      panelIndex,
      gridData,
      title: attributes.title,
      embeddableConfig: {
        attributes,
        enhancements: drilldown === undefined ? {} : { dynamicActions: { events: [eventOf(drilldown)] } },
      },
    },
    references: [...attributes.references, ...(drilldown === undefined ? [] : [targetOf(drilldown)])],
  });
}

function eventOf({ dashboard, name }: DrilldownTarget): Drilldown {
  return {
    eventId: dashboard,
    triggers: ['FILTER_TRIGGER'],
    action: {
      factoryId: 'DASHBOARD_TO_DASHBOARD_DRILLDOWN',
      name,
      config: { useCurrentFilters: true, useCurrentDateRange: true, openInNewTab: false },
    },
  };
}

function targetOf({ dashboard }: DrilldownTarget): Reference {
  return {
    type: 'dashboard',
    id: dashboard,
    name: `drilldown:DASHBOARD_TO_DASHBOARD_DRILLDOWN:${dashboard}:dashboardId`,
  };
}

/** A text in Markdown. @param title for those who do not see it */
export function markdown(title: string, text: string): PanelMaker {
  return (panelIndex, gridData) => ({
    panel: {
      type: 'visualization',
      panelIndex,
      gridData,
      title,
      embeddableConfig: {
        savedVis: {
          type: 'markdown',
          title,
          description: '',
          uiState: {},
          params: { markdown: text, fontSize: 12, openLinksInNewTab: false },
          data: { aggs: [], searchSource: { query: { query: '', language: 'kuery' }, filter: [] } },
        },
        enhancements: {},
        hidePanelTitles: true,
      },
    },
    references: [],
  });
}

/** A saved search. */
export function search(id: string, title: string): PanelMaker {
  return (panelIndex, gridData) => {
    const panelRefName = `panel_${panelIndex}`;
    return {
      panel: {
        type: 'search',
        panelIndex,
        gridData,
        title,
        panelRefName,
        embeddableConfig: { enhancements: {} },
      },
      references: [{ type: 'search', id, name: panelRefName }],
    };
  };
}
