/**
 * The running service: a feed that fills the store, and jobs that close windows side by side.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Health } from '../observe/health.js';
import type { Logger } from '../observe/logger.js';
import type { Feed } from '../feeds/feed.js';
import { BackgroundWork } from './background-work.js';
import type { JobWorker } from './worker.js';

/** What the service works with. */
export interface DetectionServiceParts {
  /** Absent where others fill the store. */
  readonly feed?: Feed;
  readonly workers: readonly JobWorker[];
  readonly logger: Logger;
  readonly health: Health;
}

/** Wait before a feed that has failed is tried again; it doubles with each failure, up to the bound. */
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 60_000;

/** Runs jobs until it is stopped, or until the end of a run that has one. */
export class DetectionService {
  private readonly background = new BackgroundWork();

  constructor(private readonly parts: DetectionServiceParts) {}

  /**
   * Runs; resolves at the end of a run that has one, or after {@link stop}.
   * @throws what kept the feed from reading what there is
   */
  async run(): Promise<void> {
    const { feed, workers } = this.parts;
    if (feed) await this.follow(feed);
    if (this.background.signal.aborted) return;
    await Promise.all(
      workers.map(async (worker) => {
        await worker.start();
        await worker.finished;
      }),
    );
  }

  /** Finishes or abandons what is in hand. */
  async stop(): Promise<void> {
    await Promise.all(this.parts.workers.map((worker) => worker.stop()));
    await this.background.stop();
  }

  private async follow(feed: Feed): Promise<void> {
    const { health } = this.parts;
    const { signal } = this.background;
    health.fail('feed', 'is reading what there is; windows come after that');
    await feed.catchUp(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (signal.aborted) return;
    health.pass('feed');
    this.background.add(this.keepFollowing(feed, signal));
  }

  /** Follows until it is stopped; after a failure it tries again, each time after a longer wait. */
  private async keepFollowing(feed: Feed, signal: AbortSignal): Promise<void> {
    const { health, logger } = this.parts;
    let failures = 0;
    const onStored = (): void => {
      if (failures === 0) return;
      failures = 0;
      health.pass('feed');
      logger.info('the feed works again');
    };
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      try {
        await feed.follow(signal, onStored);
        return;
      } catch (error) {
        if (isOver()) return;
        health.fail('feed', error instanceof Error ? error.message : String(error));
        if (failures === 0) {
          logger.error({ err: error }, 'the feed has failed; until it works again, what comes is not seen');
        }
        const waitMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++);
        await delay(waitMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
