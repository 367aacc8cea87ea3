/**
 * Where events come from on a machine without Elasticsearch.
 */

/** Fills a store with events. */
export interface Feed {
  /** Stores what there is already; a job begins only then, so that it learns from all of it. */
  catchUp(signal: AbortSignal): Promise<void>;
  /** Goes on storing what comes, until the signal is aborted or nothing more can come. */
  follow(signal: AbortSignal): Promise<void>;
}
