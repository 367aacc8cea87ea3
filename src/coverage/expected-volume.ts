/**
 * What is expected of each source, and what to think of a window that brings something else.
 */
import type { ExpectedBand, SourceHealthChange, SourceStatus } from '../domain/coverage.js';
import { EventKind } from '../domain/events.js';
import { windowsBetween, type Window } from '../domain/window.js';
import type { SourceVolume } from './source-volume.js';
import { factorOf, VolumeMemory, type VolumeMemoryState } from './volume-band.js';
import { bandOf, firstStanding, judge, type Around, type Standing } from './watched-source.js';

/** What became of a source in a window. */
export interface SourceHealth {
  readonly source: string;
  readonly status: SourceStatus;
  readonly events: number;
  /** It has been odd for so long that people are told. */
  readonly isTold: boolean;
  /** Absent where too little is known. */
  readonly expected?: ExpectedBand;
  /** How many times its usual events a typical host has; absent where that is not known. */
  readonly factor?: number;
  /** Kinds of events of which it usually brings a tenth or more, by number. */
  readonly feeds: readonly number[];
}

/** What a window looks like beside what was expected of it. */
export interface VolumeReview {
  readonly sources: readonly SourceHealth[];
  readonly changes: readonly SourceHealthChange[];
}

/** Serialized form of {@link ExpectedVolume}. */
export interface ExpectedVolumeState {
  /** Begin of the first window and end of the last one; null before there is any. */
  readonly firstMs: number | null;
  readonly asOfMs: number | null;
  readonly sources: readonly {
    readonly source: string;
    readonly standing: Standing;
    readonly memory: VolumeMemoryState;
  }[];
}

/** Sources that are watched one by one; what others bring is watched together. */
const MAX_SOURCES = 200;
const OTHERS = 'other sources';
/** Part of all events of a kind that makes a source one that the kind depends on. */
const FEEDS = 0.1;
/** Windows without any event that are looked at one by one: a week of five minutes. */
const MAX_MISSED = 2_016;

interface Watched {
  readonly standing: Standing;
  readonly memory: VolumeMemory;
}

/** What a review leads to, once the window becomes part of what is known. */
interface Outcome extends VolumeReview {
  readonly standings: ReadonlyMap<string, Standing>;
  /** Memories by source that are to be told of a volume, or emptied. */
  readonly lessons: readonly {
    source: string;
    window: Window;
    volume: SourceVolume | undefined;
    renewed: boolean;
  }[];
}

/**
 * Expected volumes of the sources of one site. A window is held against what was learned before it,
 * then made part of it. Windows that brought nothing at all are made up for by the next one.
 */
export class ExpectedVolume {
  private watched = new Map<string, Watched>();
  private firstMs: number | null = null;
  private asOfMs: number | null = null;

  /**
   * What a window looks like with what is known so far; changes nothing.
   * @param isAhead windows before it have not been read yet, and are not missing
   */
  review(volumes: readonly SourceVolume[], window: Window, isAhead = false): VolumeReview {
    return this.outcome(volumes, window, isAhead);
  }

  /** Who is to be told of what if nothing comes until then; changes nothing. */
  reviewSilence(untilMs: number, windowLengthMs: number): readonly SourceHealthChange[] {
    const standings = new Map([...this.watched].map(([source, { standing }]) => [source, standing]));
    return this.catchUp(standings, { start: untilMs, end: untilMs + windowLengthMs }).changes;
  }

  /** Makes a window part of what is known; windows come in order. */
  advance(volumes: readonly SourceVolume[], window: Window): void {
    const { standings, lessons } = this.outcome(volumes, window, false);
    const lengthMs = window.end - window.start;
    this.firstMs ??= window.start;
    this.asOfMs = window.end;
    for (const [source, standing] of standings) {
      const memory = this.watched.get(source)?.memory ?? new VolumeMemory();
      this.watched.set(source, { standing, memory });
    }
    for (const { source, window: at, volume, renewed } of lessons) {
      const { memory } = this.watched.get(source)!;
      if (!renewed) memory.add(at.start, lengthMs, volume ?? { events: 0, spread: null });
      else if (volume) memory.clear();
      // What has been silent for so long is not expected to come back.
      else this.watched.delete(source);
    }
  }

  toState(): ExpectedVolumeState {
    const { firstMs, asOfMs } = this;
    const sources = [...this.watched].map(([source, { standing, memory }]) => ({
      source,
      standing,
      memory: memory.toState(),
    }));
    return { firstMs, asOfMs, sources };
  }

  static fromState({ firstMs, asOfMs, sources }: ExpectedVolumeState): ExpectedVolume {
    const expected = new ExpectedVolume();
    expected.firstMs = firstMs;
    expected.asOfMs = asOfMs;
    for (const { source, standing, memory } of sources) {
      expected.watched.set(source, { standing, memory: VolumeMemory.fromState(memory) });
    }
    return expected;
  }

