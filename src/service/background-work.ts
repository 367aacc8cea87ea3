/**
 * Work that nobody waits for, until everything is stopped.
 */

/** Keeps track of promises; a stop tells them by a signal and waits for them. */
export class BackgroundWork {
  private readonly abort = new AbortController();
  private readonly running = new Set<Promise<unknown>>();

  /** Aborted by {@link stop}. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** @param onError sees why it failed, unless it was stopped */
  add(work: Promise<unknown>, onError: (error: unknown) => void = () => undefined): void {
    const settled = work
      .catch((error: unknown) => {
        if (!this.signal.aborted) onError(error);
      })
      .finally(() => this.running.delete(settled));
    this.running.add(settled);
  }

  /** Resolves when all that runs now has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  /** Resolves when all has ended. */
  async stop(): Promise<void> {
    this.abort.abort();
    await this.settled();
  }
}
