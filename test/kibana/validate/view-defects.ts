/**
 * Defects of data views and saved searches.
 */
import { drop, put, type Defect } from './defects.js';
import type { DraftFile } from './draft.js';

export const VIEW_DEFECTS: readonly Defect[] = [
  {
    name: 'a data view without a title',
    plant: (file) => (file.get('index-pattern').attributes.title = ' '),
    at: ['index-pattern', 'attributes.title'],
    message: 'got " "; expected a text that is not empty',
  },
  {
    name: 'a data view without a time',
    plant: (file) => drop(file.get('index-pattern').attributes, 'timeFieldName'),
    at: ['index-pattern', 'attributes.timeFieldName'],
    message: 'missing; expected a text',
  },
  {
    name: 'a data view whose time is no date',
    plant: (file) => (file.get('index-pattern', 'elkhound-logs').attributes.timeFieldName = 'event.duration'),
    at: ['index-pattern', 'attributes.timeFieldName'],
    message: '"event.duration" is a field of kind number; the time of a data view takes date',
  },
  {
    name: 'a data view of an index that Elkhound does not have',
    plant: (file) => {
      const view = structuredClone(file.get('index-pattern', 'elkhound-windows'));
      file.objects.push({
        ...view,
        id: 'other',
        attributes: { ...view.attributes, title: 'elkhound-window-*' },
      });
    },
    at: ['index-pattern', 'attributes.title'],
    message: '"elkhound-window-*" names no index of Elkhound; expected one such as "logs-*"',
  },
  {
    name: 'a format of a field that there is none of',
    plant: (file) => {
      const formats = file.get('index-pattern', 'elkhound-alerts').attributes.fieldFormatMap;
      formats['elkhound.scor'] = formats['elkhound.score']!;
    },
    at: ['index-pattern', 'attributes.fieldFormatMap.elkhound.scor'],
    message: 'data view elkhound-alerts has no field "elkhound.scor"; did you mean "elkhound.score"?',
  },
  {
    name: 'a format that Kibana does not have',
    plant: (file) =>
      put(
        file.get('index-pattern', 'elkhound-logs').attributes.fieldFormatMap['network.bytes']!,
        'id',
        'octets',
      ),
    at: ['index-pattern', 'attributes.fieldFormatMap.network.bytes.id'],
    message: 'got "octets"; expected one of "url", "number", "bytes", "percent", "duration"',
  },
  {
    name: 'an option that a format does not have',
    plant: (file) =>
      put(
        file.get('index-pattern', 'elkhound-logs').attributes.fieldFormatMap['network.bytes']!.params,
        'decimals',
        1,
      ),
    at: ['index-pattern', 'params.decimals'],
    message: 'unknown attribute; leave it out',
  },
  {
    name: 'numbers of bytes that are texts',
    plant: (file) => {
      const formats = file.get('index-pattern', 'elkhound-logs').attributes.fieldFormatMap;
      formats['network.protocol'] = formats['network.bytes']!;
    },
    at: ['index-pattern', 'attributes.fieldFormatMap.network.protocol'],
    message: '"network.protocol" is a field of kind string; the format bytes takes number',
  },
  {
    name: 'dates that are looked up as words',
    plant: (file) => {
      const formats = file.get('index-pattern', 'elkhound-alerts').attributes.fieldFormatMap;
      formats['event.start'] = formats['event.severity']!;
    },
    at: ['index-pattern', 'fieldFormatMap.event.start'],
    message:
      '"event.start" is a field of kind date; the format static_lookup takes number, string, text, ip, boolean',
  },
  {
    name: 'a link with a query that the name of a user could end',
    plant: (file) => {
      const formats = file.get('index-pattern', 'elkhound-alerts').attributes.fieldFormatMap;
      formats['user.name'] = formats['source.ip']!;
    },
    at: ['index-pattern', 'fieldFormatMap.user.name.params.urlTemplate'],
    message: 'puts a text that somebody chose into a query, which its quotes can end',
  },
  {
    name: 'a link that Kibana does not follow',
    plant: (file) => (linkOf(file).urlTemplate = 'javascript:alert({{value}})'),
    at: ['index-pattern', 'params.urlTemplate'],
    message:
      '"javascript:alert({{value}})" is no link from everywhere; expected http, https, mailto, or "../app/…"',
  },
  {
    name: 'a link that leaves the space',
    plant: (file) => (linkOf(file).urlTemplate = '/app/discover#/?_a={{value}}'),
    at: ['index-pattern', 'params.urlTemplate'],
    message: '"/app/discover#/?_a={{value}}" is no link from everywhere',
  },
  {
    name: 'a link that depends on the page',
    plant: (file) => (linkOf(file).urlTemplate = '#/view/elkhound-entity?_a={{value}}'),
    at: ['index-pattern', 'params.urlTemplate'],
    message: 'is no link from everywhere; expected',
  },
  {
    name: 'a link that is the same for all values',
    plant: (file) => (linkOf(file).urlTemplate = 'https://elkhound.example/anomalies'),
    at: ['index-pattern', 'params.urlTemplate'],
    message: 'is the same link for all values; expected "{{value}}" in it',
  },
  {
    name: 'a link to a dashboard that is not there',
    plant: (file) => (linkOf(file).urlTemplate = '../app/dashboards#/view/gone?_a={{value}}'),
    at: ['index-pattern', 'params.urlTemplate'],
    message: 'links to the dashboard "gone", which is not there; link to one of the file',
  },

  {
    name: 'a column of a field that there is none of',
    plant: (file) => file.get('search').attributes.columns.push('event.reasons'),
    at: ['search', ']'],
    message: 'has no field "event.reasons"; did you mean "event.reason"?',
  },
  {
    name: 'a column twice',
    plant: (file) => file.get('search').attributes.columns.push(file.get('search').attributes.columns[0]!),
    at: ['search', ']'],
    message: ' is there twice; remove one',
  },
  {
    name: 'a filter of a saved search by a field that there is none of',
    plant: (file) => {
      const { filter, indexRefName } = file.get('search').attributes.kibanaSavedObjectMeta.searchSourceJSON;
      filter.push({
        $state: { store: 'appState' },
        meta: { type: 'exists', key: 'event.reasons', indexRefName },
        query: { exists: { field: 'event.reasons' } },
      });
    },
    at: ['search', 'searchSourceJSON.filter[0].meta.key'],
    message: 'has no field "event.reasons"; did you mean "event.reason"?',
  },
  {
    name: 'a saved search without an order',
    plant: (file) => drop(file.get('search').attributes, 'sort'),
    at: ['search', 'attributes.sort'],
    message: 'missing; expected a list',
  },
  {
    name: 'an order by texts',
    plant: (file) => file.get('search').attributes.sort.push(['message', 'asc']),
    at: ['search', 'attributes.sort[1]'],
    message: '"message" is a field of kind text; an order takes number, string, date, ip, boolean',
  },
  {
    name: 'a query that is no KQL',
    plant: (file) =>
      (file.get('search').attributes.kibanaSavedObjectMeta.searchSourceJSON.query.query = 'event.kind: ('),
    at: ['search', 'searchSourceJSON.query.query'],
    message: 'is no KQL that Elkhound knows; column',
  },
];

function linkOf(file: DraftFile): { urlTemplate: string } {
  const format = file.get('index-pattern', 'elkhound-anomalies').attributes.fieldFormatMap['event.id'];
  return format!.params as { urlTemplate: string };
}
