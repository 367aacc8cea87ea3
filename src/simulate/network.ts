/**
 * Who is in the network: hosts with their roles, people with their accounts.
 */
import type { Random } from '../domain/random.js';
import { between, chance, lognormal, pick } from './distributions.js';
import type { Endpoint } from './conversation.js';
import { makeService, publicAddress, Web, type Site } from './sites.js';
import { SURNAMES } from './words.js';

/** What a host is there for. */
export type Role =
  | 'client'
  | 'guest'
  | 'directory'
  | 'resolver'
  | 'file'
  | 'mail'
  | 'web'
  | 'intranet'
  | 'database'
  | 'backup'
  | 'print'
  | 'monitoring'
  | 'vpn'
  | 'application'
  | 'printer'
  | 'camera'
  | 'phone'
  | 'sensor';

/** One machine of the own network. */
export interface Host extends Endpoint {
  /** Position in {@link Network.hosts}. */
  readonly index: number;
  readonly name: string;
  /** Name with the zone, and what the resolver answers to it. */
  readonly fullName: string;
  readonly answers: readonly string[];
  readonly role: Role;
  /** Account of the person who uses it; empty for machines. */
  readonly user: string;
}

/** A client with the habits of its user. */
export interface Client extends Host {
  /** Sites that the user comes back to, most often first. */
  readonly favorites: readonly Site[];
  readonly pagesPerHour: number;
  /** Usual start and end of work, hours of the day. */
  readonly arrives: number;
  readonly leaves: number;
  /** Works on some evenings, on some weekends, is an administrator, works from home on some days. */
  readonly evenings: boolean;
  readonly weekends: boolean;
  readonly administrator: boolean;
  readonly remote: boolean;
  /** The machine stays on overnight. */
  readonly alwaysOn: boolean;
  readonly agent: string;
  readonly fileServer: Host;
  readonly printer: Host;
}

/** Name under which the world knows the site. */
export const PUBLIC_NAME = 'www.brightfield.example';
/** DNS zone and Kerberos realm of the site. */
export const ZONE = 'corp.brightfield.example';
export const REALM = 'CORP.BRIGHTFIELD.EXAMPLE';

/** An account as its tickets name it. */
export function accountName(user: string): string {
  return `${user}/${REALM}`;
}

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
];
const TIMESTAMPED_FROM = 3;

/** Servers that every site has, in the order of their addresses. */
const SERVERS: readonly (readonly [Role, string])[] = [
  ['directory', 'dc1'],
  ['resolver', 'ns1'],
  ['file', 'files1'],
  ['mail', 'mail1'],
  ['web', 'www1'],
  ['intranet', 'intranet1'],
  ['database', 'db1'],
  ['backup', 'backup1'],
  ['print', 'print1'],
  ['monitoring', 'monitor1'],
  ['vpn', 'vpn1'],
];
/** What further servers of a larger site are. */
const MORE_SERVERS: readonly (readonly [Role, string])[] = [
  ['application', 'app'],
  ['database', 'db'],
  ['directory', 'dc'],
  ['file', 'files'],
  ['resolver', 'ns'],
  ['application', 'erp'],
];
const DEVICE_ROLES: readonly Role[] = ['printer', 'camera', 'phone', 'camera', 'phone', 'sensor'];
/** Fewest hosts that make a site, and the most that its networks have room for. */
export const MIN_HOSTS = 20;
export const MAX_HOSTS = 4000;
/** Third octet of the first network of each, with room for {@link MAX_HOSTS}; the VPN's pool begins at 70. */
const SUBNET = { servers: 1, retired: 30, public: 40, devices: 50, guests: 90, clients: 100 } as const;

/** All hosts of a site, and the services outside that it uses. */
export class Network {
  readonly hosts: Host[] = [];
  readonly clients: Client[] = [];
  readonly guests: Host[] = [];
  readonly servers: Host[] = [];
  readonly devices: Host[] = [];
  readonly web: Web;
  /** Services that everybody's programs talk to by themselves. */
  readonly cloud: Readonly<
    Record<'office' | 'chat' | 'endpoint' | 'telemetry' | 'updates' | 'calls' | 'vault' | 'devices', Site>
  >;
  /** Resolvers outside that the own ones ask, and time servers. */
  readonly upstream: readonly string[];
  readonly timeServers: readonly string[];
  /** An address that some programs still look for although its server is gone. */
  readonly retired = `10.20.${String(SUBNET.retired)}.199`;

