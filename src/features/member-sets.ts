/**
 * Sets of integers of many owners in one table: whom each host contacted, on which ports.
 */
import { decode, encode } from '../domain/typed-arrays.js';

/** Largest set kept of an owner; a scan is plain long before. */
const MAX_SIZE = 1024;
const INITIAL_CAPACITY = 1024;

/** Serialized form of {@link MemberSets}; arrays as base64, parallel. */
export interface MemberSetsSnapshot {
  readonly owners: string;
  readonly members: string;
  readonly seen: string;
}

/** Distinct members of sets, which hold across windows: those of group `g` are `[starts[g] … starts[g + 1])`. */
export interface Members {
  readonly starts: Int32Array;
  readonly values: Int32Array;
}

/** Members by owner, each with the time that it was last seen at; open addressing over typed arrays. */
export class MemberSets {
  private owners = new Int32Array(INITIAL_CAPACITY);
  private members = new Int32Array(INITIAL_CAPACITY);
  private seen = new Int32Array(INITIAL_CAPACITY);
  /** Entry at each place, plus 1. */
  private table = new Int32Array(INITIAL_CAPACITY * 2);
  private sizes = new Int32Array(INITIAL_CAPACITY);
  private used = 0;

  /** @param maxMembers of all owners together; what comes beyond them is left out */
  constructor(private readonly maxMembers: number) {}

  /** Memory that it takes. */
  get bytes(): number {
    const { owners, table, sizes } = this;
    return 3 * owners.byteLength + table.byteLength + sizes.byteLength;
  }

  /** Number of members of an owner. */
  sizeOf(owner: number): number {
    return this.sizes[owner] ?? 0;
  }

  has(owner: number, member: number): boolean {
    return this.table[this.place(owner, member)] !== 0;
  }

  /** Adds the members of each group to the set in its slot. */
  addGroups({ starts, values }: Members, slots: Int32Array, bucket: number): void {
    for (let group = 0; group < slots.length; group++) {
      this.addAll(slots[group]!, values, starts[group]!, starts[group + 1]!, bucket);
    }
  }

  /**
   * Adds the members `[from … to)` of a list. Of those that a set has no room for, the order they
   * come in does not decide.
   */
  addAll(owner: number, members: Int32Array, from: number, to: number, time: number): void {
    if (this.sizeOf(owner) + to - from > MAX_SIZE) {
      for (const member of members.slice(from, to).sort()) this.add(owner, member, time);
      return;
    }
    for (let i = from; i < to; i++) this.add(owner, members[i]!, time);
  }

  /** Adds a member, or sees it again; what a full set does not know, or finds no room, is left out. */
  add(owner: number, member: number, time: number): void {
    const place = this.place(owner, member);
    const entry = this.table[place]! - 1;
    if (entry >= 0) this.seen[entry] = time;
    else if (this.sizeOf(owner) < MAX_SIZE && this.used < this.maxMembers) {
      this.insert(place, owner, member, time);
    }
  }

  /**
   * Forgets members that were last seen at or before `time`.
   * @param names new name of each owner, negative for those to forget; absent to keep all as they are
   */
  forget(time: number, names?: Int32Array): void {
    const { owners, members, seen, used } = this;
    this.clear(used);
    for (let entry = 0; entry < used; entry++) {
      const owner = names ? names[owners[entry]!]! : owners[entry]!;
      if (owner >= 0 && seen[entry]! > time) this.add(owner, members[entry]!, seen[entry]!);
    }
  }

  toSnapshot(): MemberSetsSnapshot {
    const { used } = this;
    return {
      owners: encode(this.owners.subarray(0, used)),
      members: encode(this.members.subarray(0, used)),
      seen: encode(this.seen.subarray(0, used)),
    };
  }

  static fromSnapshot(snapshot: MemberSetsSnapshot, maxMembers: number): MemberSets {
    const sets = new MemberSets(maxMembers);
    const members = decode(snapshot.members, Int32Array);
    const seen = decode(snapshot.seen, Int32Array);
    decode(snapshot.owners, Int32Array).forEach((owner, entry) => {
      sets.add(owner, members[entry]!, seen[entry]!);
    });
    return sets;
  }

  private insert(place: number, owner: number, member: number, time: number): void {
    const entry = this.used++;
    this.owners[entry] = owner;
    this.members[entry] = member;
    this.seen[entry] = time;
    this.table[place] = entry + 1;
    if (owner >= this.sizes.length) this.sizes = grown(this.sizes, owner + 1);
    this.sizes[owner]!++;
    if (this.used === this.owners.length) this.grow();
  }

  /** Where an entry is, or would be put. */
  private place(owner: number, member: number): number {
    const { table, owners, members } = this;
    const mask = table.length - 1;
    const hash = Math.imul(owner, 0x9e3779b1) ^ Math.imul(member, 0x85ebca6b);
    for (let place = (hash ^ (hash >>> 15)) & mask; ; place = (place + 1) & mask) {
      const entry = table[place]! - 1;
      if (entry < 0 || (owners[entry] === owner && members[entry] === member)) return place;
    }
  }

  private grow(): void {
    this.owners = grown(this.owners, this.used * 2);
    this.members = grown(this.members, this.used * 2);
    this.seen = grown(this.seen, this.used * 2);
    this.table = new Int32Array(this.used * 4);
    for (let entry = 0; entry < this.used; entry++) {
      this.table[this.place(this.owners[entry]!, this.members[entry]!)] = entry + 1;
    }
  }

  /** Empties all sets, with room for as many members. */
  private clear(members: number): void {
    const capacity = Math.max(INITIAL_CAPACITY, 2 ** Math.ceil(Math.log2(members + 1)));
    this.owners = new Int32Array(capacity);
    this.members = new Int32Array(capacity);
    this.seen = new Int32Array(capacity);
    this.table = new Int32Array(capacity * 2);
    this.sizes = new Int32Array(this.sizes.length);
    this.used = 0;
  }
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}
