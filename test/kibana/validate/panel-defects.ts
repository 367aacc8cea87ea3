/**
 * Defects of panels: where they lie, of what type they are, and what they lead to.
 */
import { drop, put, type Defect } from './defects.js';
import type { Draft, DraftFile, LensDraft } from './draft.js';

export const PANEL_DEFECTS: readonly Defect[] = [
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
