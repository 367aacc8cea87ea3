/**
 * An episode as decide makes it, and what the tests of alert send.
 */
import type { Episode, EpisodeChange } from '../../src/domain/anomaly.js';
import type { Notification } from '../../src/alert/ports.js';
import type { MessageContext } from '../../src/alert/message.js';

export const NOW_MS = Date.UTC(2026, 10, 23, 2, 10);

const SWEEP: Episode = {
  id: 'e'.repeat(32),
  job: 'default',
  site: 'default',
  entity: { kind: 'host', id: '10.0.0.5', source: '10.0.0.5' },
  behavior: 'host_sweep',
  severity: 'high',
  score: 0.99912345678,
  anomaly: 'a'.repeat(32),
  reason: '10.0.0.5 contacted 812 hosts on port 445 in 5 minutes; it usually contacts 3',
  technique: { id: 'T1046', name: 'Network Service Discovery', tactic: { id: 'TA0007', name: 'Discovery' } },
  contributions: [
    {
      feature: 'hosts_per_port_max',
      label: 'most hosts on one port',
      unit: 'hosts',
      actual: 812,
      typical: 3,
      upper: 9,
      share: 0.7,
    },
    {
      feature: 'failed_share',
      label: 'failed connections',
      unit: 'share',
      actual: 0.8333333333,
      typical: null,
      upper: null,
      share: 0.3,
    },
  ],
  evidence: [
    {
      id: 'v1',
      index: '',
      source: 'conn.log',
      place: 17,
      timeMs: NOW_MS - 240_000,
      summary: '10.0.0.5 → 10.0.9.1:445 tcp rejected',
    },
    {
      id: 'v2',
      index: 'logs-zeek',
      source: 'logs-zeek',
      place: 0,
      timeMs: NOW_MS - 230_000,
      summary: '10.0.0.5 → 10.0.9.2:445 tcp rejected',
    },
  ],
  start: NOW_MS - 600_000,
  end: NOW_MS - 300_000,
  windows: 1,
  basis: { model: 'm1', rung: 'entity', historyDays: 10.04, selfTrained: false, degraded: false },
};

export function episode(change: Partial<Episode> = {}): Episode {
  return { ...SWEEP, ...change };
}

export function opened(change: Partial<Episode> = {}): EpisodeChange {
  return { change: 'opened', episode: episode(change) };
}

/** Notification number `n`: a message of its own. */
export function notification(n = 1, channel = 'soc', change: Partial<Episode> = {}): Notification {
  const id = `${channel}-${String(n).padStart(4, '0')}`;
  return {
    id,
    job: 'default',
    channel,
    change: opened({ id: `episode-${id}`, ...change }),
    createdAtMs: NOW_MS + n,
  };
}

export const CONTEXT: MessageContext = {
  baseUrl: 'https://soc.example.org/elkhound',
  checksFor: () => ['Is the host an approved scanner?', 'Which process started it?'],
  benignCauseOf: () => 'An inventory scanner.',
};
