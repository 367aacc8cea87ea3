import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Cluster } from '../../src/store/elasticsearch/cluster.js';
import { PageSize, readPages } from '../../src/store/elasticsearch/event-pages.js';
import { Reach } from '../../src/store/elasticsearch/event-reach.js';

/** A server in a thread of its own, so that it answers while this one is at work; counts searches in `asked`. */
const SERVER = `
  const { createServer } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const asked = new Int32Array(workerData);
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const isSearch = request.url.startsWith('/_search');
      const page = isSearch ? Atomics.add(asked, 0, 1) : 0;
      if (isSearch) Atomics.notify(asked, 0);
      response.setHeader('x-elastic-product', 'Elasticsearch');
      response.setHeader('content-type', 'application/vnd.elasticsearch+json;compatible-with=8');
      const hits = page < 3 ? [{ _index: 'logs', _id: String(page), sort: [page] }] : [];
      response.end(JSON.stringify(isSearch ? { pit_id: 'p', hits: { hits } } : { id: 'p', succeeded: true }));
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

describe('reading pages', () => {
  it('has the next page asked for before the one in hand is worked on', async () => {
    const asked = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(SERVER, { eval: true, workerData: asked.buffer });
    const [port] = (await once(worker, 'message')) as [number];
    const cluster = new Cluster({ nodes: [`http://127.0.0.1:${String(port)}`] });
    const waited: string[] = [];
    let pages = 0;
    const request = { index: ['logs'], parts: [{ query: { match_all: {} }, fields: [] }] };
    const paging = { size: new PageSize(1), slices: 1 };
    for await (const hits of readPages(cluster, new Reach(), request, paging)) {
      expect(hits).toHaveLength(1);
      pages++;
      // Work that gives nothing else a turn: what was not sent before is not sent until it ends.
      while (Atomics.load(asked, 0) <= pages) {
        const outcome = Atomics.wait(asked, 0, Atomics.load(asked, 0), 3_000);
        if (outcome === 'timed-out') {
          waited.push(`page ${String(pages)}: the next one was not asked for`);
          break;
        }
      }
    }
    await cluster.close();
    await worker.terminate();
    expect({ pages, waited }).toEqual({ pages: 3, waited: [] });
  }, 60_000);
});
