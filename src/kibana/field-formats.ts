/**
 * How Kibana shows the values of fields: as links, durations, shares and words.
 */
import { SEVERITIES, SEVERITY_NUMBER } from '../domain/anomaly.js';
import { ENTITY_DASHBOARD, VIEWS } from './ids.js';

/** How the values of a field are shown. */
export interface FieldFormat {
  readonly id: 'url' | 'duration' | 'bytes' | 'percent' | 'number' | 'static_lookup';
  readonly params: Readonly<Record<string, unknown>>;
}

/** Formats by field. */
export type Formats = Readonly<Record<string, FieldFormat>>;

export const MILLISECONDS = durationIn('milliseconds');
export const NANOSECONDS = durationIn('nanoseconds');
export const BYTES: FieldFormat = { id: 'bytes', params: { pattern: '0,0.[0]b' } };
export const PERCENT: FieldFormat = { id: 'percent', params: { pattern: '0,0.[0]%' } };
/** A number that is a name: without commas. */
export const PORT: FieldFormat = { id: 'number', params: { pattern: '0' } };
/** Elastic's numbers of the severities, in words. */
export const SEVERITY: FieldFormat = {
  id: 'static_lookup',
  params: {
    lookupEntries: SEVERITIES.map((severity) => ({
      key: String(SEVERITY_NUMBER[severity]),
      value: severity,
    })),
  },
};
export const TECHNIQUE = linkTo('https://attack.mitre.org/techniques/{{value}}/');
export const TACTIC = linkTo('https://attack.mitre.org/tactics/{{value}}/');
/** Raw logs of an address. Of a text that somebody chose there is no such link: it can hold quotes, and end the query. */
export const LOGS_OF_ADDRESS = linkTo(logsWhere(['source.ip', 'destination.ip']));
/** What is strange about an address of the logs; its raw logs are shown there too. */
export const INVESTIGATE_ADDRESS = linkTo(
  `../app/dashboards#/view/${ENTITY_DASHBOARD}?_a=(query:${anyOf(['elkhound.entity.names', 'source.ip', 'destination.ip'])})`,
);

/** A link with the value as its text. Relative to `/app/` it stays in the space of Kibana. */
export function linkTo(urlTemplate: string): FieldFormat {
  return {
    id: 'url',
    params: { type: 'a', urlTemplate, labelTemplate: '{{value}}', openLinkInCurrentTab: false },
  };
}

function durationIn(inputFormat: 'milliseconds' | 'nanoseconds'): FieldFormat {
  return { id: 'duration', params: { inputFormat, outputFormat: 'humanizePrecise', outputPrecision: 1 } };
}

/** Address of Discover with the logs in which one of the fields has the value. */
function logsWhere(fields: readonly string[]): string {
  return `../app/discover#/?_g=(time:(from:now-7d,to:now))&_a=(index:'${VIEWS.logs}',query:${anyOf(fields)})`;
}

/** A query as addresses of Kibana hold it: one of the fields has the value. */
function anyOf(fields: readonly string[]): string {
  const query = encodeURIComponent(fields.map((field) => `${field}:"@"`).join(' or '));
  return `(language:kuery,query:'${query.replaceAll('%40', '{{value}}')}')`;
}
