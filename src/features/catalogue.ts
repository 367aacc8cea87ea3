/**
 * The declared features. A feature says what it counts; engines compute it
 * (the reference engine is `engine.ts`). Order is the order of matrix columns.
 */
import type { EntityKind } from '../domain/matrix.js';
import type { Category, Measure } from './columns.js';
import type { Filter } from './filters.js';
import type { TrailingMeasure } from './history.js';
import { phraseOf } from './phrases.js';

/** Whose events a feature aggregates. A host acts as source and as destination. */
export type Role = 'source' | 'destination' | 'pair' | 'service' | 'user';

/** How a feature is computed from the events of its role. All sums skip missing values. */
export type Aggregate =
  | { readonly op: 'count'; readonly of: Filter }
  | { readonly op: 'sum' | 'mean' | 'max' | 'sd'; readonly field: Measure; readonly of: Filter }
  /** Sum of one measure over the sum of another. */
  | { readonly op: 'ratio'; readonly field: Measure; readonly over: Measure; readonly of: Filter }
  /** Events that pass `of` among those that pass `among`. */
  | { readonly op: 'share'; readonly of: Filter; readonly among: Filter }
  /** Number of different values, or the Shannon entropy of their counts in bits. */
  | { readonly op: 'distinct' | 'entropy'; readonly field: Category; readonly of: Filter }
  /** Largest number of different values of `field` that share one value of `per`. */
  | { readonly op: 'distinctMax'; readonly field: Category; readonly per: Category; readonly of: Filter }
  /** Largest number of events that share one value of `per`. */
  | { readonly op: 'countMax'; readonly per: Category; readonly of: Filter }
  /** Over the trailing day, this window included. */
  | { readonly op: 'trailing'; readonly measure: TrailingMeasure };

/** One declared feature. */
export interface Feature {
  readonly name: string;
  readonly kind: EntityKind;
  readonly role: Role;
  readonly aggregate: Aggregate;
  /** What the number is, in words that fit "… in this window". */
  readonly label: string;
  /** How it is said of an entity, see `phrases.ts`: `make # connection(s)`. */
  readonly phrase: string;
  readonly unit: 'count' | 'bytes' | 'packets' | 'seconds' | 'bits' | 'share' | 'characters' | 'days';
  /** Spread over orders of magnitude: compared on a logarithmic scale. */
  readonly logarithmic: boolean;
}

type Unit = Feature['unit'];

/** Builds the features of one role. */
function of(kind: EntityKind, role: Role, ...features: [string, Unit, string, Aggregate][]): Feature[] {
  return features.map(([name, unit, label, aggregate]) => ({
    name,
    kind,
    role,
    aggregate,
    label,
    phrase: phraseOf(name),
    unit,
    logarithmic: unit !== 'share' && unit !== 'bits',
  }));
}

const count = (filter: Filter): Aggregate => ({ op: 'count', of: filter });
const sum = (field: Measure, filter: Filter = 'flow'): Aggregate => ({ op: 'sum', field, of: filter });
const mean = (field: Measure, filter: Filter = 'flow'): Aggregate => ({ op: 'mean', field, of: filter });
const max = (field: Measure, filter: Filter = 'flow'): Aggregate => ({ op: 'max', field, of: filter });
const sd = (field: Measure, filter: Filter = 'flow'): Aggregate => ({ op: 'sd', field, of: filter });
const ratio = (field: Measure, over: Measure, filter: Filter = 'flow'): Aggregate => ({
  op: 'ratio',
  field,
  over,
  of: filter,
});
const share = (filter: Filter, among: Filter): Aggregate => ({ op: 'share', of: filter, among });
const distinct = (field: Category, filter: Filter = 'flow'): Aggregate => ({
  op: 'distinct',
  field,
  of: filter,
});
const entropy = (field: Category, filter: Filter = 'flow'): Aggregate => ({
  op: 'entropy',
  field,
  of: filter,
});
const distinctMax = (field: Category, per: Category, filter: Filter = 'flow'): Aggregate => ({
  op: 'distinctMax',
  field,
  per,
  of: filter,
});
const trailing = (measure: TrailingMeasure): Aggregate => ({ op: 'trailing', measure });