  private outcome(volumes: readonly SourceVolume[], window: Window, isAhead: boolean): Outcome {
    const standings = new Map([...this.watched].map(([source, { standing }]) => [source, standing]));
    const feeds = feedsOf(standings);
    const before = isAhead ? { changes: [], lessons: [] } : this.catchUp(standings, window);
    const now = this.step(standings, this.grouped(volumes), window);
    return {
      sources: now.sources.map((source) => ({ ...source, feeds: feeds.get(source.source) ?? [] })),
      changes: [...before.changes, ...now.changes],
      standings,
      lessons: [...before.lessons, ...now.lessons],
    };
  }

  /** Windows before this one that brought nothing at all. */
  private catchUp(
    standings: Map<string, Standing>,
    { start, end }: Window,
  ): Pick<Outcome, 'changes' | 'lessons'> {
    const [changes, lessons]: [SourceHealthChange[], Outcome['lessons'][number][]] = [[], []];
    const lengthMs = end - start;
    const fromMs = Math.max(this.asOfMs ?? start, start - MAX_MISSED * lengthMs);
    for (const window of windowsBetween(fromMs, start, lengthMs)) {
      const step = this.step(standings, new Map(), window);
      changes.push(...step.changes);
      lessons.push(...step.lessons);
    }
    return { changes, lessons };
  }

  private step(
    standings: Map<string, Standing>,
    volumes: ReadonlyMap<string, SourceVolume>,
    window: Window,
  ): Pick<Outcome, 'changes' | 'lessons'> & { readonly sources: Omit<SourceHealth, 'feeds'>[] } {
    const sources: Omit<SourceHealth, 'feeds'>[] = [];
    const changes: SourceHealthChange[] = [];
    const lessons: Outcome['lessons'][number][] = [];
    const around = aroundOf(volumes);
    for (const source of new Set([...standings.keys(), ...volumes.keys()])) {
      const volume = volumes.get(source);
      const before = standings.get(source) ?? firstStanding(window, this.firstMs ?? window.start);
      const band = this.watched.get(source)?.memory.band(window.start);
      const { status, standing, change, usual, renewed } = judge(before, band, volume, window, around);
      const events = volume?.events ?? 0;
      standings.set(source, standing);
      const isTold = standing.open !== undefined;
      sources.push({ source, status, events, isTold, ...bandOf(band), ...factorOf(band, volume) });
      if (usual || renewed) lessons.push({ source, window, volume, renewed });
      const told = standing.open ?? before.open;
      if (change && told) {
        const { startMs, windows } = told;
        changes.push({
          source,
          change,
          status: told.status,
          startMs,
          endMs: window.end,
          windows,
          events,
          ...bandOf(band),
        });
      }
    }
    return { sources, changes, lessons };
  }

  /** Volumes by source; of sources beyond the bound, all together. */
  private grouped(volumes: readonly SourceVolume[]): Map<string, SourceVolume> {
    const groups = new Map<string, SourceVolume>();
    let room = MAX_SOURCES - this.watched.size;
    for (const volume of volumes) {
      const isKnown = this.watched.has(volume.source);
      const source = isKnown || room-- > 0 ? volume.source : OTHERS;
      const group = groups.get(source);
      groups.set(source, group ? together(group, volume) : { ...volume, source });
    }
    return groups;
  }
}

function together(a: SourceVolume, b: SourceVolume): SourceVolume {
  return {
    source: a.source,
    read: a.read + b.read,
    duplicates: a.duplicates + b.duplicates,
    leftOut: a.leftOut + b.leftOut,
    events: a.events + b.events,
    kinds: a.kinds.map((count, kind) => count + b.kinds[kind]!),
    spread: null,
    doubled: 0,
  };
}

/** What all sources of a window together brought. */
function aroundOf(volumes: ReadonlyMap<string, SourceVolume>): Around {
  let [connections, leftOut] = [0, 0];
  for (const volume of volumes.values()) {
    connections += volume.kinds[EventKind.flow] ?? 0;
    leftOut += volume.leftOut;
  }
  return { connections, leftOut };
}

/** Kinds that depend on each source, by what it brought while all was well. */
function feedsOf(standings: ReadonlyMap<string, Standing>): Map<string, number[]> {
  const totals: number[] = [];
  for (const { kinds } of standings.values()) {
    kinds.forEach((count, kind) => (totals[kind] = (totals[kind] ?? 0) + count));
  }
  const feeds = new Map<string, number[]>();
  for (const [source, { kinds }] of standings) {
    feeds.set(
      source,
      kinds.flatMap((count, kind) => (count > 0 && count >= FEEDS * totals[kind]! ? [kind] : [])),
    );
  }
  return feeds;
}
