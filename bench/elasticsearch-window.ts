/**
 * Windows of a real Elasticsearch to scores, as a share of merely reading the same fields, and what
 * either costs the client and the cluster.
 */
import type { Client } from '@elastic/elasticsearch';
import { parseConfig } from '../src/config/load.js';
import type { Config } from '../src/config/schema.js';
import { systemClock } from '../src/domain/clock.js';
import type { Window } from '../src/domain/window.js';
import { ECS_FIELDS } from '../src/normalize/ecs-fields.js';
import { WindowDetector } from '../src/job/detect.js';
import { gatherHistory, readWindows, type HistoryParts } from '../src/job/history.js';
import { ReadAhead } from '../src/job/read-ahead.js';
import { SiteEngines } from '../src/job/sites.js';
import { eventsIn } from '../src/store/elasticsearch/event-query.js';
import { openElasticsearchStore, type ElasticsearchStore } from '../src/store/elasticsearch/open.js';
import { INDEX, startLogServer, type LogServer } from './elasticsearch-log.js';
import { resultOf, type Benchmark, type BenchResult } from './report.js';
import { configuredNormalizer } from '../src/job/configured-normalizer.js';

const EVENTS = 1_000_000;
const HOSTS = 900;
const PAGE = 10_000;
const ROUNDS = 2;
const HOUR_MS = 3_600_000;

type Select = { readonly fields: string[] } | { readonly docvalue_fields: string[] };

/** Reads all pages of a window one after the other. @returns bytes that came, where `weigh` is set */
async function bareRead(client: Client, window: Window, select: Select, weigh = false): Promise<number> {
  let { id } = await client.openPointInTime({ index: INDEX, keep_alive: '1m' });
  let after: unknown[] | undefined;
  let bytes = 0;
  for (;;) {
    const answer = await client.search({
      pit: { id, keep_alive: '1m' },
      query: eventsIn(window),
      ...select,
      _source: false,
      size: PAGE,
      sort: [{ _shard_doc: 'asc' }],
      track_total_hits: false,
      ...(after ? { search_after: after as string[] } : {}),
    });
    if (weigh) bytes += Buffer.byteLength(JSON.stringify(answer));
    id = answer.pit_id ?? id;
    const { hits } = answer.hits;
    if (hits.length < PAGE) break;
    after = hits.at(-1)!.sort;
  }
  await client.closePointInTime({ id });
  return bytes;
}

/** What one pass over all windows took. */
interface Cost {
  readonly seconds: number;
  readonly clientCpu: number;
  readonly serverCpu: number;
}

async function costOf(server: LogServer, pass: () => Promise<void>): Promise<Cost> {
  const serverBefore = await server.cpuSeconds();
  const before = process.cpuUsage();
  const start = process.hrtime.bigint();
  await pass();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(before);
  return { seconds, clientCpu: (user + system) / 1e6, serverCpu: (await server.cpuSeconds()) - serverBefore };
}

/** Detects in windows that a store reads, with a model learned from its first part. */
class Ours {
  private constructor(
    private readonly config: Config,
    private readonly parts: HistoryParts,
    private readonly model: ConstructorParameters<typeof WindowDetector>[2],
  ) {}

  static async learned(store: ElasticsearchStore, config: Config, range: Window): Promise<Ours> {
    const parts: HistoryParts = {
      events: store.events,
      windowLengthMs: config.schedule.windowLength,
      options: config,
      normalizer: () => configuredNormalizer(config, config.schedule.windowLength, systemClock.now()),
    };
    const trainer = await gatherHistory(parts, range, new SiteEngines(config.features));
    return new Ours(config, parts, trainer.fit(config.job, systemClock.now(), true));
  }

  /** The same model over another store of the same documents. */
  reading(store: ElasticsearchStore): Ours {
    return new Ours(this.config, { ...this.parts, events: store.events }, this.model);
  }

