/**
 * Records into the embedded store: what its window is and whom it names is read once, on the way in.
 */
import type { EventSink, StoredEvent } from '../collect/ports.js';
import { excerptOf } from '../domain/excerpt.js';
import { stableId } from '../domain/hash.js';
import type { Quarantine, RawBatch } from '../domain/raw.js';
import { Draft, unusable } from '../normalize/draft.js';
import { refusalOfTime } from '../normalize/event-time.js';
import { userNaming, type UserNaming } from '../normalize/privacy.js';
import type { PrivacyOptions } from '../normalize/privacy-options.js';
import { RecordReader } from '../normalize/record-reader.js';

/** What an ingester works with. */
export interface IngesterParts {
  readonly sink: EventSink;
  readonly quarantine: Quarantine;
  /** Under which name a user's events are found again. */
  readonly privacy: PrivacyOptions;
  /** Now, or the newest time that records can have, milliseconds. */
  readonly referenceMs: () => number;
  /** IANA zone of records that name none. */
  readonly timeZone: string;
  /** Sees what became of the records of a source. */
  readonly onIngested?: (source: string, counts: IngestCounts) => void;
}

/** What became of a batch. */
export interface IngestCounts {
  readonly read: number;
  /** New in the store. */
  readonly stored: number;
  /** In the store already: told before, by this file or another. */
  readonly duplicates: number;
  /** Understood, and nothing that features need. */
  readonly filtered: number;
  readonly quarantined: number;
}

/** Events written in one transaction, which costs milliseconds. */
const WRITE_ROWS = 8_192;

/** Stores batches of records; {@link flush} writes what is still held. */
export class Ingester {
  private readonly draft = new Draft();
  private held: { readonly events: StoredEvent[]; readonly counts: Map<string, IngestCounts> } = emptyHold();

  private readonly userOf: UserNaming;

  constructor(private readonly parts: IngesterParts) {
    this.userOf = userNaming(parts.privacy);
  }

  /** Takes a batch; writes when enough is held. */
  async add(batch: RawBatch): Promise<void> {
    const { referenceMs, timeZone, quarantine } = this.parts;
    const nowMs = referenceMs();
    const read = new RecordReader(nowMs, timeZone).readerOf(batch);
    const { rejected = [] } = batch;
    for (const one of rejected) quarantine.reject(one);
    let filtered = 0;
    let quarantined = rejected.length;
    for (let i = 0; i < batch.records.length; i++) {
      this.draft.clear();
      const record = batch.records[i];
      const text = textOf(record);
      const refusal =
        text === undefined ? TOO_DEEP : (read(record, this.draft) ?? refusalOfTime(this.draft.endMs, nowMs));
      if (refusal === undefined) this.held.events.push(this.stored(batch, i, text!));
      else if (refusal.fate === 'filtered') filtered++;
      else {
        quarantined++;
        quarantine.reject({
          source: batch.source,
          place: batch.places[i]!,
          reason: refusal.reason,
          excerpt: excerptOf(record),
        });
      }
    }
    const known = this.held.counts.get(batch.source) ?? NOTHING;
    this.held.counts.set(batch.source, {
      ...known,
      read: known.read + batch.records.length + rejected.length,
      filtered: known.filtered + filtered,
      quarantined: known.quarantined + quarantined,
    });
    if (this.held.events.length >= WRITE_ROWS) await this.flush();
  }

  /** Writes what is held. @returns how many records were read since the last time */
  async flush(): Promise<number> {
    let read = 0;
    const { events, counts } = this.held;
    this.held = emptyHold();
    const bySource = new Map<string, StoredEvent[]>();
    for (const event of events) {
      const of = bySource.get(event.source);
      if (of) of.push(event);
      else bySource.set(event.source, [event]);
    }
    for (const [source, count] of counts) {
      const own = bySource.get(source) ?? [];
      const stored = await this.parts.sink.append(own);
      this.parts.onIngested?.(source, { ...count, stored, duplicates: own.length - stored });
      read += count.read;
    }
    return read;
  }

  private stored({ source, format, path, places, records }: RawBatch, i: number, text: string): StoredEvent {
    const { endMs, source: from, destination, user } = this.draft;
    const record = records[i];
    return {
      // The content names the event, so that a file that is read again adds nothing.
      id: stableId(format, path ?? '', text),
      source,
      format,
      ...(path === undefined ? {} : { path }),
      place: places[i]!,
      endMs,
      entities: [...new Set([from, destination, this.userOf(user)])].filter((name) => name !== ''),
      record,
    };
  }
}

const NOTHING: IngestCounts = { read: 0, stored: 0, duplicates: 0, filtered: 0, quarantined: 0 };

function emptyHold(): { events: StoredEvent[]; counts: Map<string, IngestCounts> } {
  return { events: [], counts: new Map() };
}

const TOO_DEEP = unusable('too_deep');

/** The record as it is stored, or undefined where it is nested too deeply to be written. */
function textOf(record: unknown): string | undefined {
  if (typeof record === 'string') return record;
  try {
    return JSON.stringify(record);
  } catch {
    return undefined;
  }
}
