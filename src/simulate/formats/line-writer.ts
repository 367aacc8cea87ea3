/**
 * Builds lines of text as bytes. Strings put together from forty parts and then encoded would
 * cost four times as much.
 */
import { DAY_MS } from '../calendar.js';

const ASCII = { newline: 10, dot: 46, zero: 48, colon: 58, C: 67, Z: 90 } as const;
/** Room that is always left for one more line. */
const LONGEST_LINE = 8_192;
/** Below it a loop is quicker than a call of the encoder. */
const SHORT_TEXT = 20;
/** Largest number that integer arithmetic divides quickly. */
const MAX_SMALL = 0x3fff_ffff;
/** Pairs of the digits of base 62. */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.split('');
const PAIRS = DIGITS.flatMap((first) => DIGITS.map((second) => first + second));
const PAIR_BYTES = fixed(PAIRS.join(''));

/** A piece of text as bytes, made once. All texts are ASCII. */
export function fixed(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Pieces of text that two words decide, each made when it is first needed. */
export class Pieces {
  private readonly known = new Map<string, Map<string, Uint8Array>>();

  constructor(private readonly make: (first: string, second: string) => string) {}

  of(first: string, second: string): Uint8Array {
    return this.known.get(first)?.get(second) ?? this.add(first, second);
  }

  private add(first: string, second: string): Uint8Array {
    const pieces = this.known.get(first) ?? new Map<string, Uint8Array>();
    this.known.set(first, pieces);
    const piece = fixed(this.make(first, second));
    pieces.set(second, piece);
    return piece;
  }
}

/** A buffer of lines that is filled from the front; every method but the last two adds to the line. */
export class LineWriter {
  private bytes: Buffer;
  private at = 0;
  private day = NaN;
  private dateText = '';

  /** @param capacity bytes at which it {@link isFull} */
  constructor(private readonly capacity: number) {
    this.bytes = Buffer.allocUnsafe(capacity + LONGEST_LINE);
  }

  /** Time to {@link take} what is there. */
  get isFull(): boolean {
    return this.at >= this.capacity;
  }

  fixed(piece: Uint8Array): this {
    this.bytes.set(piece, this.at);
    this.at += piece.length;
    return this;
  }

  text(text: string): this {
    const { length } = text;
    if (length > SHORT_TEXT) {
      this.at += this.bytes.write(text, this.at, 'latin1');
      return this;
    }
    const { bytes } = this;
    let { at } = this;
    for (let i = 0; i < length; i++) bytes[at++] = text.charCodeAt(i);
    this.at = at;
    return this;
  }

  /** A whole number from 0 to 2^53. */
  integer(value: number): this {
    if (value > MAX_SMALL) return this.text(String(value));
    const { bytes } = this;
    let rest = value | 0;
    let length = 1;
    for (let power = 10; power <= rest; power *= 10) length++;
    const end = this.at + length;
    for (let at = end - 1; at >= this.at; at--) {
      const tens = (rest / 10) | 0;
      bytes[at] = ASCII.zero + rest - tens * 10;
      rest = tens;
    }
    this.at = end;
    return this;
  }

  /** The last `length` digits of a whole number, zeros in front. */
  digits(value: number, length: number): this {
    const { bytes } = this;
    let rest = value | 0;
    for (let at = this.at + length - 1; at >= this.at; at--) {
      const tens = (rest / 10) | 0;
      bytes[at] = ASCII.zero + rest - tens * 10;
      rest = tens;
    }
    this.at += length;
    return this;
  }

  /** Seconds since the epoch with six decimals. */
  epochSeconds(timeMs: number, us: number): this {
    const seconds = Math.floor(timeMs / 1000);
    return this.integer(Math.floor(seconds / 100_000))
      .digits(seconds % 100_000, 5)
      .byte(ASCII.dot)
      .digits((timeMs - seconds * 1000) * 1000 + us, 6);
  }

  /** ISO 8601 in UTC with milliseconds. */
  isoMilliseconds(timeMs: number): this {
    return this.isoSeconds(timeMs)
      .digits(timeMs % 1000, 3)
      .byte(ASCII.Z);
  }

  /** ISO 8601 with microseconds, as Suricata writes it. */
  isoMicroseconds(timeMs: number, us: number): this {
    return this.isoSeconds(timeMs)
      .digits((timeMs % 1000) * 1000 + us, 6)
      .text('+0000');
  }

  private isoSeconds(timeMs: number): this {
    const day = Math.floor(timeMs / DAY_MS);
    // The text of a day is made once: neighbors share it.
    if (day !== this.day) {
      this.day = day;
      this.dateText = new Date(day * DAY_MS).toISOString().slice(0, 11);
    }
    const second = Math.floor((timeMs - day * DAY_MS) / 1000);
    const minute = Math.floor(second / 60);
    const hour = Math.floor(minute / 60);
    return this.text(this.dateText)
      .digits(hour, 2)
      .byte(ASCII.colon)
      .digits(minute - hour * 60, 2)
      .byte(ASCII.colon)
      .digits(second - minute * 60, 2)
      .byte(ASCII.dot);
  }

  /** Microseconds as seconds with six decimals. */
  seconds(us: number): this {
    const whole = Math.floor(us / 1_000_000);
    return this.integer(whole)
      .byte(ASCII.dot)
      .digits(us - whole * 1_000_000, 6);
  }

  /** A 64-bit id as Zeek writes a `uid`. */
  uid(high: number, low: number): this {
    const rest = Math.imul(high ^ 0x5bd1e995, low | 1);
    return this.byte(ASCII.C)
      .base62(high >>> 0, 3)
      .base62(low >>> 0, 3)
      .base62(rest >>> 0, 2);
  }

  private base62(word: number, pairs: number): this {
    const { bytes } = this;
    let { at } = this;
    let rest = word;
    for (let i = 0; i < pairs; i++) {
      const next = Math.floor(rest / PAIRS.length);
      const pair = (rest - next * PAIRS.length) * 2;
      bytes[at++] = PAIR_BYTES[pair]!;
      bytes[at++] = PAIR_BYTES[pair + 1]!;
      rest = next;
    }
    this.at = at;
    return this;
  }

  private byte(code: number): this {
    this.bytes[this.at++] = code;
    return this;
  }

  endLine(): void {
    this.bytes[this.at++] = ASCII.newline;
  }

  /** Hands what was written to somebody who has used it when the call returns. */
  handTo(use: (lines: Uint8Array) => void): void {
    use(this.bytes.subarray(0, this.at));
    this.at = 0;
  }

  /** What was written since the last call; it is the caller's from here on. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.at);
    this.bytes = Buffer.allocUnsafe(this.bytes.length);
    this.at = 0;
    return taken;
  }

  /** The same as text. */
  takeText(): string {
    const text = this.bytes.toString('latin1', 0, this.at);
    this.at = 0;
    return text;
  }
}
