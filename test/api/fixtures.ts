/**
 * A night on a small office network: what the stages would have left behind.
 */
import {
  SEVERITIES,
  type Anomaly,
  type Behavior,
  type Contribution,
  type Episode,
  type EpisodeChange,
  type EvidenceEvent,
  type Severity,
  type Technique,
  type WindowRecord,
} from '../../src/domain/anomaly.js';
import type { NotificationRecord } from '../../src/alert/ports.js';
import type { StoredEvent } from '../../src/collect/ports.js';
import type { Entity } from '../../src/domain/matrix.js';

export const WINDOW_MS = 300_000;
const MINUTE = 60_000;
/** End of the newest window; the clock of the tests stands two minutes later. */
export const ANCHOR_MS = Date.parse('2026-11-23T02:40:00Z');
export const NOW_MS = ANCHOR_MS + 2 * MINUTE;
const DAYS_OF_RECORDS = 1.25;

interface Story {
  readonly entity: Entity;
  readonly behavior: Behavior;
  readonly severity: Severity;
  readonly reason: string;
  readonly technique?: Technique;
  /** Minutes before the anchor at which it began, and how many windows stand out. */
  readonly minutesAgo: number;
  readonly windows: number;
  readonly contributions: readonly [
    feature: string,
    label: string,
    unit: string,
    actual: number,
    typical: number | null,
    upper: number | null,
    share: number,
  ][];
  readonly events: readonly [summary: string, record: Record<string, unknown>][];
}

const host = (id: string): Entity => ({ kind: 'host', id, source: id });
const tactic = (id: string, name: string) => ({ id, name });

