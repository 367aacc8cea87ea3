/**
 * Community ID version 1: one identity of a connection, whichever sensor tells of it.
 * https://github.com/corelight/community-id-spec
 */
import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';

const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmp6: 58, sctp: 132 } as const;

/** Reply types of ICMP and ICMPv6 messages that come in pairs. */
const ICMP_PAIRS: Readonly<Record<number, number>> = {
  8: 0,
  0: 8,
  13: 14,
  14: 13,
  15: 16,
  16: 15,
  17: 18,
  18: 17,
  10: 9,
  9: 10,
};
const ICMP6_PAIRS: Readonly<Record<number, number>> = {
  128: 129,
  129: 128,
  133: 134,
  134: 133,
  135: 136,
  136: 135,
  130: 131,
  131: 130,
  144: 145,
  145: 144,
  139: 140,
  140: 139,
};

/** A connection's addresses and ports; for ICMP the ports are type and code. */
export interface Connection {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: keyof typeof PROTOCOL;
}

/** `1:` and the base64 of SHA-1 over seed and ordered tuple; undefined for what are no addresses. */
export function communityId(connection: Connection, seed = 0): string | undefined {
  if (!ipaddr.isValid(connection.source) || !ipaddr.isValid(connection.destination)) return undefined;
  const source = Buffer.from(ipaddr.parse(connection.source).toByteArray());
  const destination = Buffer.from(ipaddr.parse(connection.destination).toByteArray());
  const { sourcePort, destinationPort, oneWay } = portsOf(connection);
  const order = Buffer.compare(source, destination);
  const forward = oneWay || order < 0 || (order === 0 && sourcePort <= destinationPort);
  const head = Buffer.alloc(2);
  head.writeUInt16BE(seed);
  const tail = Buffer.alloc(6);
  tail.writeUInt8(PROTOCOL[connection.protocol], 0);
  tail.writeUInt16BE(forward ? sourcePort : destinationPort, 2);
  tail.writeUInt16BE(forward ? destinationPort : sourcePort, 4);
  const ends = forward ? [source, destination] : [destination, source];
  return `1:${createHash('sha1')
    .update(Buffer.concat([head, ...ends, tail]))
    .digest('base64')}`;
}

/** ICMP has no ports: type and its counterpart stand in, or type and code of a one-way message. */
function portsOf({ protocol, sourcePort, destinationPort }: Connection): {
  sourcePort: number;
  destinationPort: number;
  oneWay: boolean;
} {
  const pairs = protocol === 'icmp' ? ICMP_PAIRS : protocol === 'icmp6' ? ICMP6_PAIRS : undefined;
  if (!pairs)
    return {
      sourcePort: Math.max(0, sourcePort),
      destinationPort: Math.max(0, destinationPort),
      oneWay: false,
    };
  const counterpart = pairs[sourcePort];
  if (counterpart === undefined) {
    return {
      sourcePort: Math.max(0, sourcePort),
      destinationPort: Math.max(0, destinationPort),
      oneWay: true,
    };
  }
  return { sourcePort, destinationPort: counterpart, oneWay: false };
}
