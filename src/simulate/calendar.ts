/**
 * Hours of event time as the people of a site live them.
 */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** One hour of event time in local terms. */
export interface LocalHour {
  /** Hours since the epoch. */
  readonly index: number;
  readonly startMs: number;
  /** Local days since the epoch: names a day. */
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Local time of day at which it begins, hours; fractional in zones off the full hour. */
  readonly from: number;
}

/** A site's time zone, daylight saving included. */
export class Calendar {
  private readonly format: Intl.DateTimeFormat;

  /** @param timeZone IANA name */
  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    });
  }

  /** The hour with that index. */
  hour(index: number): LocalHour {
    const startMs = index * HOUR_MS;
    const localMs = this.localMs(startMs);
    const day = Math.floor(localMs / DAY_MS);
    return { index, startMs, day, weekday: (day + 4) % 7, from: (localMs - day * DAY_MS) / HOUR_MS };
  }

  /** Local days since the epoch of a moment. */
  dayOf(timeMs: number): number {
    return Math.floor(this.localMs(timeMs) / DAY_MS);
  }

  /** The moment of a local time of day, hours; where the clocks skip it, the one an hour later. */
  momentOf(day: number, timeOfDay: number): number {
    const wall = day * DAY_MS + timeOfDay * HOUR_MS;
    // The offset there is the one half a day away on either side, but for the hours of a change.
    const guess = wall - this.offsetMs(wall);
    return wall - this.offsetMs(guess);
  }

  private offsetMs(timeMs: number): number {
    const minute = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
    return this.localMs(minute) - minute;
  }

  /** The clock on the wall as if it were UTC, to the minute. */
  private localMs(timeMs: number): number {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.format.formatToParts(timeMs)) parts[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute);
  }
}
