/**
 * Log files into the embedded store: what is there first, then what is appended.
 */
import type { FileCollector } from '../collect/collector.js';
import type { Feed } from './feed.js';
import type { Ingester } from './ingest.js';

/** What the feed works with. */
export interface FileFeedParts {
  readonly collector: FileCollector;
  readonly ingester: Ingester;
  /** Sees how many records have been read of what there is. */
  readonly onProgress: (records: number) => void;
}

/** Reads files from their start; what is stored already is left alone. */
export class FileFeed implements Feed {
  constructor(private readonly parts: FileFeedParts) {}

  async catchUp(signal: AbortSignal): Promise<void> {
    const { collector, ingester, onProgress } = this.parts;
    let records = 0;
    try {
      for await (const batch of collector.batches()) {
        signal.throwIfAborted();
        await ingester.add(batch);
        records += batch.records.length;
        onProgress(records);
      }
      await ingester.flush();
    } finally {
      await collector.close();
    }
  }

  async follow(): Promise<void> {
    // Standard input and plain reads have nothing that could come after.
  }
}
