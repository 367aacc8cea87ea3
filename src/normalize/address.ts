/**
 * What is known of an address without asking anybody; parsed once, then remembered.
 */
import ipaddr from 'ipaddr.js';

/** Facts of an address, as bits. */
export const AddressFact = {
  valid: 1,
  own: 2,
  loopback: 4,
  multicast: 8,
  /** In a network that the options leave out. */
  ignored: 16,
} as const;

/** Networks of either kind: those of IPv4 as ranges of numbers, which most addresses are asked for. */
interface Networks {
  readonly ipv4: readonly (readonly [first: number, last: number])[];
  readonly ipv6: readonly [ipaddr.IPv6, number][];
}

const OWN = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
];
const MAX_REMEMBERED = 200_000;
/** Longest text of an IPv6 address with an IPv4 address and a zone. */
const MAX_LENGTH = 64;

/** Classifies addresses by the own and the ignored networks. */
export class AddressBook {
  private readonly known = new Map<string, number>();
  private readonly own: Networks;
  private readonly ignored: Networks;

  constructor(ownNetworks: readonly string[], ignoredNetworks: readonly string[]) {
    this.own = networksOf([...OWN, ...ownNetworks]);
    this.ignored = networksOf(ignoredNetworks);
  }

  /** Bits of {@link AddressFact}; 0 for what is no address. */
  facts(text: string): number {
    const address = ipv4Of(text);
    // Looking an IPv4 address up among all that are known takes longer than reading it.
    return address >= 0 ? this.factsOfIpv4(address) : this.remembered(text);
  }

  private remembered(text: string): number {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    if (this.known.size >= MAX_REMEMBERED) this.known.clear();
    const facts = this.classify(text);
    this.known.set(text, facts);
    return facts;
  }

  private classify(text: string): number {
    if (text.length > MAX_LENGTH || !ipaddr.IPv6.isValid(text)) return 0;
    const address = ipaddr.process(text);
    // A mapped IPv4 address is that IPv4 address.
    if (address instanceof ipaddr.IPv4) return this.factsOfIpv4(ipv4Of(address.toString()));
    const range = address.range();
    let facts: number = AddressFact.valid;
    if (range === 'loopback') facts |= AddressFact.loopback | AddressFact.own;
    if (range === 'multicast') facts |= AddressFact.multicast;
    if (isIpv6In(address, this.own)) facts |= AddressFact.own;
    if (isIpv6In(address, this.ignored)) facts |= AddressFact.ignored;
    return facts;
  }

  private factsOfIpv4(address: number): number {
    const first = Math.floor(address / 2 ** 24);
    let facts: number = AddressFact.valid;
    if (first === 127) facts |= AddressFact.loopback | AddressFact.own;
    if ((first >= 224 && first < 240) || address === BROADCAST) facts |= AddressFact.multicast;
    if (isIpv4In(address, this.own)) facts |= AddressFact.own;
    if (isIpv4In(address, this.ignored)) facts |= AddressFact.ignored;
    return facts;
  }
}

const BROADCAST = 0xffffffff;
const DOT = 46;
const ZERO = 48;
const NINE = 57;

/** Four decimal parts as one number; -1 for anything else, as the short and octal forms of inet_aton. */
function ipv4Of(text: string): number {
  let address = 0;
  let parts = 1;
  let part = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT && part >= 0 && parts < 4) {
      address = address * 256 + part;
      parts++;
      part = -1;
    } else if (code >= ZERO && code <= NINE && part !== 0) {
      part = Math.max(0, part) * 10 + code - ZERO;
      if (part > 255) return -1;
    } else return -1;
  }
  return parts === 4 && part >= 0 ? address * 256 + part : -1;
}

function networksOf(texts: readonly string[]): Networks {
  const ipv4: [number, number][] = [];
  const ipv6: [ipaddr.IPv6, number][] = [];
  for (const text of texts) {
    const [network, bits] = ipaddr.parseCIDR(text);
    if (network instanceof ipaddr.IPv6) ipv6.push([network, bits]);
    else {
      const size = 2 ** (32 - bits);
      const first = Math.floor(ipv4Of(network.toString()) / size) * size;
      ipv4.push([first, first + size - 1]);
    }
  }
  return { ipv4, ipv6 };
}

function isIpv4In(address: number, { ipv4 }: Networks): boolean {
  for (const [first, last] of ipv4) if (address >= first && address <= last) return true;
  return false;
}

function isIpv6In(address: ipaddr.IPv6, { ipv6 }: Networks): boolean {
  return ipv6.some(([network, bits]) => address.match(network, bits));
}
