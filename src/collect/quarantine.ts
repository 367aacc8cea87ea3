/**
 * Keeps what cannot be used, to look at; coverage counts it.
 */
import type { Quarantine, Rejected } from '../domain/raw.js';

const KEPT = 100;

/** Keeps the first rejected records as samples: where they lie, why, and how they begin. */
export class SampleQuarantine implements Quarantine {
  readonly samples: Rejected[] = [];

  reject(rejected: Rejected): void {
    if (this.samples.length < KEPT) this.samples.push(rejected);
  }
}
