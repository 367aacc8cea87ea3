/**
 * Devices: printers, cameras, phones, sensors. They keep their own pace, day and night.
 */
import { MINUTE_MS } from '../calendar.js';
import { lognormal, pick } from '../distributions.js';
import { keepTime } from './background.js';
import type { HostHour } from './host-hour.js';

/** Printers look for updates at night. */
export function printer(at: HostHour): void {
  keepTime(at);
  announce(at);
  const begin = at.momentOf(1 + (at.host.index % 40) / 10);
  if (begin === undefined) return;
  at.secure(at.network.cloud.devices, begin, { up: 2_000, down: 6_000, durationMs: 900 });
}

/** The monitoring server records the pictures; a picture that moves is larger. */
export function camera(at: HostHour): void {
  const { random, record, network, host } = at;
  keepTime(at);
  const recorder = network.serverOf('monitoring', host);
  for (const startMs of at.beats(20 * MINUTE_MS, 0.02)) {
    const down = 20 * 60 * lognormal(random, 55_000, 0.15);
    const durationMs = 19.5 * MINUTE_MS;
    record.tcp({
      from: recorder,
      to: host.address,
      port: 554,
      service: 'rtsp',
      startMs,
      durationMs,
      up: down / 200,
      down,
    });
  }
}

/** Telephones keep their registration, and talk while people work. */
export function phone(at: HostHour, busy: number): void {
  const { random, record, network, host } = at;
  keepTime(at);
  const { calls } = network.cloud;
  for (const time of at.beats(30 * MINUTE_MS, 0.01)) {
    const durationMs = 29.5 * MINUTE_MS;
    at.secure(calls, time, { up: 14_000, down: 16_000, durationMs }, 5061);
  }
  for (const startMs of at.times(0.8 * busy)) {
    const seconds = lognormal(random, 150, 0.9);
    const volume = { up: seconds * 8_600, down: seconds * 8_600, durationMs: seconds * 1000 };
    record.udp(
      { from: host, to: pick(random, calls.addresses), port: 3481, service: '', startMs, ...volume },
      172,
    );
  }
}

/** Sensors report every few minutes, each over a connection of its own. */
export function sensor(at: HostHour): void {
  const { random, network } = at;
  keepTime(at);
  for (const time of at.beats(6 * MINUTE_MS, 0.03)) {
    const volume = { up: lognormal(random, 380, 0.1), down: 120, durationMs: lognormal(random, 250, 0.2) };
    at.secure(network.cloud.devices, time, volume, 8883);
  }
}

function announce(at: HostHour): void {
  const { record, host } = at;
  for (const startMs of at.beats(20 * MINUTE_MS, 0.3)) {
    record.udp({
      from: host,
      to: '224.0.0.251',
      port: 5353,
      service: 'dns',
      startMs,
      durationMs: 0,
      up: 320,
      down: 0,
    });
  }
}
