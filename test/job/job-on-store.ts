/**
 * A job on a real embedded store that holds a real log, with faults injected through its ports.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { FileCollector } from '../../src/collect/collector.js';
import { SampleQuarantine } from '../../src/collect/quarantine.js';
import { parseConfig } from '../../src/config/load.js';
import type { Anomaly, EpisodeChange, WindowRecord } from '../../src/domain/anomaly.js';
import { ManualClock } from '../../src/domain/clock.js';
import { AppError } from '../../src/domain/error.js';
import { Ingester } from '../../src/feeds/ingest.js';
import { DetectionJob, type JobParts } from '../../src/job/job.js';
import { Health } from '../../src/observe/health.js';
import { JobLog } from '../../src/job/log.js';
import { JobRunner } from '../../src/job/runner.js';
import { ReadCheck } from '../../src/job/read-check.js';
import { openEmbeddedStore } from '../../src/store/embedded/open.js';
import type { EventStore } from '../../src/store/store.js';
import { configuredNormalizer } from '../../src/job/configured-normalizer.js';

/** The time of each process. */
export const NOW_MS = Date.UTC(2026, 10, 24);
/** Short windows make many of a short log. */
const CONFIG = parseConfig('schedule: { windowLength: 1m }', 'test.yml');

/** A store in a folder of its own. */
export interface FilledStore extends EventStore {
  destroy(): Promise<void>;
}

/** Reads a log into a new store. */
export async function storeWith(file: string): Promise<FilledStore> {
  const home = mkdtempSync(join(tmpdir(), 'elkhound-job-'));
  const store = await openEmbeddedStore({ home }, new ManualClock(NOW_MS));
  await ingest(store, file);
  const destroy = async (): Promise<void> => {
    await store.close();
    rmSync(home, { recursive: true });
  };
  return Object.assign(store, { destroy });
}

/** Reads a log into a store; the number of events that were new. */
export async function ingest(store: EventStore, file: string): Promise<number> {
  const collector = await FileCollector.open([file], CONFIG.collect);
  const quarantine = new SampleQuarantine();
  let fresh = 0;
  const ingester = new Ingester({
    sink: store.sink,
    privacy: CONFIG.privacy,
    quarantine,
    referenceMs: () => NOW_MS,
    timeZone: 'UTC',
    onIngested: (_source, { stored }) => (fresh += stored),
  });
  for await (const batch of collector.batches()) await ingester.add(batch);
  await ingester.flush();
  collector.close();
  return fresh;
}

/** What a process that works on a store is made of; each call is a new process. */
export interface Process {
  readonly runner: JobRunner;
  readonly job: DetectionJob;
  readonly records: WindowRecord[];
  /** Messages that it logged. */
  readonly lines: string[];
}

export type Announce = (changes: readonly EpisodeChange[]) => Promise<void>;

/** Keeps what was announced by the id that an alert has, as the notification log does. */
export function announcements(): { announce: Announce; seen: Map<string, number> } {
  const seen = new Map<string, number>();
  const announce: Announce = (changes) => {
    for (const { episode } of changes) seen.set(`${episode.id} ${episode.severity}`, episode.start);
    return Promise.resolve();
  };
  return { announce, seen };
}

/** Starts a job on the ports, which may be faulty. */
export function processOn(
  ports: Pick<JobParts, 'events' | 'results' | 'states' | 'models' | 'maxJournalChars' | 'notice'>,
  announce: Announce,
  windowsPerTick = 10,
  windowLengthMs = CONFIG.schedule.windowLength,
): Process {
  const clock = new ManualClock(NOW_MS);
  const records: WindowRecord[] = [];
  const lines: string[] = [];
  const write = (line: string): void => {
    lines.push((JSON.parse(line) as { msg: string }).msg);
  };
  const logger = pino({ level: 'info' }, { write });
  const log = new JobLog({ job: CONFIG.job, clock, logger });
  const job = new DetectionJob({
    ...ports,
    job: CONFIG.job,
    windowLengthMs,
    horizonMs: CONFIG.schedule.lateness,
    clock,
    options: CONFIG,
    onLearning: (progress) => {
      log.learning(progress);
    },
    normalizer: () => configuredNormalizer(CONFIG, windowLengthMs, NOW_MS),
    announce,
  });
  const runner = new JobRunner({
    name: CONFIG.job,
    job,
    events: ports.events,
    results: ports.results,
    clock,
    logger,
    log,
    readCheck: new ReadCheck({ job: CONFIG.job, check: 'logs', health: new Health(), logger }),
    queryDelayMs: CONFIG.schedule.queryDelay,
    historyMs: CONFIG.schedule.history,
    horizonMs: CONFIG.schedule.lateness,
    lateCheckMs: CONFIG.schedule.lateCheck,
    settleMs: 0,
    windowsPerTick,
    untilMs: Infinity,
    send: () => undefined,
    onWindow: (record) => records.push(record),
  });
  return { runner, job, records, lines };
}

const NEVER = new AbortController().signal;

/** Ticks until there is nothing more to do, as the scheduler would; a failed tick is followed by another. */
export async function runToEnd({ runner }: Process): Promise<void> {
  for (let failed = 0; failed < 100;) {
    try {
      while ((await runner.tick(NEVER)) === 'more');
      return;
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'store_unavailable')) throw error;
      failed++;
    }
  }
  throw new Error('the job never came to its end');
}

/** All anomalies of a store, by id. */
export async function anomaliesOf({ reader }: EventStore): Promise<Anomaly[]> {
  const { items, next } = await reader.anomalies({ sort: 'time', limit: 1000 });
  if (next !== null) throw new Error('more anomalies than a page holds');
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The port with calls that fail, before they reach it or after they were carried out. */
export function faulty<T extends object>(port: T, fails: () => 'before' | 'after' | undefined): T {
  return new Proxy(port, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        const fault = fails();
        if (fault === 'before') throw unavailable();
        const result = await (value as (...args: unknown[]) => Promise<unknown>).apply(target, args);
        if (fault === 'after') throw unavailable();
        return result;
      };
    },
  });
}

function unavailable(): AppError {
  return new AppError('store_unavailable', 'the store does not answer', { retryable: true });
}
