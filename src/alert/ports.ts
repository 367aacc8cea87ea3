/**
 * What alert needs of the world: a way out, and a memory of what went out.
 */
import type { EpisodeChange } from '../domain/anomaly.js';

/** One message to one receiver. */
export interface Notification {
  /** Hash of episode, severity and channel: the idempotency key of the message. */
  readonly id: string;
  readonly job: string;
  /** Name of the channel in the configuration. */
  readonly channel: string;
  readonly change: EpisodeChange;
  readonly createdAtMs: number;
}

/** What became of a notification. */
export interface Delivery {
  readonly state: 'pending' | 'sent' | 'failed';
  readonly attempts: number;
  /** When the state was reached. */
  readonly atMs: number;
  /** Status or error of the last attempt; never a secret. */
  readonly detail: string;
}

/** A notification and where it stands. */
export interface NotificationRecord {
  readonly notification: Notification;
  readonly delivery: Delivery;
}

/** Remembers what was sent, so that a restart neither repeats nor forgets. */
export interface NotificationLog {
  /** Creates it as pending; false where it is known already. */
  create(notification: Notification): Promise<boolean>;
  update(notification: Notification, delivery: Delivery): Promise<void>;
  /** Pending notifications of a job, oldest first. */
  pending(job: string): Promise<NotificationRecord[]>;
  /** Newest notifications of a job, for the pages. */
  recent(job: string, limit: number): Promise<NotificationRecord[]>;
}

/** The outcome of one attempt. */
export interface SendResult {
  readonly ok: boolean;
  /** Worth another attempt. */
  readonly retryable: boolean;
  /** Wait that the receiver asked for, milliseconds. */
  readonly retryAfterMs?: number;
  readonly detail: string;
}

/** One attempt to deliver a message; never throws for an answer or a broken line. */
export interface Sender {
  /** @param alongside what is told in the same message, for want of an hour in which it would be news */
  send(notification: Notification, alongside?: readonly Notification[]): Promise<SendResult>;
}
