/**
 * How one source stands: what a window says of it, and when that has lasted long enough to be told.
 */
import type { ExpectedBand, SourceHealthChange, SourceStatus } from '../domain/coverage.js';
import { EventKind } from '../domain/events.js';
import type { Window } from '../domain/window.js';
import type { SourceVolume } from './source-volume.js';
import type { VolumeBand } from './volume-band.js';

/** What is remembered of a source besides its volumes; replaced as a whole, never changed. */
export interface Standing {
  /** Begin of its first window, whether it was there from the start, and end of its last one. */
  readonly firstMs: number;
  readonly founding: boolean;
  readonly lastMs: number;
  /** Windows without an event by now, the events they should have had, and the most while all was well. */
  readonly idle: number;
  readonly missed: number;
  readonly longestIdle: number;
  /** Windows in a row that were not as expected, and that were. */
  readonly bad: number;
  readonly good: number;
  /** Begin of the first window of the row of bad ones. */
  readonly badSinceMs: number;
  /** Events by kind, older ones fading. */
  readonly kinds: readonly number[];
  /** Share of repetitions, older ones fading. */
  readonly repeated: number;
  /** Share of hosts told of twice, older ones fading. */
  readonly doubled: number;
  /** What has been told and not been taken back. */
  readonly open?: { readonly status: SourceStatus; readonly startMs: number; readonly windows: number };
}

/** What a window says of a source. */
export interface Judgment {
  readonly status: SourceStatus;
  readonly standing: Standing;
  readonly change?: SourceHealthChange['change'];
  /** The volume is a usual one, to be learned from. */
  readonly usual: boolean;
  /** What is usual has changed for good: begin anew. */
  readonly renewed: boolean;
}

/** What all sources of a window together brought: connections, and records that it had no room for. */
export interface Around {
  readonly connections: number;
  readonly leftOut: number;
}

const DAY_MS = 86_400_000;
/** A source is new for a day, and strange volumes become usual after a week. */
const LEARNING_MS = DAY_MS;
const RENEWED_AFTER_MS = 7 * DAY_MS;
/** One odd window is told to nobody; a source that comes and goes is told once. */
const OPEN_AFTER = 3;
/** What a window had no room for is gone: that is told at once. */
const OPEN_FLOODING_AFTER = 1;
const RESOLVE_AFTER = 6;
/** Silence of a small source: so many events missed, over so much more time than ever before. */
const MISSED = 20;
const LONGER = 3;
/** Of a source that comes twice nearly half are repetitions. */
const REPEATED = 1 / 3;
/** Share of hosts of which all records come twice; usually there are none. */
const DOUBLED = 0.6;
const FADING = 0.98;
/** Kinds of which a source is known by its volume; the others are told beside the connections that they belong to. */
const MAIN_KINDS: readonly number[] = [EventKind.flow, EventKind.auth, EventKind.alert];
/** Fewer events than this, or than this part of the connections, are too few to change what is usual. */
const FEW = 20;
const FEW_OF_CONNECTIONS = 0.1;

/** How a source stands that has just been seen for the first time. */
export function firstStanding(window: Window, watchedSinceMs: number): Standing {
  return {
    firstMs: window.start,
    founding: window.start - watchedSinceMs < LEARNING_MS,
    lastMs: window.start,
    idle: 0,
    missed: 0,
    longestIdle: 0,
    bad: 0,
    good: 0,
    badSinceMs: window.start,
    kinds: [],
    repeated: 0,
    doubled: 0,
  };
}

/**
 * Holds a window against what is usual; `volume` is absent where nothing came.
 */
export function judge(
  before: Standing,
  band: VolumeBand | undefined,
  volume: SourceVolume | undefined,
  window: Window,
  around: Around,
): Judgment {
  const events = volume?.events ?? 0;
  const idle = (volume?.read ?? 0) === 0 ? before.idle + 1 : 0;
  const missed = idle === 0 ? 0 : before.missed + (band?.mean ?? 0);
  const now = { ...before, idle, missed, ...(idle === 0 ? { lastMs: window.end } : {}) };
  const isBeside = isRareDetail(volume?.kinds ?? before.kinds, around.connections);
  const isFlooding = volume !== undefined && volume.leftOut > around.leftOut / 2;
  const status = isFlooding ? 'flooding' : isBeside ? 'usual' : statusOf(now, band, volume, window);
  const { standing, change, renewed } = told(now, status, window);
  // While it is told to bring too much, a window between two such is not trusted either.
  const isExcess = standing.open?.status === 'burst' || standing.open?.status === 'doubled';
  const effective = status === 'usual' && isExcess ? standing.open.status : status;
  const usual = effective === 'usual' || effective === 'repeated' || effective === 'new';
  return {
    status: effective,
    standing: usual && events > 0 ? learned(standing, volume!) : standing,
    ...(change ? { change } : {}),
    usual,
    renewed,
  };
}

