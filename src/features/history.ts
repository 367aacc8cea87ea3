/**
 * What entities did in the trailing day, for behavior too slow for one window:
 * a scan of one port every quarter of an hour, a guess every minute.
 * State per entity is bounded: {@link BUCKETS} buckets of counts and {@link MAX_SET} members a set.
 */
import type { Entity } from '../domain/matrix.js';
import { decode, encode } from '../domain/typed-arrays.js';
import type { Window } from '../domain/window.js';
import { EntityIndex } from './entity-index.js';

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
export type SetMeasure = (typeof SETS)[number];

/** Distinct members of sets: `values[i]` belongs to group `groups[i]`; values hold across windows. */
export interface Members {
  readonly groups: Int32Array;
  readonly values: Int32Array;
}

/** What the entities of one role did in one window; arrays are by group. */
export interface RoleSummary {
  readonly size: number;
  /** 64-bit identity of each group's entity. */
  readonly keysA: Int32Array;
  readonly keysB: Int32Array;
  readonly counts: Readonly<Record<CountMeasure, Float64Array>>;
  readonly loginSuccesses: Float64Array;
  readonly sets: Readonly<Partial<Record<SetMeasure, Members>>>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The day moves on in steps of this length: a trailing value covers 21 to 24 hours. */
const BUCKET_MS = 3 * HOUR_MS;
const BUCKETS = DAY_MS / BUCKET_MS;
const N = COUNTS.length;
/** Largest set kept of an entity; a scan is plain long before. */
const MAX_SET = 1024;
/** Entities that logged in are remembered this long, others one day. */
const LOGIN_MEMORY_MS = 90 * DAY_MS;
const INITIAL_SLOTS = 1024;

/** Serialized form of a {@link TrailingHistory}; arrays as base64. */
export interface HistorySnapshot {
  readonly asOfMs: number;
  readonly bucket: number;
  readonly keysA: string;
  readonly keysB: string;
  readonly buckets: string;
  readonly lastSeen: string;
  readonly lastLogin: string;
  /** Slot, then members and the bucket each was last seen in. */
  readonly sets: Readonly<
    Record<SetMeasure, readonly (readonly [number, readonly (readonly [number, number])[]])[]>
  >;
}

/** Columns of the state, by slot. */
interface Columns {
  /** Counts of the trailing day. */
  readonly totals: Float32Array;
  /** The same by bucket of a ring, `BUCKETS × N` a slot. */
  readonly buckets: Float32Array;
  /** Bucket number of the last sight. */
  readonly lastSeen: Int32Array;
  readonly lastLogin: Float64Array;
}

function columnsFor(slots: number): Columns {
  return {
    totals: new Float32Array(slots * N),
    buckets: new Float32Array(slots * BUCKETS * N),
    lastSeen: new Int32Array(slots),
    lastLogin: new Float64Array(slots),
  };
}

type Sets = Record<SetMeasure, (Map<number, number> | undefined)[]>;

/** Trailing state of the entities of one role. */
export class TrailingHistory {
  private index = new EntityIndex();
  private columns = columnsFor(INITIAL_SLOTS);
  private sets: Sets = { hosts: [], ports: [], loginUsers: [] };
  private entities: (Entity | undefined)[] = [];
  private bucket = 0;
  /** Windows before this time have been added. */
  asOfMs = 0;

  /** @param maxEntities beyond it the entities seen longest ago are forgotten */
  constructor(private readonly maxEntities: number) {}

  /** Number of entities remembered. */
  get size(): number {
    return this.index.size;
  }

  /** Slot of each group, -1 for entities not seen before. */
  slotsOf({ size, keysA, keysB }: Pick<RoleSummary, 'size' | 'keysA' | 'keysB'>): Int32Array {
    const slots = new Int32Array(size);
    for (let group = 0; group < size; group++) slots[group] = this.index.find(keysA[group]!, keysB[group]!);
    return slots;
  }

  /** The entity in a slot, so that its name is built once. */
  entityAt(slot: number): Entity | undefined {
    return this.entities[slot];
  }

