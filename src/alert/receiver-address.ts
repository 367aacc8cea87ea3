/**
 * Addresses at which no receiver is, but what a cloud tells its machines in secret.
 */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Link-local and unspecified ones, and that of a cloud's metadata among private ones. */
const NO_RECEIVER = new BlockList();
NO_RECEIVER.addSubnet('169.254.0.0', 16, 'ipv4');
NO_RECEIVER.addSubnet('0.0.0.0', 8, 'ipv4');
NO_RECEIVER.addSubnet('fe80::', 10, 'ipv6');
NO_RECEIVER.addAddress('::', 'ipv6');
NO_RECEIVER.addAddress('fd00:ec2::254', 'ipv6');

/** Whether no receiver can be at an address; false for a name, which {@link lookupReceiver} resolves. */
export function isNoReceiver(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && NO_RECEIVER.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Addresses of a name, as the HTTP client asks for them. @throws Error with a code of our own for one of these */
export async function lookupReceiver(hostname: string): Promise<[{ address: string; family: 4 | 6 }[]]> {
  const found: LookupAddress[] = await lookup(hostname, { all: true });
  if (found.some(({ address }) => isNoReceiver(address))) {
    throw Object.assign(new Error('no receiver is there'), { code: 'LINK_LOCAL_ADDRESS' });
  }
  return [found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))];
}
