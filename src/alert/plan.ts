/**
 * Who is told of what. Pure.
 */
import { SEVERITIES, type EpisodeChange, type Severity } from '../domain/anomaly.js';
import { stableId } from '../domain/hash.js';
import type { Notification, NotificationRecord } from './ports.js';

/** What ended longer ago when it was found is of the past: nobody has to get up for it. */
const PAST_MS = 3_600_000;
/** Messages that a channel gets at one time; the last of them tells of all the others. */
const MAX_AT_ONCE = 25;

/** A receiver, as far as the decision needs it. */
export interface PlannedChannel {
  readonly name: string;
  /** Milder episodes are not sent. */
  readonly minSeverity: Severity;
}

/**
 * One notification per change and channel whose severity reaches the channel's threshold.
 * The id depends on episode, severity and channel alone,
 * so planning the same change again, after a crash or a revision, gives the same notification.
 */
export function planNotifications(
  changes: readonly EpisodeChange[],
  channels: readonly PlannedChannel[],
  nowMs: number,
): Notification[] {
  const planned = new Map<string, Notification>();
  for (const change of changes) {
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

/** A message to be: the notification that it is about, and those that it tells of besides. */
export interface Message {
  readonly record: NotificationRecord;
  readonly alongside: readonly NotificationRecord[];
}

/** Whether it was found long after it happened, as after an outage. */
export function isOfThePast({
  notification: { change, createdAtMs },
}: Pick<NotificationRecord, 'notification'>): boolean {
  return createdAtMs - change.episode.end > PAST_MS;
}

/**
 * One message for each notification; but where a channel would be flooded, by what is past or by what
 * thousands of addresses do at one time, some come by themselves and the rest in one message. The worst of
 * each behavior go first, so that many of one kind do not hide the only one of another.
 */
export function messagesOf(records: readonly NotificationRecord[]): Message[] {
  const byChannel = new Map<string, { record: NotificationRecord; alongside: NotificationRecord[] }[]>();
  for (const record of worstOfEachFirst(records)) {
    const key = `${record.notification.channel} ${isOfThePast(record) ? 'past' : 'now'}`;
    const messages = byChannel.get(key) ?? [];
    if (messages.length < MAX_AT_ONCE) messages.push({ record, alongside: [] });
    else messages.at(-1)!.alongside.push(record);
    byChannel.set(key, messages);
  }
  return [...byChannel.values()].flat();
}

function worstOfEachFirst(records: readonly NotificationRecord[]): NotificationRecord[] {
  const bySeverity = (a: NotificationRecord, b: NotificationRecord): number =>
    severityOf(b) - severityOf(a) || startOf(a) - startOf(b);
  const seen = new Map<string, number>();
  const places = new Map<NotificationRecord, number>();
  for (const record of [...records].sort(bySeverity)) {
    const { behavior } = record.notification.change.episode;
    const place = seen.get(behavior) ?? 0;
    places.set(record, place);
    seen.set(behavior, place + 1);
  }
  return [...records].sort((a, b) => places.get(a)! - places.get(b)! || bySeverity(a, b));
}

function severityOf({ notification }: NotificationRecord): number {
  return SEVERITIES.indexOf(notification.change.episode.severity);
}

function startOf({ notification }: NotificationRecord): number {
  return notification.change.episode.start;
}
