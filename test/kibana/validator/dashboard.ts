/**
 * Dashboards: panels, controls, drilldowns and the time they open with.
 */
import type { Control, LensPanel, Panel } from '../../../src/kibana/panel-types.js';
import type { Reference } from '../../../src/kibana/saved-object.js';
import { AGGREGATABLE } from './field-kinds.js';
import { checkField, type ViewFields } from './fields.js';
import { checkGrid } from './grid.js';
import { checkLens } from './lens.js';
import { asksForDocuments } from './lens-columns.js';
import { checkMarkdown } from './links.js';
import type { Place } from './problem.js';
import { checkPill, checkQuery, checkTimeRange } from './queries.js';
import { layerReference, targetOf } from './references.js';
import type { ReadDashboard } from './schema/objects.js';
import type { Surroundings } from './surroundings.js';

/** Kibana refreshes no more often, milliseconds. */
const MIN_REFRESH_MS = 1000;

/** Checks the attributes of a dashboard, and what lies on it. */
export function checkDashboard(
  dashboard: ReadDashboard,
  references: readonly Reference[],
  place: Place,
  surroundings: Surroundings,
): void {
  const { panelsJSON: panels, controlGroupInput, refreshInterval } = dashboard;
  checkGrid(panels, place.at('panelsJSON'));
  for (const [i, panel] of panels.entries()) checkPanel(panel, place.at('panelsJSON', i), surroundings);
  const controls = controlGroupInput?.panelsJSON ?? {};
  checkControls(
    controls,
    dashboard.panelsJSON,
    references,
    place.at('controlGroupInput', 'panelsJSON'),
    surroundings,
  );
  checkTimeRange(dashboard.timeFrom, dashboard.timeTo, place);
  if (!refreshInterval.pause && refreshInterval.value < MIN_REFRESH_MS) {
    const value = String(refreshInterval.value);
    place
      .at('refreshInterval', 'value')
      .report(`got ${value}; expected at least ${String(MIN_REFRESH_MS)} ms, or pause`);
  }
  checkSource(dashboard, references, place, surroundings);
}

function checkPanel(panel: Panel, place: Place, surroundings: Surroundings): void {
  const config = place.at('embeddableConfig');
  if (panel.type === 'visualization') {
    const { markdown } = panel.embeddableConfig.savedVis.params;
    checkMarkdown(markdown, config.at('savedVis', 'params', 'markdown'), surroundings);
  } else if (panel.type === 'lens') {
    checkLens(panel.embeddableConfig.attributes, config.at('attributes'), surroundings);
    const events = panel.embeddableConfig.enhancements.dynamicActions?.events ?? [];
    for (const [i, { eventId }] of events.entries()) {
      if (events.findIndex((other) => other.eventId === eventId) === i) continue;
      const event = config.at('enhancements', 'dynamicActions', 'events', i, 'eventId');
      event.report(`"${eventId}" is another drilldown already; give each its own`);
    }
  }
}

function checkControls(
  controls: Readonly<Record<string, Control>>,
  panels: readonly Panel[],
  references: readonly Reference[],
  place: Place,
  surroundings: Surroundings,
): void {
  const orders = new Set<number>();
  for (const [id, { order, explicitInput }] of Object.entries(controls)) {
    const here = place.at(id);
    const view = targetOf(references, `controlGroup_${id}:optionsListDataView`);
    const field = here.at('explicitInput', 'fieldName');
    const kind = checkField(
      explicitInput.fieldName,
      surroundings.fieldsOf(view),
      field,
      'a control',
      AGGREGATABLE,
    );
    if (kind !== undefined) checkReach(explicitInput.fieldName, panels, field, surroundings);
    if (explicitInput.id !== id) {
      here
        .at('explicitInput', 'id')
        .report(`got "${explicitInput.id}"; expected "${id}", as the control is called`);
    }
    if (orders.has(order))
      here.at('order').report(`another control has ${String(order)} too; give each its own`);
    orders.add(order);
  }
}

/** What is chosen filters all panels, and empties those whose documents do not have the field. */
function checkReach(field: string, panels: readonly Panel[], place: Place, surroundings: Surroundings): void {
  for (const panel of panels) {
    if (panel.type !== 'lens' || !filteredViews(panel, surroundings).some(({ kinds }) => !kinds.has(field)))
      continue;
    place.report(
      `a choice of "${field}" empties "${panel.title}", which does not have it; let it ignore filters`,
    );
  }
}

/** Data views of the layers that heed the filters of the dashboard. */
function filteredViews({ embeddableConfig }: LensPanel, { fieldsOf }: Surroundings): ViewFields[] {
  const { references, state } = embeddableConfig.attributes;
  return Object.entries(state.datasourceStates.formBased.layers).flatMap(([id, layer]) => {
    const heeds = !layer.ignoreGlobalFilters && asksForDocuments(layer);
    const fields = heeds ? fieldsOf(targetOf(references, layerReference(id))) : undefined;
    return fields === undefined ? [] : [fields];
  });
}

/** The query of the dashboard is put to all of its panels. */
function checkSource(
  { kibanaSavedObjectMeta, panelsJSON }: ReadDashboard,
  references: readonly Reference[],
  place: Place,
  surroundings: Surroundings,
): void {
  const { query, filter } = kibanaSavedObjectMeta.searchSourceJSON;
  const here = place.at('kibanaSavedObjectMeta', 'searchSourceJSON');
  const views = panelsJSON.flatMap((panel) =>
    panel.type === 'lens' ? filteredViews(panel, surroundings) : [],
  );
  checkQuery(query, [...new Set(views)], here.at('query'));
  for (const [i, pill] of filter.entries()) {
    const view = 'indexRefName' in pill.meta ? targetOf(references, pill.meta.indexRefName) : undefined;
    checkPill(pill, surroundings.fieldsOf(view), here.at('filter', i));
  }
}
