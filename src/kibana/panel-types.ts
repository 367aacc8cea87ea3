/**
 * Panels, drilldowns and controls of a dashboard.
 */
import type { LensAttributes } from './lens-types.js';
import type { DashboardObject } from './saved-object.js';

/** Columns of the grid that panels lie on. */
export const GRID_COLUMNS = 48;

/** Where a panel lies, in cells of the grid. */
export interface GridData {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  /** The panel's index again. */
  readonly i: string;
}

/** A click on a value opens another dashboard, with the value as a filter. */
export interface Drilldown {
  readonly eventId: string;
  readonly triggers: readonly ['FILTER_TRIGGER'];
  readonly action: {
    readonly factoryId: 'DASHBOARD_TO_DASHBOARD_DRILLDOWN';
    readonly name: string;
    readonly config: {
      readonly useCurrentFilters: boolean;
      readonly useCurrentDateRange: boolean;
      readonly openInNewTab: boolean;
    };
  };
}

interface PanelBase {
  readonly panelIndex: string;
  readonly gridData: GridData;
}

/** What drilldowns lie in. */
interface Enhancements {
  readonly dynamicActions?: { readonly events: readonly Drilldown[] };
}

/** A Lens visualization by value. */
export interface LensPanel extends PanelBase {
  readonly type: 'lens';
  readonly title: string;
  readonly embeddableConfig: {
    readonly attributes: LensAttributes;
    readonly enhancements: Enhancements;
    readonly hidePanelTitles?: boolean;
  };
}

/** A text in Markdown, by value. */
export interface MarkdownPanel extends PanelBase {
  readonly type: 'visualization';
  readonly title: string;
  readonly embeddableConfig: {
    readonly savedVis: {
      readonly type: 'markdown';
      readonly title: string;
      readonly description: string;
      readonly uiState: Readonly<Record<string, never>>;
      readonly params: {
        readonly markdown: string;
        readonly fontSize: number;
        readonly openLinksInNewTab: boolean;
      };
      readonly data: {
        readonly aggs: readonly [];
        readonly searchSource: {
          readonly query: { readonly query: ''; readonly language: 'kuery' };
          readonly filter: readonly [];
        };
      };
    };
    readonly enhancements: Readonly<Record<string, never>>;
    readonly hidePanelTitles: true;
  };
}

/** A saved search, by reference `<panelIndex>:panel_<panelIndex>`. */
export interface SearchPanel extends PanelBase {
  readonly type: 'search';
  readonly title: string;
  readonly panelRefName: string;
  readonly embeddableConfig: { readonly enhancements: Readonly<Record<string, never>> };
}

/** A panel of a dashboard. */
export type Panel = LensPanel | MarkdownPanel | SearchPanel;

/** A list to choose values of a field from; its data view is the reference `controlGroup_<id>:optionsListDataView`. */
export interface Control {
  readonly type: 'optionsListControl';
  readonly order: number;
  readonly width: 'small' | 'medium' | 'large';
  readonly grow: boolean;
  readonly explicitInput: {
    readonly id: string;
    readonly fieldName: string;
    readonly title: string;
    readonly enhancements: Readonly<Record<string, never>>;
  };
}

/** The panels of a dashboard, top to bottom. */
export function panelsOf(dashboard: DashboardObject): Panel[] {
  return JSON.parse(dashboard.attributes.panelsJSON) as Panel[];
}

/** The controls of a dashboard by id. */
export function controlsOf(dashboard: DashboardObject): Record<string, Control> {
  const json = dashboard.attributes.controlGroupInput?.panelsJSON ?? '{}';
  return JSON.parse(json) as Record<string, Control>;
}