const HOST_AS_SOURCE = of(
  'host',
  'source',
  ['connections', 'count', 'connections made', count('flow')],
  ['bytes_out', 'bytes', 'bytes sent', sum('sourceBytes')],
  ['bytes_in', 'bytes', 'bytes received', sum('destinationBytes')],
  ['packets_out', 'packets', 'packets sent', sum('sourcePackets')],
  ['packets_in', 'packets', 'packets received', sum('destinationPackets')],
  ['packet_size_out', 'bytes', 'bytes per packet sent', ratio('sourceBytes', 'sourcePackets')],
  ['packet_size_in', 'bytes', 'bytes per packet received', ratio('destinationBytes', 'destinationPackets')],
  ['flow_size_mean', 'bytes', 'bytes per connection', mean('bytes')],
  ['flow_size_sd', 'bytes', 'spread of bytes per connection', sd('bytes')],
  ['bytes_out_max', 'bytes', 'bytes sent in one connection', max('sourceBytes')],
  ['bytes_out_share', 'share', 'share of bytes that it sent', ratio('sourceBytes', 'bytes')],
  ['bytes_out_external', 'bytes', 'bytes sent to outside hosts', sum('sourceBytes', 'external')],
  [
    'bytes_out_external_share',
    'share',
    'share of bytes exchanged with outside hosts that it sent',
    ratio('sourceBytes', 'bytes', 'external'),
  ],
  ['duration_mean', 'seconds', 'mean connection time', mean('durationSeconds')],
  ['duration_max', 'seconds', 'longest connection', max('durationSeconds')],
  ['duration_sd', 'seconds', 'spread of connection times', sd('durationSeconds')],
  ['active_minutes', 'count', 'minutes with connections', distinct('minute')],
  ['hosts_contacted', 'count', 'hosts contacted', distinct('destination')],
  ['hosts_external', 'count', 'outside hosts contacted', distinct('destination', 'external')],
  ['ports_contacted', 'count', 'destination ports contacted', distinct('destinationPort')],
  ['hosts_per_port_max', 'count', 'hosts contacted on one port', distinctMax('destination', 'probe')],
  [
    'ports_per_host_max',
    'count',
    'ports contacted on one host',
    distinctMax('destinationPort', 'destination'),
  ],
  [
    'connections_per_service_max',
    'count',
    'connections to one service',
    { op: 'countMax', per: 'endpoint', of: 'flow' },
  ],
  ['failed', 'count', 'failed connections', count('failed')],
  [
    'failed_hosts_per_port_max',
    'count',
    'hosts that connections on one port failed to',
    distinctMax('destination', 'probe', 'failed'),
  ],
  [
    'failed_ports_per_host_max',
    'count',
    'ports of one host that connections failed to',
    distinctMax('destinationPort', 'destination', 'failed'),
  ],
  ['failed_share', 'share', 'share of connections that failed', share('failed', 'flow')],
  ['small_share', 'share', 'share of connections of a few packets', share('small', 'flow')],
  ['port_entropy', 'bits', 'variety of destination ports', entropy('destinationPort')],
  ['destination_entropy', 'bits', 'variety of destinations', entropy('destination')],
  ['protocol_entropy', 'bits', 'variety of protocols', entropy('protocol')],
  [
    'administration_hosts',
    'count',
    'hosts contacted on administration ports',
    distinct('destination', 'administration'),
  ],
  [
    'administration_failed',
    'count',
    'failed connections to administration ports',
    count('failedAdministration'),
  ],
  ['off_hours_connections', 'count', 'connections outside working hours', count('offHours')],
  ['off_hours_bytes_out', 'bytes', 'bytes sent outside working hours', sum('sourceBytes', 'offHours')],
  ['dns_queries', 'count', 'DNS questions', count('dns')],
  ['dns_names', 'count', 'different DNS names asked for', distinct('name', 'dns')],
  ['dns_nxdomain', 'count', 'DNS questions for names that do not exist', count('nxdomain')],
  ['dns_nxdomain_share', 'share', 'share of DNS names that do not exist', share('nxdomain', 'dns')],
  ['dns_bulk_share', 'share', 'share of TXT, NULL and similar questions', share('bulkQuery', 'dns')],
  ['dns_name_length', 'characters', 'mean length of DNS names', mean('nameLength', 'dns')],
  ['dns_name_entropy', 'bits', 'mean randomness of DNS names', mean('nameEntropy', 'dns')],
  ['dns_subdomains_max', 'count', 'different names under one domain', distinctMax('name', 'domain', 'dns')],
  ['http_requests', 'count', 'HTTP requests', count('http')],
  ['http_error_share', 'share', 'share of HTTP requests that failed', share('httpError', 'http')],
  ['http_upload_share', 'share', 'share of HTTP requests that upload', share('upload', 'http')],
  [
    'http_bare_address_share',
    'share',
    'share of HTTP requests to bare addresses',
    share('bareAddress', 'http'),
  ],
  ['http_agents', 'count', 'different HTTP user agents', distinct('agent', 'http')],
  ['tls_handshakes', 'count', 'TLS handshakes', count('tls')],
  ['tls_invalid_share', 'share', 'share of invalid TLS certificates', share('invalidCertificate', 'tls')],
  [
    'tls_no_name_share',
    'share',
    'share of TLS handshakes without a server name',
    share('noServerName', 'tls'),
  ],
  ['tls_old_share', 'share', 'share of outdated TLS', share('oldTls', 'tls')],
  ['logins', 'count', 'login attempts', count('login')],
  ['login_failures', 'count', 'failed logins', sum('loginFailures', 'login')],
  ['login_users', 'count', 'user names tried', distinct('user', 'login')],
  ['login_successes', 'count', 'successful logins', count('loginSucceeded')],
  ['alerts', 'count', 'alerts of other products', count('alert')],
  ['alert_rules', 'count', 'different alerts of other products', distinct('rule', 'alert')],
  ['connections_1d', 'count', 'connections made in a day', trailing('connections')],
  ['failed_1d', 'count', 'failed connections in a day', trailing('failed')],
  ['hosts_contacted_1d', 'count', 'hosts contacted in a day', trailing('hosts')],
  ['ports_contacted_1d', 'count', 'ports contacted in a day', trailing('ports')],
  ['service_connections_1d', 'count', 'connections to one service in a day', trailing('serviceConnections')],
  ['logins_1d', 'count', 'login attempts in a day', trailing('logins')],
  ['login_failures_1d', 'count', 'failed logins in a day', trailing('loginFailures')],
  ['login_users_1d', 'count', 'user names tried in a day', trailing('loginUsers')],
  ['bytes_out_external_1d', 'bytes', 'bytes sent to outside hosts in a day', trailing('bytesOut')],
);

