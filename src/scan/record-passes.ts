/**
 * Windows of records that are read twice: once to learn what is usual, once to find what is not.
 */
import type { SourceCoverage } from '../domain/coverage.js';
import type { WindowEvents } from '../domain/events.js';
import type { RawBatch } from '../domain/raw.js';
import type { Window } from '../domain/window.js';
import type { Normalizer } from '../normalize/normalizer.js';

/** What the two passes of a scan see. */
export interface WindowPasses {
  /** All events, once each; a window may come in several parts, and again after later ones. */
  toLearn(): AsyncGenerator<WindowEvents, void>;
  /** Every window whole, oldest first; only after a pass {@link toLearn} has ended, and then any number of times. */
  toDetect(): AsyncGenerator<WindowEvents, void>;
  /** What became of all records in the newest pass that has ended, by source. */
  readonly coverage: readonly SourceCoverage[];
}

/** What passes are made of. */
export interface RecordPassesParts {
  /** Reads all records from the start; the same batches in the same order each time. */
  batches(): AsyncIterable<RawBatch>;
  /** A fresh normalizer; each pass has its own. */
  normalizer(): Normalizer;
}

/** Events held in open windows before the oldest are closed, in the pass that learns. */
const MAX_OPEN_EVENTS = 400_000;

/**
 * Passes over records. The first one also notes which batch is the last that touches each window, so
 * that the second one closes every window exactly when it is complete, however disordered they are.
 */
export class RecordPasses implements WindowPasses {
  coverage: readonly SourceCoverage[] = [];
  /** Number of the last batch that touches each window, by the window's start. */
  private readonly lastBatch = new Map<number, number>();

  constructor(private readonly parts: RecordPassesParts) {}

  async *toLearn(): AsyncGenerator<WindowEvents, void> {
    const normalizer = this.parts.normalizer();
    let number = 0;
    for await (const batch of this.parts.batches()) {
      for (const window of normalizer.add(batch)) this.lastBatch.set(window, number);
      if (normalizer.openEvents > MAX_OPEN_EVENTS) yield* normalizer.close(middle(normalizer.openWindows));
      number++;
    }
    yield* normalizer.close(Infinity);
    this.coverage = normalizer.coverage();
  }

  async *toDetect(): AsyncGenerator<WindowEvents, void> {
    const normalizer = this.parts.normalizer();
    let number = 0;
    for await (const batch of this.parts.batches()) {
      normalizer.add(batch);
      yield* normalizer.close(this.completeBefore(normalizer.openWindows, number));
      number++;
    }
    yield* normalizer.close(Infinity);
    this.coverage = normalizer.coverage();
  }

  /** Time before which no open window waits for a later batch. */
  private completeBefore(open: readonly Window[], batch: number): number {
    for (const window of open) if ((this.lastBatch.get(window.start) ?? 0) > batch) return window.start;
    return open.at(-1)?.end ?? -Infinity;
  }
}

/** End of the middle one of the open windows: the older half is closed. */
function middle(open: readonly Window[]): number {
  return open[open.length >> 1]?.end ?? -Infinity;
}
