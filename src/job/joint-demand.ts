/**
 * What the jobs of one service read of a cluster together.
 */
import type { Clock } from '../domain/clock.js';

/** A job that has said nothing for so long is run by another service, or not at all. */
const SILENT_MS = 15 * 60_000;

/** The demand of each job, as it was last told. */
export class JointDemand {
  private readonly demands = new Map<string, { readonly eventsPerSecond: number; readonly atMs: number }>();

  constructor(private readonly clock: Clock) {}

  /** Takes note of what a job reads. */
  note(job: string, eventsPerSecond: number): void {
    this.demands.set(job, { eventsPerSecond, atMs: this.clock.now() });
  }

  /** Events per second that all jobs but one read. */
  besides(job: string): number {
    const sinceMs = this.clock.now() - SILENT_MS;
    return [...this.demands]
      .filter(([name, { atMs }]) => name !== job && atMs >= sinceMs)
      .reduce((sum, [, { eventsPerSecond }]) => sum + eventsPerSecond, 0);
  }
}