const STORIES: readonly Story[] = [
  {
    entity: host('203.0.113.77'),
    behavior: 'credential_stuffing',
    severity: 'critical',
    reason: '203.0.113.77 tried 214 user names in a day and got in as m.keller (1 successful); usually 1',
    technique: {
      id: 'T1110.004',
      name: 'Credential Stuffing',
      tactic: tactic('TA0006', 'Credential Access'),
    },
    minutesAgo: 35,
    windows: 7,
    contributions: [
      ['login_users_1d', 'user names tried in a day', 'count', 214, 1, 3, 0.52],
      ['login_failures_1d', 'failed logins in a day', 'count', 611, 0, 2, 0.31],
      ['login_successes', 'successful logins', 'count', 1, 0, 0, 0.11],
      ['in_hosts', 'hosts that connected to it', 'count', 2, null, null, 0.06],
    ],
    events: [
      [
        'login of m.keller succeeded on 10.0.0.12 (ssh)',
        {
          '@timestamp': '2026-11-23T02:31:07Z',
          event: { category: ['authentication'], outcome: 'success' },
          user: { name: 'm.keller' },
          source: { ip: '203.0.113.77', port: 50122 },
          host: { name: 'gate' },
          process: { name: 'sshd' },
        },
      ],
      [
        'login of admin failed on 10.0.0.12 (ssh)',
        {
          '@timestamp': '2026-11-23T02:30:59Z',
          event: { category: ['authentication'], outcome: 'failure' },
          user: { name: 'admin' },
          source: { ip: '203.0.113.77', port: 50101 },
          host: { name: 'gate' },
        },
      ],
    ],
  },
  {
    entity: host('10.0.3.41'),
    behavior: 'host_sweep',
    severity: 'critical',
    reason: '10.0.3.41 contacted 812 hosts on port 445 in 5 minutes; it usually contacts 3',
    technique: { id: 'T1046', name: 'Network Service Discovery', tactic: tactic('TA0007', 'Discovery') },
    minutesAgo: 20,
    windows: 4,
    contributions: [
      ['hosts_per_port_max', 'hosts contacted on one port', 'count', 812, 3, 9, 0.47],
      ['failed_share', 'share of connections that failed', 'share', 0.94, 0.02, 0.08, 0.21],
      ['connections', 'connections made', 'count', 1640, 48, 160, 0.14],
      ['packet_size_out', 'bytes per packet sent', 'bytes', 48, 310, 890, 0.1],
      ['bytes_out', 'bytes sent', 'bytes', 98_400, 61_000, 240_000, 0.08],
    ],
    events: [
      [
        '10.0.3.41 → 10.0.7.18:445 tcp, refused after 1 packet',
        {
          ts: 1795400400.12,
          uid: 'CfQ3rR2mJ',
          'id.orig_h': '10.0.3.41',
          'id.orig_p': 51532,
          'id.resp_h': '10.0.7.18',
          'id.resp_p': 445,
          proto: 'tcp',
          conn_state: 'REJ',
          orig_pkts: 1,
          resp_pkts: 1,
          orig_bytes: 0,
        },
      ],
      [
        '10.0.3.41 → 10.0.7.19:445 tcp, no answer',
        {
          ts: 1795400400.31,
          uid: 'CmX81a2',
          'id.orig_h': '10.0.3.41',
          'id.orig_p': 51533,
          'id.resp_h': '10.0.7.19',
          'id.resp_p': 445,
          proto: 'tcp',
          conn_state: 'S0',
          orig_pkts: 1,
        },
      ],
    ],
  },
  {
    entity: host('10.0.2.17'),
    behavior: 'data_theft',
    severity: 'high',
    reason:
      '10.0.2.17 sent 4.8 GB to outside hosts, mostly 198.51.100.23, in 5 minutes; it usually sends 1.2 MB',
    technique: {
      id: 'T1048',
      name: 'Exfiltration Over Alternative Protocol',
      tactic: tactic('TA0010', 'Exfiltration'),
    },
    minutesAgo: 55,
    windows: 11,
    contributions: [
      ['bytes_out_external', 'bytes sent to outside hosts', 'bytes', 4.8e9, 1.2e6, 9.4e6, 0.61],
      ['bytes_out_share', 'share of bytes that it sent', 'share', 0.98, 0.11, 0.4, 0.2],
      ['off_hours_bytes_out', 'bytes sent outside working hours', 'bytes', 4.8e9, 20_000, 400_000, 0.19],
    ],
    events: [
      [
        '10.0.2.17 → 198.51.100.23:443 tcp, 1.9 GB sent',
        {
          timestamp: '2026-11-23T02:36:40+0000',
          event_type: 'flow',
          src_ip: '10.0.2.17',
          src_port: 49822,
          dest_ip: '198.51.100.23',
          dest_port: 443,
          proto: 'TCP',
          flow: { bytes_toserver: 1_900_000_000, bytes_toclient: 12_400_000, state: 'closed' },
        },
      ],
    ],
  },
  {
    entity: host('10.0.1.9'),
    behavior: 'dns_tunnel',
    severity: 'high',
    reason: '10.0.1.9 asked for 386 different names under cdn-sync.example in 5 minutes; usually 4',
    technique: {
      id: 'T1071.004',
      name: 'Application Layer Protocol: DNS',
      tactic: tactic('TA0011', 'Command and Control'),
    },
    minutesAgo: 190,
    windows: 22,
    contributions: [
      ['dns_subdomains_max', 'different names under one domain', 'count', 386, 4, 11, 0.55],
      ['dns_name_length', 'mean length of DNS names', 'characters', 61, 19, 28, 0.3],
      ['dns_bulk_share', 'share of TXT, NULL and similar questions', 'share', 0.72, 0.01, 0.05, 0.15],
    ],
    events: [
      [
        'asked 10.0.0.2 for TXT a91f03c4d2e8b7…cdn-sync.example',
        { query: 'a91f03c4d2e8b7.cdn-sync.example', qtype_name: 'TXT', 'id.orig_h': '10.0.1.9' },
      ],
    ],
  },
  {
    entity: { kind: 'user', id: 'svc-backup', user: 'svc-backup' },
    behavior: 'dormant_account',
    severity: 'medium',
    reason: 'svc-backup logged in from 10.0.3.41 after 43 days without a login',
    technique: { id: 'T1078', name: 'Valid Accounts', tactic: tactic('TA0001', 'Initial Access') },
    minutesAgo: 25,
    windows: 1,
    contributions: [
      ['user_idle_days', 'days without a login before', 'days', 43, 1, 3, 0.8],
      ['user_off_hours_logins', 'logins outside working hours', 'count', 1, 0, 0, 0.2],
    ],
    events: [
      [
        'login of svc-backup succeeded on 10.0.0.20',
        { user: { name: 'svc-backup' }, source: { ip: '10.0.3.41' } },
      ],
    ],
  },
  {
    entity: {
      kind: 'pair',
      id: '10.0.4.80>192.0.2.66:3333/tcp',
      source: '10.0.4.80',
      destination: '192.0.2.66',
      port: 3333,
      transport: 'tcp',
    },
    behavior: 'mining',
    severity: 'medium',
    reason: '10.0.4.80 to 192.0.2.66:3333 talked for 25 min on a port that mining pools use',
    technique: { id: 'T1496', name: 'Resource Hijacking', tactic: tactic('TA0040', 'Impact') },
    minutesAgo: 700,
    windows: 60,
    contributions: [
      ['pair_duration_max', 'longest connection', 'seconds', 1500, 12, 60, 0.7],
      ['pair_packet_size', 'bytes per packet', 'bytes', 151, 340, 900, 0.3],
    ],
    events: [
      [
        '10.0.4.80 → 192.0.2.66:3333 tcp, 25 min',
        { 'id.orig_h': '10.0.4.80', 'id.resp_h': '192.0.2.66', 'id.resp_p': 3333, duration: 1500 },
      ],
    ],
  },
  {
    entity: { kind: 'service', id: '10.0.0.20:22/tcp', destination: '10.0.0.20', port: 22, transport: 'tcp' },
    behavior: 'unusual_volume',
    severity: 'low',
    reason:
      '10.0.0.20:22 had 96 connections received in 5 minutes (also 31 hosts that connected); usually 14',
    minutesAgo: 420,
    windows: 2,
    contributions: [
      ['service_connections', 'connections received', 'count', 96, 14, 40, 0.6],
      ['service_sources', 'hosts that connected', 'count', 31, 6, 12, 0.4],
    ],
    events: [],
  },
  {
    entity: host('10.0.5.5'),
    behavior: 'unusual_pattern',
    severity: 'low',
    reason:
      '10.0.5.5 had 4.1 bits variety of destination ports in 5 minutes (also 62 outside hosts contacted); usually 1.2',
    minutesAgo: 1100,
    windows: 1,
    contributions: [['port_entropy', 'variety of destination ports', 'bits', 4.1, 1.2, 2.4, 0.6]],
    events: [],
  },
];