  /**
   * @param count number of hosts, from {@link MIN_HOSTS} to {@link MAX_HOSTS}
   * @param random stream of the site; what stays the same for long is derived from it
   */
  constructor(
    count: number,
    readonly random: Random,
  ) {
    this.web = new Web(random.derive('web'));
    const cloud = random.derive('cloud');
    const service = (name: string): Site => makeService(cloud, name);
    this.cloud = {
      office: service('outlook'),
      chat: service('gateway'),
      endpoint: service('sensor'),
      telemetry: service('telemetry'),
      updates: service('download'),
      calls: service('relay'),
      vault: service('vault'),
      devices: service('iot'),
    };
    this.upstream = [publicAddress(cloud), publicAddress(cloud)];
    this.timeServers = [publicAddress(cloud), publicAddress(cloud), publicAddress(cloud)];
    this.addServers(Math.max(SERVERS.length, Math.round(count * 0.13)));
    this.addDevices(Math.round(count * 0.2), random.derive('devices'));
    const guests = Math.round(count * 0.05);
    this.addClients(count - this.servers.length - this.devices.length - guests, random.derive('clients'));
    this.addGuests(guests);
  }

  /** All servers of a role. */
  of(role: Role): readonly Host[] {
    let found = this.byRole.get(role);
    if (!found) this.byRole.set(role, (found = this.hosts.filter((host) => host.role === role)));
    return found;
  }

  /** The server of a role that serves that host. */
  serverOf(role: Role, host: Host): Host {
    const servers = this.of(role);
    return servers[host.index % servers.length]!;
  }

  private readonly byRole = new Map<Role, readonly Host[]>();
  private readonly accounts = new Set<string>();

  private addServers(count: number): void {
    for (let i = 0; i < count; i++) {
      const [role, name] = SERVERS[i] ?? this.moreServer(i - SERVERS.length);
      const subnet = role === 'web' || role === 'vpn' ? SUBNET.public : SUBNET.servers;
      const windows = role === 'directory' || role === 'file' || role === 'print';
      const host = this.add({
        address: subnetAddress(subnet, i),
        headerBytes: windows ? 40 : 52,
        name,
        role,
        user: '',
      });
      this.servers.push(host);
    }
  }

  private moreServer(i: number): readonly [Role, string] {
    const [role, name] = MORE_SERVERS[i % MORE_SERVERS.length]!;
    return [role, `${name}${String(2 + Math.floor(i / MORE_SERVERS.length))}`];
  }

  private addDevices(count: number, random: Random): void {
    for (let i = 0; i < count; i++) {
      const role = DEVICE_ROLES[i % DEVICE_ROLES.length]!;
      const host = this.add({
        address: subnetAddress(SUBNET.devices, i),
        headerBytes: chance(random, 0.7) ? 52 : 40,
        name: `${role}-${String(i + 1).padStart(3, '0')}`,
        role,
        user: '',
      });
      this.devices.push(host);
    }
  }

  private addClients(count: number, random: Random): void {
    for (let i = 0; i < count; i++) this.clients.push(this.client(i, random));
  }

  private client(i: number, random: Random): Client {
    const system = random.int(20);
    const agent = AGENTS[system < 10 ? 0 : system < 14 ? 1 : system < 17 ? 2 : system < 19 ? 3 : 4]!;
    const favorites = Array.from({ length: 12 + random.int(40) }, () => this.web.draw(random));
    const arrives = 8.4 + 0.8 * random.normal();
    const base = this.add({
      address: subnetAddress(SUBNET.clients, i),
      headerBytes: AGENTS.indexOf(agent) >= TIMESTAMPED_FROM ? 52 : 40,
      name: `ws-${String(i + 1).padStart(4, '0')}`,
      role: 'client',
      user: this.account(random),
    });
    const client: Client = {
      ...base,
      favorites,
      pagesPerHour: lognormal(random, 6, 0.6),
      arrives,
      leaves: arrives + between(random, 7.8, 9.6),
      evenings: chance(random, 0.12),
      weekends: chance(random, 0.08),
      administrator: i % 25 === 3,
      remote: chance(random, 0.2),
      alwaysOn: chance(random, 0.35),
      agent,
      fileServer: this.serverOf('file', base),
      printer: pick(random, this.of('printer')),
    };
    this.hosts[base.index] = client;
    return client;
  }

  private addGuests(count: number): void {
    for (let i = 0; i < count; i++) {
      const name = `guest-${String(i + 1)}`;
      this.guests.push(
        this.add({
          address: subnetAddress(SUBNET.guests, i),
          headerBytes: 52,
          name,
          role: 'guest',
          user: '',
        }),
      );
    }
  }

  private add(host: Omit<Host, 'index' | 'fullName' | 'answers'>): Host {
    const { name, address } = host;
    const added = { index: this.hosts.length, ...host, fullName: `${name}.${ZONE}`, answers: [address] };
    this.hosts.push(added);
    return added;
  }

  /** A new account name: an initial and a surname, with a number where both are taken. */
  private account(random: Random): string {
    const initial = String.fromCharCode(97 + random.int(26));
    const base = `${initial}${pick(random, SURNAMES)}`;
    for (let number = 1; ; number++) {
      const name = number === 1 ? base : `${base}${String(number)}`;
      if (this.accounts.has(name)) continue;
      this.accounts.add(name);
      return name;
    }
  }
}

/** Address number `i` of the hosts that begin in that subnet. */
function subnetAddress(subnet: number, i: number): string {
  return `10.20.${String(subnet + Math.floor(i / 240))}.${String(10 + (i % 240))}`;
}
