/**
 * Data views, and how the values of their fields are shown: as links, durations, shares and words.
 */
import { ALERTS } from '../documents/alerts.js';
import { ANOMALIES } from '../documents/anomalies.js';
import { indexPattern } from '../documents/index-definition.js';
import { NOTIFICATIONS } from '../documents/notifications.js';
import { WINDOWS } from '../documents/windows.js';
import { SEVERITIES, SEVERITY_NUMBER } from '../domain/anomaly.js';
import { canonicalJson } from './ndjson.js';
import { CORE_VERSION, TYPE_VERSIONS, type DataViewObject } from './saved-object.js';
import { TAG_REFERENCE } from './tag.js';

/** Ids of the data views. */
export const VIEWS = {
  anomalies: 'elkhound-anomalies',
  alerts: 'elkhound-alerts',
  windows: 'elkhound-windows',
  notifications: 'elkhound-notifications',
  logs: 'elkhound-logs',
} as const;

/** Dashboard that links to an entity lead to. */
export const ENTITY_DASHBOARD = 'elkhound-entity';

/** How Kibana shows the values of a field. */
interface FieldFormat {
  readonly id: 'url' | 'duration' | 'bytes' | 'percent' | 'static_lookup';
  readonly params: Readonly<Record<string, unknown>>;
}

type Formats = Readonly<Record<string, FieldFormat>>;

const MILLISECONDS = durationIn('milliseconds');
const NANOSECONDS = durationIn('nanoseconds');
const BYTES: FieldFormat = { id: 'bytes', params: { pattern: '0,0.[0]b' } };
const PERCENT: FieldFormat = { id: 'percent', params: { pattern: '0,0.[0]%' } };
/** Elastic's numbers of the severities, in words. */
const SEVERITY: FieldFormat = {
  id: 'static_lookup',
  params: {
    lookupEntries: SEVERITIES.map((severity) => ({
      key: String(SEVERITY_NUMBER[severity]),
      value: severity,
    })),
  },
};
/** Raw logs of an address or user. Relative, so that it stays in the space. */
const LOGS_OF_ADDRESS = linkTo(logsWhere(['source.ip', 'destination.ip']));
const LOGS_OF_USER = linkTo(logsWhere(['user.name']));
const TECHNIQUE = linkTo('https://attack.mitre.org/techniques/{{value}}/');
const TACTIC = linkTo('https://attack.mitre.org/tactics/{{value}}/');
/** What is strange about an address of the logs; the raw events stay on the page too. */
const INVESTIGATE = linkTo(
  `../app/dashboards#/view/${ENTITY_DASHBOARD}?_a=(query:(language:kuery,query:'${anyOf(['elkhound.entity.names', 'source.ip', 'destination.ip'])}'))`,
);

/** All data views. @param address of Elkhound's pages, where links from anomalies lead to */
export function dataViews(address: string): DataViewObject[] {
  const finding = linkTo(`${address}/anomalies/{{value}}`);
  return [
    dataView(VIEWS.anomalies, 'Elkhound: anomalies', indexPattern(ANOMALIES), {
      ...RESULT_FORMATS,
      'event.id': finding,
      'elkhound.window.length_ms': MILLISECONDS,
      'elkhound.grade': PERCENT,
      'elkhound.previous_score': PERCENT,
      'elkhound.scores.baseline': PERCENT,
      'elkhound.scores.isolation_forest': PERCENT,
    }),
    dataView(VIEWS.alerts, 'Elkhound: alerts', indexPattern(ALERTS), {
      ...RESULT_FORMATS,
      'elkhound.episode.anomaly': finding,
    }),
    dataView(VIEWS.windows, 'Elkhound: windows', indexPattern(WINDOWS), {
      'event.duration': NANOSECONDS,
      'elkhound.took_ms': MILLISECONDS,
      'elkhound.lag_ms': MILLISECONDS,
      'elkhound.window.length_ms': MILLISECONDS,
    }),
    dataView(VIEWS.notifications, 'Elkhound: notifications', indexPattern(NOTIFICATIONS)),
    // Without our own alerts, whose alias lies among the logs.
    dataView(
      VIEWS.logs,
      'Logs that Elkhound reads',
      'logs-*,filebeat-*,packetbeat-*,-logs-elkhound.*',
      LOG_FORMATS,
    ),
  ];
}

const RESULT_FORMATS: Formats = {
  'event.duration': NANOSECONDS,
  'event.severity': SEVERITY,
  'source.ip': LOGS_OF_ADDRESS,
  'destination.ip': LOGS_OF_ADDRESS,
  'host.ip': LOGS_OF_ADDRESS,
  'user.name': LOGS_OF_USER,
  'elkhound.score': PERCENT,
  'threat.tactic.id': TACTIC,
  'threat.technique.id': TECHNIQUE,
};

const LOG_FORMATS: Formats = {
  'event.duration': NANOSECONDS,
  'source.ip': INVESTIGATE,
  'destination.ip': INVESTIGATE,
  'source.bytes': BYTES,
  'destination.bytes': BYTES,
  'network.bytes': BYTES,
};

function durationIn(inputFormat: 'milliseconds' | 'nanoseconds'): FieldFormat {
  return { id: 'duration', params: { inputFormat, outputFormat: 'humanizePrecise', outputPrecision: 1 } };
}

/** A link with the value as its text. */
function linkTo(urlTemplate: string): FieldFormat {
  return {
    id: 'url',
    params: { type: 'a', urlTemplate, labelTemplate: '{{value}}', openLinkInCurrentTab: false },
  };
}

/** Address of Discover with the logs in which one of the fields has the value. */
function logsWhere(fields: readonly string[]): string {
  return `../app/discover#/?_g=(time:(from:now-7d,to:now))&_a=(index:'${VIEWS.logs}',query:(language:kuery,query:'${anyOf(fields)}'))`;
}

/** KQL as a part of an address. */
function anyOf(fields: readonly string[]): string {
  return encodeURIComponent(fields.map((field) => `${field}:"@"`).join(' or ')).replaceAll(
    '%40',
    '{{value}}',
  );
}

function dataView(id: string, name: string, title: string, formats: Formats = {}): DataViewObject {
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
      fieldFormatMap: canonicalJson(formats),
    },
    references: [TAG_REFERENCE],
    coreMigrationVersion: CORE_VERSION,
    typeMigrationVersion: TYPE_VERSIONS['index-pattern'],
  };
}
