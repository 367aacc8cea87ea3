/**
 * What was sent, in Elasticsearch.
 */
import type { Delivery, Notification, NotificationLog, NotificationRecord } from '../../alert/ports.js';
import {
  fromNotificationDocument,
  newDelivery,
  notificationIndex,
  NOTIFICATIONS,
  notificationSchema,
  toNotificationDocument,
} from '../../documents/notifications.js';
import { AppError } from '../../domain/error.js';
import type { Documents, PageQuery } from './documents.js';

const PAGE = 1000;
const SORT = ['@timestamp', 'event.id'] as const;

/** {@link NotificationLog} on Elasticsearch. */
export class ElasticsearchNotificationLog implements NotificationLog {
  constructor(private readonly documents: Documents) {}

  async create(notification: Notification): Promise<boolean> {
    const document = toNotificationDocument({ notification, delivery: newDelivery(notification) });
    const address = { index: notificationIndex(notification), id: notification.id };
    const [outcome] = await this.documents.write([{ ...address, document }]);
    return outcome === 'written';
  }

  async update(notification: Notification, delivery: Delivery): Promise<void> {
    const address = { index: notificationIndex(notification), id: notification.id };
    const stored = (await this.documents.get(notificationSchema, [address])).get(address.id);
    if (stored === undefined)
      throw new AppError('not_found', `notification ${notification.id} was never created`);
    const document = toNotificationDocument({ notification, delivery });
    const [outcome] = await this.documents.write([{ ...address, document, replaces: stored.version }]);
    if (outcome === 'conflict') {
      throw new AppError('store_conflict', `another worker delivers the notification ${notification.id}`);
    }
  }

  async pending(job: string): Promise<NotificationRecord[]> {
    const filter = [{ term: { 'elkhound.job': job } }, { term: { 'elkhound.delivery.state': 'pending' } }];
    const query = { filter, sort: SORT, order: 'asc', limit: PAGE } as const;
    const records: NotificationRecord[] = [];
    for await (const document of this.documents.all(NOTIFICATIONS, notificationSchema, query)) {
      records.push(fromNotificationDocument(document));
    }
    return records;
  }

  async recent(job: string, limit: number): Promise<NotificationRecord[]> {
    const query: PageQuery = {
      filter: [{ term: { 'elkhound.job': job } }],
      sort: SORT,
      order: 'desc',
      limit,
    };
    const hits = await this.documents.page(NOTIFICATIONS, notificationSchema, query);
    return hits.map(({ document }) => fromNotificationDocument(document));
  }
}