  /**
   * Values of a measure by group, this window included; the state stays as it is.
   * A window that is read again thus meets the state as it stood before it.
   */
  trailing(
    measure: CountMeasure | SetMeasure | 'idleDays',
    summary: RoleSummary,
    slots: Int32Array,
    window: Window,
  ): Float64Array {
    if (measure === 'idleDays') return this.idleDays(slots, window);
    if (measure === 'hosts' || measure === 'ports' || measure === 'loginUsers') {
      return this.setSizes(measure, summary, slots);
    }
    const column = COUNTS.indexOf(measure);
    const now = summary.counts[measure];
    const values = new Float64Array(summary.size);
    for (let group = 0; group < values.length; group++) {
      const slot = slots[group]!;
      values[group] = now[group]! + (slot < 0 ? 0 : this.columns.totals[slot * N + column]!);
    }
    return values;
  }

  /** Adds a window; windows are added once, in order. */
  advance(summary: RoleSummary, entity: (group: number) => Entity, window: Window): void {
    const bucket = Math.floor(window.start / BUCKET_MS);
    if (bucket > this.bucket) this.moveTo(bucket, window);
    const slots = new Int32Array(summary.size);
    for (let group = 0; group < summary.size; group++) {
      const slot = this.index.add(summary.keysA[group]!, summary.keysB[group]!);
      slots[group] = slot;
      this.addCounts(slot, group, summary, bucket);
      if (summary.loginSuccesses[group]! > 0) this.columns.lastLogin[slot] = window.end;
      this.entities[slot] ??= entity(group);
    }
    for (const name of SETS) this.addMembers(this.sets[name], summary.sets[name], slots, bucket);
    this.asOfMs = window.end;
  }

  toSnapshot(): HistorySnapshot {
    const { size } = this.index;
    const { a, b } = this.index.keys();
    const { buckets, lastSeen, lastLogin } = this.columns;
    const setsOf = (name: SetMeasure): [number, [number, number][]][] =>
      this.sets[name].flatMap((set, slot) => (set && set.size > 0 ? [[slot, [...set]]] : []));
    return {
      asOfMs: this.asOfMs,
      bucket: this.bucket,
      keysA: encode(a),
      keysB: encode(b),
      buckets: encode(buckets.subarray(0, size * BUCKETS * N)),
      lastSeen: encode(lastSeen.subarray(0, size)),
      lastLogin: encode(lastLogin.subarray(0, size)),
      sets: { hosts: setsOf('hosts'), ports: setsOf('ports'), loginUsers: setsOf('loginUsers') },
    };
  }

  static fromSnapshot(snapshot: HistorySnapshot, maxEntities: number): TrailingHistory {
    const history = new TrailingHistory(maxEntities);
    history.asOfMs = snapshot.asOfMs;
    history.bucket = snapshot.bucket;
    const a = decode(snapshot.keysA, Int32Array);
    const b = decode(snapshot.keysB, Int32Array);
    a.forEach((key, slot) => history.index.add(key, b[slot]!));
    history.columns = columnsFor(Math.max(INITIAL_SLOTS, a.length));
    history.columns.buckets.set(decode(snapshot.buckets, Float32Array));
    history.columns.lastSeen.set(decode(snapshot.lastSeen, Int32Array));
    history.columns.lastLogin.set(decode(snapshot.lastLogin, Float64Array));
    for (let slot = 0; slot < a.length; slot++) history.addUp(slot);
    for (const name of SETS) {
      for (const [slot, members] of snapshot.sets[name]) history.sets[name][slot] = new Map(members);
    }
    return history;
  }

  private idleDays(slots: Int32Array, window: Window): Float64Array {
    return Float64Array.from(slots, (slot) => {
      const last = slot < 0 ? 0 : this.columns.lastLogin[slot]!;
      return last === 0 ? NaN : Math.max(0, window.start - last) / DAY_MS;
    });
  }

  private setSizes(name: SetMeasure, summary: RoleSummary, slots: Int32Array): Float64Array {
    const sets = this.sets[name];
    const sizes = Float64Array.from(slots, (slot) => sets[slot]?.size ?? 0);
    const members = summary.sets[name];
    if (!members) return sizes;
    for (let i = 0; i < members.groups.length; i++) {
      const group = members.groups[i]!;
      if (sets[slots[group]!]?.has(members.values[i]!) !== true) sizes[group]!++;
    }
    return sizes;
  }

