/**
 * Sends what is pending, until it is sent or has failed for good.
 */
import type { Clock } from '../domain/clock.js';
import type { Random } from '../domain/random.js';
import type { Logger } from '../observe/logger.js';
import { AppError } from '../domain/error.js';
import { Claims } from './claims.js';
import { Gate } from './gate.js';
import { messagesOf, type Message } from './plan.js';
import type {
  Delivery,
  Notification,
  NotificationLog,
  NotificationRecord,
  Sender,
  SendResult,
} from './ports.js';

/** A receiver by its way out. */
export interface Channel {
  readonly sender: Sender;
  /** Attempts in all, over restarts too. */
  readonly attempts: number;
}

/** What became of the attempts of one {@link Deliverer.deliver}. */
export interface DeliveryCounts {
  sent: number;
  /** Given up: refused, or out of attempts. */
  failed: number;
  /** Attempts that were followed, or are to be followed, by another. */
  retried: number;
}

/** What a deliverer works with. */
export interface DelivererDependencies {
  /** Where the notifications of each job are written down, by the name of the job. */
  readonly logs: ReadonlyMap<string, NotificationLog>;
  /** Channels by name. */
  readonly channels: ReadonlyMap<string, Channel>;
  readonly clock: Clock;
  readonly random: Random;
  /** Resolves after `ms`; rejects when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Called once per attempt, for metrics. */
  readonly onAttempt?: (channel: string, outcome: keyof DeliveryCounts) => void;
  readonly logger: Logger;
}

/** Longest random wait before the second attempt; it grows by the factor up to the bound. */
const FIRST_WAIT_MS = 5_000;
const WAIT_FACTOR = 4;
const MAX_WAIT_MS = 300_000;
/**
 * Messages in hand at one time, per channel: sent, and not recorded as sent yet. Those that wait for a
 * retry hold up no other.
 */
export const CONCURRENCY = 4;

/**
 * Wait before the attempt that follows attempt number `attempt`: exponential with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), no less than the
 * receiver asked for, at most five minutes.
 */
export function retryWaitMs(attempt: number, retryAfterMs: number | undefined, random: Random): number {
  const ceiling = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * WAIT_FACTOR ** (attempt - 1));
  return Math.min(MAX_WAIT_MS, Math.max(retryAfterMs ?? 0, random.next() * ceiling));
}

/**
 * Delivers notifications through a log: each is recorded before it is sent, and each attempt after
 * it was made. What was acknowledged and recorded is never sent again. What a killed process had in
 * hand, at most {@link CONCURRENCY} messages a channel, is sent again under the same id, by which the
 * receiver knows it. One deliverer per process, for all its jobs; its calls may overlap.
 */
export class Deliverer {
  private readonly claims: ReadonlyMap<string, Claims>;
  private readonly gates = new Map<string, Gate>();

  constructor(private readonly dependencies: DelivererDependencies) {
    this.claims = new Map([...dependencies.logs].map(([job, log]) => [job, new Claims(job, log)]));
  }

  /** Records notifications as pending, before anything is sent; returns how many were new. */
  async record(notifications: readonly Notification[]): Promise<number> {
    let created = 0;
    for (const notification of notifications) {
      if (await this.claimsOf(notification.job).log.create(notification)) created++;
    }
    return created;
  }

