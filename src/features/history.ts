/**
 * What entities did in the trailing day, for behavior too slow for one window:
 * a scan of one port every quarter of an hour, a guess every minute.
 * State per entity is bounded: {@link BUCKETS} buckets of counts, and sets of bounded size.
 */
import { EntityIndex } from '../domain/entity-index.js';
import type { Entity } from '../domain/matrix.js';
import { decode, encode } from '../domain/typed-arrays.js';
import type { Window } from '../domain/window.js';
import {
  BUCKET_MS,
  BUCKETS,
  columnsFor,
  copied,
  copySlots,
  COUNTS,
  DAY_MS,
  survivors,
  widened,
  WIDTH,
} from './history-columns.js';
import { MemberSets, type Members, type MemberSetsSnapshot } from './member-sets.js';

/** What is known of the trailing day. */
export type TrailingMeasure =
  | CountMeasure
  | SetMeasure
  /** Most connections to one service. */
  | 'serviceConnections'
  /** Days between the last successful login and this window; NaN where none is known. */
  | 'idleDays';

export type CountMeasure = (typeof COUNTS)[number];
export const SETS = ['hosts', 'ports', 'loginUsers'] as const;
export type SetMeasure = (typeof SETS)[number];

/** What the entities of one role did in one window; arrays are by group. */
export interface RoleSummary {
  readonly size: number;
  /** 64-bit identity of each group's entity, two hashes side by side. */
  readonly identities: Int32Array;
  readonly counts: Readonly<Record<CountMeasure, Float64Array>>;
  readonly loginSuccesses: Float64Array;
  readonly sets: Readonly<Partial<Record<SetMeasure, Members>>>;
}

/** Entities that logged in are remembered this long, others one day. */
const LOGIN_MEMORY_MS = 90 * DAY_MS;
/** How far the bound may be exceeded before the least active are forgotten: it takes a pass over all. */
const SLACK = 1.25;

/** An entity as an object with its name, and its place in the index. */
const ENTITY_BYTES = 160;
/** Members of one kind of set that there is room for, for each entity that there is room for. */
const MEMBERS_EACH = 10;

/** Serialized form of a {@link TrailingHistory}; arrays as base64. */
export interface HistorySnapshot {
  readonly asOfMs: number;
  /** Absent before there is any window, and in what was written before it was kept. */
  readonly sinceMs?: number;
  readonly bucket: number;
  /** Both hashes of each entity, side by side. */
  readonly keys: string;
  readonly buckets: readonly string[];
  readonly lastSeen: string;
  readonly lastLogin: string;
  readonly sets: Readonly<Record<SetMeasure, MemberSetsSnapshot>>;
}

type Sets = Record<SetMeasure, MemberSets>;

function bySet<T>(value: (name: SetMeasure) => T): Record<SetMeasure, T> {
  return { hosts: value('hosts'), ports: value('ports'), loginUsers: value('loginUsers') };
}

/** Trailing state of the entities of one role. */
export class TrailingHistory {
  private index = new EntityIndex();
  private columns = columnsFor(0);
  private sets: Sets;
  private entities: (Entity | undefined)[] = [];
  private bucket = 0;
  /** Windows before this time have been added. */
  asOfMs = 0;
  /** Begin of the first window that was added; undefined before there is one, -Infinity where nobody knows. */
  private sinceMs: number | undefined;

  /** @param maxEntities beyond it the entities that did least are forgotten */
  constructor(private readonly maxEntities: number) {
    this.sets = bySet(() => new MemberSets(maxEntities * MEMBERS_EACH));
  }

  /** Entities that had to be forgotten for want of room, since this was made. */
  evicted = 0;

  /** Number of entities remembered. */
  get size(): number {
    return this.index.size;
  }

  /** Memory that it takes: an estimate. */
  get bytes(): number {
    const { totals, buckets, lastSeen, lastLogin } = this.columns;
    const columns = [totals, ...buckets, lastSeen, lastLogin].reduce((sum, one) => sum + one.byteLength, 0);
    return SETS.reduce((sum, name) => sum + this.sets[name].bytes, columns + this.size * ENTITY_BYTES);
  }

  /** How far back the measures of a window reach, this window included, milliseconds. */
  reachMs({ start, end }: Window): number {
    return Math.min(DAY_MS, end - Math.min(start, this.sinceMs ?? start));
  }

  /** Slot of each group, -1 for entities not seen before. */
  slotsOf({ size, identities }: Pick<RoleSummary, 'size' | 'identities'>): Int32Array {
    const slots = new Int32Array(size);
    for (let group = 0; group < size; group++) {
      slots[group] = this.index.find(identities[2 * group]!, identities[2 * group + 1]!);
    }
    return slots;
  }

  /** Whether the entity of a group is remembered. */
  knows(identities: Int32Array, group: number): boolean {
    return this.index.find(identities[2 * group]!, identities[2 * group + 1]!) >= 0;
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
    const { totals } = this.columns;
    const values = summary.counts[measure].slice();
    for (let group = 0; group < values.length; group++) {
      const slot = slots[group]!;
      if (slot >= 0) values[group]! += totals[slot * WIDTH + column]!;
    }
    return values;
  }

