/**
 * Windows that are still being filled, by site.
 */
import { emptyCoverage, MAX_SOURCES, OTHER_SOURCES, type SourceCoverage } from '../domain/coverage.js';
import { EventTable, type WindowEvents } from '../domain/events.js';
import { windowStart, type Window } from '../domain/window.js';
import type { AddressBook } from './address.js';
import { LoginAttempts } from './auth/attempts.js';
import { Questions } from './questions.js';

const INITIAL_FACTS = 256;

/** A window of one site that events are still added to. */
export class OpenWindow implements WindowEvents {
  readonly events = new EventTable();
  /** By `origin`. */
  readonly coverage: SourceCoverage[] = [];
  /** By `origin`, whether the ids of its events are those of a store, which differ for each copy. */
  readonly isStored: boolean[] = [];
  readonly attempts = new LoginAttempts();
  readonly questions = new Questions();
  /** One more than the facts of an address, by dictionary id; 0 where they have not been asked for. */
  private facts = new Uint8Array(INITIAL_FACTS);

  constructor(
    readonly window: Window,
    readonly site: string,
  ) {}

  /** Facts of an address that is interned as `id`: in one window the same ones come again and again. */
  factsOf(id: number, address: string, book: AddressBook): number {
    if (id >= this.facts.length) {
      const larger = new Uint8Array(Math.max(id + 1, this.facts.length * 2));
      larger.set(this.facts);
      this.facts = larger;
    }
    const known = this.facts[id]!;
    if (known !== 0) return known - 1;
    const facts = book.facts(address);
    this.facts[id] = facts + 1;
    return facts;
  }

  /** Bytes that events of outside hosts take. */
  takenByStrangers = 0;
  private readonly taken: number[] = [];

  /** Bytes that the events of a source take. */
  takenBy(source: string): number {
    return this.taken[this.events.sources.lastIndexOf(source)] ?? 0;
  }

  /** Takes note of what an event takes. */
  take(origin: number, isStranger: boolean, bytes: number): void {
    this.taken[origin] = (this.taken[origin] ?? 0) + bytes;
    if (isStranger) this.takenByStrangers += bytes;
  }

  /** Counts a record that there is no room for: the window's own coverage tells it. */
  leaveOut(source: string, isStored: boolean): void {
    const counts = this.coverage[this.originOf(source, isStored)]!;
    counts.read++;
    counts.filtered.window_full = (counts.filtered.window_full ?? 0) + 1;
  }

  /** Position of a source in `events.sources`, given on first sight. */
  originOf(source: string, isStored: boolean): number {
    const { sources } = this.events;
    const known = sources.lastIndexOf(source);
    if (known >= 0) return known;
    if (sources.length >= MAX_SOURCES && source !== OTHER_SOURCES) {
      return this.originOf(OTHER_SOURCES, isStored);
    }
    this.coverage.push(emptyCoverage(source));
    this.isStored.push(isStored);
    return sources.push(source) - 1;
  }
}

/** The open windows of all sites. */
export class OpenWindows {
  private readonly bySite = new Map<string, Map<number, OpenWindow>>();

  constructor(private readonly lengthMs: number) {}

  /** The window that a time falls into, opened if need be. */
  at(timeMs: number, site: string): OpenWindow {
    let windows = this.bySite.get(site);
    if (!windows) {
      windows = new Map<number, OpenWindow>();
      this.bySite.set(site, windows);
    }
    const start = windowStart(timeMs, this.lengthMs);
    let open = windows.get(start);
    if (!open) windows.set(start, (open = new OpenWindow({ start, end: start + this.lengthMs }, site)));
    return open;
  }

  /** The windows, oldest first, each once. */
  get windows(): Window[] {
    const starts = new Map<number, Window>();
    for (const { window } of this.all()) starts.set(window.start, window);
    return [...starts.values()].sort((a, b) => a.start - b.start);
  }

  /** Takes out the windows that end at or before `before`, oldest first, each site by itself. */
  take(before: number): OpenWindow[] {
    const due = [...this.all()].filter(({ window }) => window.end <= before);
    for (const { window, site } of due) this.bySite.get(site)?.delete(window.start);
    return due.sort((a, b) => a.window.start - b.window.start || (a.site < b.site ? -1 : 1));
  }

  private *all(): Generator<OpenWindow> {
    for (const windows of this.bySite.values()) yield* windows.values();
  }
}
