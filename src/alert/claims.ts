/**
 * Which pending notifications of a job nobody has in hand yet.
 */
import { isOfThePast } from './plan.js';
import type { Delivery, NotificationLog, NotificationRecord } from './ports.js';

/** The pending notifications of one job, each handed out once at a time. */
export class Claims {
  private readonly underWay = new Set<string>();
  /** Done here, but perhaps pending still in what the log answers: it was slow, stale, or refused the write. */
  private readonly settled = new Map<string, Delivery>();
  private claiming: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly job: string,
    readonly log: NotificationLog,
  ) {}

  /**
   * Takes what nobody has in hand. One claim at a time, so that no answer of the log is older than what
   * is known here.
   * @param past see {@link Deliverer.deliver}
   */
  take(past: 'send' | 'hold'): Promise<NotificationRecord[]> {
    const claim = this.claiming.then(() => this.claim(past));
    this.claiming = claim.catch(() => undefined);
    return claim;
  }

  /** Lets go of a notification: it may be taken again if it is still pending. */
  release(id: string): void {
    this.underWay.delete(id);
  }

  /** Remembers what became of a notification, whatever the log says. */
  settle(id: string, delivery: Delivery): void {
    this.settled.set(id, delivery);
  }

  /** What became of a notification that is done already. */
  outcomeOf(id: string): Delivery | undefined {
    return this.settled.get(id);
  }

  private async claim(past: 'send' | 'hold'): Promise<NotificationRecord[]> {
    const settledBefore = [...this.settled.keys()];
    const pending = await this.log.pending(this.job);
    const listed = new Set(pending.map(({ notification }) => notification.id));
    for (const id of settledBefore) if (!listed.has(id)) this.settled.delete(id);
    const claimed = pending.filter(
      (record) => !this.underWay.has(record.notification.id) && (past === 'send' || !isOfThePast(record)),
    );
    for (const { notification } of claimed) this.underWay.add(notification.id);
    return claimed;
  }
}
