/**
 * Defects of dashboards beside their panels: controls, drilldowns, times and queries.
 */
import { drop, put, type Defect } from './defects.js';
import type { DraftFile } from './draft.js';

export const DASHBOARD_DEFECTS: readonly Defect[] = [
  {
    name: 'an empty title',
    plant: (file) => (file.get('dashboard').attributes.title = ''),
    at: ['dashboard', 'attributes.title'],
    message: 'got ""; expected a text that is not empty',
  },
  {
    name: 'a dashboard without panels',
    plant: (file) => {
      const dashboard = file.get('dashboard', 'elkhound-health');
      file.objects.push({
        ...dashboard,
        id: 'empty',
        attributes: { ...dashboard.attributes, panelsJSON: [] },
      });
    },
    at: ['dashboard', 'attributes.panelsJSON'],
    message: 'got []; expected at least one panel',
  },
  {
    name: 'an option of a newer Kibana',
    plant: (file) => put(file.get('dashboard').attributes.controlGroupInput!, 'showApplySelections', false),
    at: ['dashboard', 'attributes.controlGroupInput.showApplySelections'],
    message: 'unknown attribute; leave it out',
  },

  {
    name: 'a control of a field that there is none of',
    plant: (file) => (controlOf(file).explicitInput.fieldName = 'elkhound.jobs'),
    at: ['dashboard', '.explicitInput.fieldName'],
    message: 'has no field "elkhound.jobs"; did you mean "elkhound.job"?',
  },
  {
    name: 'a control of texts',
    plant: (file) => (controlOf(file).explicitInput.fieldName = 'message'),
    at: ['dashboard', '.explicitInput.fieldName'],
    message: '"message" is a field of kind text; a control takes',
  },
  {
    name: 'a choice that empties a panel',
    plant: (file) => {
      const { panel } = file.panel(({ embeddableConfig }) =>
        Object.values(embeddableConfig.attributes.state.datasourceStates.formBased.layers).some(
          ({ ignoreGlobalFilters }) => ignoreGlobalFilters,
        ),
      );
      const { layers } = panel.embeddableConfig.attributes.state.datasourceStates.formBased;
      for (const layer of Object.values(layers)) drop(layer, 'ignoreGlobalFilters');
      const { dashboard } = file.panel((one) => one === panel);
      const { controlGroupInput } = dashboard.attributes;
      const controls = Object.values(controlGroupInput!.panelsJSON);
      for (const { explicitInput } of controls) explicitInput.fieldName = 'elkhound.job';
      controls[0]!.explicitInput.fieldName = 'elkhound.severity';
    },
    at: ['dashboard', '.explicitInput.fieldName'],
    message: 'a choice of "elkhound.severity" empties "',
  },
  {
    name: 'a control of another name',
    plant: (file) => (controlOf(file).explicitInput.id = 'other'),
    at: ['dashboard', '.explicitInput.id'],
    message: 'got "other"; expected "',
  },
  {
    name: 'two controls in one place',
    plant: (file) => {
      const [one, two] = Object.values(file.get('dashboard').attributes.controlGroupInput!.panelsJSON);
      two!.order = one!.order;
    },
    at: ['dashboard', '.order'],
    message: ' too; give each its own',
  },
  {
    name: 'a control without a data view',
    plant: (file) => {
      const dashboard = file.get('dashboard');
      const at = dashboard.references.findIndex(({ name }) => name.startsWith('controlGroup_'));
      dashboard.references.splice(at, 1);
    },
    at: ['dashboard', ''],
    message:
      'no reference is called "controlGroup_severity:optionsListDataView"; add one to the index-pattern',
  },
  {
    name: 'a slider',
    plant: (file) => put(controlOf(file), 'type', 'rangeSliderControl'),
    at: ['dashboard', '.type'],
    message: 'got "rangeSliderControl"; expected "optionsListControl"',
  },

  {
    name: 'a drilldown that needs more than a Basic license',
    plant: (file) => put(drilldownOf(file).event.action, 'factoryId', 'URL_DRILLDOWN'),
    at: ['dashboard', '.action.factoryId'],
    message: '"URL_DRILLDOWN" needs a Gold license; a Basic one has "DASHBOARD_TO_DASHBOARD_DRILLDOWN"',
  },
  {
    name: 'a drilldown to a dashboard that is not there',
    plant: (file) => (drilldownOf(file).reference.id = 'gone'),
    at: ['dashboard', ']'],
    message: 'there is no dashboard "gone"; add it to the file, or name one that is there',
  },
  {
    name: 'a drilldown that the dashboard does not refer to',
    plant: (file) => {
      const { dashboard, reference } = drilldownOf(file);
      dashboard.references.splice(dashboard.references.indexOf(reference), 1);
    },
    at: ['dashboard', '.dynamicActions.events[0]'],
    message: ':dashboardId"; add one to the dashboard that is meant',
  },
  {
    name: 'a drilldown twice',
    plant: (file) => {
      const { events, event } = drilldownOf(file);
      events.push(event);
    },
    at: ['dashboard', '.dynamicActions.events[1].eventId'],
    message: 'is another drilldown already; give each its own',
  },

  {
    name: 'a time that Kibana does not understand',
    plant: (file) => (file.get('dashboard').attributes.timeFrom = 'yesterday'),
    at: ['dashboard', 'attributes.timeFrom'],
    message: 'got "yesterday"; expected a time such as "now-24h" or "now/d"',
  },
  {
    name: 'a time that ends before it begins',
    plant: (file) => Object.assign(file.get('dashboard').attributes, { timeFrom: 'now', timeTo: 'now-24h' }),
    at: ['dashboard', 'attributes.timeTo'],
    message: '"now-24h" is not after timeFrom, "now"; expected a later time',
  },
  {
    name: 'a time of no length',
    plant: (file) => Object.assign(file.get('dashboard').attributes, { timeFrom: 'now', timeTo: 'now' }),
    at: ['dashboard', 'attributes.timeTo'],
    message: '"now" is not after timeFrom, "now"; expected a later time',
  },
  {
    name: 'a dashboard that opens with the time of another one',
    plant: (file) => put(file.get('dashboard').attributes, 'timeRestore', false),
    at: ['dashboard', 'attributes.timeRestore'],
    message: 'got false; expected true',
  },
  {
    name: 'a refresh without a pause',
    plant: (file) => (file.get('dashboard').attributes.refreshInterval = { pause: false, value: 0 }),
    at: ['dashboard', 'attributes.refreshInterval.value'],
    message: 'got 0; expected at least 1000 ms, or pause',
  },
  {
    name: 'a query of a field that some panel does not have',
    plant: (file) =>
      (file.get(
        'dashboard',
        'elkhound-network',
      ).attributes.kibanaSavedObjectMeta.searchSourceJSON.query.query = 'elkhound.job: default'),
    at: ['dashboard', 'searchSourceJSON.query.query'],
    message: 'data view elkhound-logs has no field "elkhound.job"; take one that its mapping has',
  },
  {
    name: 'a filter of a dashboard by a field that there is none of',
    plant: (file) => addDashboardPill(file, 'elkhound.state'),
    at: ['dashboard', 'searchSourceJSON.filter[0].meta.key'],
    message: 'data view elkhound-alerts has no field "elkhound.state"; ',
  },
];

/** Adds a filter pill to the first dashboard; it is right if the field is. */
export function addDashboardPill(file: DraftFile, field: string): void {
  const { attributes, references } = file.get('dashboard');
  const name = 'kibanaSavedObjectMeta.searchSourceJSON.filter[0].meta.index';
  references.push({ type: 'index-pattern', id: 'elkhound-alerts', name });
  attributes.kibanaSavedObjectMeta.searchSourceJSON.filter.push({
    $state: { store: 'appState' },
    meta: { type: 'exists', key: field, field, indexRefName: name },
    query: { exists: { field } },
  });
}

function controlOf(file: DraftFile) {
  return Object.values(file.get('dashboard').attributes.controlGroupInput!.panelsJSON)[0]!;
}

function drilldownOf(file: DraftFile) {
  const { dashboard, panel } = file.panel(
    (one) => one.embeddableConfig.enhancements.dynamicActions !== undefined,
  );
  const { events } = panel.embeddableConfig.enhancements.dynamicActions!;
  const reference = dashboard.references.find(({ name }) =>
    name.startsWith(`${panel.panelIndex}:drilldown:`),
  )!;
  return { dashboard, events, event: events[0]!, reference };
}
