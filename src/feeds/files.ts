/**
 * Log files into the embedded store: what is there first, then what is appended.
 */
import type { FileCollector } from '../collect/collector.js';
import { FileFollower, type FollowState } from '../collect/follow.js';
import type { CollectOptions } from '../collect/options.js';
import type { FilePosition } from '../collect/position.js';
import type { RawBatch } from '../domain/raw.js';
import type { StateStore, VersionedState } from '../store/ports.js';
import type { Feed } from './feed.js';
import type { Ingester } from './ingest.js';

/** What the feed works with. */
export interface FileFeedParts {
  readonly collector: FileCollector;
  readonly ingester: Ingester;
  /** Sees how many records have been read of what there is. */
  readonly onProgress: (records: number) => void;
  /** Sees after each look what of the inputs is not read. */
  readonly onLook: (state: FollowState) => void;
}

/** Reads files from their start; what is stored already is left alone. */
export class FileFeed implements Feed {
  constructor(private readonly parts: FileFeedParts) {}

  async catchUp(signal: AbortSignal): Promise<void> {
    const { collector, ingester, onProgress, onLook } = this.parts;
    let records = 0;
    try {
      for await (const batch of collector.batches()) {
        signal.throwIfAborted();
        await ingester.add(batch);
        records += batch.records.length;
        onProgress(records);
      }
      await ingester.flush();
      onLook({
        files: collector.inputs.length,
        unreadable: new Map(collector.unread.map(({ source, reason }) => [source, reason])),
        empty: [],
        leftOut: collector.leftOut,
      });
    } finally {
      collector.close();
    }
  }

  /** Nothing comes after what was there. */
  follow(): Promise<void> {
    return Promise.resolve();
  }
}

/** What following works with. */
export interface FollowedFeedParts extends Omit<FileFeedParts, 'collector'> {
  /** Files, which may come later, and folders. */
  readonly names: readonly string[];
  readonly options: CollectOptions;
  /** Keeps how far each file has been read. */
  readonly states: StateStore;
}

const STATE = 'follow';

/** Follows files through rotation; a restart goes on where it was. */
export class FollowedFeed implements Feed {
  private follower: FileFollower | undefined;
  private batches: AsyncGenerator<RawBatch | undefined> | undefined;
  private version: number | null = null;

  constructor(private readonly parts: FollowedFeedParts) {}

  async catchUp(signal: AbortSignal): Promise<void> {
    this.batches = await this.open(signal);
    let records = 0;
    for (;;) {
      const next = await this.batches.next();
      if (next.done === true) return;
      await this.take(next.value);
      if (next.value === undefined) return;
      records += next.value.records.length;
      this.parts.onProgress(records);
    }
  }

  async follow(signal: AbortSignal, onStored: () => void): Promise<void> {
    const batches = this.batches ?? (await this.open(signal));
    // What fails goes on from what was stored, not from what was in hand.
    this.batches = undefined;
    for await (const batch of batches) {
      await this.take(batch);
      if (batch === undefined) onStored();
    }
  }

  private async open(signal: AbortSignal): Promise<AsyncGenerator<RawBatch | undefined>> {
    const { names, options, states } = this.parts;
    const stored = await states.getState(STATE);
    this.version = stored?.version ?? null;
    this.follower = await FileFollower.open(names, options, positionsOf(stored));
    return this.follower.batches(signal);
  }

  /** Stores a batch; where nothing more is there for the moment, remembers how far reading is. */
  private async take(batch: RawBatch | undefined): Promise<void> {
    const { ingester, states, onLook } = this.parts;
    if (batch) {
      await ingester.add(batch);
      return;
    }
    onLook(this.follower!.state);
    // Events first: a crash between the two reads some again, and they are known by their content.
    if ((await ingester.flush()) === 0) return;
    this.version = await states.putState(STATE, JSON.stringify(this.follower!.positions), this.version);
  }
}

function positionsOf(stored: VersionedState | undefined): FilePosition[] {
  return stored ? (JSON.parse(stored.value) as FilePosition[]) : [];
}