/**
 * Whether what came are a few details of connections that have records of their own, as in Zeek's `rdp`.
 * Such a data set is no source: its first record does not make it new, and it may come or stay away.
 * Whether it is one does not depend on how the same logs are cut into files or data sets.
 */
function isRareDetail(kinds: readonly number[], connections: number): boolean {
  const events = kinds.reduce((sum, count) => sum + count, 0);
  const isDetail = events > 0 && MAIN_KINDS.every((kind) => (kinds[kind] ?? 0) === 0);
  return isDetail && events < Math.max(FEW, FEW_OF_CONNECTIONS * connections);
}

function statusOf(
  { founding, firstMs, idle, missed, longestIdle, repeated, doubled }: Standing,
  band: VolumeBand | undefined,
  volume: SourceVolume | undefined,
  window: Window,
): SourceStatus {
  const isLearning = window.start - firstMs < LEARNING_MS;
  if (isLearning) return founding ? 'usual' : 'new';
  if (!band) return 'usual';
  const { lower, typical } = band.events;
  if (idle > 0) {
    const isOverdue = missed >= MISSED && idle > LONGER * longestIdle;
    return lower >= 1 || isOverdue ? 'silent' : 'usual';
  }
  const { events, read, duplicates, spread, doubled: twice } = volume!;
  if (twice > DOUBLED && doubled < DOUBLED / 2) return 'doubled';
  if (band.spread && spread !== null && spread > band.spread.upper && events > typical) return 'burst';
  if (read >= MISSED && duplicates / read > REPEATED && repeated < REPEATED / 2) return 'repeated';
  return events < lower ? 'low' : 'usual';
}

/** Counts the window, and tells of the source where it is time to. */
function told(
  now: Standing,
  status: SourceStatus,
  window: Window,
): Pick<Judgment, 'standing' | 'change' | 'renewed'> {
  // Of a new source its windows count, not the time.
  if (status === 'new' && now.idle > 0) return { standing: now, renewed: false };
  const isBad = status !== 'usual';
  const standing: Standing = {
    ...now,
    bad: isBad ? now.bad + 1 : 0,
    good: isBad ? 0 : now.good + 1,
    badSinceMs: isBad && now.bad === 0 ? window.start : now.badSinceMs,
    longestIdle: isBad ? now.longestIdle : Math.max(now.longestIdle, now.idle),
  };
  const { open, ...closed } = standing;
  if (!open) {
    if (standing.bad < (status === 'flooding' ? OPEN_FLOODING_AFTER : OPEN_AFTER))
      return { standing, renewed: false };
    const opened = { status, startMs: standing.badSinceMs, windows: standing.bad };
    return { standing: { ...standing, open: opened }, change: 'opened', renewed: false };
  }
  const renewed = isBad && window.start - open.startMs >= RENEWED_AFTER_MS;
  if (renewed || standing.good >= RESOLVE_AFTER) {
    return { standing: { ...closed, bad: 0, good: 0 }, change: 'resolved', renewed };
  }
  const windows = open.windows + (isBad ? 1 : 0);
  if (status === 'flooding' && open.status !== 'flooding') {
    return {
      standing: { ...standing, open: { ...open, status, windows } },
      change: 'raised',
      renewed: false,
    };
  }
  const worst = isBad && status !== 'new' && open.status === 'new' ? status : open.status;
  return { standing: { ...standing, open: { ...open, status: worst, windows } }, renewed: false };
}

function learned(standing: Standing, { kinds, duplicates, read, doubled }: SourceVolume): Standing {
  return {
    ...standing,
    kinds: kinds.map((count, kind) => FADING * (standing.kinds[kind] ?? 0) + (1 - FADING) * count),
    doubled: fading(standing.doubled, doubled),
    // A source that comes twice from now on shall not become usual by doing so for a day.
    repeated:
      standing.open?.status === 'repeated' ? standing.repeated : fading(standing.repeated, duplicates / read),
  };
}

function fading(before: number, now: number): number {
  return FADING * before + (1 - FADING) * now;
}

/** The band as documents keep it. */
export function bandOf(band: VolumeBand | undefined): { expected?: ExpectedBand } {
  return band ? { expected: band.events } : {};
}
