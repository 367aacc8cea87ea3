/**
 * Seeded traffic of an office network with attacks planted in it. What happens in an hour depends
 * on the options and the hour alone, so pieces generated at different times fit together.
 */
import { Random } from '../domain/random.js';
import type { AttackPlan } from './attacks/plan.js';
import { AttackStage } from './attacks/stage.js';
import type { PlantedAttack } from './attacks/attack.js';
import { Calendar, HOUR_MS } from './calendar.js';
import { IdCipher } from './connection-id.js';
import type { SimulatedEvent } from './event.js';
import { Network } from './network.js';
import { Recorder } from './recorder.js';
import { recordNetworkHour } from './traffic/network-hour.js';

/** Of what a simulation depends. */
export interface SimulationOptions {
  /** Unsigned 32-bit integer: names a network and all that happens in it. */
  readonly seed: number;
  /** Number of hosts, 20 or more. */
  readonly hosts: number;
  /** Factor on how often things happen: 1 is a usual office, with about 1,000 events per host and day. */
  readonly rate: number;
  /** IANA zone in which people work. */
  readonly timeZone: string;
  readonly plan: AttackPlan;
}

/** Longest time from a conversation's begin to its record. */
const LONGEST_HOURS = 5;
const CHUNK = 5_000;

/** A network and its traffic. */
export class Simulation {
  readonly network: Network;
  private readonly calendar: Calendar;
  private readonly cipher: IdCipher;
  private readonly stage: AttackStage;
  /** The hour that was made last: what ends in it, and what is still under way at its end. */
  private last = { hour: -Infinity, ending: [] as SimulatedEvent[], pending: [] as SimulatedEvent[] };

  constructor(private readonly options: SimulationOptions) {
    const root = new Random(options.seed);
    this.network = new Network(options.hosts, root.derive('network'));
    this.calendar = new Calendar(options.timeZone);
    this.cipher = new IdCipher(root.derive('ids').next32());
    this.stage = new AttackStage(
      this.network,
      this.calendar,
      this.cipher,
      root.derive('attacks'),
      options.plan,
    );
  }

  /**
   * Events that end in `[fromMs, toMs)`, in order of their end, in chunks of a few thousand.
   * Going on where the last call ended costs what is new; going elsewhere costs some hours more.
   */
  *eventsBetween(fromMs: number, toMs: number): Generator<SimulatedEvent[]> {
    for (let hour = Math.floor(fromMs / HOUR_MS); hour * HOUR_MS < toMs; hour++) {
      const events = this.eventsOf(hour);
      const begin = hour * HOUR_MS >= fromMs ? 0 : firstEndingAt(events, fromMs);
      const end = (hour + 1) * HOUR_MS <= toMs ? events.length : firstEndingAt(events, toMs);
      for (let at = begin; at < end; at += CHUNK) yield events.slice(at, Math.min(at + CHUNK, end));
    }
  }

  /** What is true of the attacks with records that end in `[fromMs, toMs)`, in order of their begin. */
  truth(fromMs: number, toMs: number): PlantedAttack[] {
    return this.stage.truth(fromMs, toMs);
  }

  /** All events that end in an hour, in order. */
  private eventsOf(hour: number): SimulatedEvent[] {
    if (this.last.hour === hour) return this.last.ending;
    if (this.last.hour !== hour - 1) {
      this.last = { hour: hour - LONGEST_HOURS - 1, ending: [], pending: [] };
    }
    while (this.last.hour < hour) this.advance();
    return this.last.ending;
  }

  private advance(): void {
    const hour = this.last.hour + 1;
    const endMs = (hour + 1) * HOUR_MS;
    const begun = this.begin(hour);
    const attacks = this.stage.eventsEndingIn(hour * HOUR_MS, endMs);
    const pending: SimulatedEvent[] = [];
    const ending = inOrderOfEnd([this.last.pending, begun, attacks], hour * HOUR_MS, endMs, pending);
    this.last = { hour, ending, pending };
  }

  /** Normal traffic that begins in an hour. */
  private begin(hour: number): SimulatedEvent[] {
    const bounds = { fromMs: hour * HOUR_MS, toMs: (hour + LONGEST_HOURS) * HOUR_MS - 1 };
    const record = new Recorder(this.network.random, this.cipher, hour, 0, bounds);
    recordNetworkHour(this.network, this.calendar.hour(hour), this.options.rate, record);
    return record.events;
  }
}

/**
 * The events of some lists that end before `endMs`, in order of their end; the others go to `later`.
 * Equal ends keep the order of the lists, which is the same whatever was asked for before.
 */
function inOrderOfEnd(
  lists: readonly (readonly SimulatedEvent[])[],
  startMs: number,
  endMs: number,
  later: SimulatedEvent[],
): SimulatedEvent[] {
  const events: SimulatedEvent[] = [];
  for (const list of lists) for (const event of list) (event.endMs < endMs ? events : later).push(event);
  // Numbers sort many times faster than objects: the time, and the position in the lower 31 bits.
  const keys = new Float64Array(events.length);
  for (let i = 0; i < keys.length; i++) keys[i] = (events[i]!.endMs - startMs) * POSITIONS + i;
  keys.sort();
  const ending = new Array<SimulatedEvent>(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    ending[i] = events[key - Math.floor(key / POSITIONS) * POSITIONS]!;
  }
  return ending;
}

const POSITIONS = 0x8000_0000;

/** Position of the first event that ends at or after a time. */
function firstEndingAt(events: readonly SimulatedEvent[], timeMs: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle]!.endMs < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
