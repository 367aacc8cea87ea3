/**
 * Windows that are read one after the other: while one is scored, the next one is on its way.
 */
import type { EventSource } from '../collect/ports.js';
import type { RawBatch } from '../domain/raw.js';
import type { Window } from '../domain/window.js';

/** Where windows are read from. */
export type EventReader = Pick<EventSource, 'read'>;

/** A window whose first batch has been asked for. */
interface Begun {
  readonly window: Window;
  readonly batches: AsyncIterator<RawBatch, void>;
  readonly first: Promise<IteratorResult<RawBatch, void>>;
}

/**
 * Reads windows in a known order. With the first batch of one the first batch of the next is asked for,
 * and no more than that, since a store would have nothing to do while a window is scored, and a window
 * that is asked for only then would have to be waited for. Windows may be left out, none may be read twice.
 * {@link close} it whatever happens.
 */
export class ReadAhead implements EventReader {
  private readonly stop = new AbortController();
  private readonly waiting: Window[];
  private next: Begun | undefined;

  /** @param tasks in the order in which their windows will be read */
  constructor(
    private readonly events: EventReader,
    tasks: readonly { readonly window: Window }[],
  ) {
    this.waiting = tasks.map(({ window }) => window);
  }

  async *read(window: Window, signal?: AbortSignal): AsyncGenerator<RawBatch, void> {
    const { batches, first } = await this.take(window, signal);
    try {
      const begin = await first;
      this.begin(this.waiting.shift(), signal);
      for (let batch = begin; batch.done !== true; batch = await batches.next()) yield batch.value;
    } finally {
      await batches.return?.();
    }
  }

  /** Lets go of what was asked for and not read. */
  async close(): Promise<void> {
    this.waiting.length = 0;
    this.stop.abort();
    await this.drop();
  }

  /** The window as it was begun, or from the start; those before it are not read any more. */
  private async take(window: Window, signal: AbortSignal | undefined): Promise<Begun> {
    if (this.next?.window.start !== window.start) {
      await this.drop();
      this.waiting.splice(0, this.waiting.findIndex(({ start }) => start === window.start) + 1);
      this.begin(window, signal);
    }
    const begun = this.next!;
    this.next = undefined;
    return begun;
  }

  private begin(window: Window | undefined, signal: AbortSignal | undefined): void {
    if (window === undefined) return;
    const either = signal === undefined ? this.stop.signal : AbortSignal.any([this.stop.signal, signal]);
    const batches = this.events.read(window, either)[Symbol.asyncIterator]() as Begun['batches'];
    const first = batches.next();
    // A failure is thrown when the window is read; until then it must not count as unhandled.
    first.catch(() => undefined);
    this.next = { window, batches, first };
  }

  private async drop(): Promise<void> {
    const { next } = this;
    this.next = undefined;
    await next?.batches.return?.();
  }
}
