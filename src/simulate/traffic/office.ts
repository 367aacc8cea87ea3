/**
 * Work at a client: mail, files, printing, the intranet, calls.
 */
import { between, chance, lognormal } from '../distributions.js';
import { ZONE, type Client } from '../network.js';
import type { Workday } from '../workday.js';
import type { HostHour } from './host-hour.js';

type Busy = (timeOfDay: number) => number;

/** Mail program: looks for mail every few minutes, and moves messages while its user works. */
export function useMail(at: HostHour, busy: Busy): void {
  const { random, network, host } = at;
  const server = network.serverOf('mail', host);
  const name = server.fullName;
  const connect = (time: number, up: number, down: number): void => {
    const start = at.resolve(name, server.answers, 1200, time);
    at.tlsTo(server.address, name, 443, start, { up, down, durationMs: lognormal(random, 900, 0.9) }, 0.6);
  };
  for (const time of at.beats(8 * 60_000, 0.15)) connect(time, 900, lognormal(random, 1500, 0.5));
  for (const time of at.times(6)) {
    if (!chance(random, busy(at.timeOfDay(time)))) continue;
    const message = lognormal(random, 30_000, 1.6);
    if (chance(random, 0.3)) connect(time, message, 2_000);
    else connect(time, 1_500, message);
  }
}

/** Shares of the file server, in bursts, and a mapped drive that stays open. */
export function useFiles(at: HostHour, client: Client, busy: Busy): void {
  const { random } = at;
  for (const start of at.times(1.4)) {
    if (!chance(random, busy(at.timeOfDay(start)))) continue;
    let time = start;
    for (let i = 1 + random.int(4); i > 0; i--) {
      const writes = chance(random, 0.3);
      const size = lognormal(random, 180_000, 1.9);
      at.internal(client.fileServer, 445, 'smb', time, {
        up: writes ? size : 4_000,
        down: writes ? 5_000 : size,
        durationMs: 1000 * lognormal(random, 25, 1.3),
      });
      time += 1000 * lognormal(random, 50, 1);
    }
  }
}

/** Pages of the intranet. */
export function useIntranet(at: HostHour, busy: Busy): void {
  const { random, network, host } = at;
  const server = network.serverOf('intranet', host);
  const name = `intranet.${ZONE}`;
  for (const time of at.times(2.2)) {
    if (!chance(random, busy(at.timeOfDay(time)))) continue;
    const start = at.resolve(name, server.answers, 1200, time);
    const durationMs = 1000 * lognormal(random, 5, 1);
    at.tlsTo(
      server.address,
      name,
      443,
      start,
      { up: lognormal(random, 2500, 0.8), down: lognormal(random, 40_000, 1.2), durationMs },
      0.5,
    );
  }
}

/** Print jobs through the print server, and straight to the printer. */
export function print(at: HostHour, client: Client, busy: Busy): void {
  const { random, network } = at;
  for (const time of at.times(0.25)) {
    if (!chance(random, busy(at.timeOfDay(time)))) continue;
    const up = lognormal(random, 400_000, 1.2);
    const volume = { up, down: 2_000, durationMs: 1000 * lognormal(random, 6, 0.7) };
    if (chance(random, 0.6)) at.internal(network.serverOf('print', at.host), 445, 'smb', time, volume);
    else at.internal(client.printer, 9100, '', time, volume);
  }
}

/** Meetings over video: sound and picture as two long streams. */
export function call(at: HostHour, day: Workday): void {
  const { random, network, record, host } = at;
  for (const { from, to, call: over } of day.meetings) {
    const start = over ? at.momentOf(from + between(random, -0.03, 0.05)) : undefined;
    if (start === undefined) continue;
    const { calls } = network.cloud;
    const relay = calls.addresses[random.int(calls.addresses.length)]!;
    const startMs = at.resolve(calls.names[0]!, calls.answers, calls.ttlSeconds, start);
    const seconds = (to - from) * 3600 * between(random, 0.75, 1.1);
    const durationMs = seconds * 1000;
    at.secure(calls, start - 1500, { up: 20_000, down: 60_000, durationMs });
    const sound = { up: seconds * 5_500, down: seconds * between(random, 5_000, 9_000) };
    record.udp({ from: host, to: relay, port: 3479, service: 'stun', startMs, durationMs, ...sound }, 160);
    const picture = {
      up: seconds * lognormal(random, 45_000, 0.6),
      down: seconds * lognormal(random, 110_000, 0.6),
    };
    record.udp(
      { from: host, to: relay, port: 3480, service: 'stun', startMs: startMs + 400, durationMs, ...picture },
      1100,
    );
  }
}

/** Now and then somebody sends a large file to somebody outside. */
export function shareLargeFile(at: HostHour, busy: Busy): void {
  const { random, network } = at;
  // Not `times`: a rare event must not become common where there is more traffic.
  if (!chance(random, 0.000_3)) return;
  const time = at.moment();
  if (busy(at.timeOfDay(time)) < 1) return;
  const up = lognormal(random, 130_000_000, 0.5);
  at.secure(network.cloud.vault, time, { up, down: 60_000, durationMs: up / between(random, 1500, 6000) });
}
