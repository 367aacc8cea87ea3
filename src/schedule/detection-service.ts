/**
 * The running service: a feed that fills the store, and jobs that close windows side by side.
 */
import type { Health } from '../observe/health.js';
import type { Logger } from '../observe/logger.js';
import type { Feed } from '../pipeline/feed.js';
import { BackgroundWork } from './background-work.js';
import type { JobWorker } from './job-worker.js';

/** What the service works with. */
export interface DetectionServiceParts {
  /** Absent where others fill the store. */
  readonly feed?: Feed;
  readonly workers: readonly JobWorker[];
  readonly logger: Logger;
  readonly health: Health;
}

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
    const { health, logger } = this.parts;
    const { signal } = this.background;
    health.fail('feed', 'is reading what there is; windows come after that');
    await feed.catchUp(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (signal.aborted) return;
    health.pass('feed');
    this.background.add(feed.follow(signal), (error) => {
      health.fail('feed', error instanceof Error ? error.message : String(error));
      logger.error({ err: error }, 'the feed has stopped; events that come from now on are not seen');
    });
  }
}
