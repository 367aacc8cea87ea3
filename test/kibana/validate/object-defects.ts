/**
 * Defects of files, stamps and references.
 */
import { drop, put, type Defect } from './defects.js';

const PANEL_VIEW = 'indexpattern-datasource-layer-data';

export const OBJECT_DEFECTS: readonly Defect[] = [
  {
    name: 'a type that Elkhound does not ship',
    plant: (file) => file.objects.push({ ...file.get('tag'), type: 'map' as 'tag', id: 'map' }),
    at: ['map', 'type'],
    message: 'got "map"; expected one of "tag", "index-pattern", "search", "dashboard"',
  },
  {
    name: 'a type that needs more than a Basic license',
    plant: (file) => file.objects.push({ ...file.get('tag'), type: 'graph-workspace' as 'tag', id: 'graph' }),
    at: ['graph-workspace', 'type'],
    message: '"graph-workspace" needs a Platinum license; a Basic one has one of "tag"',
  },
  {
    name: 'the same object twice',
    plant: (file) => file.objects.push(structuredClone(file.get('tag'))),
    at: ['tag', 'id'],
    message: 'line 1 is the same object; leave one of them out',
  },
  {
    name: 'no id',
    plant: (file) => file.objects.push({ ...file.get('tag'), id: '' }),
    at: ['tag', 'id'],
    message: 'got ""; expected a text that is not empty',
  },
  {
    name: 'an attribute that no type has',
    plant: (file) => put(file.get('search').attributes, 'tabs', []),
    at: ['search', 'attributes.tabs'],
    message: 'unknown attribute; leave it out',
  },
  {
    name: 'what Kibana writes beside the attributes',
    plant: (file) => put(file.get('index-pattern'), 'updated_at', '2026-11-28T00:00:00.000Z'),
    at: ['index-pattern', 'updated_at'],
    message: 'unknown attribute; leave it out',
  },
  {
    name: 'a text that is no JSON',
    plant: (file) => put(file.get('dashboard').attributes, 'panelsJSON', '[{'),
    at: ['dashboard', 'attributes.panelsJSON'],
    message: 'is no JSON (',
  },
  {
    name: 'no stamp',
    plant: (file) => drop(file.get('dashboard'), 'typeMigrationVersion'),
    at: ['dashboard', 'typeMigrationVersion'],
    message: 'missing; expected "8.9.0": without a stamp Kibana runs all migrations, those of 7.x too',
  },
  {
    name: 'a stamp of 7.x',
    plant: (file) => put(file.get('dashboard'), 'typeMigrationVersion', '7.17.3'),
    at: ['dashboard', 'typeMigrationVersion'],
    message: 'got "7.17.3"; expected "8.9.0": with an older stamp Kibana runs the migrations',
  },
  {
    name: 'a stamp that Kibana 8.9 does not know',
    plant: (file) => put(file.get('search'), 'typeMigrationVersion', '10.18.0'),
    at: ['search', 'typeMigrationVersion'],
    message: 'got "10.18.0"; expected "8.0.0": an older Kibana refuses',
  },
  {
    name: 'a core version that Kibana 8.9 does not know',
    plant: (file) => put(file.get('tag'), 'coreMigrationVersion', '9.1.0'),
    at: ['tag', 'coreMigrationVersion'],
    message: 'got "9.1.0"; expected "8.8.0": an older Kibana refuses',
  },
  {
    name: 'a stamp that is no version',
    plant: (file) => put(file.get('tag'), 'typeMigrationVersion', 8),
    at: ['tag', 'typeMigrationVersion'],
    message: 'got 8; expected "8.0.0"',
  },
  {
    name: 'a color that is none',
    plant: (file) => (file.get('tag').attributes.color = 'blue'),
    at: ['tag', 'attributes.color'],
    message: 'got "blue"; expected a color such as "#4477aa"',
  },

  {
    name: 'a reference to a tag that is not there',
    plant: (file) => {
      const [tag] = file.get('search').references.filter(({ type }) => type === 'tag');
      Object.assign(tag!, { id: 'nobody', name: 'tag-ref-nobody' });
    },
    at: ['search', ']'],
    message: 'there is no tag "nobody"; add it to the file',
  },
  {
    name: 'a reference to a data view that is not there',
    plant: (file) =>
      (file.get('search').references.find(({ type }) => type === 'index-pattern')!.id = 'gone'),
    at: ['search', ']'],
    message: 'there is no index-pattern "gone"; add it to the file',
  },
  {
    name: 'a reference that nothing uses',
    plant: (file) =>
      file.get('dashboard').references.push({ type: 'index-pattern', id: 'elkhound-logs', name: 'unused' }),
    at: ['dashboard', ']'],
    message: 'nothing uses "unused"; remove it',
  },
  {
    name: 'a tag that is carried by another name than Kibana looks for',
    plant: (file) => (file.get('search').references.find(({ type }) => type === 'tag')!.name = 'tag'),
    at: ['search', ']'],
    message: 'nothing uses "tag"; remove it',
  },
  {
    name: 'two references of one name',
    plant: (file) => {
      const { references } = file.get('search');
      references.push({ ...references.find(({ type }) => type === 'index-pattern')!, id: 'elkhound-logs' });
    },
    at: ['search', ']'],
    message:
      'the name "kibanaSavedObjectMeta.searchSourceJSON.index" is there twice; give each reference its own',
  },
  {
    name: 'a saved search without the reference to its data view',
    plant: (file) => {
      const search = file.get('search');
      search.references = search.references.filter(({ type }) => type === 'tag');
    },
    at: ['search', 'attributes.kibanaSavedObjectMeta.searchSourceJSON.indexRefName'],
    message:
      'no reference is called "kibanaSavedObjectMeta.searchSourceJSON.index"; add one to the index-pattern',
  },
  {
    name: 'a reference to an object of another type',
    plant: (file) => {
      const view = file.get('search').references.find(({ type }) => type === 'index-pattern')!;
      Object.assign(view, { type: 'tag', id: 'elkhound' });
    },
    at: ['search', 'type'],
    message: 'leads to a tag; expected index-pattern',
  },
  {
    name: 'a panel whose data view the dashboard does not refer to',
    plant: (file) => {
      const { dashboard, panel } = file.panel(() => true);
      dashboard.references = dashboard.references.filter(
        ({ name }) => name !== `${panel.panelIndex}:${PANEL_VIEW}`,
      );
    },
    at: ['dashboard', 'embeddableConfig.attributes.state.datasourceStates.formBased.layers.data'],
    message: `:${PANEL_VIEW}"; add one to the index-pattern that is meant`,
  },
  {
    name: 'a panel whose data view it does not refer to itself',
    plant: (file) => (file.panel(() => true).panel.embeddableConfig.attributes.references = []),
    at: ['dashboard', 'embeddableConfig.attributes.state.datasourceStates.formBased.layers.data'],
    message: `no reference is called "${PANEL_VIEW}"; add one to the index-pattern that is meant`,
  },
  {
    name: 'a panel with one data view inside and another in the dashboard',
    plant: (file) => {
      const { dashboard, panel } = file.panel(() => true);
      dashboard.references.find(({ name }) => name === `${panel.panelIndex}:${PANEL_VIEW}`)!.id =
        'elkhound-logs';
    },
    at: ['dashboard', 'id'],
    message: 'leads to "elkhound-logs", and inside of the panel to "',
  },
];
