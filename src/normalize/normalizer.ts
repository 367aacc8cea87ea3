/**
 * From records as their source wrote them to columnar events, by site and window.
 */
import {
  addReason,
  addReasons,
  emptyCoverage,
  total,
  type FilterReason,
  type SourceCoverage,
} from '../domain/coverage.js';
import { NONE } from '../domain/dictionary.js';
import { EventKind, Flag, type WindowEvents } from '../domain/events.js';
import { excerptOf } from '../domain/excerpt.js';
import type { Quarantine, RawBatch } from '../domain/raw.js';
import type { Window } from '../domain/window.js';
import { AddressBook, AddressFact } from './address.js';
import { DomainBook } from './domain-book.js';
import { Draft, unusable, type Refusal } from './draft.js';
import { findRepetitions } from './duplicates.js';
import { refusalOfTime } from './event-time.js';
import { OpenWindows, type OpenWindow } from './open-windows.js';
import type { NormalizeOptions } from './options.js';
import { userNaming, type UserNaming } from './privacy.js';
import type { PrivacyOptions } from './privacy-options.js';
import { RecordReader } from './record-reader.js';
import { writeRow } from './write-row.js';

/** What a normalizer works with. */
export interface NormalizerParts {
  readonly options: NormalizeOptions;
  /** What becomes of user names: nothing after the normalizer sees them otherwise. */
  readonly privacy: PrivacyOptions;
  readonly windowLengthMs: number;
  readonly quarantine: Quarantine;
  /** Now, or the newest time that records can have. */
  readonly referenceMs: number;
  /** Only events that end in this range become events, where one is given. */
  readonly range?: Window;
}

/** Maps, filters and orders records; events come out window by window, without repetitions. */
export class Normalizer {
  private readonly draft = new Draft();
  private readonly reader: RecordReader;
  private readonly addresses: AddressBook;
  private readonly domains: DomainBook;
  private readonly userOf: UserNaming;
  private readonly ignoredPorts: ReadonlySet<number>;
  private readonly maxWindowBytes: number;
  private readonly open: OpenWindows;
  private readonly totals = new Map<string, SourceCoverage>();
  private events = 0;
  /** Dictionary ids of the draft's ends, in the window that it belongs to. */
  private sourceId = NONE;
  private destinationId = NONE;

  constructor(private readonly parts: NormalizerParts) {
    const { ownNetworks, ignore, timeZone } = parts.options;
    this.reader = new RecordReader(parts.referenceMs, timeZone);
    this.addresses = new AddressBook(ownNetworks, ignore.networks);
    this.domains = new DomainBook(ignore.domains);
    this.userOf = userNaming(parts.privacy);
    this.ignoredPorts = new Set(ignore.ports);
    this.maxWindowBytes = parts.options.maxWindowMb * 2 ** 20;
    this.open = new OpenWindows(parts.windowLengthMs);
  }

  /** Events in windows that are still open. */
  get openEvents(): number {
    return this.events;
  }

  /** The open windows, oldest first, each once. */
  get openWindows(): Window[] {
    return this.open.windows;
  }

  /** Takes a batch; returns the starts of the windows that it touched. */
  add(batch: RawBatch): ReadonlySet<number> {
    const touched = new Set<number>();
    const total = this.totalOf(batch.source);
    this.count(batch, total);
    const read = this.reader.readerOf(batch);
    const { draft } = this;
    let open: OpenWindow | undefined;
    let last: OpenWindow | undefined;
    let origin = 0;
    for (let i = 0; i < batch.records.length; i++) {
      draft.clear();
      let refusal = read(batch.records[i], draft) ?? this.check();
      if (!refusal) {
        // Most records fall into the window of the one before.
        if (!open || !this.isIn(open)) {
          open = this.open.at(draft.endMs, this.site);
        }
        const before = open.events.bytes;
        const hasRoom = this.hasRoom(open, batch.source);
        refusal = hasRoom ? this.place(open) : FULL;
        if (!hasRoom) open.leaveOut(batch.source, batch.ids !== undefined);
        if (!refusal) {
          if (open !== last) {
            origin = open.originOf(batch.source, batch.ids !== undefined);
            touched.add(open.window.start);
            last = open;
          }
          this.keep(open, origin, batch, i);
          open.take(origin, (draft.flags & Flag.sourceOwn) === 0, open.events.bytes - before);
          total.events++;
        }
      }
      if (refusal) this.refuse(refusal, batch, i, total);
      for (const reason of draft.irregular) addReason((total.irregular ??= {}), reason);
    }
    return touched;
  }

