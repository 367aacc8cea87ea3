/**
 * Values of records whose types nobody vouches for. What is not said comes back as unknown; what is
 * said and makes no sense comes back as something that the normalizer refuses.
 */
import { Transport } from '../domain/events.js';

export type Record_ = Readonly<Record<string, unknown>>;

/** A port that is none. */
const BAD_PORT = -2;

/** A number, also as text; NaN where nothing is said; negative for what is no number. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === undefined || value === null || value === '' || value === '-') return NaN;
  const number = typeof value === 'string' ? Number(value) : NaN;
  return Number.isNaN(number) ? -1 : number;
}

/** A text, the first one of an array, or a number as text; the empty text otherwise. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : typeof first === 'number' ? String(first) : '';
}

/** An address; the empty text where nothing is said; no address where something else is. */
export function addressOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : textOf(value) || NO_ADDRESS;
}

const NO_ADDRESS = '?';

/** A port 0–65,535; -1 where nothing is said; less for what is no port. */
export function portOf(value: unknown): number {
  if (value === undefined) return -1;
  const port = numberOf(value);
  if (Number.isNaN(port)) return -1;
  return port >= 0 && port <= 65_535 && Number.isInteger(port) ? port : BAD_PORT;
}

/** The object that a field holds; an empty one where it holds none. */
export function objectOf(value: unknown): Record_ {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record_) : NOTHING;
}

const NOTHING: Record_ = {};

/** Transports by name and by IANA protocol number. */
const TRANSPORTS = new Map<unknown, number>([
  ['tcp', Transport.tcp],
  ['6', Transport.tcp],
  [6, Transport.tcp],
  ['udp', Transport.udp],
  ['17', Transport.udp],
  [17, Transport.udp],
  ['icmp', Transport.icmp],
  ['icmp6', Transport.icmp],
  ['icmpv6', Transport.icmp],
  ['ipv6-icmp', Transport.icmp],
  ['1', Transport.icmp],
  [1, Transport.icmp],
  ['58', Transport.icmp],
  [58, Transport.icmp],
  [undefined, Transport.unknown],
  [null, Transport.unknown],
  ['', Transport.unknown],
  ['-', Transport.unknown],
  ['unknown_transport', Transport.unknown],
]);

/** Number of a transport name, in any case, or of an IANA protocol number. */
export function transportOf(value: unknown): number {
  if (value === 'tcp' || value === 'TCP') return Transport.tcp;
  return TRANSPORTS.get(typeof value === 'string' ? value.toLowerCase() : value) ?? Transport.other;
}

/** The name of an account without the domain that it lies in: `CORP\bob` is bob. */
export function accountOf(value: unknown): string {
  const name = textOf(value);
  return name.slice(name.lastIndexOf('\\') + 1) || name;
}
