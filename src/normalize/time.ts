/**
 * Times as sources write them, in milliseconds since the epoch with microseconds as fraction.
 */

const HOUR_MS = 3_600_000;
const MAX_REMEMBERED = 50_000;

/** Knows the wall clock of a zone, with its summer time. */
export class WallClock {
  private readonly format: Intl.DateTimeFormat | undefined;
  private readonly offsets = new Map<number, number>();

  /** @param timeZone IANA name */
  constructor(timeZone: string) {
    if (timeZone === 'UTC') return;
    this.format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  }

  /** The time at which the clocks of the zone show what UTC shows at `wallMs`. */
  toUtc(wallMs: number): number {
    if (!this.format || !Number.isFinite(wallMs)) return wallMs;
    const hour = Math.floor(wallMs / HOUR_MS);
    let offset = this.offsets.get(hour);
    if (offset === undefined) {
      if (this.offsets.size >= MAX_REMEMBERED) this.offsets.clear();
      // The offset is asked for a time near by; once more with the answer comes out right at its edges.
      offset = this.offsetAt(wallMs - this.offsetAt(wallMs));
      this.offsets.set(hour, offset);
    }
    return wallMs - offset;
  }

  /** Offset of the zone from UTC, east positive. */
  private offsetAt(atMs: number): number {
    if (Math.abs(atMs) > MAX_TIME_MS) return 0;
    const name = this.format?.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  }
}

const MAX_TIME_MS = 8.64e15;

/**
 * Milliseconds of a number that counts from the epoch, or from the start of a capture. Seconds,
 * milliseconds, microseconds and nanoseconds are told apart by their size: no log is of the year 5138.
 */
export function epochMs(value: number): number {
  if (value < 1e11) return Math.round(value * 1e6) / 1000;
  if (value < 1e14) return value;
  return value < 1e17 ? value / 1e3 : Math.round(value / 1e3) / 1e3;
}

/**
 * Milliseconds of a time as a number or text: from the epoch, or as ISO 8601 and what is close to it
 * (`2011/08/10 09:46:59.607825`, `2024-04-19T12:00:00+0200`).
 * @returns NaN where it is no time
 */
export function timeOf(value: unknown, clock: WallClock): number {
  if (typeof value === 'number') return epochMs(value);
  if (typeof value !== 'string' || value === '') return NaN;
  const wall = isoTime(value);
  if (Number.isNaN(wall.ms)) {
    const number = Number(value);
    return Number.isNaN(number) ? NaN : epochMs(number);
  }
  return wall.hasZone ? wall.ms : clock.toUtc(wall.ms);
}

/** What {@link isoTime} found; one object for all, since there are millions. */
const found = { ms: NaN, hasZone: false };

const MINUS = 45;
const PLUS = 43;
const Z = 90;

/** Reads `YYYY-MM-DD HH:MM[:SS[.fraction]][zone]` with `-` or `/` in the date and `T` or a blank after it. */
function isoTime(text: string): { readonly ms: number; readonly hasZone: boolean } {
  found.ms = NaN;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const isDate = (text[4] === '-' || text[4] === '/') && text[7] === text[4] && month <= 12 && day <= 31;
  const isTime = (text[10] === 'T' || text[10] === ' ') && text[13] === ':' && hour <= 24 && minute <= 59;
  if (!isDate || !isTime || month < 1 || day < 1 || year < 100) return found;
  let at = 16;
  let second = 0;
  if (text[16] === ':') {
    second = digits(text, 17, 2);
    at = 19;
    if (!(second <= 60)) return found;
  }
  let micros = 0;
  if (text[at] === '.' || text[at] === ',') {
    const start = ++at;
    while (isDigit(text.charCodeAt(at))) at++;
    micros = Math.floor(Number(`0.${text.slice(start, at)}`) * 1e6 + 1e-6);
  }
  const offset = zoneOffset(text, at);
  if (offset === undefined) return found;
  found.hasZone = at < text.length;
  found.ms = Date.UTC(year, month - 1, day, hour, minute, second) - offset + micros / 1000;
  return found;
}

/** Offset of `Z`, `+02`, `+0200` or `+02:00` in milliseconds, 0 of nothing; undefined of anything else. */
function zoneOffset(text: string, at: number): number | undefined {
  const sign = text.charCodeAt(at);
  if (at === text.length || (sign === Z && at + 1 === text.length)) return 0;
  if (sign !== PLUS && sign !== MINUS) return undefined;
  const hours = digits(text, at + 1, 2);
  const minutesAt = text[at + 3] === ':' ? at + 4 : at + 3;
  const minutes = minutesAt < text.length ? digits(text, minutesAt, 2) : 0;
  const isWhole = text.length === minutesAt + 2 || text.length === at + 3;
  if (!(hours <= 18) || !(minutes <= 59) || !isWhole) return undefined;
  return (sign === MINUS ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** A number of exactly so many digits; NaN where there are others. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i++) {
    const code = text.charCodeAt(i);
    if (!isDigit(code)) return NaN;
    value = value * 10 + code - 48;
  }
  return value;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
