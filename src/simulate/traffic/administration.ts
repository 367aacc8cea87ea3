/**
 * Administrators and what they automate.
 */
import { HOUR_MS } from '../calendar.js';
import { between, chance, lognormal, pick } from '../distributions.js';
import type { Host } from '../network.js';
import type { HostHour } from './host-hour.js';

const CLIENT_VERSIONS = [
  'SSH-2.0-OpenSSH_9.6',
  'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3',
  'SSH-2.0-PuTTY_Release_0.81',
];
/** How servers of this site present themselves. */
export const SERVER_VERSION = 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3';

/** When the nightly runs begin, local time of day, and how far apart they are. */
const RUN_FROM = 2;
const RUN_EVERY_MS = 110_000;

/** Roles that are administered over SSH; the others over remote desktop. */
function speaksSsh({ role }: Host): boolean {
  return role !== 'directory' && role !== 'file' && role !== 'print' && role !== 'mail';
}

/** Sessions of an administrator, mostly on the same few servers. */
export function administer(at: HostHour, user: string, busy: (timeOfDay: number) => number): void {
  const { random, network } = at;
  for (const time of at.times(1.4)) {
    if (!chance(random, busy(at.timeOfDay(time)))) continue;
    const { servers } = network;
    const server = servers[Math.floor(servers.length * random.next() ** 2)]!;
    if (speaksSsh(server)) sshSession(at, server, time, 60_000 * lognormal(random, 7, 1.1), 40);
    else desktopSession(at, server, user, time);
  }
}

/** Configuration runs: every night, one server after the other. */
export function automate(at: HostHour): void {
  const { random, network, host } = at;
  const servers = network.servers.filter((server) => server !== host && speaksSsh(server));
  for (const [i, server] of servers.entries()) {
    const time = at.momentOf((RUN_FROM + (i * RUN_EVERY_MS) / HOUR_MS) % 24);
    if (time === undefined) continue;
    sshSession(at, server, time + between(random, 0, 40_000), lognormal(random, 12_000, 0.4), 400);
  }
}

function sshSession(
  at: HostHour,
  server: Host,
  atMs: number,
  durationMs: number,
  bytesPerSecond: number,
): void {
  const { random, record } = at;
  const typed = 3_000 + (durationMs / 1000) * bytesPerSecond;
  const flow = at.internal(server, 22, 'ssh', atMs, {
    up: typed,
    down: typed * lognormal(random, 3, 0.6),
    durationMs,
  });
  const mistakes = chance(random, 0.06) ? 1 : 0;
  record.ssh(flow, 40 + mistakes * 4000, {
    client: pick(random, CLIENT_VERSIONS.slice(0, at.host.role === 'client' ? 3 : 2)),
    server: SERVER_VERSION,
    attempts: 1 + mistakes,
    success: true,
  });
}

function desktopSession(at: HostHour, server: Host, user: string, atMs: number): void {
  const { random } = at;
  const seconds = 60 * lognormal(random, 11, 0.9);
  const flow = at.internal(server, 3389, 'rdp', atMs, {
    up: seconds * lognormal(random, 2_500, 0.5),
    down: seconds * lognormal(random, 14_000, 0.6),
    durationMs: seconds * 1000,
  });
  at.record.rdp(flow, 30, { cookie: user.slice(0, 9), result: 'encrypted' });
}
