/**
 * From records as their source wrote them to columnar events, by site and window.
 */
import { emptyCoverage, type FilterReason, type SourceCoverage } from '../domain/coverage.js';
import { Direction, EventKind, EventTable, Flag, type WindowEvents } from '../domain/events.js';
import type { Quarantine, RawBatch } from '../domain/raw.js';
import { windowStart, type Window } from '../domain/window.js';
import { AddressBook, AddressFact } from './address.js';
import { Draft, type Refusal } from './draft.js';
import { DomainBook } from './domain-book.js';
import { findRepetitions } from './duplicates.js';
import { RecordReader } from './record-reader.js';
import type { NormalizeOptions } from './options.js';

/** What a normalizer works with. */
export interface NormalizerParts {
  readonly options: NormalizeOptions;
  readonly windowLengthMs: number;
  readonly quarantine: Quarantine;
  /** Now, or the newest time that records can have. */
  readonly referenceMs: number;
  /** Only events that end in this range become events, where one is given. */
  readonly range?: Window;
}

interface OpenWindow {
  readonly window: Window;
  readonly site: string;
  readonly events: EventTable;
  /** By `origin`. */
  readonly coverage: SourceCoverage[];
}

const DAY_MS = 86_400_000;
/** Relative time stamps of a capture count from its start; ten years are none. */
const MAX_RELATIVE_MS = 3650 * DAY_MS;
const MAX_QUANTITY = 2 ** 53;

/** Maps, filters and orders records; events come out window by window, without repetitions. */
export class Normalizer {
  private readonly draft = new Draft();
  private readonly reader: RecordReader;
  private readonly addresses: AddressBook;
  private readonly domains: DomainBook;
  private readonly ignoredPorts: ReadonlySet<number>;
  private readonly open = new Map<string, OpenWindow>();
  private readonly totals = new Map<string, SourceCoverage>();
  private closedBefore = -Infinity;
  private events = 0;

  constructor(private readonly parts: NormalizerParts) {
    const { ownNetworks, ignore, timeZone } = parts.options;
    this.reader = new RecordReader(parts.referenceMs, timeZone);
    this.addresses = new AddressBook(ownNetworks, ignore.networks);
    this.domains = new DomainBook(ignore.domains);
    this.ignoredPorts = new Set(ignore.ports);
  }

  /** Events in windows that are still open. */
  get openEvents(): number {
    return this.events;
  }

  /** The open windows, oldest first, each once. */
  get openWindows(): Window[] {
    const starts = new Map([...this.open.values()].map(({ window }) => [window.start, window]));
    return [...starts.values()].sort((a, b) => a.start - b.start);
  }

  /** Takes a batch; returns the starts of the windows that it touched. */
  add(batch: RawBatch): ReadonlySet<number> {
    const touched = new Set<number>();
    const total = this.totalOf(batch.source);
    const read = this.reader.readerOf(batch);
    const { draft } = this;
    for (let i = 0; i < batch.records.length; i++) {
      total.read++;
      draft.clear();
      const refusal = read(batch.records[i], draft) ?? this.complete();
      if (refusal) this.refuse(refusal, batch, i, total);
      else touched.add(this.keep(batch, i, total));
    }
    return touched;
  }

  /** Windows that end at or before `before`, oldest first, each site by itself. */
  close(before: number): WindowEvents[] {
    const due = [...this.open.values()].filter(({ window }) => window.end <= before);
    due.sort((a, b) => a.window.start - b.window.start || (a.site < b.site ? -1 : 1));
    return due.map((open) => {
      this.open.delete(keyOf(open.window.start, open.site));
      this.closedBefore = Math.max(this.closedBefore, open.window.end);
      this.events -= open.events.length;
      this.withoutRepetitions(open);
      return open;
    });
  }

  /** What became of all records so far, by source. */
  coverage(): SourceCoverage[] {
    return [...this.totals.values()];
  }

  /** Derives what every event needs, and applies the rules. */
  private complete(): Refusal | undefined {
    const { draft } = this;
    const bad = this.check();
    if (bad) return bad;
    const source = draft.source === '' ? 0 : this.addresses.facts(draft.source);
    const destination = draft.destination === '' ? 0 : this.addresses.facts(draft.destination);
    const ignored = this.ignoredBy(source, destination);
    if (ignored !== undefined) return { fate: 'filtered', reason: ignored };
    if (source & AddressFact.own) draft.flags |= Flag.sourceOwn;
    if (destination & AddressFact.own) draft.flags |= Flag.destinationOwn;
    if (destination & AddressFact.multicast) draft.flags |= Flag.multicast;
    if (draft.endMs - draft.startMs > this.parts.windowLengthMs) draft.flags |= Flag.long;
    // A log of logins is the log of an own host, whatever it calls itself.
    if (draft.kind === EventKind.auth && destination === 0) draft.flags |= Flag.destinationOwn;
    return undefined;
  }

  private check(): Refusal | undefined {
    const { draft } = this;
    const { referenceMs, range } = this.parts;
    const { endMs } = draft;
    const isRelative = endMs >= 0 && endMs < MAX_RELATIVE_MS;
    if (!isRelative && !(endMs >= 0 && endMs <= referenceMs + DAY_MS)) return ABSURD_TIME;
    if (range && (endMs < range.start || endMs >= range.end)) return OUTSIDE;
    // NaN is no number at all and stands for "not said".
    if (isBad(draft.sourceBytes) || isBad(draft.destinationBytes) || isBad(draft.sourcePackets))
      return BAD_NUMBER;
    if (isBad(draft.destinationPackets) || isBad(draft.durationNs)) return BAD_NUMBER;
    return undefined;
  }

