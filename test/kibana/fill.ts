/**
 * A cluster with everything that dashboards tell of: a few days of simulated logs with attacks, logs
 * that came late, twice, not at all or broken, what Elkhound made of them, and what it sent.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ElkhoundProcess } from '../acceptance/process.js';
import type { TimeRange } from './query/scope.js';
import { searchOn } from './query/search.js';

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
const LITTLE: Amount = { hosts: 24, days: 2.25, calmDays: 1.75, attacks: 'loud' };
/** Enough to look at. */
export const MUCH: Amount = { hosts: 40, days: 3, calmDays: 2, attacks: 'all' };

const SEED = '7';
const STREAM = 'logs-simulated-default';
/** What a second sensor tells: the same again, and what the first one missed. */
const LATE_STREAM = 'logs-simulated-late';
const MISSED_ATTACKS = 'beacon-slow,port-scan-slow,theft-in-drops,password-guessing-slow';
/** When what happens, before the end: there is too much for a while, too little, and too little at first. */
const BURST_MS = { from: 5 * HOUR_MS, length: HOUR_MS };
const LOST_MS = { from: 3 * HOUR_MS, length: 0.75 * HOUR_MS };
const LATE_MS = { from: 11 * HOUR_MS, length: 0.75 * HOUR_MS };
/** A firewall sends its first logs: one connection denied each minute. */
const FIREWALL_MS = { from: 4 * HOUR_MS, step: 60_000 };
/** What the second sensor tells. */
const SECOND_MS = { from: 12 * HOUR_MS, length: 6 * HOUR_MS };
/** One record of so many stays. */
const LEFT = 10;
/** Most documents of one search. */
const MOST = 10_000;

/**
 * Sets a server up and fills it.
 * @returns the time from the first attack on, until now: messages are of when they are sent
 */
export async function fill(url: string, amount: Amount = LITTLE, endMs = lastMidnight()): Promise<TimeRange> {
  const startMs = endMs - amount.days * DAY_MS;
  const simulate = simulator(url, amount);
  await elkhound(url, 'setup');
  await simulate(STREAM, startMs, amount.days * DAY_MS, [
    '--calm',
    String(amount.calmDays),
    '--attacks',
    amount.attacks,
  ]);
  await simulate(STREAM, endMs - BURST_MS.from, BURST_MS.length, ['--rate', '25', '--attacks', 'none']);
  for (const { from, length } of [LOST_MS, LATE_MS]) await thinOut(url, endMs - from, length);
  await addFirewall(url, endMs);
  await detect(url, endMs);
  await simulate(LATE_STREAM, endMs - SECOND_MS.from, SECOND_MS.length, ['--attacks', MISSED_ATTACKS]);
  await addBroken(url, endMs - SECOND_MS.from);
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

async function elkhound(
  url: string,
  command: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const run = ElkhoundProcess.start([command, ...args], { ELKHOUND_ELASTICSEARCH_URL: url, ...env });
  const code = await run.end();
  if (code !== 0) throw new Error(`elkhound ${command} ended with ${String(code)}:\n${run.stderr}`);
}

/** Runs `elkhound simulate` over a stretch of time of one network. */
function simulator(url: string, { hosts }: Amount) {
  return (stream: string, startMs: number, lengthMs: number, args: readonly string[]): Promise<void> =>
    elkhound(url, 'simulate', [
      ...['--to', 'elasticsearch', '--data-stream', stream],
      ...['--seed', SEED, '--hosts', String(hosts)],
      ...['--start', new Date(startMs).toISOString(), '--days', String(lengthMs / DAY_MS)],
      ...args,
    ]);
}

/** Takes away most of what the sensor has told of connections for a while. */
async function thinOut(url: string, from: number, length: number): Promise<void> {
  await ask(url, `${STREAM}/_refresh`, '');
  const time = { gte: from, lt: from + length, format: 'epoch_millis' };
  const filter = [{ term: { 'event.dataset': 'zeek.connection' } }, { range: { '@timestamp': time } }];
  const { hits } = await searchOn(url)(STREAM, { size: MOST, _source: false, query: { bool: { filter } } });
  const lost = hits.hits.filter((_hit, place) => place % LEFT !== 0);
  await bulk(
    url,
    lost.map(({ _index, _id }) => [{ delete: { _index, _id } }]),
  );
}

/** Adds what a firewall denies to others' scans. */
async function addFirewall(url: string, endMs: number): Promise<void> {
  const documents: object[] = [];
  for (let timeMs = endMs - FIREWALL_MS.from; timeMs < endMs; timeMs += FIREWALL_MS.step) {
    const at = new Date(timeMs).toISOString();
    const [host, port] = [documents.length % 23, [23, 445, 3389, 8080][documents.length % 4]];
    documents.push({
      '@timestamp': at,
      event: {
        ...{ kind: 'event', module: 'fortinet', dataset: 'fortinet_fortigate.log', action: 'deny' },
        ...{ category: ['network'], type: ['connection', 'denied'], start: at, end: at },
      },
      source: { ip: `198.51.100.${String(host)}`, port: 40_000 + host, bytes: 60 },
      destination: { ip: '10.20.40.14', port, bytes: 0 },
      network: { transport: 'tcp', direction: 'inbound', type: 'ipv4', bytes: 60 },
    });
  }
  await create(url, STREAM, documents);
}

/** Adds records that cannot be used, for one reason or another. */
async function addBroken(url: string, timeMs: number): Promise<void> {
  const at = new Date(timeMs).toISOString();
  const event = { dataset: 'zeek.connection', start: at, end: at };
  const ends = { source: { ip: '10.20.1.13', port: 700_000 }, destination: { ip: '10.20.1.14', port: 53 } };
  const broken = [
    { '@timestamp': at, event, ...ends },
    { '@timestamp': at, event, message: 'cut off' },
  ];
  await create(url, LATE_STREAM, broken);
}

function create(url: string, stream: string, documents: readonly object[]): Promise<void> {
  return bulk(
    url,
    documents.map((document) => [{ create: { _index: stream } }, document]),
  );
}

async function bulk(url: string, actions: readonly (readonly object[])[]): Promise<void> {
  const lines = actions.flat().map((line) => `${JSON.stringify(line)}\n`);
  const answer = await ask(url, '_bulk?refresh=true', lines.join(''));
  if ((JSON.parse(answer) as { errors: boolean }).errors) throw new Error(`not all was written: ${answer}`);
}

async function ask(url: string, path: string, body: string): Promise<string> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${url}/${path}`, { method: 'POST', headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${String(response.status)} ${text}`);
  return text;
}

/** A webhook on loopback that takes three messages of four. */
class Receiver {
  private messages = 0;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      request.resume().on('end', () => {
        response.statusCode = ++this.messages % 4 === 0 ? 400 : 200;
        response.end();
      });
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/hook`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
