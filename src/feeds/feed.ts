/**
 * Where events come from on a machine without Elasticsearch.
 */

/** Fills a store with events. */
export interface Feed {
  /** Stores what there is already; a job begins only then, so that it learns from all of it. */
  catchUp(signal: AbortSignal): Promise<void>;
  /**
   * Goes on storing what comes, until the signal is aborted or nothing more can come. After a failure it
   * can be called again, and goes on from what is stored.
   * @param onStored hears each time that all there is for the moment was stored
   */
  follow(signal: AbortSignal, onStored: () => void): Promise<void>;
}
