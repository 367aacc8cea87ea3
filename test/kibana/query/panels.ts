/**
 * Every panel and control of dashboards, with what Elasticsearch answers.
 */
import type { Query } from '../../../src/collect/kql/query.js';
import {
  controlsOf,
  panelsOf,
  type LensPanel,
  type Panel,
  type SearchPanel,
} from '../../../src/kibana/panel-types.js';
import type {
  DashboardObject,
  DataViewAttributes,
  SavedObject,
  SavedSearchAttributes,
} from '../../../src/kibana/saved-object.js';
import type { Row } from './rows.js';
import { conditionsOf, dataViewOf, queriesOf, scopeOn, type TimeRange } from './scope.js';
import type { Search } from './search.js';
import { controlOptions, layerRows, searchRows } from './tables.js';

/** What a panel shows. */
export interface PanelResult {
  readonly dashboard: DashboardObject;
  readonly panel: Panel;
  /** Rows by layer of a Lens panel, or under `search` of a saved search; a text has none. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
}

/** What a control offers. */
export interface ControlResult {
  readonly dashboard: DashboardObject;
  readonly title: string;
  readonly fieldName: string;
  readonly options: readonly string[];
}

/** Where panels get their answers from. */
export interface Source {
  readonly search: Search;
  /** All that the dashboards refer to. */
  readonly objects: readonly SavedObject[];
  readonly range: TimeRange;
  /** What else documents must satisfy, as by a value chosen in a control. */
  readonly chosen?: readonly Query[];
}

/** Name of the only table of a saved search. */
export const SEARCH_TABLE = 'search';

/** The dashboards among saved objects. */
export function dashboardsOf(objects: readonly SavedObject[]): DashboardObject[] {
  return objects.filter((object): object is DashboardObject => object.type === 'dashboard');
}

/** Asks for all panels of a dashboard. */
export async function fillPanels(source: Source, dashboard: DashboardObject): Promise<PanelResult[]> {
  const results: PanelResult[] = [];
  for (const panel of panelsOf(dashboard)) {
    try {
      results.push({ dashboard, panel, tables: await tablesOf(source, dashboard, panel) });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`${dashboard.attributes.title}: ${panel.title}: ${why}`, { cause: error });
    }
  }
  return results;
}

/** Asks for what the controls of a dashboard offer, in their order. */
export async function fillControls(source: Source, dashboard: DashboardObject): Promise<ControlResult[]> {
  const results: ControlResult[] = [];
  const controls = Object.entries(controlsOf(dashboard)).sort(([, a], [, b]) => a.order - b.order);
  for (const [id, control] of controls) {
    const { title, fieldName } = control.explicitInput;
    const view = dataViewOf(source.objects, dashboard.references, `controlGroup_${id}:optionsListDataView`);
    const scope = scopeOn(view, source.range, dashboardQueries(source, dashboard));
    results.push({
      dashboard,
      title,
      fieldName,
      options: await controlOptions(source.search, control, scope),
    });
  }
  return results;
}

function dashboardQueries({ chosen = [] }: Source, { attributes }: DashboardObject): Query[] {
  return [...queriesOf(conditionsOf(attributes.kibanaSavedObjectMeta.searchSourceJSON)), ...chosen];
}

async function tablesOf(
  source: Source,
  dashboard: DashboardObject,
  panel: Panel,
): Promise<PanelResult['tables']> {
  const queries = dashboardQueries(source, dashboard);
  switch (panel.type) {
    case 'lens':
      return lensTables(source, panel, queries);
    case 'search':
      return { [SEARCH_TABLE]: await searchTable(source, dashboard, panel, queries) };
    case 'visualization':
      return {};
  }
}

async function lensTables(
  { search, objects, range }: Source,
  { embeddableConfig: { attributes } }: LensPanel,
  queries: readonly Query[],
): Promise<PanelResult['tables']> {
  const { state, references } = attributes;
  const tables: Record<string, Row[]> = {};
  for (const [id, layer] of Object.entries(state.datasourceStates.formBased.layers)) {
    const view = dataViewOf(objects, references, `indexpattern-datasource-layer-${id}`);
    const heeded = layer.ignoreGlobalFilters ? [] : [...queries, ...queriesOf(state)];
    tables[id] = await layerRows(search, layer, scopeOn(view, range, heeded));
  }
  return tables;
}

async function searchTable(
  { search, objects, range }: Source,
  dashboard: DashboardObject,
  panel: SearchPanel,
  queries: readonly Query[],
): Promise<Row[]> {
  const { attributes, view } = savedSearchOf(objects, dashboard, panel);
  const own = queriesOf(conditionsOf(attributes.kibanaSavedObjectMeta.searchSourceJSON));
  return searchRows(search, attributes, scopeOn(view, range, [...queries, ...own]));
}

/** The saved search of a panel, with its data view. */
export function savedSearchOf(
  objects: readonly SavedObject[],
  dashboard: DashboardObject,
  { panelIndex, panelRefName }: SearchPanel,
): { readonly attributes: SavedSearchAttributes; readonly view: DataViewAttributes } {
  const reference = dashboard.references.find(({ name }) => name === `${panelIndex}:${panelRefName}`);
  const saved = objects.find(({ type, id }) => type === 'search' && id === reference?.id);
  if (saved?.type !== 'search') throw new Error(`no saved search behind the reference "${panelRefName}"`);
  const { attributes, references } = saved;
  const source = JSON.parse(attributes.kibanaSavedObjectMeta.searchSourceJSON) as { indexRefName: string };
  return { attributes, view: dataViewOf(objects, references, source.indexRefName) };
}

/** Whether a panel says something: a tile any number, anything else a value other than zero. */
export function isFilled({ panel, tables }: PanelResult): boolean {
  switch (panel.type) {
    case 'visualization':
      return true;
    case 'search':
      return tables[SEARCH_TABLE]!.length > 0;
    case 'lens': {
      const { state, visualizationType } = panel.embeddableConfig.attributes;
      const isTile = visualizationType === 'lnsMetric';
      return Object.entries(state.datasourceStates.formBased.layers).every(([id, { columns }]) =>
        tables[id]!.some((row) =>
          Object.entries(row).some(
            ([column, value]) => !columns[column]!.isBucketed && value !== null && (isTile || value !== 0),
          ),
        ),
      );
    }
  }
}
