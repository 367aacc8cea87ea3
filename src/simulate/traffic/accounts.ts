/**
 * Logins: tickets of the directory servers, with the mistakes that people make.
 */
import { MINUTE_MS } from '../calendar.js';
import { between, chance, lognormal, pick } from '../distributions.js';
import type { KerberosFacts } from '../event.js';
import { REALM, ZONE, type Host } from '../network.js';
import type { Endpoint } from '../conversation.js';
import type { Recorder } from '../recorder.js';
import type { HostHour } from './host-hour.js';

/** The answer to a wrong password. */
export const WRONG_PASSWORD = 'KDC_ERR_PREAUTH_FAILED';
const KERBEROS_PORT = 88;
const STALE_RETRY_MS = 75 * MINUTE_MS;

/** Asks a directory server for a ticket. */
export function requestTicket(
  record: Recorder,
  from: Endpoint,
  directory: Host,
  startMs: number,
  ticket: Pick<KerberosFacts, 'user' | 'request' | 'service' | 'error'>,
): void {
  const { random } = record;
  const up = ticket.request === 'AS' ? 290 : 1500;
  const flow = record.tcp({
    from,
    to: directory.address,
    port: KERBEROS_PORT,
    service: 'krb_tcp',
    startMs,
    durationMs: lognormal(random, 4, 0.5),
    up: up + random.int(60),
    down: ticket.error === '' ? 1600 + random.int(200) : 190 + random.int(40),
  });
  record.kerberos(flow, 1, { realm: REALM, ...ticket });
}

/** A user logs in at a machine: now and then after a wrong password, then tickets and policies. */
export function logIn(at: HostHour, user: string, atMs: number): void {
  const { random, record, host, network } = at;
  const directory = network.serverOf('directory', host);
  const as = { user, request: 'AS', service: `krbtgt/${REALM}` } as const;
  let time = at.resolve(directory.fullName, directory.answers, 600, atMs);
  for (let typos = chance(random, 0.07) ? 1 + random.int(2) : 0; typos > 0; typos--) {
    requestTicket(record, host, directory, time, { ...as, error: WRONG_PASSWORD });
    time += between(random, 2500, 15_000);
  }
  requestTicket(record, host, directory, time, { ...as, error: '' });
  const services = [
    `ldap/${directory.name}`,
    `cifs/${network.serverOf('file', host).name}`,
    `host/${host.name}`,
  ];
  for (const service of services) {
    time += between(random, 20, 600);
    requestTicket(record, host, directory, time, {
      user,
      request: 'TGS',
      service: `${service}.${ZONE}`,
      error: '',
    });
  }
  at.internal(directory, 389, 'ldap', time, {
    up: 4_000,
    down: lognormal(random, 22_000, 0.5),
    durationMs: 900,
  });
  at.internal(directory, 445, 'smb', time + 300, {
    up: 3_000,
    down: lognormal(random, 30_000, 0.7),
    durationMs: lognormal(random, 3000, 0.7),
  });
}

/** Tickets for whatever is used in the course of an hour. */
export function renewTickets(at: HostHour, user: string, busy: (timeOfDay: number) => number): void {
  const { random, record, host, network } = at;
  for (const time of at.times(1.6)) {
    if (!chance(random, busy(at.timeOfDay(time)))) continue;
    const server = pick(random, [...network.of('file'), ...network.of('intranet'), ...network.of('mail')]);
    const service = `${server.role === 'file' ? 'cifs' : 'HTTP'}/${server.fullName}`;
    requestTicket(record, host, network.serverOf('directory', host), time, {
      user,
      request: 'TGS',
      service,
      error: '',
    });
  }
}

/** A program that goes on with an old password after it was changed. */
export function retryStalePassword(at: HostHour, user: string): void {
  // The period is the program's own, however busy the network is.
  for (const time of at.beats(STALE_RETRY_MS * at.rate, 0.1)) {
    requestTicket(at.record, at.host, at.network.serverOf('directory', at.host), time, {
      user,
      request: 'AS',
      service: `krbtgt/${REALM}`,
      error: WRONG_PASSWORD,
    });
  }
}
