/**
 * Every measure in the words of a sentence: its verb, its unit, its plural.
 */
import { formatQuantity } from '../../src/domain/quantity.js';
import { pastOf, usualOf } from '../../src/behaviors/phrase.js';
import { reasonOf, type ReasonInput } from '../../src/decide/reason.js';
import type { Contribution } from '../../src/domain/anomaly.js';
import type { Entity } from '../../src/domain/matrix.js';
import { CATALOGUE, featureNamed } from '../../src/features/catalogue.js';

/** Much, and what is usual, by unit. */
const MUCH: Readonly<Record<string, number>> = {
  count: 30,
  bytes: 1.1e9,
  packets: 4200,
  seconds: 19_080,
  bits: 4.9,
  share: 0.67,
  characters: 32,
  days: 12,
};
const USUAL: Readonly<Record<string, number>> = { share: 0.03 };

/** Feature, what was done, what is usually done. */
const TABLE: readonly (readonly [feature: string, past: string, usual: string])[] = [
  ['connections', 'made 30 connections', 'makes 1'],
  ['bytes_out', 'sent 1.1 GB', 'sends 1 B'],
  ['bytes_in', 'received 1.1 GB', 'receives 1 B'],
  ['packets_out', 'sent 4,200 packets', 'sends 1'],
  ['packets_in', 'received 4,200 packets', 'receives 1'],
  ['packet_size_out', 'sent 1.1 GB a packet', 'sends 1 B'],
  ['packet_size_in', 'received 1.1 GB a packet', 'receives 1 B'],
  ['flow_size_mean', 'exchanged 1.1 GB a connection', 'exchanges 1 B'],
  [
    'flow_size_sd',
    'had connection sizes with a spread of 1.1 GB',
    'has connection sizes with a spread of 1 B',
  ],
  ['bytes_out_max', 'sent 1.1 GB in one connection', 'sends 1 B'],
  ['bytes_out_share', 'sent 67 % of all bytes exchanged', 'sends 3 %'],
  ['bytes_out_external', 'sent 1.1 GB to outside hosts', 'sends 1 B'],
  ['bytes_out_external_share', 'sent 67 % of all bytes exchanged with outside hosts', 'sends 3 %'],
  ['duration_mean', 'had connections of 5.3 h on average', 'has connections of 1 s on average'],
  ['duration_max', 'had a connection of 5.3 h', 'has a connection of 1 s'],
  ['duration_sd', 'had connection times with a spread of 5.3 h', 'has connection times with a spread of 1 s'],
  ['active_minutes', 'made connections during 30 minutes', 'makes connections during 1 minute'],
  ['hosts_contacted', 'contacted 30 hosts', 'contacts 1'],
  ['hosts_external', 'contacted 30 outside hosts', 'contacts 1'],
  ['ports_contacted', 'contacted 30 destination ports', 'contacts 1'],
  ['hosts_per_port_max', 'contacted 30 hosts on one port', 'contacts 1'],
  ['ports_per_host_max', 'contacted 30 ports of one host', 'contacts 1'],
  ['connections_per_service_max', 'made 30 connections to one service', 'makes 1'],
  ['failed', 'had 30 failed connections', 'has 1'],
  ['failed_hosts_per_port_max', 'failed at 30 hosts on one port', 'fails at 1 host'],
  ['failed_ports_per_host_max', 'failed at 30 ports of one host', 'fails at 1 port'],
  ['failed_share', 'had 67 % of connections fail', 'has 3 %'],
  ['small_share', 'made 67 % of connections with a few packets', 'makes 3 %'],
  [
    'port_entropy',
    'had a variety of 4.9 bits in destination ports',
    'has a variety of 1 bit in destination ports',
  ],
  [
    'destination_entropy',
    'had a variety of 4.9 bits in destinations',
    'has a variety of 1 bit in destinations',
  ],
  ['protocol_entropy', 'had a variety of 4.9 bits in protocols', 'has a variety of 1 bit in protocols'],
  ['administration_hosts', 'contacted 30 hosts on administration ports', 'contacts 1'],
  ['administration_failed', 'had 30 failed connections to administration ports', 'has 1'],
  ['off_hours_connections', 'made 30 connections outside working hours', 'makes 1'],
  ['off_hours_bytes_out', 'sent 1.1 GB outside working hours', 'sends 1 B'],
  ['dns_queries', 'asked 30 DNS questions', 'asks 1'],
  ['dns_names', 'asked for 30 different DNS names', 'asks for 1 different DNS name'],
  ['dns_nxdomain', 'asked for names that do not exist 30 times', 'asks for names that do not exist 1 time'],
  ['dns_nxdomain_share', 'asked 67 % of DNS questions for names that do not exist', 'asks 3 %'],
  ['dns_bulk_share', 'asked 67 % of DNS questions for TXT, NULL and similar records', 'asks 3 %'],
  [
    'dns_name_length',
    'asked for DNS names of 32 characters on average',
    'asks for DNS names of 1 character on average',
  ],
  [
    'dns_name_entropy',
    'asked for DNS names with 4.9 bits of randomness on average',
    'asks for DNS names with 1 bit of randomness on average',
  ],
  ['dns_subdomains_max', 'asked for 30 different names under one domain', 'asks for 1 different name'],
  ['http_requests', 'made 30 HTTP requests', 'makes 1'],
  ['http_error_share', 'had 67 % of HTTP requests fail', 'has 3 %'],
  ['http_upload_share', 'made 67 % of HTTP requests to upload', 'makes 3 %'],
  ['http_bare_address_share', 'made 67 % of HTTP requests to bare addresses', 'makes 3 %'],
  ['http_agents', 'used 30 different HTTP user agents', 'uses 1'],
  ['tls_handshakes', 'made 30 TLS handshakes', 'makes 1'],
  ['tls_invalid_share', 'made 67 % of TLS handshakes with invalid certificates', 'makes 3 %'],
  ['tls_no_name_share', 'made 67 % of TLS handshakes without a server name', 'makes 3 %'],
  ['tls_old_share', 'made 67 % of TLS handshakes with outdated versions', 'makes 3 %'],
  ['logins', 'made 30 login attempts', 'makes 1'],
  ['login_failures', 'had 30 failed logins', 'has 1'],
  ['login_users', 'tried 30 user names', 'tries 1'],
  ['login_successes', 'had 30 successful logins', 'has 1'],
  ['alerts', 'caused 30 alerts of other products', 'causes 1'],
  ['alert_rules', 'caused 30 different alerts of other products', 'causes 1'],
  ['connections_1d', 'made 30 connections', 'makes 1'],
  ['failed_1d', 'had 30 failed connections', 'has 1'],
  ['hosts_contacted_1d', 'contacted 30 hosts', 'contacts 1'],
  ['ports_contacted_1d', 'contacted 30 destination ports', 'contacts 1'],
  ['service_connections_1d', 'made 30 connections to one service', 'makes 1'],
  ['logins_1d', 'made 30 login attempts', 'makes 1'],
  ['login_failures_1d', 'had 30 failed logins', 'has 1'],
  ['login_users_1d', 'tried 30 user names', 'tries 1'],
  ['bytes_out_external_1d', 'sent 1.1 GB to outside hosts', 'sends 1 B'],
  ['in_connections', 'received 30 connections', 'receives 1'],
  ['in_hosts', 'received connections from 30 hosts', 'receives connections from 1 host'],
  ['in_ports', 'received connections on 30 ports', 'receives connections on 1 port'],
  ['in_failed_share', 'had 67 % of received connections fail', 'has 3 %'],
  ['in_bytes', 'received 1.1 GB from those that connected', 'receives 1 B'],
  ['in_bytes_served', 'answered with 1.1 GB', 'answers with 1 B'],
  [
    'in_source_entropy',
    'had a variety of 4.9 bits in hosts that connect',
    'has a variety of 1 bit in hosts that connect',
  ],
  ['in_login_failures', 'received 30 failed logins', 'receives 1'],
  ['pair_connections', 'made 30 connections to 192.0.2.7 port 443', 'makes 1'],
  ['pair_bytes_out', 'sent 1.1 GB to 192.0.2.7 port 443', 'sends 1 B'],
  ['pair_bytes_in', 'received 1.1 GB from 192.0.2.7 port 443', 'receives 1 B'],
  ['pair_packets', 'exchanged 4,200 packets with 192.0.2.7 port 443', 'exchanges 1'],
  ['pair_packet_size', 'exchanged 1.1 GB a packet with 192.0.2.7 port 443', 'exchanges 1 B'],
  ['pair_bytes_out_share', 'sent 67 % of all bytes exchanged with 192.0.2.7 port 443', 'sends 3 %'],
  [
    'pair_duration_mean',
    'had connections to 192.0.2.7 port 443 of 5.3 h on average',
    'has connections of 1 s on average',
  ],
  ['pair_duration_max', 'had a connection of 5.3 h to 192.0.2.7 port 443', 'has a connection of 1 s'],
  ['pair_failed', 'had 30 failed connections to 192.0.2.7 port 443', 'has 1'],
  ['pair_failed_share', 'had 67 % of connections to 192.0.2.7 port 443 fail', 'has 3 %'],
  ['pair_small_share', 'made 67 % of connections to 192.0.2.7 port 443 with a few packets', 'makes 3 %'],
  [
    'pair_active_minutes',
    'made connections to 192.0.2.7 port 443 during 30 minutes',
    'makes connections during 1 minute',
  ],
  ['pair_login_failures', 'had 30 failed logins at 192.0.2.7 port 443', 'has 1'],
  ['pair_alerts', 'caused 30 alerts of other products with 192.0.2.7 port 443', 'causes 1'],
  ['pair_connections_1d', 'made 30 connections to 192.0.2.7 port 443', 'makes 1'],
  ['pair_failed_1d', 'had 30 failed connections to 192.0.2.7 port 443', 'has 1'],
  ['pair_logins_1d', 'made 30 login attempts at 192.0.2.7 port 443', 'makes 1'],
  ['service_connections', 'received 30 connections', 'receives 1'],
  ['service_sources', 'received connections from 30 hosts', 'receives connections from 1 host'],
  ['service_bytes_in', 'received 1.1 GB', 'receives 1 B'],
  ['service_bytes_out', 'sent 1.1 GB', 'sends 1 B'],
  ['service_duration_mean', 'had connections of 5.3 h on average', 'has connections of 1 s on average'],
  ['service_failed_share', 'had 67 % of connections fail', 'has 3 %'],
  [
    'service_source_entropy',
    'had a variety of 4.9 bits in hosts that connect',
    'has a variety of 1 bit in hosts that connect',
  ],
  ['service_login_failures', 'received 30 failed logins', 'receives 1'],
  ['service_login_users', 'received logins as 30 user names', 'receives logins as 1 user name'],
  ['user_logins', 'made 30 login attempts', 'makes 1'],
  ['user_login_failures', 'had 30 failed logins', 'has 1'],
  ['user_login_successes', 'had 30 successful logins', 'has 1'],
  ['user_sources', 'logged in from 30 hosts', 'logs in from 1 host'],
  ['user_hosts', 'logged in to 30 hosts', 'logs in to 1 host'],
  ['user_off_hours_logins', 'made 30 logins outside working hours', 'makes 1'],
  ['user_privilege', 'used privilege 30 times', 'uses privilege 1 time'],
  ['user_failures_1d', 'had 30 failed logins', 'has 1'],
  ['user_sources_1d', 'logged in from 30 hosts', 'logs in from 1 host'],
  ['user_idle_days', 'stayed away for 12 days', 'stays away for 1 day'],
];

