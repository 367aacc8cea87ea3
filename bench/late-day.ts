/**
 * What a day with late documents makes a job read on a real Elasticsearch, against one that reads a
 * window again at each tick in which it has grown.
 */
import { Client } from '@elastic/elasticsearch';
import { pino } from 'pino';
import { parseConfig } from '../src/config/load.js';
import { ManualClock } from '../src/domain/clock.js';
import { hash32 } from '../src/domain/hash.js';
import { Random } from '../src/domain/random.js';
import { ECS_FIELDS } from '../src/normalize/ecs-fields.js';
import { DetectionJob } from '../src/job/job.js';
import { Health } from '../src/observe/health.js';
import { ReadCheck } from '../src/job/read-check.js';
import { JobLog } from '../src/job/log.js';
import { JobRunner } from '../src/job/runner.js';
import { NO_ATTACKS } from '../src/simulate/attacks/plan.js';
import type { SimulatedEvent } from '../src/simulate/event.js';
import { documentId, ecsDocument } from '../src/simulate/formats/record.js';
import { Simulation } from '../src/simulate/simulation.js';
import { prepareLogStream } from '../src/store/elasticsearch/log-stream.js';
import { openElasticsearchStore } from '../src/store/elasticsearch/open.js';
import { applySetup, planSetup } from '../src/store/elasticsearch/setup.js';
import { startElasticsearch } from '../test/elastic/server.js';
import { resultOf, type Benchmark, type BenchResult } from './report.js';
import { configuredNormalizer } from '../src/job/configured-normalizer.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HOSTS = 40;
/** Before the day lies one that is all there: what the first model is learned from. */
const DAY_START = Date.UTC(2026, 0, 13);
const TICK = 2 * MINUTE;
const NEVER = new AbortController().signal;

/** When a document can be searched: its end, plus what its way takes. */
function arrivalOf(event: SimulatedEvent, random: Random): number {
  const { endMs } = event;
  if (endMs < DAY_START) return endMs;
  const usual = endMs + 2_000 + random.next() * 20_000;
  const hour = (endMs - DAY_START) / HOUR;
  const host = hash32(event.source) % 60;
  // Six hosts' sensor is cut off for two hours, and then delivers all at once.
  if (host < 6 && hour >= 10 && hour < 12) return DAY_START + 12 * HOUR;
  // A forwarder restarts: a quarter of an hour of everything comes late.
  if (hour >= 15 && hour < 15.25) return DAY_START + 15.5 * HOUR;
  // Three laptops are taken home and tell of an hour each when they are back.
  if (host >= 6 && host < 9 && Math.floor(hour) === 17 + (host - 6))
    return DAY_START + (19 + host - 6) * HOUR;
  // A queue fills up and drains: for an hour the delay of six hosts grows to twenty minutes and shrinks.
  if (host >= 10 && host < 16 && hour >= 13 && hour < 14) {
    return usual + 20 * MINUTE * (1 - Math.abs(2 * (hour - 13) - 1));
  }
  return usual;
}

function eventsByArrival(): { event: SimulatedEvent; atMs: number }[] {
  const simulation = new Simulation({ seed: 5, hosts: HOSTS, rate: 1, timeZone: 'UTC', plan: NO_ATTACKS });
  const random = new Random(9);
  const all: { event: SimulatedEvent; atMs: number }[] = [];
  for (const events of simulation.eventsBetween(DAY_START - DAY, DAY_START + DAY)) {
    for (const event of events) all.push({ event, atMs: arrivalOf(event, random) });
  }
  return all.sort((a, b) => a.atMs - b.atMs);
}

interface Reading {
  /** Documents of the day that were read, each time counted. */
  read: number;
  readonly documents: number;
  readonly windows: number;
  /** Windows that were read again. */
  again: number;
  readonly late: number;
}

