/**
 * Maker of dashboards.
 */
import { canonicalJson } from './ndjson.js';
import { placed, type Row } from './panels.js';
import type { Control } from './panel-types.js';
import {
  CORE_VERSION,
  TYPE_VERSIONS,
  type ControlGroupInput,
  type DashboardObject,
  type Reference,
} from './saved-object.js';
import { TAG_REFERENCE } from './tag.js';

/** A list to choose values of a field from. */
interface ControlField {
  readonly title: string;
  readonly field: string;
  /** Id of the data view whose values it lists. */
  readonly view: string;
}

/** A dashboard before it is one of Kibana's objects. */
export interface DashboardPlan {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** The time it begins with, up to now, such as `now-24h`. */
  readonly from: string;
  /** Whether it is asked again each minute while somebody looks, which costs the cluster something. */
  readonly live: boolean;
  /** Controls by id. */
  readonly controls: Readonly<Record<string, ControlField>>;
  readonly rows: readonly Row[];
}

const NO_QUERY = canonicalJson({ query: { query: '', language: 'kuery' }, filter: [] });
const REFRESH_MS = 60_000;

/** The saved object of a dashboard. What its panels refer to is named in it again, after their index. */
export function dashboard(plan: DashboardPlan): DashboardObject {
  const { id, title, description, from, live, controls, rows } = plan;
  const panels = placed(rows);
  const references = panels.flatMap(({ panel, references: inner }) =>
    inner.map((reference) => ({ ...reference, name: `${panel.panelIndex}:${reference.name}` })),
  );
  return {
    type: 'dashboard',
    id,
    attributes: {
      title,
      description,
      panelsJSON: canonicalJson(panels.map(({ panel }) => panel)),
      optionsJSON: canonicalJson({
        hidePanelTitles: false,
        syncColors: false,
        syncCursor: true,
        syncTooltips: false,
        useMargins: true,
      }),
      kibanaSavedObjectMeta: { searchSourceJSON: NO_QUERY },
      controlGroupInput: controlGroup(controls),
      timeRestore: true,
      timeFrom: from,
      timeTo: 'now',
      refreshInterval: { pause: !live, value: REFRESH_MS },
      version: 1,
    },
    references: [...references, ...controlReferences(controls), TAG_REFERENCE],
    coreMigrationVersion: CORE_VERSION,
    typeMigrationVersion: TYPE_VERSIONS.dashboard,
  };
}

function controlGroup(controls: DashboardPlan['controls']): ControlGroupInput {
  const panels = Object.entries(controls).map(([id, { title, field }], order): [string, Control] => [
    id,
    {
      type: 'optionsListControl',
      order,
      width: 'medium',
      grow: true,
      explicitInput: { id, fieldName: field, title, enhancements: {} },
    },
  ]);
  return {
    controlStyle: 'oneLine',
    chainingSystem: 'HIERARCHICAL',
    panelsJSON: canonicalJson(Object.fromEntries(panels)),
    ignoreParentSettingsJSON: canonicalJson({
      ignoreFilters: false,
      ignoreQuery: false,
      ignoreTimerange: false,
      ignoreValidations: false,
    }),
  };
}

function controlReferences(controls: DashboardPlan['controls']): Reference[] {
  return Object.entries(controls).map(([id, { view }]) => ({
    type: 'index-pattern',
    id: view,
    name: `controlGroup_${id}:optionsListDataView`,
  }));
}
