/**
 * What ends in one hour, in order.
 */
import { HOUR_MS } from './calendar.js';
import type { SimulatedEvent } from './event.js';
import type { EventLog } from './event-log.js';

/** Above it lie the bits of the time. */
const POSITIONS = 0x8000_0000;

/** Events of an hour by their end. Equal ends keep the order: what was begun, under way, attacks. */
export class EndedHour {
  /** Events that end after the hour. */
  readonly later: SimulatedEvent[] = [];
  private readonly startMs: number;
  /** Events that are not in the log, numbered after those that are. */
  private readonly others: SimulatedEvent[];
  /** End since the hour began, and position in the lower 31 bits: numbers sort faster than objects. */
  private readonly keys: Float64Array;

  /**
   * @param hour since the epoch
   * @param begun in this hour
   * @param underWay begun before, and not ended before this hour
   * @param attacks that end in this hour
   */
  constructor(
    readonly hour: number,
    private readonly begun: EventLog,
    underWay: readonly SimulatedEvent[],
    attacks: readonly SimulatedEvent[],
  ) {
    this.startMs = hour * HOUR_MS;
    const endMs = this.startMs + HOUR_MS;
    const ended: SimulatedEvent[] = [];
    for (const event of underWay) (event.endMs < endMs ? ended : this.later).push(event);
    this.others = [...ended, ...attacks];
    this.keys = this.sortedKeys(endMs);
  }

  /** Number of events that end before a time. */
  before(timeMs: number): number {
    const key = (timeMs - this.startMs) * POSITIONS;
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Events from one place in the order to another. */
  slice(from: number, to: number): SimulatedEvent[] {
    const { begun, others, keys } = this;
    const events = new Array<SimulatedEvent>(to - from);
    for (let i = from; i < to; i++) {
      const key = keys[i]!;
      const position = key - Math.floor(key / POSITIONS) * POSITIONS;
      events[i - from] = position < begun.length ? begun.at(position) : others[position - begun.length]!;
    }
    return events;
  }

  private sortedKeys(endMs: number): Float64Array {
    const { begun, others, startMs } = this;
    const keys = new Float64Array(begun.length + others.length);
    let count = 0;
    for (let row = 0; row < begun.length; row++) {
      const end = begun.endOf(row);
      if (end < endMs) keys[count++] = (end - startMs) * POSITIONS + row;
      else this.later.push(begun.at(row));
    }
    for (const [i, event] of others.entries()) {
      keys[count++] = (event.endMs - startMs) * POSITIONS + begun.length + i;
    }
    return keys.subarray(0, count).sort();
  }
}
