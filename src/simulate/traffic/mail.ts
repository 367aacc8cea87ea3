/**
 * Mail with the world: letters in and out, newsletters at any hour, and what gets refused.
 */
import { chance, lognormal, pick } from '../distributions.js';
import type { Host } from '../network.js';
import { noisyAddress } from '../sites.js';
import type { HostHour } from './host-hour.js';

/** Letters per person in a working hour: received and sent. */
const RECEIVED = 1.6;
const SENT = 0.5;

/**
 * Letters of the hour at a mail server.
 * @param people number of people it serves
 * @param busy how busy people are, 0–1
 */
export function exchangeMail(at: HostHour, people: number, busy: number): void {
  // Programs write at night too.
  for (const time of at.times(people * RECEIVED * (0.15 + 0.85 * busy))) receive(at, at.host, time);
  for (const time of at.times(people * SENT * (0.03 + 0.97 * busy))) send(at, time);
}

function receive({ random, record, network }: HostHour, server: Host, startMs: number): void {
  if (chance(random, 0.03)) {
    record.refused({ address: noisyAddress(random), headerBytes: 52 }, server.address, 25, startMs);
    return;
  }
  const site = network.web.draw(random);
  const from = { address: pick(random, site.addresses), headerBytes: 52 };
  const volume = { up: lognormal(random, 26_000, 1.4), down: 900, durationMs: lognormal(random, 1_800, 0.7) };
  record.tcp({ from, to: server.address, port: 25, service: 'smtp', startMs, ...volume });
}

function send(at: HostHour, time: number): void {
  const { random, record, network, host } = at;
  const site = network.web.draw(random);
  const exchanger = `mx1.${site.domain}`;
  const answered = at.ask(site.domain, 'MX', 'NOERROR', [exchanger], 3600, time);
  const startMs = at.resolve(exchanger, site.answers, 3600, answered);
  const to = pick(random, site.addresses);
  const volume = { up: lognormal(random, 30_000, 1.5), down: 800, durationMs: lognormal(random, 2_200, 0.7) };
  record.tcp({ from: host, to, port: 25, service: 'smtp', startMs, ...volume });
}
