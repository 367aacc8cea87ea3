/**
 * Windows of a real Elasticsearch to scores, as a share of merely reading the same fields.
 */
import { Client } from '@elastic/elasticsearch';
import { SampleQuarantine } from '../src/collect/quarantine.js';
import { parseConfig } from '../src/config/load.js';
import type { Config } from '../src/config/schema.js';
import { systemClock } from '../src/domain/clock.js';
import type { Window } from '../src/domain/window.js';
import { ECS_FIELDS } from '../src/normalize/ecs.js';
import { Normalizer } from '../src/normalize/normalizer.js';
import { WindowDetector } from '../src/pipeline/detect-window.js';
import { gatherHistory, readWindows, type HistoryParts } from '../src/pipeline/history.js';
import { SiteEngines } from '../src/pipeline/sites.js';
import { documentId, ecsDocument } from '../src/simulate/formats/record.js';
import { prepareLogStream } from '../src/store/elasticsearch/log-stream.js';
import { eventsIn } from '../src/store/elasticsearch/event-query.js';
import { openElasticsearchStore } from '../src/store/elasticsearch/open.js';
import { startElasticsearch } from '../test/elastic/server.js';
import { connections, START_MS } from './conn-log.js';
import { resultOf, timed, type Benchmark, type BenchResult } from './report.js';

const EVENTS = 240_000;
const HOSTS = 900;
const INDEX = 'logs-bench-default';
const PAGE = 10_000;
const ROUNDS = 5;
const HOUR_MS = 3_600_000;

/** Reads all pages of a window one after the other, and does nothing with them. */
async function bareRead(client: Client, window: Window): Promise<number> {
  const fields = [...ECS_FIELDS];
  let { id } = await client.openPointInTime({ index: INDEX, keep_alive: '1m' });
  let after: unknown[] | undefined;
  let count = 0;
  for (;;) {
    const answer = await client.search({
      pit: { id, keep_alive: '1m' },
      query: eventsIn(window),
      fields,
      _source: false,
      size: PAGE,
      sort: [{ _shard_doc: 'asc' }],
      track_total_hits: false,
      ...(after ? { search_after: after as string[] } : {}),
    });
    id = answer.pit_id ?? id;
    const { hits } = answer.hits;
    count += hits.length;
    if (hits.length < PAGE) break;
    after = hits.at(-1)!.sort;
  }
  await client.closePointInTime({ id });
  return count;
}

async function index(client: Client): Promise<Window> {
  let endMs = START_MS;
  for (const events of connections(EVENTS, HOSTS)) {
    const operations = events.flatMap((event) => [
      { create: { _index: INDEX, _id: documentId(event) } },
      ecsDocument(event),
    ]);
    endMs = Math.max(endMs, events.at(-1)!.endMs + 1);
    await client.bulk({ operations });
  }
  await client.indices.refresh({ index: INDEX });
  await client.indices.forcemerge({ index: INDEX });
  return { start: START_MS, end: endMs };
}

function normalizerOf(config: Config): () => Normalizer {
  return () =>
    new Normalizer({
      options: config.normalize,
      privacy: config.privacy,
      windowLengthMs: config.schedule.windowLength,
      quarantine: new SampleQuarantine(),
      referenceMs: systemClock.now(),
    });
}

export const elasticsearchWindow: Benchmark = {
  name: 'elasticsearch-window',
  about: `${String(EVENTS)} connections out of a real Elasticsearch, by the hour, to scores, against reading the same fields alone`,
  async run(): Promise<BenchResult[]> {
    // Pages of 10,000 documents in close succession trip the circuit breaker of a smaller heap.
    const server = await startElasticsearch({ heapMb: 2048 });
    const client = new Client({ node: server.url });
    const options = { nodes: [server.url], indices: [INDEX], fields: ECS_FIELDS, requestTimeoutMs: 60_000 };
    const store = openElasticsearchStore(options, systemClock);
    const config = parseConfig('schedule: { windowLength: 1h }', 'bench');
    const windowLengthMs = HOUR_MS;
    const parts: HistoryParts = {
      events: store.events,
      windowLengthMs,
      options: config,
      normalizer: normalizerOf(config),
    };
    try {
      await prepareLogStream(store.cluster, INDEX);
      const range = await index(client);
      const windows = (await store.events.count(range, windowLengthMs)).map(({ window }) => window);
      const trainer = await gatherHistory(parts, range, new SiteEngines(config.features));
      const model = trainer.fit(config.job, systemClock.now(), true);
      const ours: number[] = [];
      const bare: number[] = [];
      // The first round warms up and does not count.
      for (let round = 0; round <= ROUNDS; round++) {
        const rival = await timed(async () => {
          for (const window of windows) await bareRead(client, window);
        });
        const detector = new WindowDetector(
          config.job,
          new SiteEngines(config.features),
          model,
          config.decide,
        );
        const seconds = await timed(async () => {
          for (const window of windows) {
            for (const events of await readWindows(parts, window)) detector.detect(events);
          }
        });
        if (round === 0) continue;
        ours.push(seconds);
        bare.push(rival);
      }
      const names = { subject: 'window to scores', rival: 'bare-read', unit: 'time' };
      const detail = { 'events/s': Math.round(EVENTS / Math.min(...ours)), windows: windows.length };
      return [resultOf({ name: 'elasticsearch-window', ...names }, ours, bare, detail)];
    } finally {
      await store.close();
      await client.close();
      await server.stop();
    }
  },
};
