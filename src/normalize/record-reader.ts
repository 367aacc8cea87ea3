/**
 * Which mapper reads a batch.
 */
import type { RawBatch } from '../domain/raw.js';
import { AuthLines } from './auth/line.js';
import { dropBadFields } from './bad-fields.js';
import { EMPTY, unusable, type Draft, type Mapper, type Refusal } from './draft.js';
import { ecsMapper } from './ecs.js';
import { Ends } from './ends.js';
import { eveMapper } from './eve.js';
import { WallClock } from './time.js';
import type { Record_ } from './values.js';
import { zeekMapper } from './zeek.js';

/** Reads one record of a batch into the draft. */
export type ReadRecord = (record: unknown, draft: Draft) => Refusal | undefined;

/** Chooses the mapper of each batch. */
export class RecordReader {
  private readonly clock: WallClock;
  /** By source. */
  private readonly authLines = new Map<string, AuthLines>();
  private readonly ends = new Ends();

  /**
   * @param referenceMs the newest time that records without a year can have
   * @param timeZone of records that name no zone
   */
  constructor(
    private readonly referenceMs: number,
    timeZone: string,
  ) {
    this.clock = new WallClock(timeZone);
  }

  /** Reads any record whatsoever: one that a mapper fails at costs itself, a bad field that field. */
  readerOf(batch: RawBatch): ReadRecord {
    const read = this.mapperOf(batch);
    return (record, draft) => {
      try {
        const refusal = read(record, draft);
        if (refusal) return refusal;
        dropBadFields(draft);
        this.ends.settle(draft);
        return undefined;
      } catch {
        return UNREADABLE;
      }
    };
  }

  private mapperOf({ source, format, path }: RawBatch): ReadRecord {
    switch (format) {
      case 'zeek':
        return this.ofObjects(zeekMapper(path));
      case 'eve':
        return this.ofObjects(eveMapper);
      case 'ecs':
      case 'table':
        return this.ofObjects(ecsMapper);
      case 'auth':
        return this.ofLines(this.authLinesOf(source));
    }
  }

  private authLinesOf(source: string): AuthLines {
    let lines = this.authLines.get(source);
    if (!lines) this.authLines.set(source, (lines = new AuthLines(this.referenceMs, this.clock)));
    return lines;
  }

  private ofLines(lines: AuthLines): ReadRecord {
    return (record, draft) => (typeof record === 'string' ? lines.read(record, draft) : NOT_A_LINE);
  }

  private ofObjects(mapper: Mapper): ReadRecord {
    const { clock } = this;
    return (record, draft) => {
      if (record === null) return EMPTY;
      if (typeof record !== 'object' || Array.isArray(record)) return NOT_AN_OBJECT;
      return mapper(record as Record_, draft, clock);
    };
  }
}

/** No record should come to this, but one that somebody made so must not stop all others. */
const UNREADABLE = unusable('unreadable');
const NOT_A_LINE = unusable('not_a_line');
const NOT_AN_OBJECT = unusable('not_an_object');
