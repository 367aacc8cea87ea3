/**
 * Defects of dashboards: their grid, panels, controls, drilldowns and times.
 */
import { drop, put, type Defect } from './defects.js';
import type { Draft, DraftFile, LensDraft } from './draft.js';

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
    name: 'panels on each other',
    plant: (file) => (panelOf(file).gridData.h += 1),
    at: ['dashboard', '.gridData'],
    message: 'move one of them',
  },
  {
    name: 'a panel outside of the grid',
    plant: (file) => (lastOfRow(file).gridData.w += 1),
    at: ['dashboard', '.gridData'],
    message: 'ends at column 49; the grid has 48',
  },
  {
    name: 'a panel left of the grid',
    plant: (file) => (panelOf(file).gridData.x = -1),
    at: ['dashboard', '.gridData.x'],
    message: 'got -1; expected no negative number',
  },
  {
    name: 'a panel of no height',
    plant: (file) => (panelOf(file).gridData.h = 0),
    at: ['dashboard', '.gridData.h'],
    message: 'got 0; expected a number of at least 1',
  },
  {
    name: 'a panel between two cells',
    plant: (file) => (panelOf(file).gridData.w = 1.5),
    at: ['dashboard', '.gridData.w'],
    message: 'got 1.5; expected a whole number',
  },
  {
    name: 'two panels of one name',
    plant: (file) => {
      const text = markdownOf(file);
      text.panelIndex = panelOf(file).panelIndex;
      text.gridData.i = text.panelIndex;
    },
    at: ['dashboard', '.panelIndex'],
    message: ' is another panel already; give each its own',
  },
  {
    name: 'a place of another panel',
    plant: (file) => (panelOf(file).gridData.i = 'other'),
    at: ['dashboard', '.gridData.i'],
    message: 'got "other"; expected the panelIndex, "',
  },
  {
    name: 'a panel without a type',
    plant: (file) => drop(panelOf(file), 'type'),
    at: ['dashboard', '.type'],
    message: 'missing; expected one of "lens", "visualization", "search"',
  },
  {
    name: 'a panel without a title',
    plant: (file) => drop(panelOf(file), 'title'),
    at: ['dashboard', '.title'],
    message: 'missing; expected a text',
  },
  {
    name: 'a panel of machine learning',
    plant: (file) => put(panelOf(file), 'type', 'ml_anomaly_swimlane'),
    at: ['dashboard', '.type'],
    message: '"ml_anomaly_swimlane" needs a Platinum license',
  },
  {
    name: 'a map',
    plant: (file) => put(panelOf(file), 'type', 'map'),
    at: ['dashboard', '.type'],
    message: 'got "map"; expected one of "lens", "visualization", "search"',
  },
  {
    name: 'another visualization than Markdown',
    plant: (file) => put(markdownOf(file).embeddableConfig.savedVis, 'type', 'vega'),
    at: ['dashboard', '.savedVis.type'],
    message: 'got "vega"; expected "markdown"',
  },
  {
    name: 'an attribute that a panel does not have',
    plant: (file) => put(panelOf(file), 'sectionId', 'a'),
    at: ['dashboard', '.sectionId'],
    message: 'unknown attribute; leave it out',
  },
  {
    name: 'an option of a newer Kibana',
    plant: (file) => put(file.get('dashboard').attributes.controlGroupInput!, 'showApplySelections', false),
    at: ['dashboard', 'attributes.controlGroupInput.showApplySelections'],
    message: 'unknown attribute; leave it out',
  },
  {
    name: 'a link to a dashboard that is not there',
    plant: (file) =>
      (markdownOf(file).embeddableConfig.savedVis.params.markdown += ' [gone](#/dashboard/gone)'),
    at: ['dashboard', '.savedVis.params.markdown'],
    message: 'links to the dashboard "gone", which is not there',
  },
  {
    name: 'a link that leads nowhere',
    plant: (file) =>
      (markdownOf(file).embeddableConfig.savedVis.params.markdown += ' [here](elkhound-overview)'),
    at: ['dashboard', '.savedVis.params.markdown'],
    message: '"elkhound-overview" is no link from everywhere; expected http',
  },
  {
    name: 'a link that leaves the space',
    plant: (file) => (markdownOf(file).embeddableConfig.savedVis.params.markdown += ' [here](/app/discover)'),
    at: ['dashboard', '.savedVis.params.markdown'],
    message: '"/app/discover" is no link from everywhere; expected http',
  },
  {
    name: 'a saved search that the dashboard does not refer to',
    plant: (file) => {
      const { references } = file.get('dashboard');
      references.splice(
        references.findIndex(({ type }) => type === 'search'),
        1,
      );
    },
    at: ['dashboard', '.panelRefName'],
    message: '"; add one to the search that is meant',
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
    message: '"now-24h" is not after timeFrom, "now"; swap them',
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
];

function panelOf(file: DraftFile): LensDraft {
  return file.panel(() => true).panel;
}

function lastOfRow(file: DraftFile): LensDraft {
  return file.panel(({ gridData: { x, w } }) => x + w === 48).panel;
}

function markdownOf(file: DraftFile) {
  type Markdown = Extract<Draft<'dashboard'>['attributes']['panelsJSON'][number], { type: 'visualization' }>;
  const { panelsJSON } = file.get('dashboard').attributes;
  return panelsJSON.find((panel): panel is Markdown => panel.type === 'visualization')!;
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
