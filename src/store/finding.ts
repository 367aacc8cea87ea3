/**
 * What `elkhound doctor` finds.
 */

/**
 * - `ok`: as it should be
 * - `warning`: it works, and could be better
 * - `failure`: it does not work
 * - `unavailable`: cannot be told here
 */
export type FindingStatus = 'ok' | 'warning' | 'failure' | 'unavailable';

/** One thing that was looked at. */
export interface Finding {
  /** Job that it is about, where there are several. */
  readonly job?: string;
  /** What was looked at: `privileges`, `ingest lag` … */
  readonly check: string;
  readonly status: FindingStatus;
  readonly message: string;
  /** What to do about it; only where something is to be done. */
  readonly remedy?: string;
}