const HOST_AS_DESTINATION = of(
  'host',
  'destination',
  ['in_connections', 'count', 'connections received', count('flow')],
  ['in_hosts', 'count', 'hosts that connected to it', distinct('source')],
  ['in_ports', 'count', 'of its ports contacted', distinct('destinationPort')],
  ['in_failed_share', 'share', 'share of received connections that failed', share('failed', 'flow')],
  ['in_bytes', 'bytes', 'bytes sent to it', sum('sourceBytes')],
  ['in_bytes_served', 'bytes', 'bytes it answered with', sum('destinationBytes')],
  ['in_source_entropy', 'bits', 'variety of hosts that connected to it', entropy('source')],
  ['in_login_failures', 'count', 'failed logins on it', sum('loginFailures', 'login')],
);

const PAIR = of(
  'pair',
  'pair',
  ['pair_connections', 'count', 'connections', count('flow')],
  ['pair_bytes_out', 'bytes', 'bytes sent', sum('sourceBytes')],
  ['pair_bytes_in', 'bytes', 'bytes received', sum('destinationBytes')],
  ['pair_packets', 'packets', 'packets', sum('packets')],
  ['pair_packet_size', 'bytes', 'bytes per packet', ratio('bytes', 'packets')],
  ['pair_bytes_out_share', 'share', 'share of bytes that the source sent', ratio('sourceBytes', 'bytes')],
  ['pair_duration_mean', 'seconds', 'mean connection time', mean('durationSeconds')],
  ['pair_duration_max', 'seconds', 'longest connection', max('durationSeconds')],
  ['pair_failed', 'count', 'failed connections', count('failed')],
  ['pair_failed_share', 'share', 'share of connections that failed', share('failed', 'flow')],
  ['pair_small_share', 'share', 'share of connections of a few packets', share('small', 'flow')],
  ['pair_active_minutes', 'count', 'minutes with connections', distinct('minute')],
  ['pair_login_failures', 'count', 'failed logins', sum('loginFailures', 'login')],
  ['pair_alerts', 'count', 'alerts of other products', count('alert')],
  ['pair_connections_1d', 'count', 'connections in a day', trailing('connections')],
  ['pair_failed_1d', 'count', 'failed connections in a day', trailing('failed')],
  ['pair_logins_1d', 'count', 'login attempts in a day', trailing('logins')],
);

