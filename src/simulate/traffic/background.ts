/**
 * What machines do by themselves: agents, time, updates, chatter on the local network, stray connections.
 */
import { between, chance, lognormal, pick } from '../distributions.js';
import { ZONE } from '../network.js';
import type { HostHour } from './host-hour.js';

/** Day of the week on which updates are released to all clients, and the hours in which they load them. */
const PATCH_WEEKDAY = 3;
const PATCH_FROM = 10;
const PATCH_HOURS = 6;
const UPDATE_AGENT = 'Update-Agent/10.0.22631';

/** Programs that report to their makers at a steady pace, and a chat that is always connected. */
export function reportHome(at: HostHour): void {
  const { random, network } = at;
  const { endpoint, telemetry, chat, office } = network.cloud;
  for (const time of at.beats(10 * 60_000, 0.04)) {
    at.secure(endpoint, time, {
      up: lognormal(random, 2_400, 0.25),
      down: 900,
      durationMs: lognormal(random, 700, 0.4),
    });
  }
  for (const time of at.times(1.5)) {
    at.secure(telemetry, time, { up: lognormal(random, 7_000, 1), down: 1_200, durationMs: 900 });
  }
  for (const time of at.times(2)) {
    at.secure(office, time, {
      up: lognormal(random, 3_000, 0.8),
      down: lognormal(random, 9_000, 1.2),
      durationMs: 45_000,
    });
  }
  for (const time of at.beats(40 * 60_000, 0.5)) {
    const durationMs = 60_000 * lognormal(random, 32, 0.3);
    at.secure(chat, time, { up: durationMs / 18, down: durationMs / 7, durationMs });
  }
}

/** Time from an own server. */
export function keepTime(at: HostHour): void {
  const server = at.network.serverOf('resolver', at.host);
  for (const startMs of at.beats(17 * 60_000, 0.02)) {
    at.record.udp({
      from: at.host,
      to: server.address,
      port: 123,
      service: 'ntp',
      startMs,
      durationMs: 0.6,
      up: 48,
      down: 48,
    });
  }
}

/** Names and services announced to everybody on the local network. */
export function chatter(at: HostHour): void {
  const { random, record, host } = at;
  for (const startMs of at.times(1.2)) {
    const up = 300 + random.int(500);
    record.udp(
      {
        from: host,
        to: '239.255.255.250',
        port: 1900,
        service: '',
        startMs,
        durationMs: 3000,
        up: up * 3,
        down: 0,
      },
      up,
    );
  }
  for (const startMs of at.times(1.5)) {
    const up = 45 + random.int(300);
    record.udp({
      from: host,
      to: '224.0.0.251',
      port: 5353,
      service: 'dns',
      startMs,
      durationMs: 0,
      up,
      down: 0,
    });
  }
}

/** The daily definitions of the virus scanner, and on patch day the updates of the system. */
export function update(at: HostHour): void {
  const { random, hour, host } = at;
  const daily = at.momentOf(9 + (host.index % 31) / 10);
  if (daily !== undefined) download(at, daily, lognormal(random, 9_000_000, 0.5));
  if (hour.weekday !== PATCH_WEEKDAY || hour.from < PATCH_FROM || hour.from >= PATCH_FROM + PATCH_HOURS)
    return;
  // A share of 1/left of those that are left, each hour: nearly all have loaded it at the end.
  if ((host.index * 7 + hour.day) % PATCH_HOURS !== Math.floor(hour.from - PATCH_FROM)) return;
  let time = at.moment();
  for (let parts = 1 + random.int(4); parts > 0; parts--) {
    time += download(at, time, lognormal(random, 90_000_000, 0.9)) + between(random, 500, 20_000);
  }
}

/** @returns how long it takes, milliseconds */
function download(at: HostHour, time: number, down: number): number {
  const { random, record, host, network } = at;
  const { updates } = network.cloud;
  const name = updates.names[0]!;
  const startMs = at.resolve(name, updates.answers, updates.ttlSeconds, time);
  const durationMs = down / between(random, 2_000, 12_000);
  const to = pick(random, updates.addresses);
  const flow = record.tcp({ from: host, to, port: 80, service: 'http', startMs, durationMs, up: 600, down });
  record.http(flow, 20, {
    depth: 1,
    method: 'GET',
    host: name,
    uri: `/c/upgr/${(host.index % 7).toString(36)}/package.cab`,
    agent: UPDATE_AGENT,
    status: 206,
    requestBytes: 0,
    responseBytes: Math.round(down),
  });
  return durationMs;
}

/** Programs that look for what is no longer there, and a name suffix that never was. */
export function stray(at: HostHour): void {
  const { random, record, host, network } = at;
  for (const time of at.times(0.3)) {
    if (chance(random, 0.5)) record.unanswered(host, network.retired, 445, time);
    else
      record.refused(
        host,
        pick(random, network.servers).address,
        pick(random, [8080, 8443, 515, 3268]),
        time,
      );
  }
  for (const time of at.times(1.2)) at.ask(`wpad.${ZONE}`, 'A', 'NXDOMAIN', [], 0, time);
  for (const time of at.times(0.4)) {
    const server = pick(random, network.servers);
    const reversed = server.address.split('.').reverse().join('.');
    at.ask(`${reversed}.in-addr.arpa`, 'PTR', 'NOERROR', [server.fullName], 1200, time);
  }
}
