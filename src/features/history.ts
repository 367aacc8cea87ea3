/**
 * What entities did in the trailing day, for behavior too slow for one window:
 * a scan of one port every quarter of an hour, a guess every minute.
 * State per entity is bounded: 25 hourly buckets and {@link MAX_SET} members a set.
 */
import type { Window } from '../domain/window.js';

/** What is known of the trailing day. */
export type TrailingMeasure =
  | CountMeasure
  | SetMeasure
  /** Most connections to one service. */
  | 'serviceConnections'
  /** Days between the last successful login and this window; NaN where none is known. */
  | 'idleDays';

const COUNTS = ['connections', 'failed', 'logins', 'loginFailures'] as const;
type CountMeasure = (typeof COUNTS)[number];
const SETS = ['hosts', 'ports', 'loginUsers'] as const;
type SetMeasure = (typeof SETS)[number];

/** Distinct members of sets: `values[i]` belongs to group `groups[i]`; values are stable across windows. */
export interface Members {
  readonly groups: Int32Array;
  readonly values: Int32Array;
}

/** What the entities of one role did in one window. */
export interface RoleSummary {
  /** Entity of each group. */
  readonly keys: readonly string[];
  readonly counts: Readonly<Record<CountMeasure, Float64Array>>;
  readonly sets: Readonly<Partial<Record<SetMeasure, Members>>>;
  /** Successful logins of each group, where the role has logins of its own. */
  readonly loginSuccesses?: Float64Array;
}

interface EntityState {
  /** Flat rows of {@link STRIDE} numbers: hour since the epoch, then the counts. */
  buckets: number[];
  sets: Partial<Record<SetMeasure, Map<number, number>>>;
  lastHour: number;
  lastLoginMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HOURS = 24;
const STRIDE = 1 + COUNTS.length;
/** Largest set kept of an entity; a scan is plain long before. */
const MAX_SET = 512;
/** Entities with a login are remembered this long, others one day. */
const LOGIN_MEMORY_HOURS = 90 * 24;

/** Serialized form of a {@link TrailingHistory}. */
export interface HistorySnapshot {
  readonly asOfMs: number;
  readonly entities: readonly (readonly [
    string,
    number[],
    Partial<Record<SetMeasure, readonly (readonly [number, number])[]>>,
    number,
  ])[];
}

/** Trailing state of the entities of one role. */
export class TrailingHistory {
  private readonly entities = new Map<string, EntityState>();
  private lastHour = 0;
  /** Windows before this time have been added. */
  asOfMs = 0;

  /** @param maxEntities beyond it the entities seen longest ago are forgotten */
  constructor(private readonly maxEntities: number) {}

  /**
   * Values of a measure by group, this window included; the state stays as it is.
   * A window that is read again thus meets the state as it stood before it.
   */
  trailing(measure: CountMeasure | SetMeasure | 'idleDays', summary: RoleSummary, window: Window): Float64Array {
    const values = new Float64Array(summary.keys.length);
    const hour = Math.floor(window.start / HOUR_MS);
    if (measure === 'idleDays') return this.idleDays(values, summary, window);
    if (isSet(measure)) return this.setSizes(values, measure, summary, hour);
    const offset = 1 + COUNTS.indexOf(measure);
    summary.keys.forEach((key, group) => {
      values[group] = summary.counts[measure][group]! + sumSince(this.entities.get(key), offset, hour - HOURS);
    });
    return values;
  }

  /** Adds a window; windows are added once, in order. */
  advance(summary: RoleSummary, window: Window): void {
    const hour = Math.floor(window.start / HOUR_MS);
    if (hour > this.lastHour) this.expire(hour);
    const states = summary.keys.map((key) => this.stateOf(key));
    states.forEach((state, group) => {
      addCounts(state, summary, group, hour);
      if ((summary.loginSuccesses?.[group] ?? 0) > 0) state.lastLoginMs = window.end;
    });
    for (const name of SETS) {
      const members = summary.sets[name];
      if (!members) continue;
      for (let i = 0; i < members.groups.length; i++) {
        const set = (states[members.groups[i]!]!.sets[name] ??= new Map<number, number>());
        if (set.size < MAX_SET || set.has(members.values[i]!)) set.set(members.values[i]!, hour);
      }
    }
    this.asOfMs = window.end;
  }

