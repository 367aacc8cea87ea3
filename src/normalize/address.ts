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

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

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
  private readonly own: Network[];
  private readonly ignored: Network[];

  constructor(ownNetworks: readonly string[], ignoredNetworks: readonly string[]) {
    this.own = [...OWN, ...ownNetworks].map((text) => ipaddr.parseCIDR(text));
    this.ignored = ignoredNetworks.map((text) => ipaddr.parseCIDR(text));
  }

  /** Bits of {@link AddressFact}; 0 for what is no address. */
  facts(text: string): number {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    if (this.known.size >= MAX_REMEMBERED) this.known.clear();
    const facts = this.classify(text);
    this.known.set(text, facts);
    return facts;
  }

  private classify(text: string): number {
    if (!isAddress(text)) return 0;
    // A mapped IPv4 address is that IPv4 address.
    const address = ipaddr.process(text);
    const range = address.range();
    let facts: number = AddressFact.valid;
    if (range === 'loopback') facts |= AddressFact.loopback | AddressFact.own;
    if (range === 'multicast' || range === 'broadcast') facts |= AddressFact.multicast;
    if (isIn(address, this.own)) facts |= AddressFact.own;
    if (isIn(address, this.ignored)) facts |= AddressFact.ignored;
    return facts;
  }
}

/** Four decimal parts, or IPv6; not the short and octal forms that inet_aton takes. */
function isAddress(text: string): boolean {
  return text.length <= MAX_LENGTH && (ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text));
}

function isIn(address: Address, networks: readonly Network[]): boolean {
  return networks.some(
    ([network, bits]) => address.kind() === network.kind() && address.match(network, bits),
  );
}
