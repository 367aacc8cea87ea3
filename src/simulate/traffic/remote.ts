/**
 * Work from home: a tunnel to the VPN gateway, and the own services through it.
 */
import { hash32 } from '../../domain/hash.js';
import type { Random } from '../../domain/random.js';
import { between, chance, lognormal, pick } from '../distributions.js';
import { REALM, type Client, type Host, type Network } from '../network.js';
import { publicAddress } from '../sites.js';
import { SURNAMES } from '../words.js';
import type { Workday } from '../workday.js';
import { logIn, requestTicket, WRONG_PASSWORD } from './accounts.js';
import type { HostHour } from './host-hour.js';

/** Gateways end a tunnel after that many hours. */
const TUNNEL_HOURS = 3.5;

/** What a client at home is within the own network: an address of the gateway's pool, the same each time. */
export function remoteHost(client: Client): Host {
  return { ...client, address: poolAddress(client.index) };
}

/** Address number `i` of the gateway's pool. */
export function poolAddress(i: number): string {
  return `10.20.${String(70 + Math.floor(i / 240))}.${String(10 + (i % 240))}`;
}

/** Opens the tunnels of a day that begin in this hour, as seen outside the gateway. */
export function openTunnels(at: HostHour, client: Client, day: Workday): void {
  const { record, network, random } = at;
  const home = { address: publicAddress(homeOf(client, at)), headerBytes: 52 };
  const gateway = network.serverOf('vpn', client);
  for (const { from, to } of day.spans) {
    for (let start = from; start < to; start += TUNNEL_HOURS) {
      const startMs = at.momentOf(start);
      if (startMs === undefined) continue;
      const seconds = Math.min(TUNNEL_HOURS, to - start) * 3600;
      const up = seconds * lognormal(random, 900, 0.6);
      const volume = { up, down: up * lognormal(random, 4, 0.4), durationMs: seconds * 1000 };
      record.udp({ from: home, to: gateway.address, port: 1194, service: '', startMs, ...volume }, 1250);
      admit(at, gateway, client, startMs);
      logIn(at, client.user, startMs + 9_000);
    }
  }
}

/** The gateway checks the account. */
function admit({ record, network, random }: HostHour, gateway: Host, client: Client, startMs: number): void {
  const directory = network.serverOf('directory', gateway);
  const ticket = { user: client.user, request: 'AS', service: `krbtgt/${REALM}` } as const;
  if (chance(random, 0.06))
    requestTicket(record, gateway, directory, startMs - 8000, { ...ticket, error: WRONG_PASSWORD });
  requestTicket(record, gateway, directory, startMs + 300, { ...ticket, error: '' });
}

/** The user's home keeps its address for about a week. */
function homeOf(client: Client, { network, hour }: HostHour): Random {
  return network.random.derive('home', client.index, Math.floor((hour.day + hash32(client.name)) / 7));
}

/** Days after which one contractor has been followed by another. */
const CONTRACT_DAYS = 28;
/** Of them, the days on which the account is in use. */
const CONTRACT_WORK_DAYS = 16;
const CONTRACTS = 12;
const SESSIONS_AT = [9.2, 14.1];

/** Account of a person who works here for some weeks, and whose account stays when the work is done. */
export interface Contract {
  readonly user: string;
  /** Days since the account was last used; negative while the work goes on. */
  readonly idleDays: number;
}

/** All contracts as they stand on a day, each at another stage. */
export function contractsOn(network: Network, day: number): Contract[] {
  return Array.from({ length: CONTRACTS }, (_, i) => {
    const shifted = day + Math.floor((i * CONTRACT_DAYS) / CONTRACTS);
    const name = pick(network.random.derive('contract', i, Math.floor(shifted / CONTRACT_DAYS)), SURNAMES);
    const user = `ext${String(i + 1)}.${name}`;
    return { user, idleDays: (shifted % CONTRACT_DAYS) - CONTRACT_WORK_DAYS };
  });
}

/** People on a contract come in through the gateway, twice a day. */
export function contract(at: HostHour): void {
  const { random, record, network, hour } = at;
  const gateway = network.of('vpn')[0]!;
  for (const { user, idleDays } of contractsOn(network, hour.day)) {
    if (idleDays >= 0) continue;
    for (const session of SESSIONS_AT) {
      const startMs = at.momentOf(
        session + between(network.random.derive(user, hour.day, session), -0.2, 0.8),
      );
      if (startMs === undefined) continue;
      const home = { address: publicAddress(network.random.derive('home', user)), headerBytes: 52 };
      const seconds = 60 * lognormal(random, 40, 0.5);
      const volume = { up: seconds * 500, down: seconds * 2_500, durationMs: seconds * 1000 };
      record.udp({ from: home, to: gateway.address, port: 1194, service: '', startMs, ...volume }, 1250);
      const directory = network.serverOf('directory', gateway);
      const ticket = { user, request: 'AS', service: `krbtgt/${REALM}`, error: '' } as const;
      requestTicket(record, gateway, directory, startMs + 300, ticket);
    }
  }
}
