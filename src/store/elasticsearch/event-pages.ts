/**
 * Pages of a search as of one moment, through a point in time.
 */
import type { estypes } from '@elastic/elasticsearch';
import type { Cluster } from './cluster.js';

/** What to read. */
export interface PagesRequest {
  readonly index: string[];
  readonly query: estypes.QueryDslQueryContainer;
  readonly fields: estypes.QueryDslFieldAndFormat[];
}

/** How long Elasticsearch keeps the point in time after each page: as long as a slow reader may take over one. */
const KEEP_ALIVE = '5m';

/**
 * All hits, in pages, in the order of the shards. While a page is worked on, the next one is
 * fetched, and no more than that. The point in time is closed whatever happens.
 */
export async function* readPages(
  cluster: Cluster,
  request: PagesRequest,
  size: number,
  signal?: AbortSignal,
): AsyncGenerator<readonly estypes.SearchHit[]> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const pages = new PointInTime(cluster, request, size, anyOf(stop.signal, signal));
  await pages.open();
  let next: Promise<estypes.SearchHit[]> | undefined = pages.next([]);
  try {
    while (next !== undefined) {
      const hits: estypes.SearchHit[] = await next;
      signal?.throwIfAborted();
      next = hits.length < size ? undefined : pages.next(hits.at(-1)?.sort);
      // A failure is thrown when the page is asked for; until then it must not count as unhandled.
      next?.catch(() => undefined);
      if (hits.length > 0) yield hits;
    }
  } finally {
    stop.abort();
    await next?.catch(() => undefined);
    // What was read is good, and a failure tells more, than that it could not be closed: it expires by itself.
    await pages.close().catch(() => undefined);
  }
}

class PointInTime {
  private id = '';

  constructor(
    private readonly cluster: Cluster,
    private readonly request: PagesRequest,
    private readonly size: number,
    private readonly signal: AbortSignal,
  ) {}

  /** Not abortable: an answer lost on the way would leave a point in time that nobody closes. */
  async open(): Promise<void> {
    const { id } = await this.cluster.ask('open a point in time', (client) =>
      client.openPointInTime({ index: this.request.index, keep_alive: KEEP_ALIVE, ignore_unavailable: true }),
    );
    this.id = id;
  }

  async next(after: estypes.SortResults | undefined): Promise<estypes.SearchHit[]> {
    const { query, fields } = this.request;
    const answer = await this.cluster.ask(
      'read events',
      (client) =>
        client.search(
          {
            pit: { id: this.id, keep_alive: KEEP_ALIVE },
            query,
            fields,
            _source: false,
            size: this.size,
            sort: [{ _shard_doc: 'asc' }],
            track_total_hits: false,
            allow_partial_search_results: false,
            ...(after === undefined || after.length === 0 ? {} : { search_after: after }),
          },
          { signal: this.signal },
        ),
      this.signal,
    );
    // Each answer may carry another id, and only the newest is good for the next page.
    this.id = answer.pit_id ?? this.id;
    return answer.hits.hits;
  }

  async close(): Promise<void> {
    await this.cluster.ask('close a point in time', (client) =>
      // One that has expired meanwhile is as good as closed.
      client.closePointInTime({ id: this.id }, { ignore: [404] }),
    );
  }
}

function anyOf(stop: AbortSignal, signal: AbortSignal | undefined): AbortSignal {
  return signal === undefined ? stop : AbortSignal.any([stop, signal]);
}