  /** Number of entities remembered. */
  get size(): number {
    return this.entities.size;
  }

  toSnapshot(): HistorySnapshot {
    return {
      asOfMs: this.asOfMs,
      entities: [...this.entities].map(([key, state]) => [
        key,
        state.buckets,
        Object.fromEntries(Object.entries(state.sets).map(([name, set]) => [name, [...set]])),
        state.lastLoginMs,
      ]),
    };
  }

  static fromSnapshot(snapshot: HistorySnapshot, maxEntities: number): TrailingHistory {
    const history = new TrailingHistory(maxEntities);
    history.asOfMs = snapshot.asOfMs;
    for (const [key, buckets, sets, lastLoginMs] of snapshot.entities) {
      const lastHour = buckets[buckets.length - STRIDE] ?? 0;
      const restored: EntityState = { buckets: [...buckets], sets: {}, lastHour, lastLoginMs };
      for (const name of SETS) {
        const members = sets[name];
        if (members) restored.sets[name] = new Map(members);
      }
      history.entities.set(key, restored);
      history.lastHour = Math.max(history.lastHour, lastHour);
    }
    return history;
  }

  private stateOf(key: string): EntityState {
    let state = this.entities.get(key);
    // Taken out and put back: the map's order is then the order of last sight.
    if (state) this.entities.delete(key);
    else state = { buckets: [], sets: {}, lastHour: 0, lastLoginMs: 0 };
    this.entities.set(key, state);
    return state;
  }

  private idleDays(values: Float64Array, summary: RoleSummary, window: Window): Float64Array {
    summary.keys.forEach((key, group) => {
      const last = this.entities.get(key)?.lastLoginMs ?? 0;
      values[group] = last === 0 ? NaN : Math.max(0, window.start - last) / DAY_MS;
    });
    return values;
  }

  private setSizes(values: Float64Array, name: SetMeasure, summary: RoleSummary, hour: number): Float64Array {
    const sets = summary.keys.map((key) => this.entities.get(key)?.sets[name]);
    sets.forEach((set, group) => {
      if (!set) return;
      for (const seen of set.values()) if (seen > hour - HOURS) values[group]!++;
    });
    const members = summary.sets[name];
    if (!members) return values;
    for (let i = 0; i < members.groups.length; i++) {
      const group = members.groups[i]!;
      const seen = sets[group]?.get(members.values[i]!);
      if (seen === undefined || seen <= hour - HOURS) values[group]!++;
    }
    return values;
  }

  /** Forgets what lies before the trailing day, and the entities beyond the cap. */
  private expire(hour: number): void {
    this.lastHour = hour;
    const oldest = hour - HOURS;
    let excess = this.entities.size - this.maxEntities;
    for (const [key, state] of this.entities) {
      const memory = state.lastLoginMs > 0 ? LOGIN_MEMORY_HOURS : HOURS;
      if (excess-- > 0 || state.lastHour <= hour - memory) this.entities.delete(key);
      else if (state.lastHour <= oldest) (state.buckets = []), (state.sets = {});
      else expireState(state, oldest);
    }
  }
}

function isSet(measure: string): measure is SetMeasure {
  return (SETS as readonly string[]).includes(measure);
}

function sumSince(state: EntityState | undefined, offset: number, afterHour: number): number {
  let sum = 0;
  if (!state) return sum;
  for (let at = 0; at < state.buckets.length; at += STRIDE) {
    if (state.buckets[at]! > afterHour) sum += state.buckets[at + offset]!;
  }
  return sum;
}

function addCounts(state: EntityState, summary: RoleSummary, group: number, hour: number): void {
  const { buckets } = state;
  let at = buckets.length - STRIDE;
  if (at < 0 || buckets[at] !== hour) {
    at = buckets.length;
    buckets.push(hour, 0, 0, 0, 0);
  }
  COUNTS.forEach((name, i) => (buckets[at + 1 + i]! += summary.counts[name][group]!));
  state.lastHour = hour;
}

function expireState(state: EntityState, oldestHour: number): void {
  let first = 0;
  while (first < state.buckets.length && state.buckets[first]! <= oldestHour) first += STRIDE;
  if (first > 0) state.buckets.splice(0, first);
  for (const set of Object.values(state.sets)) {
    for (const [value, seen] of set) if (seen <= oldestHour) set.delete(value);
  }
}