  private addCounts(slot: number, group: number, { counts }: RoleSummary, bucket: number): void {
    if (slot >= this.columns.lastSeen.length)
      this.columns = copied(this.columns, this.columns.lastSeen.length * 2);
    const { totals, buckets, lastSeen } = this.columns;
    const at = (slot * BUCKETS + (bucket % BUCKETS)) * N;
    for (let column = 0; column < N; column++) {
      const value = counts[COUNTS[column]!][group]!;
      buckets[at + column]! += value;
      totals[slot * N + column]! += value;
    }
    lastSeen[slot] = bucket;
  }

  private addMembers(
    sets: (Map<number, number> | undefined)[],
    members: Members | undefined,
    slots: Int32Array,
    bucket: number,
  ): void {
    if (!members) return;
    for (let i = 0; i < members.groups.length; i++) {
      const set = (sets[slots[members.groups[i]!]!] ??= new Map());
      if (set.size < MAX_SET || set.has(members.values[i]!)) set.set(members.values[i]!, bucket);
    }
  }

  /** Moves the day on: empties the buckets that fall out of it and forgets who was only there. */
  private moveTo(bucket: number, window: Window): void {
    const { buckets } = this.columns;
    const steps = Math.min(BUCKETS, bucket - this.bucket);
    for (let slot = 0; slot < this.index.size; slot++) {
      for (let step = 0; step < steps; step++) {
        const at = (slot * BUCKETS + ((bucket - step) % BUCKETS)) * N;
        buckets.fill(0, at, at + N);
      }
      this.addUp(slot);
    }
    this.bucket = bucket;
    const oldest = bucket - BUCKETS;
    for (const name of SETS) {
      for (const set of this.sets[name]) {
        if (set) for (const [value, seen] of set) if (seen <= oldest) set.delete(value);
      }
    }
    this.forget(oldest, window.start - LOGIN_MEMORY_MS);
  }

  private addUp(slot: number): void {
    const { totals, buckets } = this.columns;
    for (let column = 0; column < N; column++) {
      let sum = 0;
      for (let i = 0; i < BUCKETS; i++) sum += buckets[(slot * BUCKETS + i) * N + column]!;
      totals[slot * N + column] = sum;
    }
  }

  /** Rebuilds the state without those not seen since `oldest`, nor logged in since `login`. */
  private forget(oldest: number, login: number): void {
    const { lastSeen, lastLogin } = this.columns;
    const slots = Array.from({ length: this.index.size }, (_, slot) => slot);
    let kept = slots.filter((slot) => lastSeen[slot]! > oldest || lastLogin[slot]! > login);
    if (kept.length > this.maxEntities) {
      kept = kept.sort((x, y) => lastSeen[y]! - lastSeen[x]! || x - y).slice(0, this.maxEntities);
    }
    if (kept.length === slots.length) return;
    const { a, b } = this.index.keys();
    const { columns, sets, entities } = this;
    this.index = new EntityIndex();
    this.columns = columnsFor(Math.max(INITIAL_SLOTS, kept.length));
    this.sets = { hosts: [], ports: [], loginUsers: [] };
    this.entities = [];
    for (const slot of kept) {
      const to = this.index.add(a[slot]!, b[slot]!);
      copySlot(columns, slot, this.columns, to);
      for (const name of SETS) if (sets[name][slot]) this.sets[name][to] = sets[name][slot];
      this.entities[to] = entities[slot];
    }
  }
}

function copied(columns: Columns, slots: number): Columns {
  const larger = columnsFor(slots);
  larger.totals.set(columns.totals);
  larger.buckets.set(columns.buckets);
  larger.lastSeen.set(columns.lastSeen);
  larger.lastLogin.set(columns.lastLogin);
  return larger;
}

function copySlot(from: Columns, slot: number, into: Columns, to: number): void {
  const width = BUCKETS * N;
  into.totals.set(from.totals.subarray(slot * N, (slot + 1) * N), to * N);
  into.buckets.set(from.buckets.subarray(slot * width, (slot + 1) * width), to * width);
  into.lastSeen[to] = from.lastSeen[slot]!;
  into.lastLogin[to] = from.lastLogin[slot]!;
}
