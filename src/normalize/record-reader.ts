/**
 * Which mapper reads a batch.
 */
import type { RawBatch } from '../domain/raw.js';
import { readAuthLine } from './auth.js';
import { EMPTY, unusable, type Draft, type Mapper, type Refusal } from './draft.js';
import { ecsMapper } from './ecs.js';
import { eveMapper } from './eve.js';
import { zeekMapper } from './zeek.js';

/** Reads one record of a batch into the draft. */
export type ReadRecord = (record: unknown, draft: Draft) => Refusal | undefined;

/** Chooses the mapper of each batch. */
export class RecordReader {
  private readonly offsetMs: number;

  /**
   * @param referenceMs the newest time that records without a year can have
   * @param timeZone of records that name no zone
   */
  constructor(
    private readonly referenceMs: number,
    timeZone: string,
  ) {
    this.offsetMs = zoneOffsetMs(timeZone, referenceMs);
  }

  readerOf({ format, path }: RawBatch): ReadRecord {
    switch (format) {
      case 'zeek':
        return ofObjects(zeekMapper(path));
      case 'eve':
        return ofObjects(eveMapper);
      case 'ecs':
      case 'table':
        return ofObjects(ecsMapper);
      case 'auth':
        return (record, draft) =>
          typeof record === 'string'
            ? readAuthLine(record, draft, this.referenceMs, this.offsetMs)
            : unusable('not_a_line');
    }
  }
}

function ofObjects(mapper: Mapper): ReadRecord {
  return (record, draft) => {
    if (record === null) return EMPTY;
    if (typeof record !== 'object' || Array.isArray(record)) return unusable('not_an_object');
    return mapper(record as Record<string, unknown>, draft);
  };
}

/** Offset of a zone from UTC at a time, east positive. */
function zoneOffsetMs(timeZone: string, atMs: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
