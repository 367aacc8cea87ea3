/**
 * What was sent, in the embedded store.
 */
import type { Delivery, Notification, NotificationLog, NotificationRecord } from '../../alert/ports.js';
import {
  fromNotificationDocument,
  newDelivery,
  notificationSchema,
  toNotificationDocument,
} from '../../documents/notifications.js';
import { AppError } from '../../domain/error.js';
import type { Database } from './database.js';
import { DocumentTable, equals, type ColumnValue } from './document-table.js';

/** {@link NotificationLog} in a database file. */
export class NotificationTable implements NotificationLog {
  private readonly table;

  constructor(private readonly database: Database) {
    this.table = new DocumentTable(database, 'notifications', notificationSchema);
  }

  create(notification: Notification): Promise<boolean> {
    const record = { notification, delivery: newDelivery(notification) };
    return this.database.transaction(async (connection) => {
      if ((await this.table.get(connection, notification.id)) !== undefined) return false;
      await this.table.add(connection, notification.id, columnsOf(record), toNotificationDocument(record));
      return true;
    });
  }

  async update(notification: Notification, delivery: Delivery): Promise<void> {
    const record = { notification, delivery };
    await this.database.transaction(async (connection) => {
      if ((await this.table.get(connection, notification.id)) === undefined) {
        throw new AppError('not_found', `notification ${notification.id} was never created`);
      }
      await this.table.put(connection, notification.id, columnsOf(record), toNotificationDocument(record));
    });
  }

  async pending(job: string): Promise<NotificationRecord[]> {
    const where = [...equals('job', job), ...equals('state', 'pending')];
    const listed = await this.table.list({ where, sort: 'start_ms', order: 'asc' });
    return listed.map(({ document }) => fromNotificationDocument(document));
  }

  async recent(job: string, limit: number): Promise<NotificationRecord[]> {
    const listed = await this.table.list({
      where: equals('job', job),
      sort: 'start_ms',
      order: 'desc',
      limit,
    });
    return listed.map(({ document }) => fromNotificationDocument(document));
  }
}

function columnsOf({ notification, delivery }: NotificationRecord): ColumnValue[] {
  return [notification.job, delivery.state, notification.createdAtMs];
}