/** Amounts that no sentence of what is usual names: they are said in words. */
const ZERO = /\b0( B| times?| minutes?| [a-z]*hosts?| ports?)?$|\b0 (different|user)/;

describe('a measure in words', () => {
  it.each(TABLE)('%s, where there is usually nothing', (name) => {
    const { phrase, unit } = featureNamed(name);
    for (const isOne of [true, false]) {
      const usual = usualOf(phrase, formatQuantity(0, unit), isOne);
      expect(usual).not.toMatch(ZERO);
      expect(usual).toMatch(/^[a-z]/);
    }
  });

  it.each(TABLE)('%s', (name, past, usual) => {
    const { phrase, unit } = featureNamed(name);
    expect(pastOf(phrase, formatQuantity(MUCH[unit]!, unit), '192.0.2.7 port 443')).toBe(past);
    expect(usualOf(phrase, formatQuantity(USUAL[unit] ?? 1, unit), true)).toBe(usual);
  });

  it('is there for every feature', () => {
    expect(TABLE.map(([name]) => name).sort()).toEqual(CATALOGUE.map(({ name }) => name).sort());
  });

  it('is singular where there is one, and bare of a target that is not named', () => {
    expect(pastOf('make # connection(s) [to @]', '1', 'a')).toBe('made 1 connection to a');
    expect(pastOf('make # connection(s) [to @]', '1')).toBe('made 1 connection');
    expect(usualOf('contact # host(s)', '3', false)).toBe('contact 3');
  });
});

