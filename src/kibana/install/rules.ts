/**
 * Rules that read our alerts on a Basic license: one of Elastic Security, two of Kibana that write to
 * Kibana's own log, since every connector that sends anything costs a license.
 */
import { createHash } from 'node:crypto';
import { ALERTS_ALIAS } from '../../documents/alerts.js';
import { indexPattern, MODULE } from '../../documents/index-definition.js';
import { WINDOWS } from '../../documents/windows.js';
import { SEVERITIES, SEVERITY_NUMBER } from '../../domain/anomaly.js';
import type { KibanaRequest } from './connection.js';

/** Something that setup makes beside the saved objects, by requests that can also be sent by hand. */
export interface Extra {
  /** For messages. */
  readonly title: string;
  /** Is answered with 404 where it is not there yet. */
  readonly lookup: KibanaRequest;
  readonly create: KibanaRequest;
  readonly replace: KibanaRequest;
  readonly remove: KibanaRequest;
}

/** `rule_id` of the detection rule: each space can have its own. */
const DETECTION_RULE = 'elkhound-external-alerts';
/** From here on an episode is worth a line in the log. */
const LOGGED_SEVERITY = SEVERITY_NUMBER.high;
/** After so long without a window done there is a line, too. */
export const SILENCE_MINUTES = 30;
const LOG_GROUP = 'query matched';

/**
 * What setup makes in a space.
 * @param pages address of Elkhound's pages, for the links of alerts
 */
export function extrasOf(space: string, pages?: string): Extra[] {
  const connector = idIn(space, 'connector');
  return [
    detectionRule(pages),
    logConnector(connector),
    kibanaRule(idIn(space, 'rule: episodes'), episodeRule(connector)),
    kibanaRule(idIn(space, 'rule: silence'), silenceRule(connector)),
  ];
}

/** As Elastic's own rule "External Alerts" reads alerts, of ours alone. */
function detectionRule(pages: string | undefined): Extra {
  const path = '/api/detection_engine/rules';
  const body = {
    type: 'query',
    rule_id: DETECTION_RULE,
    name: 'Elkhound: network anomalies',
    description:
      'Makes an alert of each episode that Elkhound opens, and of each rise in its severity. Beside Elastic’s own rule "External Alerts" it would make them twice: enable one of the two.',
    index: [ALERTS_ALIAS],
    language: 'kuery',
    query: `event.kind: alert and event.module: ${MODULE}`,
    from: 'now-2m',
    interval: '1m',
    max_signals: 1000,
    severity: 'medium',
    severity_mapping: SEVERITIES.map((severity) => ({
      field: 'event.severity',
      operator: 'equals',
      value: String(SEVERITY_NUMBER[severity]),
      severity,
    })),
    risk_score: 47,
    risk_score_mapping: [{ field: 'event.risk_score', operator: 'equals', value: '' }],
    rule_name_override: 'message',
    timestamp_override: 'event.ingested',
    tags: ['Elkhound'],
    references: pages === undefined ? [] : [pages],
    enabled: true,
  };
  const named = `${path}?rule_id=${DETECTION_RULE}`;
  return {
    title: `Elastic Security rule "${body.name}"`,
    lookup: { method: 'GET', path: named },
    create: { method: 'POST', path, body },
    replace: { method: 'PUT', path, body },
    remove: { method: 'DELETE', path: named },
  };
}

function logConnector(id: string): Extra {
  const path = `/api/actions/connector/${id}`;
  const body = { name: 'Elkhound: the log of Kibana', config: {}, secrets: {} };
  return {
    title: `connector "${body.name}"`,
    lookup: { method: 'GET', path },
    create: { method: 'POST', path, body: { ...body, connector_type_id: '.server-log' } },
    replace: { method: 'PUT', path, body },
    remove: { method: 'DELETE', path },
  };
}

interface RuleBody {
  readonly name: string;
  readonly [key: string]: unknown;
}

function kibanaRule(id: string, body: RuleBody): Extra {
  const path = `/api/alerting/rule/${id}`;
  return {
    title: `rule "${body.name}"`,
    lookup: { method: 'GET', path },
    create: {
      method: 'POST',
      path,
      body: { ...body, rule_type_id: '.es-query', consumer: 'stackAlerts', enabled: true },
    },
    // What cannot be changed must not be sent.
    replace: { method: 'PUT', path, body },
    remove: { method: 'DELETE', path },
  };
}

function episodeRule(connector: string): RuleBody {
  return {
    name: 'Elkhound: high or critical episode',
    tags: ['Elkhound'],
    schedule: { interval: '1m' },
    params: {
      ...queryParams([ALERTS_ALIAS], 'event.ingested', 5),
      esQuery: JSON.stringify({
        query: { bool: { filter: [{ range: { 'event.severity': { gte: LOGGED_SEVERITY } } }] } },
      }),
      size: 100,
      threshold: [0],
      thresholdComparator: '>',
      excludeHitsFromPreviousRun: true,
    },
    actions: [
      logAction(connector, 'onActiveAlert', 'warn', [
        'Elkhound: {{context.value}} new high or critical.',
        '{{#context.hits}}{{_source.message}}. {{/context.hits}}',
      ]),
    ],
  };
}

/** A detector that has stopped says nothing, as one that finds nothing does. */
function silenceRule(connector: string): RuleBody {
  return {
    name: 'Elkhound: no window done',
    tags: ['Elkhound'],
    schedule: { interval: '5m' },
    params: {
      ...queryParams([indexPattern(WINDOWS)], 'event.created', SILENCE_MINUTES),
      esQuery: JSON.stringify({ query: { match_all: {} } }),
      size: 0,
      threshold: [1],
      thresholdComparator: '<',
      excludeHitsFromPreviousRun: false,
    },
    actions: [
      logAction(connector, 'onActionGroupChange', 'error', [
        `Elkhound has finished no window for ${String(SILENCE_MINUTES)} minutes: does it run? "elkhound doctor" says more.`,
      ]),
    ],
  };
}

function queryParams(index: readonly string[], timeField: string, minutes: number): object {
  return {
    searchType: 'esQuery',
    index,
    timeField,
    timeWindowSize: minutes,
    timeWindowUnit: 'm',
    aggType: 'count',
    groupBy: 'all',
  };
}

function logAction(
  id: string,
  when: 'onActiveAlert' | 'onActionGroupChange',
  level: 'warn' | 'error',
  message: readonly string[],
): object {
  return {
    id,
    group: LOG_GROUP,
    params: { level, message: message.join(' ') },
    frequency: { summary: false, notify_when: when, throttle: null },
  };
}

/**
 * A UUID of version 4 that is always the same: Kibana takes no other ids of rules, and knows an id
 * only once over all spaces.
 */
function idIn(space: string, what: string): string {
  const hex = createHash('sha256').update(`elkhound ${what} in ${space}`).digest('hex');
  const variant = '89ab'[parseInt(hex[16]!, 16) % 4]!;
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}