  /**
   * Sends all pending notifications of a job that no other call has in hand, side by side. May last for
   * minutes where a receiver is down; after an abort, requests in hand are finished and the rest
   * stays pending.
   * @param past what becomes of what is of the past: it is held back until all of it is known, so
   *   that it can be told in few messages
   * @throws what the log threw, after everything else has been tried
   */
  async deliver(job: string, signal: AbortSignal, past: 'send' | 'hold' = 'send'): Promise<DeliveryCounts> {
    const counts: DeliveryCounts = { sent: 0, failed: 0, retried: 0 };
    const claims = this.claimsOf(job);
    const claimed = await claims.take(past);
    const isSettled = ({ notification }: NotificationRecord): boolean =>
      claims.outcomeOf(notification.id) !== undefined;
    const done = claimed.filter(isSettled).map((record) => ({ record, alongside: [] }));
    const messages = [...done, ...messagesOf(claimed.filter((record) => !isSettled(record)))];
    const outcomes = await Promise.allSettled(
      messages.map((message) =>
        this.deliverOne(message, claims, counts, signal).finally(() => {
          for (const { notification } of recordsOf(message)) claims.release(notification.id);
        }),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    return counts;
  }

  private async deliverOne(
    message: Message,
    claims: Claims,
    counts: DeliveryCounts,
    signal: AbortSignal,
  ): Promise<void> {
    const { random, sleep } = this.dependencies;
    const { notification, delivery } = message.record;
    const known = claims.outcomeOf(notification.id);
    if (known) return note(message, claims, known);
    const gate = this.gateOf(notification.channel);
    for (let attempt = delivery.attempts + 1; ; attempt++) {
      // Recorded within the gate: what a killed process may send again is no more than the gate lets through.
      const again = await gate.run(async () =>
        signal.aborted ? undefined : this.attempt(message, claims, counts, attempt),
      );
      if (!again) return;
      const wait = retryWaitMs(attempt, again.retryAfterMs, random.derive(notification.id, attempt));
      await sleep(wait, signal).catch(rethrowUnless(signal));
    }
  }

  /** Sends a message once and records what became of it; the answer, where another attempt is to follow. */
  private async attempt(
    message: Message,
    claims: Claims,
    counts: DeliveryCounts,
    attempt: number,
  ): Promise<SendResult | undefined> {
    const { channels, clock } = this.dependencies;
    const { notification } = message.record;
    const { sender, attempts } = channels.get(notification.channel) ?? UNKNOWN_CHANNEL;
    const others = message.alongside.map((record) => record.notification);
    const result = await sender.send(notification, others);
    const outcome = outcomeOf(result, attempt < attempts);
    counts[outcome]++;
    this.report(notification, outcome, attempt, result);
    const state = outcome === 'retried' ? 'pending' : outcome;
    await note(message, claims, { state, attempts: attempt, atMs: clock.now(), detail: result.detail });
    return state === 'pending' ? result : undefined;
  }

  private claimsOf(job: string): Claims {
    const claims = this.claims.get(job);
    if (claims) return claims;
    throw new AppError('internal', `the job ${job} has no log of notifications`);
  }

  private gateOf(channel: string): Gate {
    const gate = this.gates.get(channel) ?? new Gate(CONCURRENCY);
    this.gates.set(channel, gate);
    return gate;
  }

  private report(
    { id, channel, change }: Notification,
    outcome: keyof DeliveryCounts,
    attempt: number,
    { detail }: SendResult,
  ): void {
    const { logger, onAttempt } = this.dependencies;
    onAttempt?.(channel, outcome);
    const fields = { notification: id, channel, episode: change.episode.id, attempt, detail };
    if (outcome === 'sent') logger.info(fields, 'notification sent');
    else if (outcome === 'retried') logger.warn(fields, 'notification not accepted, trying again');
    else logger.error(fields, 'notification failed for good');
  }
}

function recordsOf({ record, alongside }: Message): readonly NotificationRecord[] {
  return [record, ...alongside];
}

/** Records what became of a message, for each notification that it told of. */
async function note(message: Message, claims: Claims, reached: Delivery): Promise<void> {
  const main = message.record.notification.id;
  for (const { notification } of recordsOf(message)) {
    const isMain = notification.id === main;
    const delivery = isMain ? reached : { ...reached, detail: `${reached.detail}, told with ${main}` };
    if (reached.state !== 'pending') claims.settle(notification.id, delivery);
    await claims.log.update(notification, delivery);
  }
}

const UNKNOWN_CHANNEL: Channel = {
  sender: {
    send: () =>
      Promise.resolve({ ok: false, retryable: false, detail: 'the channel is not configured any more' }),
  },
  attempts: 1,
};

function outcomeOf({ ok, retryable }: SendResult, attemptsLeft: boolean): keyof DeliveryCounts {
  if (ok) return 'sent';
  return retryable && attemptsLeft ? 'retried' : 'failed';
}

function rethrowUnless(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}