  /** Windows that end at or before `before`, oldest first, each site by itself. */
  close(before: number): WindowEvents[] {
    // A window of which all was left out is none.
    const due = this.open.take(before).filter(({ events }) => events.length > 0);
    for (const open of due) {
      this.events -= open.events.length;
      this.withoutRepetitions(open);
    }
    return due;
  }

  /** What became of all records so far, by source. */
  coverage(): SourceCoverage[] {
    return [...this.totals.values()];
  }

  /**
   * What the windows' own coverage does not tell: by source, what became no event in any window, and what
   * is irregular.
   */
  aside(): SourceCoverage[] {
    return this.coverage().flatMap(({ source, filtered: all, quarantined, irregular }) => {
      const { window_full: _full, answered: _answered, ...filtered } = all;
      const read = total(filtered) + total(quarantined);
      if (read === 0 && !irregular) return [];
      return [{ ...emptyCoverage(source), read, filtered, quarantined, ...(irregular ? { irregular } : {}) }];
    });
  }

  /** Site of the draft. */
  private get site(): string {
    return this.draft.site === '' ? this.parts.options.site : this.draft.site;
  }

  /** Whether the draft belongs to a window. */
  private isIn({ window, site }: OpenWindow): boolean {
    const { endMs } = this.draft;
    return (
      endMs >= window.start && endMs < window.end && (this.draft.site === '' || this.draft.site === site)
    );
  }

  /**
   * Whether the window has room for the draft. Strangers may take half of it, and one source three
   * quarters, so that neither a flood from outside nor one of a source keeps what others tell out.
   */
  private hasRoom(open: OpenWindow, source: string): boolean {
    const { bytes } = open.events;
    const { maxWindowBytes: room, draft } = this;
    if (bytes < room / 2) return true;
    if (bytes >= room || open.takenBy(source) >= SOURCE_SHARE * room) return false;
    // Not interned: who is left out must not fill the window with names.
    return open.takenByStrangers < STRANGERS_SHARE * room || this.isOwn(draft.source);
  }

  private isOwn(address: string): boolean {
    return (this.addresses.facts(address) & AddressFact.own) !== 0;
  }

  private count({ records, rejected = [], irregular }: RawBatch, total: SourceCoverage): void {
    if (irregular && Object.keys(irregular).length > 0) addReasons((total.irregular ??= {}), irregular);
    total.read += records.length + rejected.length;
    for (const one of rejected) {
      addReason(total.quarantined, one.reason);
      this.parts.quarantine.reject(one);
    }
  }

  /** Learns who the ends are, applies the rules, and derives what follows from them. */
  private place(open: OpenWindow): Refusal | undefined {
    const { draft } = this;
    const { names } = open.events;
    this.sourceId = names.intern(draft.source);
    this.destinationId = names.intern(draft.destination);
    const source = open.factsOf(this.sourceId, draft.source, this.addresses);
    const destination = open.factsOf(this.destinationId, draft.destination, this.addresses);
    if ((source === 0 || destination === 0) && !this.hasEnds(source, destination)) return BAD_ADDRESS;
    const ignored = this.ignoredBy(source, destination);
    if (ignored) return ignored;
    if (source & AddressFact.own) draft.flags |= Flag.sourceOwn;
    if (destination & AddressFact.own) draft.flags |= Flag.destinationOwn;
    if (destination & AddressFact.multicast) draft.flags |= Flag.multicast;
    if (draft.endMs - draft.startMs > this.parts.windowLengthMs) draft.flags |= Flag.long;
    // A log of logins is the log of an own host, whatever it calls itself.
    if (draft.kind === EventKind.auth && destination === 0) draft.flags |= Flag.destinationOwn;
    return undefined;
  }

  /** Drops an end that is no address where there has to be one; false where nothing is left to tell of. */
  private hasEnds(source: number, destination: number): boolean {
    const { draft } = this;
    const isBadSource = (draft.addresses & 1) !== 0 && source === 0 && draft.source !== '';
    const isBadDestination = (draft.addresses & 2) !== 0 && destination === 0 && draft.destination !== '';
    if (!isBadSource && !isBadDestination) return true;
    // A connection is nothing but its ends.
    if (draft.kind === EventKind.flow) return false;
    if (isBadSource) [draft.source, this.sourceId] = ['', NONE];
    if (isBadDestination) [draft.destination, this.destinationId] = ['', NONE];
    draft.note('bad_address');
    return draft.source !== '' || draft.destination !== '' || draft.user !== '';
  }

