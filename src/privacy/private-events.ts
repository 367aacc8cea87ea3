/**
 * Raw events for people who may not see user names.
 */
import type { EventRef, EventSource } from '../collect/ports.js';
import { canonicalAddress } from '../domain/address.js';
import type { RawEvent } from '../domain/raw.js';
import type { Window } from '../domain/window.js';
import { Draft } from '../normalize/draft.js';
import { userNaming, type UserNaming } from '../normalize/privacy.js';
import type { PrivacyOptions } from '../normalize/privacy-options.js';
import { privateRecord } from '../normalize/private-record.js';
import { RecordReader } from '../normalize/record-reader.js';

type Readable = Pick<EventSource, 'find' | 'ofEntity'>;

/** What normalize needs to know to read a record again. */
export interface ReadingOptions {
  /** Now, milliseconds. */
  readonly referenceMs: () => number;
  readonly timeZone: string;
}

/** The events of a source with user names as the options of privacy want them. */
export class PrivateEvents implements Readable {
  private readonly draft = new Draft();

  constructor(
    private readonly source: Readable,
    private readonly privacy: PrivacyOptions,
    private readonly reading: ReadingOptions,
  ) {}

  async find(refs: readonly EventRef[]): Promise<RawEvent[]> {
    return this.shown(await this.source.find(refs));
  }

  /** Events that a user's own name finds are not shown: the answer would tell whose pseudonym it is. */
  async ofEntity(value: string, range: Window, limit: number): Promise<RawEvent[]> {
    const events = this.shown(await this.source.ofEntity(value, range, limit));
    return events.filter(({ record }) => mentions(record, canonicalAddress(value)));
  }

  private shown(events: readonly RawEvent[]): RawEvent[] {
    const userOf = userNaming(this.privacy);
    return events.map((event) => ({ ...event, record: this.shownRecord(event, userOf) }));
  }

  private shownRecord({ source, format = 'ecs', path, record }: RawEvent, userOf: UserNaming): unknown {
    const { draft } = this;
    const reader = new RecordReader(this.reading.referenceMs(), this.reading.timeZone);
    const batch = { source, format, ...(path === undefined ? {} : { path }), records: [record], places: [1] };
    draft.clear();
    reader.readerOf(batch)(record, draft);
    if (typeof record === 'string') return lineFacts(draft, userOf);
    return privateRecord(record, draft.user, userOf);
  }
}

/** What a log line says, without its words. */
function lineFacts({ user, source, destination, service }: Draft, userOf: UserNaming): object {
  const facts = {
    'user.name': userOf(user),
    'source.address': source,
    'destination.address': destination,
    'network.protocol': service,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== ''));
}

/** Whether a text is one of the values of a record, in any spelling of an address. */
function mentions(record: unknown, text: string): boolean {
  if (typeof record === 'string') return record === text || canonicalAddress(record) === text;
  if (record === null || typeof record !== 'object') return false;
  return Object.values(record).some((value) => mentions(value, text));
}