  async run(windows: readonly Window[]): Promise<void> {
    const { config, parts, model } = this;
    const detector = new WindowDetector(config.job, new SiteEngines(config.features), model, config.decide);
    const events = new ReadAhead(
      parts.events,
      windows.map((window) => ({ window })),
    );
    for (const window of windows) {
      for (const site of await readWindows({ ...parts, events }, window)) detector.detect(site);
    }
    await events.close();
  }
}

/** All costs of the passes by name, a round after the other, so that a busy moment meets them all. */
async function rounds(
  server: LogServer,
  passes: Readonly<Record<string, () => Promise<void>>>,
): Promise<Record<string, Cost[]>> {
  const costs: Record<string, Cost[]> = Object.fromEntries(Object.keys(passes).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, pass] of Object.entries(passes)) costs[name]!.push(await costOf(server, pass));
  }
  return costs;
}

function compared(subject: string, rival: string, costs: Record<string, Cost[]>, more: object): BenchResult {
  const [ours, bare] = [costs[subject]!, costs[rival]!];
  const least = (of: (cost: Cost) => number, list: Cost[]): number => Math.min(...list.map(of));
  const each = (seconds: number): number => Math.round((seconds / EVENTS) * 1e8) / 100;
  return resultOf(
    { name: 'elasticsearch-window', subject, rival, unit: 'time' },
    ours.map(({ seconds }) => seconds),
    bare.map(({ seconds }) => seconds),
    {
      'events/s': Math.round(EVENTS / least(({ seconds }) => seconds, ours)),
      'client CPU µs/event': each(least(({ clientCpu }) => clientCpu, ours)),
      'client CPU µs/event, rival': each(least(({ clientCpu }) => clientCpu, bare)),
      'cluster CPU µs/event': each(least(({ serverCpu }) => serverCpu, ours)),
      'cluster CPU µs/event, rival': each(least(({ serverCpu }) => serverCpu, bare)),
      ...more,
    },
  );
}

async function bytesPerEvent(client: Client, [window]: readonly Window[], select: Select): Promise<number> {
  const { count } = await client.count({ index: INDEX, query: eventsIn(window!) });
  return Math.round((await bareRead(client, window!, select, true)) / count);
}

export const elasticsearchWindow: Benchmark = {
  name: 'elasticsearch-window',
  about: `${String(EVENTS)} connections out of a real Elasticsearch, by the hour, to scores, against reading the same fields alone; by one slice and two, as fields and as doc values`,
  async run(): Promise<BenchResult[]> {
    const server = await startLogServer(EVENTS, HOSTS);
    const config = parseConfig('schedule: { windowLength: 1h }', 'bench');
    const open = (slices: number): ElasticsearchStore => {
      const options = { nodes: [server.url], indices: [INDEX], fields: ECS_FIELDS, requestTimeoutMs: 60_000 };
      return openElasticsearchStore({ ...options, slices }, systemClock);
    };
    const [whole, halves] = [open(1), open(2)];
    const { client, range } = server;
    try {
      const windows = (await whole.events.count(range, HOUR_MS)).map(({ window }) => window);
      const learnedFrom = { start: range.start, end: windows[Math.ceil(windows.length / 4)]!.end };
      // Learning warms up the reading too.
      const ours = await Ours.learned(whole, config, learnedFrom);
      const fields: Select = { fields: [...ECS_FIELDS] };
      const values: Select = { docvalue_fields: [...ECS_FIELDS] };
      const bare = (select: Select) => async () => {
        for (const window of windows) await bareRead(client, window, select);
      };
      const costs = await rounds(server, {
        'bare-read': bare(fields),
        'window to scores': () => ours.run(windows),
        'window to scores, two slices': () => ours.reading(halves).run(windows),
        'bare read of doc values': bare(values),
      });
      const weights = {
        'bytes/event': await bytesPerEvent(client, windows, fields),
        'bytes/event, doc values': await bytesPerEvent(client, windows, values),
        windows: windows.length,
      };
      return [
        compared('window to scores', 'bare-read', costs, weights),
        compared('window to scores, two slices', 'window to scores', costs, {}),
        compared('bare read of doc values', 'bare-read', costs, {}),
      ];
    } finally {
      await whole.close();
      await halves.close();
      await server.stop();
    }
  },
};
