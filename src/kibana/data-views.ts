/**
 * Data views.
 */
import { ALERTS } from '../documents/alerts.js';
import { ANOMALIES } from '../documents/anomalies.js';
import { indexPattern } from '../documents/index-definition.js';
import { NOTIFICATIONS } from '../documents/notifications.js';
import { WINDOWS } from '../documents/windows.js';
import {
  BYTES,
  INVESTIGATE_ADDRESS,
  linkTo,
  LOGS_OF_ADDRESS,
  MILLISECONDS,
  NANOSECONDS,
  PERCENT,
  PORT,
  SEVERITY,
  TACTIC,
  TECHNIQUE,
  type FieldFormat,
  type Formats,
} from './field-formats.js';
import { VIEWS } from './ids.js';
import { canonicalJson } from './ndjson.js';
import { CORE_VERSION, TYPE_VERSIONS, type DataViewObject } from './saved-object.js';
import { TAG_REFERENCE } from './tag.js';

interface View {
  readonly id: string;
  readonly name: string;
  /** Index expression. */
  readonly title: string;
  readonly formats: Formats;
  /** What the columns of lists are called, by field. */
  readonly labels: Readonly<Record<string, string>>;
}

/** All data views. @param address of Elkhound's pages, where links from anomalies lead to */
export function dataViews(address: string): DataViewObject[] {
  const page = linkTo(`${address}/anomalies/{{value}}`);
  const user = linkTo(`${address}/entities/user/{{value}}`);
  return [anomalies(page, user), alerts(page, user), windows(), notifications(), logs()].map(dataView);
}

const RESULT_FORMATS: Formats = {
  'event.duration': NANOSECONDS,
  'event.severity': SEVERITY,
  'source.ip': LOGS_OF_ADDRESS,
  'destination.ip': LOGS_OF_ADDRESS,
  'destination.port': PORT,
  'host.ip': LOGS_OF_ADDRESS,
  'elkhound.entity.port': PORT,
  'elkhound.score': PERCENT,
  'threat.tactic.id': TACTIC,
  'threat.technique.id': TECHNIQUE,
};

const RESULT_LABELS = {
  'elkhound.severity': 'Severity',
  'elkhound.score': 'Score',
  'event.reason': 'What and why',
  'rule.name': 'Kind of behavior',
  'source.ip': 'From',
  'destination.ip': 'To',
  'user.name': 'User',
} as const;

function anomalies(page: FieldFormat, user: FieldFormat): View {
  return {
    id: VIEWS.anomalies,
    name: 'Elkhound: anomalies',
    title: indexPattern(ANOMALIES),
    formats: {
      ...RESULT_FORMATS,
      'event.id': page,
      'user.name': user,
      'elkhound.window.length_ms': MILLISECONDS,
      'elkhound.grade': PERCENT,
      'elkhound.previous_score': PERCENT,
      'elkhound.scores.baseline': PERCENT,
      'elkhound.scores.isolation_forest': PERCENT,
    },
    labels: { ...RESULT_LABELS, 'event.id': 'Page' },
  };
}

function alerts(page: FieldFormat, user: FieldFormat): View {
  return {
    id: VIEWS.alerts,
    name: 'Elkhound: alerts',
    title: indexPattern(ALERTS),
    formats: { ...RESULT_FORMATS, 'user.name': user, 'elkhound.episode.anomaly': page },
    labels: { ...RESULT_LABELS, 'elkhound.episode.anomaly': 'Page' },
  };
}

function windows(): View {
  return {
    id: VIEWS.windows,
    name: 'Elkhound: windows',
    title: indexPattern(WINDOWS),
    formats: {
      'event.duration': NANOSECONDS,
      'elkhound.took_ms': MILLISECONDS,
      'elkhound.lag_ms': MILLISECONDS,
      'elkhound.window.length_ms': MILLISECONDS,
    },
    labels: {
      'elkhound.status': 'Status',
      'elkhound.reason': 'Why skipped',
      'elkhound.records.read': 'Records',
      'elkhound.records.quarantined': 'Could not be read',
      'elkhound.coverage.quarantined.reason': 'Why not',
      'elkhound.late': 'Late',
      'elkhound.anomalies': 'Anomalies',
      'elkhound.revision': 'Revision',
      'elkhound.took_ms': 'Took',
    },
  };
}

function notifications(): View {
  return {
    id: VIEWS.notifications,
    name: 'Elkhound: notifications',
    title: indexPattern(NOTIFICATIONS),
    formats: {},
    labels: {
      'elkhound.channel': 'Receiver',
      'elkhound.severity': 'Severity',
      'elkhound.change': 'Of an episode that',
      'elkhound.delivery.state': 'Delivery',
      'elkhound.delivery.attempts': 'Attempts',
      'elkhound.delivery.detail': 'What the receiver said',
    },
  };
}

/** The fields of logs keep the names that everybody knows them by. */
function logs(): View {
  return {
    id: VIEWS.logs,
    name: 'Logs that Elkhound reads',
    // Without our own alerts, whose alias lies among the logs.
    title: 'logs-*,filebeat-*,packetbeat-*,-logs-elkhound.*',
    formats: {
      'event.duration': NANOSECONDS,
      'source.ip': INVESTIGATE_ADDRESS,
      'source.port': PORT,
      'source.bytes': BYTES,
      'destination.ip': INVESTIGATE_ADDRESS,
      'destination.port': PORT,
      'destination.bytes': BYTES,
      'network.bytes': BYTES,
    },
    labels: {},
  };
}

function dataView({ id, name, title, formats, labels }: View): DataViewObject {
  const attributes = Object.entries(labels).map(([field, customLabel]) => [field, { customLabel }] as const);
  return {
    type: 'index-pattern',
    id,
    attributes: {
      title,
      name,
      timeFieldName: '@timestamp',
      allowNoIndex: true,
      fields: '[]',
      fieldAttrs: canonicalJson(Object.fromEntries(attributes)),
      fieldFormatMap: canonicalJson(formats),
    },
    references: [TAG_REFERENCE],
    coreMigrationVersion: CORE_VERSION,
    typeMigrationVersion: TYPE_VERSIONS['index-pattern'],
  };
}
