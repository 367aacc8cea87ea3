/**
 * A cluster with everything that dashboards tell of: a few days of simulated logs with attacks, logs
 * that came late, twice, not at all or broken, what Elkhound made of them, and what it sent.
 */
import type { TimeRange } from '../query/scope.js';
import { searchOn } from '../query/search.js';
import { directInto } from './direct.js';
import { elkhound, type DeniedFlow, type FailedLogin, type Intake, type Sensor } from './intake.js';
import { Receiver } from './receiver.js';
import { bulk, post } from './requests.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How much there is to be shown. */
export interface Amount {
  readonly hosts: number;
  readonly days: number;
  /** Days before the attacks, to learn from. */
  readonly calmDays: number;
  readonly attacks: 'loud' | 'all';
}

/** Enough for a value in every panel, in little time. */
export const LITTLE: Amount = { hosts: 24, days: 2.25, calmDays: 1.75, attacks: 'loud' };
/** Enough to look at. */
export const MUCH: Amount = { hosts: 40, days: 3, calmDays: 2, attacks: 'all' };

const SEED = '7';
/** What the first sensor misses. */
const MISSED_ATTACKS = 'beacon-slow,port-scan-slow,theft-in-drops,password-guessing-slow';
/** Logs, whoever sends them. */
const LOGS = 'logs-*,-logs-elkhound.*';
const CONNECTIONS = ['zeek.connection', 'zeek.conn'];
/** When what happens, before the end: there is too much for a while, too little, and too little at first. */
const BURST_MS = { from: 5 * HOUR_MS, length: HOUR_MS };
const LOST_MS = { from: 3 * HOUR_MS, length: 0.75 * HOUR_MS };
const LATE_MS = { from: 11 * HOUR_MS, length: 0.75 * HOUR_MS };
/** A firewall sends its first logs: one connection denied each minute. */
const FIREWALL_MS = { from: 4 * HOUR_MS, step: 60_000 };
/** Somebody guesses the password of an administrator, from another address each time. */
const GUESSES_MS = { from: 2 * HOUR_MS, step: 20_000 };
const SECOND_MS = { from: 12 * HOUR_MS, length: 6 * HOUR_MS };
/** One record of so many stays. */
const LEFT = 10;
/** Most documents of one search. */
const MOST = 10_000;

/**
 * Sets a server up and fills it.
 * @returns the time from the first attack on, until now: messages are of when they are sent
 */
export async function fill(
  url: string,
  amount: Amount = LITTLE,
  endMs = lastMidnight(),
  intake: Intake = directInto(url),
): Promise<TimeRange> {
  const startMs = endMs - amount.days * DAY_MS;
  const simulate = (
    sensor: Sensor,
    fromMs: number,
    lengthMs: number,
    args: readonly string[],
  ): Promise<void> =>
    intake.simulated(sensor, [
      ...['--seed', SEED, '--hosts', String(amount.hosts)],
      ...['--start', new Date(fromMs).toISOString(), '--days', String(lengthMs / DAY_MS)],
      ...args,
    ]);
  await elkhound(url, 'setup');
  const planted = ['--calm', String(amount.calmDays), '--attacks', amount.attacks];
  await simulate('first', startMs, amount.days * DAY_MS, planted);
  await simulate('first', endMs - BURST_MS.from, BURST_MS.length, ['--rate', '25', '--attacks', 'none']);
  for (const { from, length } of [LOST_MS, LATE_MS]) await thinOut(url, endMs - from, length);
  await intake.denied(deniedFlows(endMs));
  await intake.failed(guesses(endMs));
  await detect(url, endMs);
  await simulate('second', endMs - SECOND_MS.from, SECOND_MS.length, ['--attacks', MISSED_ATTACKS]);
  await intake.broken(endMs - SECOND_MS.from);
  await detect(url, endMs);
  return { from: startMs + amount.calmDays * DAY_MS, to: Date.now() };
}

/** The last end of a day (UTC), before which everything has happened. */
function lastMidnight(): number {
  return Math.floor(Date.now() / DAY_MS) * DAY_MS;
}

/** Finds what is strange in the logs that a server has; messages go to a receiver that refuses some. */
async function detect(url: string, untilMs: number): Promise<void> {
  const receiver = await Receiver.start();
  try {
    const until = new Date(untilMs).toISOString();
    await elkhound(url, 'start', ['--port', '0', '--until', until], { ELKHOUND_WEBHOOK_URL: receiver.url });
  } finally {
    await receiver.stop();
  }
}

/** Takes away most of what the sensor has told of connections for a while. */
async function thinOut(url: string, from: number, length: number): Promise<void> {
  await post(url, `${LOGS}/_refresh`, '');
  const time = { gte: from, lt: from + length, format: 'epoch_millis' };
  const filter = [{ terms: { 'event.dataset': CONNECTIONS } }, { range: { '@timestamp': time } }];
  const { hits } = await searchOn(url)(LOGS, { size: MOST, _source: false, query: { bool: { filter } } });
  const lost = hits.hits.filter((_hit, place) => place % LEFT !== 0);
  await bulk(
    url,
    lost.map(({ _index, _id }) => [{ delete: { _index, _id } }]),
  );
}

/** What a firewall denies to scans from outside. */
function deniedFlows(endMs: number): DeniedFlow[] {
  const flows: DeniedFlow[] = [];
  for (let timeMs = endMs - FIREWALL_MS.from; timeMs < endMs; timeMs += FIREWALL_MS.step) {
    const host = flows.length % 23;
    const port = [23, 445, 3389, 8080][flows.length % 4]!;
    const source = `198.51.100.${String(host)}`;
    flows.push({ timeMs, source, sourcePort: 40_000 + host, destination: '10.20.40.14', port });
  }
  return flows;
}

function guesses(endMs: number): FailedLogin[] {
  const logins: FailedLogin[] = [];
  for (let timeMs = endMs - GUESSES_MS.from; timeMs < endMs; timeMs += GUESSES_MS.step) {
    const source = `203.0.113.${String(1 + (logins.length % 250))}`;
    logins.push({ timeMs, source, directory: '10.20.1.10', user: 'admin' });
  }
  return logins;
}
