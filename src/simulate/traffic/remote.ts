/**
 * Work from home: a tunnel to the VPN gateway, and the own services through it.
 */
import { hash32 } from '../../domain/hash.js';
import { chance, lognormal, pick } from '../distributions.js';
import { REALM, type Client, type Host } from '../network.js';
import { publicAddress } from '../sites.js';
import type { Workday } from '../workday.js';
import { logIn, requestTicket, WRONG_PASSWORD } from './accounts.js';
import type { HostHour } from './host-hour.js';

/** Gateways end a tunnel after that many hours. */
const TUNNEL_HOURS = 3.5;

/** What a client at home is within the own network: an address of the gateway's pool, the same each time. */
export function remoteHost(client: Client): Host {
  const pool = 70 + Math.floor(client.index / 240);
  return { ...client, address: `10.20.${String(pool)}.${String(10 + (client.index % 240))}` };
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
function homeOf(client: Client, { random, hour }: HostHour): HostHour['random'] {
  return random.derive('home', client.index, Math.floor((hour.day + hash32(client.name)) / 7));
}

/** People who have left: for a while they came in through the gateway, at any hour that suited them. */
export function contract(at: HostHour, user: string): void {
  const { random, record, network } = at;
  const gateway = network.serverOf('vpn', at.host);
  for (const time of at.times(0.12)) {
    const tod = at.timeOfDay(time);
    if (tod < 8 || tod > 18) continue;
    const home = { address: publicAddress(random.derive('home', user)), headerBytes: 52 };
    const seconds = 60 * lognormal(random, 40, 0.5);
    const volume = { up: seconds * 500, down: seconds * 2_500, durationMs: seconds * 1000 };
    record.udp({ from: home, to: gateway.address, port: 1194, service: '', startMs: time, ...volume }, 1250);
    requestTicket(record, gateway, pick(random, network.of('directory')), time + 300, {
      user,
      request: 'AS',
      service: `krbtgt/${REALM}`,
      error: '',
    });
  }
}
