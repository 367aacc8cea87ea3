/**
 * Terms that formats share.
 */
import type { DnsFacts, RecordBase } from '../event.js';

/** Numbers of DNS question types. */
export const QUERY_TYPES: Readonly<Record<string, number>> = {
  A: 1,
  CNAME: 5,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
};

/** Numbers of DNS response codes. */
export const RESPONSE_CODES: Readonly<Record<DnsFacts['code'], number>> = {
  NOERROR: 0,
  SERVFAIL: 2,
  NXDOMAIN: 3,
};

/** Phrases of HTTP status codes. */
export const STATUS_TEXTS: Readonly<Record<number, string>> = {
  200: 'OK',
  206: 'Partial Content',
  301: 'Moved Permanently',
  304: 'Not Modified',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
};

/** Whether an address lies in the own network. */
export function isOwn(address: string): boolean {
  return address.startsWith('10.');
}

/** Zeek measures duration and payload where a second packet came. */
export function isMeasured({ sourcePackets, destinationPackets }: RecordBase): boolean {
  return sourcePackets + destinationPackets > 1;
}
