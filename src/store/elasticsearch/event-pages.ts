/**
 * Pages of a search as of one moment, through a point in time.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { estypes } from '@elastic/elasticsearch';
import { AppError } from '../../domain/error.js';
import type { Cluster } from './cluster.js';
import type { Reach } from './event-reach.js';

/** What to read. */
export interface PagesRequest {
  readonly index: readonly string[];
  /** Read one after the other, as of one moment. */
  readonly parts: readonly PagesPart[];
  /** Called at that moment: what cannot be reached then lacks in all pages. */
  readonly onOpen?: () => Promise<void>;
}

/** What is asked for in one way. */
export interface PagesPart {
  readonly query: estypes.QueryDslQueryContainer;
  readonly fields: estypes.QueryDslFieldAndFormat[];
}

/** Hits in a page: as many as are wanted, or fewer where an index or the cluster allows no more. */
export class PageSize {
  private current: number;

  /** @param onFewer hears how many hits a page has from now on, and which answer asks for it */
  constructor(
    wanted: number,
    private readonly onFewer?: (size: number, answer: string) => void,
  ) {
    this.current = wanted;
  }

  get now(): number {
    return this.current;
  }

  /** Whether a failure of a page of `size` is one of its size, and smaller pages are asked for from now on. */
  yieldsTo(error: unknown, size: number): boolean {
    if (size <= 1 || !(error instanceof AppError)) return false;
    if (error.code !== 'too_large' && !error.message.includes('max_result_window')) return false;
    const fewer = Math.ceil(size / 2);
    if (fewer < this.current) {
      this.current = fewer;
      this.onFewer?.(fewer, error.message);
    }
    return true;
  }
}

/** In which portions to read it. */
export interface Paging {
  readonly size: PageSize;
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
  reach: Reach,
  request: PagesRequest,
  paging: Paging,
  signal?: AbortSignal,
): AsyncGenerator<readonly estypes.SearchHit[]> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const pit = new PointInTime(cluster, reach, paging.size, anyOf(stop.signal, signal));
  await pit.open(request.index);
  const under: SlicePages[] = [];
  try {
    await request.onOpen?.();
    for (const part of request.parts) yield* pagesOf(pit, part, paging, under, signal);
  } finally {
    stop.abort();
    await Promise.all(under.map((slice) => slice.settled()));
    // What was read is good, and a failure tells more, than that it could not be closed: it expires by itself.
    await pit.close().catch(() => undefined);
  }
}

/** @param under is given the slices that are read */
async function* pagesOf(
  pit: PointInTime,
  part: PagesPart,
  { slices }: Paging,
  under: SlicePages[],
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly estypes.SearchHit[]> {
  let reading = Array.from(
    { length: slices },
    (_, id) => new SlicePages(pit, part, { id: String(id), max: slices }),
  );
  under.push(...reading);
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
}

/** The pages of one slice, of which the next one is always under way. */
class SlicePages {
  private next: Promise<Page> | undefined;

  constructor(
    private readonly pit: PointInTime,
    private readonly part: PagesPart,
    private readonly slice: estypes.SlicedScroll,
  ) {
    this.fetch(undefined);
  }

  get isDone(): boolean {
    return this.next === undefined;
  }

  /** The page under way; the one after it is under way from now on. */
  async take(): Promise<estypes.SearchHit[]> {
    const { hits, isLast } = (await this.next) ?? { hits: [], isLast: true };
    if (isLast) this.next = undefined;
    else this.fetch(hits.at(-1)?.sort);
    return hits;
  }

  async settled(): Promise<void> {
    await this.next?.catch(() => undefined);
  }

  private fetch(after: estypes.SortResults | undefined): void {
    this.next = this.pit.page(this.part, this.slice, after);
    // A failure is thrown when the page is asked for; until then it must not count as unhandled.
    this.next.catch(() => undefined);
  }
}

interface Page {
  readonly hits: estypes.SearchHit[];
  readonly isLast: boolean;
}

class PointInTime {
  private id = '';

  constructor(
    private readonly cluster: Cluster,
    private readonly reach: Reach,
    private readonly size: PageSize,
    private readonly signal: AbortSignal,
  ) {}

  /** Not abortable: an answer lost on the way would leave a point in time that nobody closes. */
  async open(index: readonly string[]): Promise<void> {
    const { reach } = this;
    const { id } = await reach.ask(() =>
      this.cluster.ask('open a point in time', (client) =>
        client.openPointInTime({
          index: reach.of(index),
          keep_alive: KEEP_ALIVE,
          ignore_unavailable: true,
        }),
      ),
    );
    this.id = id;
  }

  /** A page, in a smaller size where it is too large for an index or an answer. */
  async page(
    part: PagesPart,
    slice: estypes.SlicedScroll,
    after: estypes.SortResults | undefined,
  ): Promise<Page> {
    for (;;) {
      const size = this.size.now;
      try {
        const hits = await this.search(part, size, slice, after);
        return { hits, isLast: hits.length < size };
      } catch (error) {
        if (!this.size.yieldsTo(error, size)) throw error;
      }
    }
  }

  private async search(
    { query, fields }: PagesPart,
    size: number,
    slice: estypes.SlicedScroll,
    after: estypes.SortResults | undefined,
  ): Promise<estypes.SearchHit[]> {
    const answer = await this.cluster.ask(
      'read events',
      (client) =>
        client.search(
          {
            pit: { id: this.id, keep_alive: KEEP_ALIVE },
            query,
            fields,
            _source: false,
            size,
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
    this.reach.note(answer);
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
