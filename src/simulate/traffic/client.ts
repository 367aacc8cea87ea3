/**
 * An hour of a person: in the office, at home, on holiday; and of a guest.
 */
import type { LocalHour } from '../calendar.js';
import { between, chance, pick } from '../distributions.js';
import { REALM, type Client, type Network } from '../network.js';
import { busyness, planWorkday, type Workday } from '../workday.js';
import { logIn, renewTickets, requestTicket, retryStalePassword } from './accounts.js';
import { administer } from './administration.js';
import { chatter, keepTime, reportHome, stray, update } from './background.js';
import { browse } from './browsing.js';
import type { HostHour } from './host-hour.js';
import { call, print, shareLargeFile, useFiles, useIntranet, useMail } from './office.js';
import { openTunnels } from './remote.js';

const HOLIDAY_SHARE = 0.06;
const STALE_PASSWORD_SHARE = 0.012;
const GUEST_AGENT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';

/** A client's day, and whether its user is away for the week. */
export interface ClientDay extends Workday {
  readonly onHoliday: boolean;
}

/** Plans the day of a client; the same whenever it is asked. */
export function planClientDay(network: Network, client: Client, { day, weekday }: LocalHour): ClientDay {
  // Weeks begin on Monday.
  const week = Math.floor((day + 3) / 7);
  const onHoliday = chance(network.random.derive('holiday', client.index, week), HOLIDAY_SHARE);
  const random = network.random.derive('day', client.index, day);
  return { ...planWorkday(client, weekday, onHoliday, random), onHoliday };
}

/** The machine is switched on at that local time of day. */
export function isSwitchedOn(client: Client, day: ClientDay, timeOfDay: number): boolean {
  if (client.alwaysOn && !day.fromHome) return true;
  return day.spans.some(({ from, to }) => timeOfDay >= from - 0.03 && timeOfDay < to + 0.1);
}

/** The hour of a client in the office. */
export function workInOffice(at: HostHour, client: Client, day: ClientDay): void {
  const busy = (timeOfDay: number): number => busyness(day, timeOfDay);
  reportHome(at);
  keepTime(at);
  chatter(at);
  update(at);
  stray(at);
  if (isStale(at, client)) retryStalePassword(at, client.user);
  if (day.onHoliday) readMailFromAway(at, client);
  if (day.spans.length === 0) return;
  const { pagesPerHour, favorites, agent } = client;
  browse(at, { pagesPerHour, favorites, agent, busy });
  print(at, client, busy);
  call(at, day);
  shareLargeFile(at, busy);
  for (const { from } of day.spans) {
    const start = at.momentOf(from);
    if (start !== undefined) logIn(at, client.user, start);
  }
  useOwnServices(at, client, busy);
}

/** The hour of a client at home: what reaches the own network through the tunnel. */
export function workFromHome(at: HostHour, client: Client, day: ClientDay): void {
  openTunnels(at, client, day);
  useOwnServices(at, client, (timeOfDay) => busyness(day, timeOfDay));
}

function useOwnServices(at: HostHour, client: Client, busy: (timeOfDay: number) => number): void {
  useMail(at, busy);
  useFiles(at, client, busy);
  useIntranet(at, busy);
  renewTickets(at, client.user, busy);
  if (client.administrator) administer(at, client.user, busy);
}

/** Who is on holiday looks at the mail every other evening, so no account is left alone for long. */
function readMailFromAway(at: HostHour, client: Client): void {
  const { random, record, network, hour } = at;
  if ((hour.day + client.index) % 2 === 1) return;
  const startMs = at.momentOf(18 + between(network.random.derive('away', client.index, hour.day), 0, 3));
  if (startMs === undefined) return;
  const server = network.serverOf('mail', client);
  const ticket = { user: client.user, request: 'AS', service: `krbtgt/${REALM}`, error: '' } as const;
  requestTicket(record, server, pick(random, network.of('directory')), startMs, ticket);
}

function isStale({ network, hour }: HostHour, client: Client): boolean {
  return chance(network.random.derive('stale', client.index, hour.day), STALE_PASSWORD_SHARE);
}

/** The hour of a guest: a few hours on some working days, on the web only. */
export function visit(at: HostHour): void {
  const { network, host, hour } = at;
  const random = network.random.derive('guest', host.index, hour.day);
  if (hour.weekday === 0 || hour.weekday === 6 || !chance(random, 0.4)) return;
  const from = between(random, 8.5, 15);
  const to = from + between(random, 0.7, 6);
  const busy = (timeOfDay: number): number => (timeOfDay >= from && timeOfDay < to ? 0.8 : 0);
  browse(at, { pagesPerHour: 9, favorites: [], agent: GUEST_AGENT, busy });
  for (const time of at.times(2)) {
    if (busy(at.timeOfDay(time)) > 0)
      at.secure(network.cloud.chat, time, { up: 3_000, down: 9_000, durationMs: 90_000 });
  }
}