  /** Adds a window; windows are added once, in order. */
  advance(summary: RoleSummary, entity: (group: number) => Entity | undefined, window: Window): void {
    const bucket = Math.floor(window.start / BUCKET_MS);
    if (bucket > this.bucket) this.moveTo(bucket);
    const { size, identities } = summary;
    const slots = new Int32Array(size);
    for (let group = 0; group < size; group++) {
      const slot = this.index.add(identities[2 * group]!, identities[2 * group + 1]!);
      slots[group] = slot;
      this.entities[slot] ??= entity(group);
    }
    this.reserve(this.index.size);
    this.addCounts(slots, summary, bucket, window);
    for (const name of SETS) {
      const members = summary.sets[name];
      if (members) this.sets[name].addGroups(members, slots, bucket);
    }
    if (this.index.size > this.maxEntities * SLACK) this.forget();
    this.sinceMs ??= window.start;
    this.asOfMs = window.end;
  }

  toSnapshot(): HistorySnapshot {
    const { size } = this.index;
    const { buckets, lastSeen, lastLogin } = this.columns;
    return {
      asOfMs: this.asOfMs,
      ...(Number.isFinite(this.sinceMs) ? { sinceMs: this.sinceMs! } : {}),
      bucket: this.bucket,
      keys: encode(this.index.keys()),
      buckets: buckets.map((counts) => encode(counts.subarray(0, size * WIDTH))),
      lastSeen: encode(lastSeen.subarray(0, size)),
      lastLogin: encode(lastLogin.subarray(0, size)),
      sets: bySet((name) => this.sets[name].toSnapshot()),
    };
  }

  static fromSnapshot(snapshot: HistorySnapshot, maxEntities: number): TrailingHistory {
    const history = new TrailingHistory(maxEntities);
    history.asOfMs = snapshot.asOfMs;
    history.sinceMs = snapshot.sinceMs ?? (snapshot.asOfMs > 0 ? -Infinity : undefined);
    history.bucket = snapshot.bucket;
    const keys = decode(snapshot.keys, Int32Array);
    for (let at = 0; at < keys.length; at += 2) history.index.add(keys[at]!, keys[at + 1]!);
    history.reserve(history.index.size);
    const { buckets, lastSeen, lastLogin } = history.columns;
    buckets.forEach((counts, i) => {
      counts.set(widened(decode(snapshot.buckets[i]!, Float32Array), history.index.size));
    });
    lastSeen.set(decode(snapshot.lastSeen, Int32Array));
    lastLogin.set(decode(snapshot.lastLogin, Float64Array));
    history.addUp();
    history.sets = bySet((name) => MemberSets.fromSnapshot(snapshot.sets[name], maxEntities * MEMBERS_EACH));
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
    const sizes = Float64Array.from(slots, (slot) => sets.sizeOf(slot));
    const members = summary.sets[name];
    if (!members) return sizes;
    const { starts, values } = members;
    for (let group = 0; group < sizes.length; group++) {
      const slot = slots[group]!;
      for (let i = starts[group]!; i < starts[group + 1]!; i++) {
        if (slot < 0 || !sets.has(slot, values[i]!)) sizes[group]!++;
      }
    }
    return sizes;
  }

  /** Makes room for so many slots. */
  private reserve(slots: number): void {
    const { length } = this.columns.lastSeen;
    if (slots > length) this.columns = copied(this.columns, Math.max(slots, length * 2));
  }

  private addCounts(slots: Int32Array, summary: RoleSummary, bucket: number, window: Window): void {
    const { totals, buckets, lastSeen, lastLogin } = this.columns;
    const current = buckets[bucket % BUCKETS]!;
    COUNTS.forEach((measure, column) => {
      const counts = summary.counts[measure];
      for (let group = 0; group < slots.length; group++) {
        const at = slots[group]! * WIDTH + column;
        const count = counts[group]! || 0; // What is not known adds nothing.
        current[at]! += count;
        totals[at]! += count;
      }
    });
    for (let group = 0; group < slots.length; group++) {
      const slot = slots[group]!;
      lastSeen[slot] = bucket;
      if (summary.loginSuccesses[group]! > 0) lastLogin[slot] = window.end;
    }
  }

  /** Moves the day on: empties the buckets that fall out of it and forgets who was only there. */
  private moveTo(bucket: number): void {
    const steps = Math.min(BUCKETS, bucket - this.bucket);
    for (let step = 0; step < steps; step++) this.columns.buckets[(bucket - step) % BUCKETS]!.fill(0);
    this.bucket = bucket;
    this.addUp();
    this.forget();
  }

  private addUp(): void {
    const totals = this.columns.totals.subarray(0, this.index.size * WIDTH).fill(0);
    for (const counts of this.columns.buckets) {
      for (let at = 0; at < totals.length; at++) totals[at]! += counts[at]!;
    }
  }

  /** Rebuilds the state without those not seen for a day, nor logged in for long, and with no more than allowed. */
  private forget(): void {
    const oldest = this.bucket - BUCKETS;
    const loginMs = this.bucket * BUCKET_MS - LOGIN_MEMORY_MS;
    const atMost = this.maxEntities;
    const { newSlots, evicted } = survivors(this.columns, this.index.keys(), { oldest, loginMs, atMost });
    this.evicted += evicted;
    if (!newSlots) {
      for (const name of SETS) this.sets[name].forget(oldest);
      return;
    }
    const { columns, entities } = this;
    const keys = this.index.keys();
    this.index = new EntityIndex();
    this.columns = columnsFor(newSlots.length);
    this.entities = [];
    newSlots.forEach((to, slot) => {
      if (to < 0) return;
      this.index.add(keys[2 * slot]!, keys[2 * slot + 1]!);
      this.entities.push(entities[slot]);
    });
    copySlots(columns, newSlots, this.columns);
    for (const name of SETS) this.sets[name].forget(oldest, newSlots);
  }
}
