/**
 * Values of records whose types nobody vouches for.
 */
import { Transport } from '../domain/events.js';

/** A number, also as text; NaN otherwise. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value === '' || value === '-') return NaN;
  return Number(value);
}

/** A text, the first one of an array, or a number as text; the empty text otherwise. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return textOf(value[0]);
  return '';
}

/** A port 0–65,535; -1 otherwise. */
export function portOf(value: unknown): number {
  const port = numberOf(value);
  return port >= 0 && port <= 65_535 && Number.isInteger(port) ? port : -1;
}

/** Milliseconds of a time given as epoch seconds or as ISO 8601; NaN otherwise. */
export function timeOf(value: unknown): number {
  if (typeof value === 'number') return value * 1000;
  if (typeof value !== 'string' || value === '') return NaN;
  const seconds = Number(value);
  if (!Number.isNaN(seconds)) return seconds * 1000;
  return Date.parse(ISO_ZONE.test(value) ? value.replace(ISO_ZONE, '$1:$2') : value);
}

/** `+0200` at the end, which Date.parse takes only as `+02:00`. */
const ISO_ZONE = /([+-]\d{2})(\d{2})$/;

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
      return Transport.unknown;
    default:
      return Transport.other;
  }
}
