/**
 * Everything that Elkhound ships for Kibana.
 */
import { ALERTS } from '../documents/alerts.js';
import { ANOMALIES } from '../documents/anomalies.js';
import { indexPattern } from '../documents/index-definition.js';
import { NOTIFICATIONS } from '../documents/notifications.js';
import { WINDOWS } from '../documents/windows.js';
import { CORE_VERSION, TYPE_VERSIONS, type SavedObject, type TagObject } from './saved-object.js';

/** Where the pages are when nothing else is known. */
const DEFAULT_ADDRESS = 'http://127.0.0.1:4600';

const TAG: TagObject = {
  type: 'tag',
  id: 'elkhound',
  attributes: { name: 'Elkhound', description: 'Made by Elkhound', color: '#4477aa' },
  references: [],
  coreMigrationVersion: CORE_VERSION,
  typeMigrationVersion: TYPE_VERSIONS.tag,
};

/** How Kibana shows the values of a field. */
interface FieldFormat {
  readonly id: 'url' | 'duration';
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

interface View {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly formats?: Readonly<Record<string, FieldFormat>>;
}

/** All saved objects. @param options.address of Elkhound's pages, where links lead to */
export function allSavedObjects({
  address = DEFAULT_ADDRESS,
}: { readonly address?: string } = {}): SavedObject[] {
  return [TAG, ...viewsOf(address).map(dataView)];
}

function viewsOf(address: string): View[] {
  const finding: FieldFormat = {
    id: 'url',
    params: {
      type: 'a',
      urlTemplate: `${address}/anomalies/{{value}}`,
      labelTemplate: '{{value}}',
      openLinkInCurrentTab: false,
    },
  };
  const milliseconds: FieldFormat = {
    id: 'duration',
    params: { inputFormat: 'milliseconds', outputFormat: 'humanizePrecise', outputPrecision: 1 },
  };
  return [
    {
      id: 'elkhound-anomalies',
      name: 'Elkhound: anomalies',
      title: indexPattern(ANOMALIES),
      formats: { 'event.id': finding },
    },
    {
      id: 'elkhound-alerts',
      name: 'Elkhound: alerts',
      title: indexPattern(ALERTS),
      formats: { 'elkhound.episode.anomaly': finding },
    },
    {
      id: 'elkhound-windows',
      name: 'Elkhound: windows',
      title: indexPattern(WINDOWS),
      formats: { 'elkhound.took_ms': milliseconds },
    },
    {
      id: 'elkhound-notifications',
      name: 'Elkhound: notifications',
      title: indexPattern(NOTIFICATIONS),
    },
    // Without our own alerts, whose alias lies among the logs.
    {
      id: 'elkhound-logs',
      name: 'Logs that Elkhound reads',
      title: 'logs-*,filebeat-*,packetbeat-*,-logs-elkhound.*',
    },
  ];
}

function dataView({ id, name, title, formats = {} }: View): SavedObject {
  return {
    type: 'index-pattern',
    id,
    attributes: {
      title,
      name,
      timeFieldName: '@timestamp',
      allowNoIndex: true,
      fields: '[]',
      fieldAttrs: '{}',
      fieldFormatMap: JSON.stringify(formats),
    },
    references: [{ type: 'tag', id: TAG.id, name: `tag-ref-${TAG.id}` }],
    coreMigrationVersion: CORE_VERSION,
    typeMigrationVersion: TYPE_VERSIONS['index-pattern'],
  };
}