const GRADES: Readonly<Record<Severity, number>> = { low: 0.15, medium: 0.42, high: 0.7, critical: 0.95 };

/** A grade that rises to the story's own and falls again, the same on each run. */
function gradeOf(severity: Severity, position: number, windows: number): number {
  const wave = Math.sin(((position + 1) / (windows + 1)) * Math.PI);
  return Math.max(0.05, GRADES[severity] * (0.55 + 0.45 * wave));
}

function contributionsOf(story: Story): Contribution[] {
  return story.contributions.map(([feature, label, unit, actual, typical, upper, share]) => ({
    feature,
    label,
    unit,
    actual,
    typical,
    upper,
    share,
  }));
}

/** Ids look like the hashes that decide makes. */
function idOf(...parts: readonly (string | number)[]): string {
  let hash = 0xcbf29ce484222325n;
  for (const character of parts.join('|')) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(character.codePointAt(0)!)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

function eventsOf(story: Story): { evidence: EvidenceEvent[]; stored: StoredEvent[] } {
  const start = startOf(story);
  const evidence = story.events.map(([summary], position) => ({
    id: idOf('event', story.entity.id, position),
    index: '',
    source: 'conn.log',
    place: 1200 + position,
    timeMs: start + 61_000 + position * 7_000,
    summary,
  }));
  const names = [story.entity.source, story.entity.destination, story.entity.user];
  const stored = story.events.map(([, record], position) => ({
    id: evidence[position]!.id,
    source: 'conn.log',
    format: 'zeek' as const,
    path: 'conn',
    place: 1200 + position,
    endMs: evidence[position]!.timeMs,
    entities: names.filter((name) => name !== undefined),
    record,
  }));
  return { evidence, stored };
}

function startOf({ minutesAgo }: Story): number {
  return ANCHOR_MS - minutesAgo * MINUTE;
}

const BASIS = {
  model: 'default-2026-11-22',
  rung: 'entity',
  historyDays: 10,
  selfTrained: false,
  degraded: false,
} as const;

function anomaliesOf(story: Story): Anomaly[] {
  const episode = idOf('episode', story.entity.id, story.behavior);
  const { evidence } = eventsOf(story);
  return Array.from({ length: story.windows }, (_, position) => {
    const start = startOf(story) + position * WINDOW_MS;
    const grade = gradeOf(story.severity, position, story.windows);
    return {
      id: idOf('anomaly', story.entity.id, start),
      job: 'default',
      site: 'default',
      entity: story.entity,
      window: { start, end: start + WINDOW_MS },
      behavior: story.behavior,
      score: 0.99 + grade / 100,
      grade,
      severity: SEVERITIES[Math.min(SEVERITIES.indexOf(story.severity), Math.floor(grade * 5))]!,
      detectors: [
        { detector: 'isolation_forest', score: 0.985 + grade / 100, raw: 0.6 + grade / 10 },
        { detector: 'baseline', score: 0.99 + grade / 100, raw: 8 + grade * 20 },
      ],
      reason: story.reason,
      contributions: contributionsOf(story),
      ...(story.technique === undefined ? {} : { technique: story.technique }),
      evidence,
      basis: BASIS,
      episode,
      labels: [],
      revision: 1,
      status: 'active' as const,
    };
  });
}

function episodeOf(story: Story): Episode {
  const anomalies = anomaliesOf(story);
  const worst = anomalies.reduce((best, anomaly) => (anomaly.score > best.score ? anomaly : best));
  const { job, site, entity, behavior, score, reason, contributions, evidence, basis } = worst;
  return {
    id: worst.episode,
    job,
    site,
    entity,
    behavior,
    severity: story.severity,
    score,
    anomaly: worst.id,
    reason,
    ...(story.technique === undefined ? {} : { technique: story.technique }),
    contributions,
    evidence,
    start: anomalies[0]!.window.start,
    end: worst.window.end,
    windows: anomalies.indexOf(worst) + 1,
    basis,
  };
}

export const ANOMALIES: readonly Anomaly[] = STORIES.flatMap(anomaliesOf);
export const EPISODES: readonly Episode[] = STORIES.map(episodeOf);
export const CHANGES: readonly EpisodeChange[] = EPISODES.map((episode) => ({ episode, change: 'opened' }));
export const EVENTS: readonly StoredEvent[] = STORIES.flatMap((story) => eventsOf(story).stored);

/** Two days of windows with a day rhythm; a gap of training at the beginning, an empty one in between. */
export const RECORDS: readonly WindowRecord[] = Array.from(
  { length: (DAYS_OF_RECORDS * 86_400_000) / WINDOW_MS },
  (_, position) => {
    const start = ANCHOR_MS - DAYS_OF_RECORDS * 86_400_000 + position * WINDOW_MS;
    const hour = (start / 3_600_000) % 24;
    const volume = Math.round(
      900 + 2600 * Math.max(0, Math.sin(((hour - 6) / 14) * Math.PI)) + 140 * Math.sin(position * 1.7),
    );
    const skipped = position < 36 ? 'training' : position === 300 ? 'empty' : undefined;
    const read = skipped === 'empty' ? 0 : volume;
    const duplicates = Math.floor(read * 0.012);
    const quarantined = read > 0 && position % 97 === 0 ? 3 : 0;
    const loopback = Math.floor(read * 0.03);
    return {
      job: 'default',
      window: { start, end: start + WINDOW_MS },
      status: skipped === undefined ? 'done' : 'skipped',
      ...(skipped === undefined ? {} : { reason: skipped }),
      counted: read,
      coverage:
        read === 0
          ? []
          : [
              {
                source: 'conn.log',
                read: read - 400,
                events: read - 400 - duplicates - quarantined - loopback,
                duplicates,
                filtered: { loopback },
                quarantined: quarantined === 0 ? {} : { bad_json: quarantined },
              },
              { source: 'dns.log', read: 400, events: 400, duplicates: 0, filtered: {}, quarantined: {} },
            ],
      entities: read === 0 ? {} : { host: 64, pair: 212, service: 31, user: 9 },
      anomalies: ANOMALIES.filter((anomaly) => anomaly.window.start === start).length,
      model: BASIS.model,
      revision: 1,
      recordedAtMs: start + WINDOW_MS + 65_000,
      tookMs: 180 + (position % 11) * 9,
    } satisfies WindowRecord;
  },
);

export const NOTIFICATIONS: readonly NotificationRecord[] = EPISODES.slice(0, 4).map((episode, position) => ({
  notification: {
    id: idOf('notification', episode.id),
    job: 'default',
    channel: 'night-desk',
    change: { episode, change: position === 1 ? 'raised' : 'opened' },
    createdAtMs: episode.start + WINDOW_MS + 66_000,
  },
  delivery: {
    state: position === 3 ? 'failed' : 'sent',
    attempts: position === 3 ? 5 : 1,
    atMs: episode.start + WINDOW_MS + 67_000,
    detail: position === 3 ? 'answered 503 Service Unavailable' : 'answered 200',
  },
}));
