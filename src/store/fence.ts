/**
 * The right to write, as the writers ask for it.
 */

/** Keeps a worker from writing that may have lost its job to another. */
export interface Fence {
  /** Grows each time the job changes hands; documents carry it. */
  readonly epoch: number;
  /**
   * Called right before each request that writes.
   * @returns for how many milliseconds the right surely lasts
   * @throws AppError `lease_lost` where it does not
   */
  guard(): number;
}
