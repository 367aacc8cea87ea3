/**
 * What behaviors look like, as data: which features must reach what, and how severe that is.
 * A rule names a shape; how unusual the shape is for this entity comes from the detectors.
 */
import type { BehaviorRule } from './rule.js';
import { TECHNIQUES } from './techniques.js';

/** Ports that mining pools commonly serve. */
const POOL_PORTS = [3333, 3334, 3335, 4444, 5555, 7777, 9999, 14433, 14444, 45560, 45700] as const;

const FAILS = { feature: 'failed_share', atLeast: 0.3 } as const;
const MB = 1_000_000;

/** All rules. Where several hold for a row, the severest speaks, then the strongest. */
export const BEHAVIOR_RULES: readonly BehaviorRule[] = [
  {
    behavior: 'host_sweep',
    kind: 'host',
    actor: 'any',
    when: [{ feature: 'hosts_per_port_max', atLeast: 20, timesUpper: 1.5 }, FAILS],
    severity: 'high',
    technique: TECHNIQUES.scanning,
    benign: 'An inventory or vulnerability scanner, or a monitoring server after a network change.',
  },
  {
    behavior: 'port_scan',
    kind: 'host',
    actor: 'any',
    when: [{ feature: 'ports_per_host_max', atLeast: 15, timesUpper: 1.5 }, FAILS],
    severity: 'high',
    technique: TECHNIQUES.scanning,
    benign: 'A vulnerability scanner that is allowed to do so.',
  },
  {
    // Good connections to somebody else hide no sweep: more has to fail then, and it is told milder.
    behavior: 'host_sweep',
    kind: 'host',
    actor: 'any',
    when: [{ feature: 'failed_hosts_per_port_max', atLeast: 60, timesUpper: 3 }],
    severity: 'medium',
    technique: TECHNIQUES.scanning,
    benign: 'A resolver, mail server or crawler that many others do not answer.',
  },
  {
    behavior: 'port_scan',
    kind: 'host',
    actor: 'any',
    when: [{ feature: 'failed_ports_per_host_max', atLeast: 30, timesUpper: 3 }],
    severity: 'medium',
    technique: TECHNIQUES.scanning,
    benign: 'A vulnerability scanner that is allowed to do so, or a monitoring server.',
  },
  {
    behavior: 'port_scan',
    kind: 'host',
    actor: 'any',
    when: [
      { feature: 'ports_contacted_1d', atLeast: 30 },
      { feature: 'failed_1d', shareOf: { feature: 'connections_1d', atLeast: 0.5 } },
    ],
    severity: 'medium',
    slow: true,
    technique: TECHNIQUES.scanning,
    benign: 'Peer-to-peer software, or a search engine for exposed services.',
  },
  {
    behavior: 'flood',
    kind: 'host',
    actor: 'outside',
    when: [{ feature: 'connections_per_service_max', atLeast: 300, timesUpper: 1.5 }],
    crowd: true,
    severity: 'high',
    technique: TECHNIQUES.denialOfService,
    benign: 'A load test, or a proxy that many people share.',
  },
  {
    // From so many that none of them floods by itself: told by whom it hits.
    behavior: 'flood',
    kind: 'host',
    actor: 'own',
    when: [
      { feature: 'in_hosts', atLeast: 1000, timesUpper: 5 },
      { feature: 'in_connections', timesUpper: 3 },
      { feature: 'in_failed_share', atLeast: 0.5 },
    ],
    severity: 'high',
    technique: TECHNIQUES.denialOfService,
    benign: 'A service that became popular and is overloaded, or one whose address was published by mistake.',
  },
  {
    behavior: 'flood',
    kind: 'pair',
    actor: 'own',
    when: [{ feature: 'pair_connections', atLeast: 300, timesUpper: 1.5 }],
    severity: 'high',
    technique: TECHNIQUES.denialOfService,
    benign: 'A load test, or a program that retries without pause.',
  },
  {
    behavior: 'service_hammering',
    kind: 'host',
    actor: 'outside',
    when: [
      { feature: 'service_connections_1d', atLeast: 80 },
      { feature: 'failed_1d', shareOf: { feature: 'connections_1d', atLeast: 0.6 } },
    ],
    severity: 'medium',
    slow: true,
    benign: 'A client of a service that has moved or is down.',
  },
  {
    behavior: 'service_hammering',
    kind: 'pair',
    actor: 'own',
    transport: 'tcp',
    when: [
      { feature: 'pair_connections_1d', atLeast: 80 },
      { feature: 'pair_failed_1d', shareOf: { feature: 'pair_connections_1d', atLeast: 0.6 } },
    ],
    severity: 'medium',
    slow: true,
    benign: 'A client of a service that has moved or is down.',
  },
  {
    behavior: 'password_guessing',
    kind: 'host',
    actor: 'any',
    when: [{ feature: 'login_failures', atLeast: 10, timesUpper: 1.5 }],
    crowd: true,
    severity: 'high',
    technique: TECHNIQUES.bruteForce,
    benign: 'A program with an expired password.',
  },
  {
    // A guess that succeeded is no longer an attempt; a person who got the password wrong gives up before 20.
    behavior: 'password_guessing',
    kind: 'host',
    actor: 'any',
    when: [
      { feature: 'login_failures', atLeast: 20, timesUpper: 1.5 },
      { feature: 'login_successes', atLeast: 1 },
      // With more names it is credential stuffing.
      { feature: 'login_users_1d', atMost: 11 },
    ],
    severity: 'critical',
    technique: TECHNIQUES.bruteForce,
    benign: 'Somebody who remembered a password at last, or many people behind one address.',
  },
  {
    behavior: 'password_guessing',
    kind: 'host',
    actor: 'any',
    when: [
      { feature: 'login_failures_1d', atLeast: 40 },
      { feature: 'login_failures_1d', shareOf: { feature: 'logins_1d', atLeast: 0.5 } },
    ],
    severity: 'medium',
    slow: true,
    technique: TECHNIQUES.bruteForce,
    benign: 'A program with an expired password.',
  },
  {
    behavior: 'password_guessing',
    kind: 'host',
    actor: 'outside',
    when: [{ feature: 'logins_1d', atLeast: 60 }],
    severity: 'medium',
    slow: true,
    technique: TECHNIQUES.bruteForce,
    benign: 'A partner or a deployment system that logs in often.',
  },
  {
    behavior: 'credential_stuffing',
    kind: 'host',
    actor: 'any',
    when: [
      { feature: 'login_users_1d', atLeast: 12 },
      { feature: 'login_failures_1d', atLeast: 12, shareOf: { feature: 'logins_1d', atLeast: 0.5 } },
      { feature: 'login_successes', atLeast: 1 },
    ],
    severity: 'critical',
    slow: true,
    technique: TECHNIQUES.stuffing,
    benign: 'A shared terminal server or proxy on a day of many expired passwords.',
  },
  {
    behavior: 'data_theft',
    kind: 'host',
    actor: 'own',
    when: [
      { feature: 'bytes_out_external', atLeast: 100 * MB, timesUpper: 3 },
      // Of what goes out and comes in: what was gathered from own servers before does not hide it.
      { feature: 'bytes_out_external_share', atLeast: 0.7 },
    ],
    severity: 'high',
    technique: TECHNIQUES.exfiltration,
    benign: 'A first backup to the cloud, or a large upload that somebody meant.',
  },
  {
    // Over a day, and whatever came back: neither patience nor an answer as large hides it.
    behavior: 'data_theft',
    kind: 'host',
    actor: 'own',
    when: [
      { feature: 'bytes_out_external_1d', atLeast: 1000 * MB, timesUpper: 3 },
      // It goes on in this window, with half of what it comes to where it is spread evenly.
      { feature: 'bytes_out_external', shareOf: { feature: 'bytes_out_external_1d', atLeast: 0.002 } },
    ],
    severity: 'medium',
    slow: true,
    technique: TECHNIQUES.exfiltration,
    benign: 'A first backup to the cloud, a day of video calls, or a speed test.',
  },
  {
    behavior: 'dns_tunnel',
    kind: 'host',
    actor: 'own',
    when: [
      { feature: 'dns_subdomains_max', atLeast: 40, timesUpper: 1.5 },
      { feature: 'dns_name_length', atLeast: 28 },
    ],
    severity: 'high',
    technique: TECHNIQUES.dnsTunnel,
    benign: 'Reputation lookups of a mail or antivirus product.',
  },
  {
    behavior: 'lateral_movement',
    kind: 'host',
    actor: 'own',
    when: [
      { feature: 'administration_hosts', atLeast: 6, timesUpper: 1.5 },
      { feature: 'failed_share', atMost: 0.6 },
    ],
    severity: 'medium',
    technique: TECHNIQUES.remoteServices,
    benign: 'An administrator at work, or a software rollout.',
  },
  {
    behavior: 'mining',
    kind: 'pair',
    actor: 'own',
    transport: 'tcp',
    ports: POOL_PORTS,
    when: [
      { feature: 'pair_duration_max', atLeast: 120 },
      { feature: 'pair_failed_share', atMost: 0.5 },
    ],
    severity: 'medium',
    technique: TECHNIQUES.hijacking,
    benign: 'A development server on one of these ports.',
  },
  {
    behavior: 'dormant_account',
    kind: 'user',
    actor: 'any',
    when: [
      { feature: 'user_idle_days', atLeast: 5 },
      { feature: 'user_login_successes', atLeast: 1 },
    ],
    severity: 'medium',
    technique: TECHNIQUES.validAccounts,
    benign: 'Somebody back from holidays.',
  },
  {
    behavior: 'password_guessing',
    kind: 'user',
    actor: 'any',
    when: [
      { feature: 'user_failures_1d', atLeast: 30 },
      { feature: 'user_login_failures', atLeast: 3, timesUpper: 1.5 },
    ],
    crowd: true,
    // Its sources are told by themselves, and severer; this is what comes from everywhere.
    severity: 'low',
    slow: true,
    technique: TECHNIQUES.bruteForce,
    benign: 'A program with an expired password.',
  },
];