  private ignoredBy(source: number, destination: number): FilterReason | undefined {
    const { draft } = this;
    if (this.parts.options.ignore.loopback && source & destination & AddressFact.loopback) return 'loopback';
    if ((source | destination) & AddressFact.ignored) return 'allowed_network';
    if (this.ignoredPorts.has(draft.destinationPort)) return 'allowed_port';
    if (draft.name !== '' && this.domains.isIgnored(draft.name)) return 'allowed_domain';
    return undefined;
  }

  private keep(batch: RawBatch, i: number, total: SourceCoverage): number {
    const { draft } = this;
    const open = this.windowFor(draft.endMs, draft.site === '' ? this.parts.options.site : draft.site);
    const { events } = open;
    const origin = originOf(open, batch.source);
    const row = events.addRow();
    write(events, row, draft);
    const c = events.columns;
    if (draft.name !== '') c.domain[row] = events.names.intern(this.domains.registered(draft.name));
    c.origin[row] = origin;
    c.place[row] = batch.places[i]!;
    events.ids[row] = batch.ids?.[i] ?? draft.id;
    events.indices[row] = batch.indices?.[i] ?? '';
    open.coverage[origin]!.read++;
    open.coverage[origin]!.events++;
    total.events++;
    this.events++;
    return open.window.start;
  }

  private windowFor(timeMs: number, site: string): OpenWindow {
    const start = windowStart(timeMs, this.parts.windowLengthMs);
    const key = keyOf(start, site);
    let open = this.open.get(key);
    if (!open) {
      const window = { start, end: start + this.parts.windowLengthMs };
      open = { window, site, events: new EventTable(), coverage: [] };
      this.open.set(key, open);
    }
    return open;
  }

  private refuse({ fate, reason }: Refusal, batch: RawBatch, i: number, total: SourceCoverage): void {
    if (fate === 'filtered') {
      total.filtered[reason as FilterReason] = (total.filtered[reason as FilterReason] ?? 0) + 1;
      return;
    }
    total.quarantined[reason] = (total.quarantined[reason] ?? 0) + 1;
    const place = batch.places[i]!;
    this.parts.quarantine.reject({
      source: batch.source,
      place,
      reason,
      excerpt: excerptOf(batch.records[i]),
    });
  }

  private withoutRepetitions({ events, coverage }: OpenWindow): void {
    const { keep, found } = findRepetitions(events);
    if (found === 0) return;
    for (let row = 0; row < events.length; row++) {
      if (keep[row] !== 0) continue;
      const origin = events.columns.origin[row]!;
      for (const counts of [coverage[origin]!, this.totalOf(events.sources[origin]!)]) {
        counts.events--;
        counts.duplicates++;
      }
    }
    events.retain(keep);
  }

  private totalOf(source: string): SourceCoverage {
    let total = this.totals.get(source);
    if (!total) this.totals.set(source, (total = emptyCoverage(source)));
    return total;
  }
}

const ABSURD_TIME: Refusal = { fate: 'quarantined', reason: 'absurd_time' };
const BAD_NUMBER: Refusal = { fate: 'quarantined', reason: 'bad_number' };
const OUTSIDE: Refusal = { fate: 'filtered', reason: 'outside_range' };

function isBad(value: number): boolean {
  return value < 0 || value > MAX_QUANTITY;
}

function keyOf(start: number, site: string): string {
  return `${String(start)} ${site}`;
}

function originOf(open: OpenWindow, source: string): number {
  const { sources } = open.events;
  // Batches come file by file: the last source is most often the one.
  const known = sources[sources.length - 1] === source ? sources.length - 1 : sources.indexOf(source);
  if (known >= 0) return known;
  open.coverage.push(emptyCoverage(source));
  return sources.push(source) - 1;
}

function write(events: EventTable, row: number, draft: Draft): void {
  const { names, columns: c } = events;
  c.kind[row] = draft.kind;
  c.startMs[row] = draft.startMs;
  c.endMs[row] = draft.endMs;
  c.durationNs[row] = draft.durationNs;
  c.source[row] = names.intern(draft.source);
  c.destination[row] = names.intern(draft.destination);
  c.sourcePort[row] = draft.sourcePort;
  c.destinationPort[row] = draft.destinationPort;
  c.transport[row] = draft.transport;
  c.direction[row] = directionOf(draft);
  c.outcome[row] = draft.outcome;
  c.flags[row] = draft.flags;
  c.sourceBytes[row] = draft.sourceBytes;
  c.destinationBytes[row] = draft.destinationBytes;
  c.sourcePackets[row] = draft.sourcePackets;
  c.destinationPackets[row] = draft.destinationPackets;
  c.status[row] = draft.status;
  c.authFailures[row] = draft.authFailures;
  c.detail[row] = draft.detail;
  c.service[row] = names.intern(draft.service);
  c.name[row] = names.intern(draft.name);
  c.agent[row] = names.intern(draft.agent);
  c.user[row] = names.intern(draft.user);
  c.rule[row] = names.intern(draft.rule);
  c.observer[row] = names.intern(draft.observer);
  c.label[row] = names.intern(draft.label);
}

function directionOf({ source, destination, flags }: Draft): number {
  if (source === '' || destination === '') return Direction.unknown;
  const from = (flags & Flag.sourceOwn) !== 0;
  const to = (flags & Flag.destinationOwn) !== 0;
  if (from) return to ? Direction.internal : Direction.outbound;
  return to ? Direction.inbound : Direction.external;
}

/** Beginning of a record for people, without control characters. */
function excerptOf(record: unknown): string {
  const text = typeof record === 'string' ? record : (JSON.stringify(record) ?? '');

  return text.slice(0, 200).replace(/[\u0000-\u001f\u007f]/g, ' ');
}