  private check(): Refusal | undefined {
    const { referenceMs, range } = this.parts;
    const { endMs } = this.draft;
    const bad = refusalOfTime(endMs, referenceMs);
    if (bad) return bad;
    return range && (endMs < range.start || endMs >= range.end) ? OUTSIDE : undefined;
  }

  private ignoredBy(source: number, destination: number): Refusal | undefined {
    const { draft } = this;
    const { loopback } = this.parts.options.ignore;
    if (loopback && source & destination & AddressFact.loopback) return LOOPBACK;
    if ((source | destination) & AddressFact.ignored) return ALLOWED_NETWORK;
    if (this.ignoredPorts.has(draft.destinationPort)) return ALLOWED_PORT;
    return draft.name !== '' && this.domains.isIgnored(draft.name) ? ALLOWED_DOMAIN : undefined;
  }

  private keep(open: OpenWindow, origin: number, batch: RawBatch, i: number): void {
    const { draft } = this;
    const { events } = open;
    // Copies in a store have ids of their own, so the source's id has to be remembered elsewhere. Reports of
    // one connection are known by what they have in common.
    const isReport = (draft.flags & Flag.report) !== 0;
    if (batch.ids && draft.id !== '' && !isReport) draft.addDetail(draft.id);
    draft.user = this.userOf(draft.user);
    const row = events.addRow();
    writeRow(events, row, draft);
    const c = events.columns;
    c.source[row] = this.sourceId;
    c.destination[row] = this.destinationId;
    if (draft.name !== '') c.domain[row] = events.names.intern(this.domains.registered(draft.name));
    c.origin[row] = origin;
    c.place[row] = batch.places[i]!;
    events.ids[row] = batch.ids?.[i] ?? draft.id;
    events.indices[row] = batch.indices?.[i] ?? '';
    if (draft.half !== undefined) open.questions.add(draft, row);
    const counts = open.coverage[origin]!;
    counts.read++;
    counts.events++;
    this.events++;
    open.attempts.note(row, draft);
  }

  private refuse({ fate, reason }: Refusal, batch: RawBatch, i: number, total: SourceCoverage): void {
    if (fate === 'filtered') {
      addReason(total.filtered, reason);
      return;
    }
    addReason(total.quarantined, reason);
    const { source } = batch;
    const excerpt = excerptOf(batch.records[i]);
    this.parts.quarantine.reject({ source, place: batch.places[i]!, reason, excerpt });
  }

  private withoutRepetitions(open: OpenWindow): void {
    const { window, events, coverage, isStored, attempts, questions } = open;
    const { keep, found } = findRepetitions(events, isStored, window.start);
    attempts.settle(events.columns, keep);
    const answered = questions.answered(keep);
    if (found + answered.length === 0) return;
    const leaveOut = (row: number, count: (counts: SourceCoverage) => void): void => {
      const origin = events.columns.origin[row]!;
      for (const counts of [coverage[origin]!, this.totalOf(events.sources[origin]!)]) {
        counts.events--;
        count(counts);
      }
    };
    keep.forEach((kept, row) => {
      if (kept === 0) leaveOut(row, (counts) => counts.duplicates++);
    });
    for (const row of answered) {
      keep[row] = 0;
      leaveOut(row, ({ filtered }) => {
        addReason(filtered, 'answered');
      });
    }
    events.retain(keep);
  }

  private totalOf(source: string): SourceCoverage {
    let total = this.totals.get(source);
    if (!total) this.totals.set(source, (total = emptyCoverage(source)));
    return total;
  }
}

/** Shares of a window's room that one source, and all outside hosts together, can take. */
const SOURCE_SHARE = 0.75;
const STRANGERS_SHARE = 0.5;
const BAD_ADDRESS = unusable('bad_address');
const OUTSIDE = filtered('outside_range');
const LOOPBACK = filtered('loopback');
const ALLOWED_NETWORK = filtered('allowed_network');
const ALLOWED_PORT = filtered('allowed_port');
const ALLOWED_DOMAIN = filtered('allowed_domain');
const FULL = filtered('window_full');

function filtered(reason: FilterReason): Refusal {
  return { fate: 'filtered', reason };
}