async function dayOf(client: Client, url: string, settleMs: number): Promise<Reading> {
  const index = `logs-day${String(settleMs)}-default`;
  const job = `day${String(settleMs)}`;
  const clock = new ManualClock(DAY_START);
  const store = openElasticsearchStore({ nodes: [url], indices: [index], fields: ECS_FIELDS }, clock);
  await prepareLogStream(store.cluster, index);
  const config = parseConfig('', 'bench');
  const seen = { read: 0, again: 0, windows: new Set<number>() };
  const runner = runnerOf({ store, config, job, clock, settleMs }, (record) => {
    const { window, revision } = record;
    if (window.start < DAY_START || record.status !== 'done') return;
    seen.read += record.coverage.reduce((sum, { read }) => sum + read, 0);
    if (revision > 1) seen.again++;
    seen.windows.add(window.start);
  });
  const arrivals = eventsByArrival();
  let next = 0;
  let late = 0;
  for (let nowMs = DAY_START; nowMs <= DAY_START + DAY + 2 * HOUR; nowMs += TICK) {
    const operations: object[] = [];
    for (; next < arrivals.length && arrivals[next]!.atMs <= nowMs; next++) {
      const { event } = arrivals[next]!;
      if (nowMs - event.endMs > 6 * MINUTE && event.endMs >= DAY_START) late++;
      operations.push({ create: { _index: index, _id: documentId(event) } }, ecsDocument(event));
      if (operations.length === 20_000) await client.bulk({ operations: operations.splice(0) });
    }
    if (operations.length > 0) await client.bulk({ operations, refresh: true });
    clock.set(nowMs);
    while ((await runner.tick(NEVER)) === 'more');
  }
  await store.close();
  const documents = arrivals.filter(({ event }) => event.endMs >= DAY_START).length;
  return { read: seen.read, documents, windows: seen.windows.size, again: seen.again, late };
}

interface RunnerParts {
  readonly store: ReturnType<typeof openElasticsearchStore>;
  readonly config: ReturnType<typeof parseConfig>;
  readonly job: string;
  readonly clock: ManualClock;
  readonly settleMs: number;
}

function runnerOf(
  { store, config, job: name, clock, settleMs }: RunnerParts,
  onWindow: ConstructorParameters<typeof JobRunner>[0]['onWindow'],
): JobRunner {
  const { schedule, normalize, privacy } = config;
  const windowLengthMs = schedule.windowLength;
  const job = new DetectionJob({
    ...store,
    job: name,
    windowLengthMs,
    horizonMs: schedule.lateness,
    clock,
    options: config,
    normalizer: () => configuredNormalizer({ normalize, privacy }, windowLengthMs, clock.now()),
    announce: () => Promise.resolve(),
  });
  const logger = pino({ level: 'silent' });
  return new JobRunner({
    name,
    job,
    events: store.events,
    results: store.results,
    clock,
    logger,
    log: new JobLog({ job: name, clock, logger }),
    readCheck: new ReadCheck({ job: name, check: 'logs', health: new Health(), logger }),
    queryDelayMs: schedule.queryDelay,
    historyMs: schedule.history,
    horizonMs: schedule.lateness,
    lateCheckMs: schedule.lateCheck,
    settleMs,
    windowsPerTick: schedule.windowsPerTick,
    untilMs: Infinity,
    send: () => undefined,
    onWindow,
  });
}

export const lateDay: Benchmark = {
  name: 'late-day',
  about:
    'documents read of a day with late ones over documents there are, against reading again at each tick',
  async run(): Promise<BenchResult[]> {
    const server = await startElasticsearch({ heapMb: 1024 });
    const store = openElasticsearchStore(
      { nodes: [server.url], indices: [], fields: [] },
      new ManualClock(0),
    );
    const client = new Client({ node: server.url });
    try {
      await applySetup(
        store.cluster,
        await planSetup(store.cluster, { nowMs: DAY_START, retentionMs: 90 * DAY }),
      );
      const ours = await dayOf(client, server.url, parseConfig('', 'bench').schedule.settle);
      const rival = await dayOf(client, server.url, 0);
      const names = {
        name: 'late-day',
        subject: 'documents read',
        rival: 'again-at-each-tick',
        unit: 'documents',
      };
      const times = ({ read, documents }: Reading): number => Math.round((read / documents) * 1000) / 1000;
      return [
        resultOf(names, [ours.read], [rival.read], {
          'read amplification': times(ours),
          'read amplification, rival': times(rival),
          documents: ours.documents,
          'late documents': ours.late,
          windows: ours.windows,
          'windows read again': ours.again,
          'windows read again, rival': rival.again,
        }),
      ];
    } finally {
      await client.close();
      await store.close();
      await server.stop();
    }
  },
};
