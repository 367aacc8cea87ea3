/**
 * Who is told of what. Pure.
 */
import { SEVERITIES, type EpisodeChange, type Severity } from '../domain/anomaly.js';
import { stableId } from '../domain/hash.js';
import type { Notification } from './ports.js';

/** A receiver, as far as the decision needs it. */
export interface PlannedChannel {
  readonly name: string;
  /** Milder episodes are not sent. */
  readonly minSeverity: Severity;
}

/**
 * One notification per change and channel whose severity reaches the channel's threshold.
 * Episodes on degraded data tell no one. The id depends on episode, severity and channel alone,
 * so planning the same change again, after a crash or a revision, gives the same notification.
 */
export function planNotifications(
  changes: readonly EpisodeChange[],
  channels: readonly PlannedChannel[],
  nowMs: number,
): Notification[] {
  const planned = new Map<string, Notification>();
  for (const change of changes.filter(({ episode }) => !episode.basis.degraded)) {
    for (const { name } of channels.filter(({ minSeverity }) =>
      reaches(change.episode.severity, minSeverity),
    )) {
      const { job, id: episode, severity } = change.episode;
      const id = stableId(episode, change.change === 'resolved' ? 'resolved' : severity, name);
      planned.set(id, { id, job, channel: name, change, createdAtMs: nowMs });
    }
  }
  return [...planned.values()];
}

function reaches(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(threshold);
}
