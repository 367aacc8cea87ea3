/**
 * A real Elasticsearch that holds a log of connections, to read from.
 */
import { Client } from '@elastic/elasticsearch';
import type { Window } from '../src/domain/window.js';
import { documentId, ecsDocument } from '../src/simulate/formats/record.js';
import { Cluster } from '../src/store/elasticsearch/cluster.js';
import { prepareLogStream } from '../src/store/elasticsearch/log-stream.js';
import { startElasticsearch } from '../test/elastic/server.js';
import { connections, START_MS } from './conn-log.js';

export const INDEX = 'logs-bench-default';

/** A filled server. */
export interface LogServer {
  readonly url: string;
  readonly client: Client;
  /** Event time of the log. */
  readonly range: Window;
  /** Seconds of CPU that the server has used so far. */
  cpuSeconds(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a server and fills it with connections of an office of so many hosts. */
export async function startLogServer(events: number, hosts: number): Promise<LogServer> {
  // Pages of 10,000 documents side by side trip the circuit breaker of a smaller heap, which counts
  // garbage too, and these servers collect it late.
  const server = await startElasticsearch({ heapMb: 4096 });
  const client = new Client({ node: server.url, requestTimeout: 120_000 });
  const cluster = new Cluster({ nodes: [server.url] });
  await prepareLogStream(cluster, INDEX);
  await cluster.close();
  return {
    url: server.url,
    client,
    range: await fill(client, events, hosts),
    cpuSeconds: async () => {
      const { nodes } = await client.nodes.stats({ metric: 'process' });
      return Object.values(nodes).reduce(
        (sum, node) => sum + Number(node.process?.cpu?.total_in_millis) / 1000,
        0,
      );
    },
    stop: async () => {
      await client.close();
      await server.stop();
    },
  };
}

async function fill(client: Client, count: number, hosts: number): Promise<Window> {
  let endMs = START_MS;
  for (const events of connections(count, hosts)) {
    const operations = events.flatMap((event) => [
      { create: { _index: INDEX, _id: documentId(event) } },
      ecsDocument(event),
    ]);
    endMs = Math.max(endMs, events.at(-1)!.endMs + 1);
    await client.bulk({ operations });
  }
  await client.indices.refresh({ index: INDEX });
  await client.indices.forcemerge({ index: INDEX, max_num_segments: 1 });
  return { start: START_MS, end: endMs };
}
