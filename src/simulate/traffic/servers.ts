/**
 * Servers among themselves: directories, databases, monitoring, logs, backup at night.
 */
import { MINUTE_MS } from '../calendar.js';
import { between, lognormal, pick } from '../distributions.js';
import type { Host } from '../network.js';
import type { HostHour } from './host-hour.js';

/** When the backup of the first server begins, local time of day, and how long one may take. */
const BACKUP_FROM = 22;
const BACKUP_SPAN_HOURS = 5;
const BACKUP_PORT = 10_080;
/** Bytes a second between a server and the backup. */
const BACKUP_RATE = 60_000_000;
/** Bytes of one piece: a conversation can move no more than a gigabyte. */
const BACKUP_PIECE = 1e9;
const FULL_BACKUP_WEEKDAY = 0;
const POLL_MS = 15 * MINUTE_MS;

/** Directory servers tell each other what has changed, and use one another. */
export function replicate(at: HostHour): void {
  const { random, record, network, host } = at;
  const others = network.of('directory').filter((other) => other !== host);
  if (others.length === 0) return;
  for (const startMs of at.beats(15 * MINUTE_MS, 0.2)) {
    const to = pick(random, others).address;
    const volume = {
      up: lognormal(random, 9_000, 0.8),
      down: lognormal(random, 14_000, 1),
      durationMs: 2_500,
    };
    record.tcp({
      from: host,
      to,
      port: 135,
      service: 'dce_rpc',
      startMs,
      durationMs: 40,
      up: 320,
      down: 280,
    });
    record.tcp({ from: host, to, port: 49_667, service: 'dce_rpc', startMs: startMs + 60, ...volume });
  }
}

/** Sessions of an application with its database, as many as it has work. */
export function query(at: HostHour, perHour: number): void {
  const { random, network, host } = at;
  const database = network.serverOf('database', host);
  for (const time of at.times(perHour)) {
    const up = lognormal(random, 9_000, 1);
    at.internal(database, 5432, 'postgresql', time, {
      up,
      down: up * lognormal(random, 4, 0.8),
      durationMs: 1000 * lognormal(random, 40, 1.1),
    });
  }
}

/** The log of a server, shipped to the monitoring server over connections that are opened now and then. */
export function shipLogs(at: HostHour): void {
  const { random, network, host } = at;
  const to = network.serverOf('monitoring', host);
  if (to === host) return;
  for (const time of at.beats(20 * MINUTE_MS, 0.1)) {
    const durationMs = between(random, 15, 19) * MINUTE_MS;
    at.internal(to, 5044, 'ssl', time, { up: lognormal(random, 150_000, 0.6), down: 9_000, durationMs });
  }
}

/** Asks servers and printers how they are: echo, SNMP, and pages of what has pages. */
export function poll(at: HostHour): void {
  const { random, record, network, host } = at;
  const polled = [...network.servers, ...network.of('printer')].filter((other) => other !== host);
  for (const other of polled) {
    for (const startMs of at.beats(POLL_MS, 0.02, other.index)) {
      record.ping(host, other.address, startMs, true);
      const answer = { durationMs: lognormal(random, 6, 0.5), up: 420, down: lognormal(random, 900, 0.2) };
      record.udp({
        from: host,
        to: other.address,
        port: 161,
        service: 'snmp',
        startMs: startMs + 20,
        ...answer,
      });
      if (servesPages(other)) checkPage(at, other, startMs + 60);
    }
  }
}

function servesPages({ role }: Host): boolean {
  return role === 'web' || role === 'intranet' || role === 'mail' || role === 'application';
}

function checkPage(at: HostHour, server: Host, startMs: number): void {
  const volume = { up: 400, down: 2_600, durationMs: lognormal(at.random, 60, 0.4) };
  at.tlsTo(server.address, server.fullName, 443, startMs, volume, 0.5);
}

/** Saves all servers, one after the other through the night; on Sundays whole, else what has changed. */
export function backUp(at: HostHour): void {
  const { random, network, host, hour } = at;
  const sources = network.servers.filter((server) => server !== host);
  for (const [i, server] of sources.entries()) {
    // The night belongs to the day on which it began.
    const startsAt = BACKUP_FROM + (i * BACKUP_SPAN_HOURS) / sources.length;
    const begin = at.momentOf(startsAt) ?? at.momentOf(startsAt - 24);
    if (begin === undefined) continue;
    const weekday = startsAt < 24 ? hour.weekday : (hour.weekday + 6) % 7;
    const full = weekday === FULL_BACKUP_WEEKDAY;
    const bytes = lognormal(random.derive(server.name), storage(server), 0.2) * (full ? 1 : 0.04);
    saveAll(at, server, begin + between(random, 0, 30_000), bytes);
  }
}

/** Copies what there is in pieces, one after the other. */
function saveAll(at: HostHour, server: Host, startMs: number, bytes: number): void {
  let time = startMs;
  for (let left = bytes; left > 0; left -= BACKUP_PIECE) {
    const down = Math.min(left, BACKUP_PIECE);
    const durationMs = (1000 * down) / (BACKUP_RATE * between(at.random, 0.8, 1.2));
    at.internal(server, BACKUP_PORT, '', time, { up: down / 900, down, durationMs });
    time += durationMs + 15;
  }
}

/** Bytes that a server keeps. */
function storage({ role }: Host): number {
  if (role === 'file') return 90e9;
  return role === 'database' || role === 'mail' ? 40e9 : 9e9;
}

/** The print server hands its jobs on. */
export function handOnPrintJobs(at: HostHour, perHour: number): void {
  const { random, network } = at;
  const printers = network.of('printer');
  for (const time of at.times(perHour)) {
    const volume = {
      up: lognormal(random, 400_000, 1.2),
      down: 2_000,
      durationMs: 1000 * lognormal(random, 6, 0.7),
    };
    at.internal(pick(random, printers), 9100, '', time, volume);
  }
}

/** The time servers outside that the own time server asks. */
export function askTimeServers(at: HostHour): void {
  const { record, network, host } = at;
  for (const [i, to] of network.timeServers.entries()) {
    for (const startMs of at.beats(17 * MINUTE_MS, 0.02, host.index + i)) {
      record.udp({ from: host, to, port: 123, service: 'ntp', startMs, durationMs: 15, up: 48, down: 48 });
    }
  }
}
