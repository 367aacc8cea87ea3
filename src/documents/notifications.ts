/**
 * `elkhound-notifications-YYYY.MM`: one document is one message to one receiver, and where it stands.
 */
import { z } from 'zod';
import type { Delivery, Notification, NotificationRecord } from '../alert/ports.js';
import { SEVERITIES } from '../domain/anomaly.js';
import { alertSchema, fromAlertDocument, toAlertDocument } from './alerts.js';
import { ECS_VERSION, indexName, MODULE, type IndexDefinition } from './index-definition.js';
import { constant, date, integer, keyword, unparsed } from './mapping.js';
import { isoDate, toIso } from './time.js';

const DATASET = 'elkhound.notification';

/** `event.outcome` of each state of a delivery. */
const OUTCOME = { pending: 'unknown', sent: 'success', failed: 'failure' } as const;

export const notificationSchema = z.object({
  '@timestamp': isoDate,
  ecs: z.object({ version: z.string() }),
  event: z.object({
    kind: z.literal('event'),
    module: z.literal(MODULE),
    dataset: z.literal(DATASET),
    id: z.string(),
    outcome: z.enum(['unknown', 'success', 'failure']),
  }),
  elkhound: z.object({
    job: z.string(),
    channel: z.string(),
    severity: z.enum(SEVERITIES),
    change: z.enum(['opened', 'raised', 'resolved']),
    episode: z.object({ id: z.string() }),
    delivery: z.object({
      state: z.enum(['pending', 'sent', 'failed']),
      attempts: z.number(),
      at: isoDate,
      detail: z.string(),
    }),
    /** The alert that the message tells of, whole. */
    alert: alertSchema,
  }),
});

/** A notification as Elasticsearch keeps it. */
export type NotificationDocument = z.infer<typeof notificationSchema>;

export const NOTIFICATIONS: IndexDefinition = {
  name: 'elkhound-notifications',
  description: 'What was sent to whom, and whether it arrived',
  monthly: true,
  schemaVersion: 1,
  fields: {
    '@timestamp': date,
    'ecs.version': keyword,
    'event.kind': constant('event'),
    'event.module': constant(MODULE),
    'event.dataset': constant(DATASET),
    'event.id': keyword,
    'event.outcome': keyword,
    'elkhound.job': keyword,
    'elkhound.channel': keyword,
    'elkhound.severity': keyword,
    'elkhound.change': keyword,
    'elkhound.episode.id': keyword,
    'elkhound.delivery.state': keyword,
    'elkhound.delivery.attempts': integer,
    'elkhound.delivery.at': date,
    'elkhound.delivery.detail': keyword,
    'elkhound.alert': unparsed,
  },
};

/**
 * Index of a notification: the month of its episode's first window, not of its making, so that
 * the same message made again after a restart in the next month is found.
 */
export function notificationIndex({ change }: Notification): string {
  return indexName(NOTIFICATIONS, change.episode.start);
}

/** The document of a notification. */
export function toNotificationDocument({ notification, delivery }: NotificationRecord): NotificationDocument {
  const { change, createdAtMs } = notification;
  return {
    '@timestamp': toIso(createdAtMs),
    ecs: { version: ECS_VERSION },
    event: {
      kind: 'event',
      module: MODULE,
      dataset: DATASET,
      id: notification.id,
      outcome: OUTCOME[delivery.state],
    },
    elkhound: {
      job: notification.job,
      channel: notification.channel,
      severity: change.episode.severity,
      change: change.change,
      episode: { id: change.episode.id },
      delivery: {
        state: delivery.state,
        attempts: delivery.attempts,
        at: toIso(delivery.atMs),
        detail: delivery.detail,
      },
      alert: toAlertDocument(change, createdAtMs),
    },
  };
}

/** The notification of a document. */
export function fromNotificationDocument(document: NotificationDocument): NotificationRecord {
  const { event, elkhound } = document;
  const { state, attempts, at, detail } = elkhound.delivery;
  return {
    notification: {
      id: event.id,
      job: elkhound.job,
      channel: elkhound.channel,
      change: fromAlertDocument(elkhound.alert),
      createdAtMs: Date.parse(document['@timestamp']),
    },
    delivery: { state, attempts, atMs: Date.parse(at), detail },
  };
}

/** How a notification stands that was just made. */
export function newDelivery(notification: Notification): Delivery {
  return { state: 'pending', attempts: 0, atMs: notification.createdAtMs, detail: '' };
}
