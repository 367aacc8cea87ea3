/**
 * Pages of a search as of one moment, through a point in time.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { estypes } from '@elastic/elasticsearch';
import type { Cluster } from './cluster.js';

/** What to read. */
export interface PagesRequest {
  readonly index: string[];
  readonly query: estypes.QueryDslQueryContainer;
  readonly fields: estypes.QueryDslFieldAndFormat[];
}

/** In which portions to read it. */
export interface Paging {
  /** Hits in a page. */
  readonly size: number;
  /** Parts that are read side by side; each has at most two pages in memory. */
  readonly slices: number;
}

/**
 * How long Elasticsearch keeps the point in time after each page: as long as a slow reader may take over
 * one. At the lowest bound of what may be read that is 100 s, and twice that with a window read ahead.
 */
const KEEP_ALIVE = '10m';

/**
 * All hits, in pages, in the order of the shards; of several slices, one page of each in turn, so that
 * the order depends on no timing. While a page is worked on, the next one of each slice is fetched, and
 * no more than that. The point in time is closed whatever happens.
 */
export async function* readPages(
  cluster: Cluster,
  request: PagesRequest,
  { size, slices }: Paging,
  signal?: AbortSignal,
): AsyncGenerator<readonly estypes.SearchHit[]> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const pit = new PointInTime(cluster, request, size, anyOf(stop.signal, signal));
  await pit.open();
  let reading = Array.from(
    { length: slices },
    (_, id) => new SlicePages(pit, size, { id: String(id), max: slices }),
  );
  try {
    while (reading.length > 0) {
      for (const slice of reading) {
        const hits = await slice.take();
        // The request for the next page goes out now; else it would wait until this one has been worked on.
        await turn();
        signal?.throwIfAborted();
        if (hits.length > 0) yield hits;
      }
      reading = reading.filter(({ isDone }) => !isDone);
    }
  } finally {
    stop.abort();
    await Promise.all(reading.map((slice) => slice.settled()));
    // What was read is good, and a failure tells more, than that it could not be closed: it expires by itself.
    await pit.close().catch(() => undefined);
  }
}

/** The pages of one slice, of which the next one is always under way. */
class SlicePages {
  private next: Promise<estypes.SearchHit[]> | undefined;

  constructor(
    private readonly pit: PointInTime,
    private readonly size: number,
    private readonly slice: estypes.SlicedScroll,
  ) {
    this.fetch(undefined);
  }

  get isDone(): boolean {
    return this.next === undefined;
  }

  /** The page under way; the one after it is under way from now on. */
  async take(): Promise<estypes.SearchHit[]> {
    const hits = (await this.next) ?? [];
    if (hits.length < this.size) this.next = undefined;
    else this.fetch(hits.at(-1)?.sort);
    return hits;
  }

  async settled(): Promise<void> {
    await this.next?.catch(() => undefined);
  }

  private fetch(after: estypes.SortResults | undefined): void {
    this.next = this.pit.page(this.slice, after);
    // A failure is thrown when the page is asked for; until then it must not count as unhandled.
    this.next.catch(() => undefined);
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

  async page(
    slice: estypes.SlicedScroll,
    after: estypes.SortResults | undefined,
  ): Promise<estypes.SearchHit[]> {
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
            ...(slice.max > 1 ? { slice } : {}),
            ...(after === undefined ? {} : { search_after: after }),
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
