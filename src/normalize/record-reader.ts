/**
 * Which mapper reads a batch.
 */
import type { RawBatch } from '../domain/raw.js';
import { readAuthLine } from './auth.js';
import { EMPTY, unusable, type Draft, type Mapper, type Refusal } from './draft.js';
import { ecsMapper } from './ecs.js';
import { eveMapper } from './eve.js';
import { WallClock } from './time.js';
import type { Record_ } from './values.js';
import { zeekMapper } from './zeek.js';

/** Reads one record of a batch into the draft. */
export type ReadRecord = (record: unknown, draft: Draft) => Refusal | undefined;

/** Chooses the mapper of each batch. */
export class RecordReader {
  private readonly clock: WallClock;

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

  readerOf({ format, path }: RawBatch): ReadRecord {
    switch (format) {
      case 'zeek':
        return this.ofObjects(zeekMapper(path));
      case 'eve':
        return this.ofObjects(eveMapper);
      case 'ecs':
      case 'table':
        return this.ofObjects(ecsMapper);
      case 'auth':
        return (record, draft) =>
          typeof record === 'string' ? readAuthLine(record, draft, this.referenceMs, this.clock) : NOT_A_LINE;
    }
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

const NOT_A_LINE = unusable('not_a_line');
const NOT_AN_OBJECT = unusable('not_an_object');