const HOUR_MS = 3_600_000;
const HOST: Entity = { kind: 'host', id: '10.0.0.5', source: '10.0.0.5' };
const PAIR: Entity = {
  kind: 'pair',
  id: '10.0.0.5>192.0.2.7:443/tcp',
  source: '10.0.0.5',
  destination: '192.0.2.7',
  port: 443,
};

const FACTS: ReasonInput['facts'] = {
  destination: '192.0.2.7',
  destinationShare: 1,
  destinations: 1,
  port: 443,
  source: '10.0.0.5',
  domain: '',
  user: '',
  failedShare: 0,
  labels: [],
};

function contribution(feature: string, actual: number, typical: number | null = null): Contribution {
  const { label, unit } = featureNamed(feature);
  return { feature, label, unit, actual, typical, upper: typical, share: 1 };
}

function said(contributions: readonly Contribution[], more: Partial<ReasonInput> = {}): string {
  return reasonOf({
    entity: HOST,
    behavior: 'unusual_volume',
    windowMs: 300_000,
    rememberedMs: 24 * HOUR_MS,
    historyDays: 8,
    facts: FACTS,
    contributions,
    value: () => NaN,
    phrase: (feature) => featureNamed(feature).phrase,
    rung: 'entity',
    ...more,
  });
}

