/**
 * Counts what cannot be used, and keeps the first of it to look at.
 */
import type { Quarantine, Rejected } from '../domain/raw.js';

const KEPT = 100;

/** Counts all rejected records by source and reason, and keeps some as samples. */
export class CountingQuarantine implements Quarantine {
  private readonly counts = new Map<string, Record<string, number>>();
  /** The first rejected records. */
  readonly samples: Rejected[] = [];

  reject(rejected: Rejected): void {
    let counts = this.counts.get(rejected.source);
    if (!counts) this.counts.set(rejected.source, (counts = {}));
    counts[rejected.reason] = (counts[rejected.reason] ?? 0) + 1;
    if (this.samples.length < KEPT) this.samples.push(rejected);
  }

  /** Counts of a source by reason. */
  of(source: string): Readonly<Record<string, number>> {
    return this.counts.get(source) ?? {};
  }

  /** All sources that had something rejected. */
  get sources(): string[] {
    return [...this.counts.keys()];
  }
}