const SERVICE = of(
  'service',
  'service',
  ['service_connections', 'count', 'connections received', count('flow')],
  ['service_sources', 'count', 'hosts that connected', distinct('source')],
  ['service_bytes_in', 'bytes', 'bytes received', sum('sourceBytes')],
  ['service_bytes_out', 'bytes', 'bytes sent', sum('destinationBytes')],
  ['service_duration_mean', 'seconds', 'mean connection time', mean('durationSeconds')],
  ['service_failed_share', 'share', 'share of connections that failed', share('failed', 'flow')],
  ['service_source_entropy', 'bits', 'variety of hosts that connected', entropy('source')],
  ['service_login_failures', 'count', 'failed logins', sum('loginFailures', 'login')],
  ['service_login_users', 'count', 'user names tried', distinct('user', 'login')],
);

const USER = of(
  'user',
  'user',
  ['user_logins', 'count', 'login attempts', count('login')],
  ['user_login_failures', 'count', 'failed logins', sum('loginFailures', 'login')],
  ['user_login_successes', 'count', 'successful logins', count('loginSucceeded')],
  ['user_sources', 'count', 'hosts it logged in from', distinct('source', 'login')],
  ['user_hosts', 'count', 'hosts it logged in to', distinct('destination', 'login')],
  ['user_off_hours_logins', 'count', 'logins outside working hours', count('loginOffHours')],
  ['user_privilege', 'count', 'uses of privilege', count('privilege')],
  ['user_failures_1d', 'count', 'failed logins in a day', trailing('loginFailures')],
  ['user_sources_1d', 'count', 'hosts it logged in from in a day', trailing('hosts')],
  ['user_idle_days', 'days', 'days without a login before', trailing('idleDays')],
);

/** All features. */
export const CATALOGUE: readonly Feature[] = [
  ...HOST_AS_SOURCE,
  ...HOST_AS_DESTINATION,
  ...PAIR,
  ...SERVICE,
  ...USER,
];

const BY_KIND: Readonly<Record<EntityKind, readonly Feature[]>> = {
  host: CATALOGUE.filter((feature) => feature.kind === 'host'),
  pair: PAIR,
  service: SERVICE,
  user: USER,
};
const BY_NAME = new Map(CATALOGUE.map((feature) => [feature.name, feature]));

/** Features of an entity kind, in the order of its matrix columns. */
export function featuresOf(kind: EntityKind): readonly Feature[] {
  return BY_KIND[kind];
}

/** The feature of that name. @throws RangeError for a name that is not in the catalogue */
export function featureNamed(name: string): Feature {
  const feature = BY_NAME.get(name);
  if (!feature) throw new RangeError(`no feature is named "${name}"`);
  return feature;
}