describe('a sentence', () => {
  it('says units once, in English', () => {
    expect(said([contribution('bytes_out_share', 0.67, 0.03), contribution('flow_size_mean', 2e6)])).toBe(
      '10.0.0.5 sent 67 % of all bytes exchanged in 5 minutes (also exchanged 2 MB a connection); it usually sends 3 %',
    );
    expect(
      said([
        contribution('connections_per_service_max', 30, 1),
        contribution('bytes_out_external', 1.1e9),
        contribution('duration_mean', 19_080),
      ]),
    ).toBe(
      '10.0.0.5 made 30 connections to one service in 5 minutes (also sent 1.1 GB to outside hosts, had connections of 5.3 h on average); it usually makes 1',
    );
    expect(said([contribution('port_entropy', 4.9, 1)])).toBe(
      '10.0.0.5 had a variety of 4.9 bits in destination ports; it usually has a variety of 1 bit in destination ports',
    );
  });

  it.each([
    [1, 1, 'at 192.0.2.7'],
    [0.9, 4, 'at 192.0.2.7'],
    [0.4, 3, 'at 3 hosts'],
  ])('names the host of failed logins where it has most of them: %d of %d hosts', (share, hosts, words) => {
    const facts = { ...FACTS, destinationShare: share, destinations: hosts };
    expect(said([contribution('login_failures', 15)], { behavior: 'password_guessing', facts })).toBe(
      `10.0.0.5 had 15 failed logins ${words} in 5 minutes`,
    );
  });

  it.each<[feature: string, more: Partial<ReasonInput>, end: string]>([
    ['failed', {}, 'it usually has none'],
    ['login_failures', { rung: 'peers' }, 'hosts like it usually have none'],
    ['bytes_out', {}, 'it usually sends nothing'],
    ['in_bytes_served', {}, 'it usually answers with nothing'],
    ['packets_out', { rung: 'global' }, 'hosts here usually send none'],
    ['failed_share', {}, 'it usually has 0 %'],
    ['in_hosts', {}, 'it usually receives connections from no host'],
    ['dns_names', {}, 'it usually asks for no DNS name'],
    ['dns_subdomains_max', {}, 'it usually asks for no name'],
    ['dns_nxdomain', {}, 'it usually does not'],
    ['active_minutes', { rung: 'peers' }, 'hosts like it usually do not'],
    ['duration_max', {}, 'it usually has a connection of 0 s'],
    ['ports_per_host_max', { behavior: 'port_scan', rung: 'peers' }, 'hosts like it usually try none'],
    ['in_hosts', { behavior: 'flood' }, 'usually none do'],
    ['pair_duration_max', { behavior: 'mining', entity: PAIR }, 'it usually does not'],
    ['failed', { historyDays: 0.5 }, 'in the rest of these logs it has none'],
  ])('says that there is usually nothing: %s %j', (feature, more, end) => {
    const sentence = said([contribution(feature, MUCH[featureNamed(feature).unit]!, 0)], more);
    expect(sentence.slice(sentence.lastIndexOf('; ') + 2)).toBe(end);
  });

  it('names the other end of a pair', () => {
    expect(said([contribution('pair_bytes_out', 5e6, 2e3)], { entity: PAIR, rung: 'peers' })).toBe(
      '10.0.0.5 sent 5 MB to 192.0.2.7 port 443 in 5 minutes; pairs like it usually send 2 kB',
    );
    expect(said([contribution('pair_duration_max', 7300)], { entity: PAIR, behavior: 'mining' })).toBe(
      '10.0.0.5 talked to 192.0.2.7 port 443, a port that mining pools use, for 2 h',
    );
  });

  it.each([
    [10_000, '10 seconds'],
    [1_000, '1 second'],
    [60_000, '1 minute'],
    [300_000, '5 minutes'],
    [900_000, '15 minutes'],
    [HOUR_MS, '1 hour'],
    [2 * HOUR_MS, '2 hours'],
  ])('names a window of %i ms as %s', (windowMs, words) => {
    expect(said([contribution('connections', 400)], { windowMs })).toBe(
      `10.0.0.5 made 400 connections in ${words}`,
    );
  });

  it.each([
    [24 * HOUR_MS, 'a day'],
    [5.1 * HOUR_MS, '5 hours'],
    [1_500_000, '25 minutes'],
  ])('says of a day what has been seen of it: %d ms is %s', (rememberedMs, words) => {
    expect(said([contribution('connections', 400), contribution('failed_1d', 90)], { rememberedMs })).toBe(
      `10.0.0.5 made 400 connections in 5 minutes (also had 90 failed connections in ${words})`,
    );
  });

  it.each([
    ['connections', 8, 'entity', '; it usually makes 3'],
    ['connections', 0.5, 'entity', '; in the rest of these logs it makes 3'],
    ['connections', 8, 'peers', '; hosts like it usually make 3'],
    ['connections', 0.5, 'global', '; in the rest of these logs hosts here make 3'],
    ['connections_1d', 8, 'entity', '; it usually makes 3'],
    ['connections_1d', 1.5, 'entity', ''],
    ['connections_1d', 1.5, 'peers', '; in the rest of these logs hosts like it make 3'],
  ] as const)(
    'says "usually" of %s only where another day is known: %d days, %s',
    (name, days, rung, end) => {
      const sentence = said([contribution(name, 400, 3)], { historyDays: days, rung });
      expect(sentence.replace(/^.* in (?:a day|5 minutes)/, '')).toBe(end);
    },
  );
});
