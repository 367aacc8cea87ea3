/**
 * The one text of an address: a host is known by it, so each of its spellings has to come to the same.
 */
import ipaddr from 'ipaddr.js';

/** Longest text of an IPv6 address with an IPv4 address in it and a zone. */
const MAX_ADDRESS_LENGTH = 64;

/**
 * The canonical text of an address (RFC 5952: lower case, no leading zeros, the longest run of zeros
 * left out); an IPv4 address mapped into IPv6 as that IPv4 address. A zone stays, since `fe80::1` is
 * another host on each link. Any other text comes back as it is; IPv4 has no second spelling.
 */
export function canonicalAddress(text: string): string {
  if (!text.includes(':') || text.length > MAX_ADDRESS_LENGTH) return text;
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  return ipaddr.IPv6.isValid(bare) ? ipaddr.process(bare).toString() : text;
}

/** The spellings under which a store that keeps addresses as words may hold a canonical one. */
export function spellingsOf(address: string): string[] {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return [address, `::ffff:${address}`];
  if (!ipaddr.IPv6.isValid(address)) return [address];
  const groups = ipaddr.IPv6.parse(address).parts.map((part) => part.toString(16));
  const long = [groups.join(':'), groups.map((group) => group.padStart(4, '0')).join(':')];
  return [...new Set([address, ...long].flatMap((text) => [text, text.toUpperCase()]))];
}
