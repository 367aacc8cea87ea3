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

/** Number of a transport name, in any case, or of an IANA protocol number. */
export function transportOf(value: unknown): number {
  switch (value) {
    case 'tcp':
    case 'TCP':
    case '6':
    case 6:
      return Transport.tcp;
    case 'udp':
    case 'UDP':
    case '17':
    case 17:
      return Transport.udp;
    case 'icmp':
    case 'ICMP':
    case 'ipv6-icmp':
    case 'IPv6-ICMP':
    case 'icmp6':
    case '1':
    case 1:
    case '58':
    case 58:
      return Transport.icmp;
    case undefined:
    case null:
    case '':
    case '-':
    case 'unknown_transport':
      return Transport.unknown;
    default:
      return Transport.other;
  }
}
