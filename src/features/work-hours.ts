/**
 * Working hours of a site, in its own time zone.
 */

/** When people of a site work. */
export interface WorkHours {
  /** IANA zone. */
  readonly timeZone: string;
  /** First and last working hour of the day, `[from, to)`, 0–24. */
  readonly from: number;
  readonly to: number;
  /** Working days, 0 is Sunday. */
  readonly days: readonly number[];
}

const WEEKDAYS: Readonly<Record<string, number>> = { Sun: 0, Mon: 1, Tue: 2, Wed: 3, Thu: 4, Fri: 5, Sat: 6 };
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether a time lies outside the working hours of the site. */
export function isOffHours(timeMs: number, hours: WorkHours): boolean {
  const { hour, day } = localTime(timeMs, hours.timeZone);
  return !hours.days.includes(day) || hour < hours.from || hour >= hours.to;
}

/** Hour (0–23) and weekday (0 is Sunday) in a zone; daylight saving is the zone's. */
function localTime(timeMs: number, timeZone: string): { hour: number; day: number } {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  let hour = 0;
  let day = 0;
  for (const part of format.formatToParts(timeMs)) {
    if (part.type === 'hour') hour = Number(part.value);
    else if (part.type === 'weekday') day = WEEKDAYS[part.value] ?? 0;
  }
  return { hour, day };
}
