/**
 * How many events each window has, by data stream or series of indices.
 */
import type { estypes } from '@elastic/elasticsearch';
import { windowStart, type Window } from '../../domain/window.js';
import type { WindowCount } from '../../collect/ports.js';
import { steadySource } from '../../collect/source-name.js';
import type { Cluster } from './cluster.js';
import { allEvents, timeOf, type Selection } from './event-query.js';
import { searchIn, type Scope } from './event-search.js';

/** Windows counted in one request, so that windows × indices stays below `search.max_buckets` (65,536). */
const WINDOWS_PER_REQUEST = 500;
const MAX_INDICES = 100;

/** Counts of the non-empty windows of `lengthMs` in `range`, oldest first. */
export async function countWindows(
  cluster: Cluster,
  scopes: readonly Scope[],
  selection: Selection,
  range: Window,
  lengthMs: number,
): Promise<WindowCount[]> {
  const counts: WindowCount[] = [];
  for (const part of partsOf(range, lengthMs)) {
    const byWindow = new Map<number, Record<string, number>>();
    for (const scope of scopes) {
      const request = requestFor(scope, selection, part, lengthMs);
      const answer = await searchIn(cluster, 'count events', scope, request);
      for (const group of Object.values(answer.aggregations ?? {}))
        addGroup(byWindow, group as unknown as Group);
    }
    for (const start of [...byWindow.keys()].sort((a, b) => a - b)) {
      counts.push(countOf({ start, end: start + lengthMs }, byWindow.get(start)!));
    }
  }
  return counts;
}

function* partsOf(range: Window, lengthMs: number): Generator<Window> {
  const stepMs = WINDOWS_PER_REQUEST * lengthMs;
  for (let start = windowStart(range.start, lengthMs); start < range.end; start += stepMs) {
    yield { start: Math.max(start, range.start), end: Math.min(start + stepMs, range.end) };
  }
}

function requestFor(
  { times }: Scope,
  selection: Selection,
  part: Window,
  lengthMs: number,
): estypes.SearchRequest {
  const filters = times.map((time) => timeOf(time, part, selection));
  const groups = times.map((time, i) => {
    const field = selection.names.inLogs(time);
    const windows = {
      date_histogram: { field, fixed_interval: `${String(lengthMs)}ms`, min_doc_count: 1 },
      aggs: { indices: { terms: { field: '_index', size: MAX_INDICES } } },
    };
    return [time, { filter: filters[i]!, aggs: { windows } }] as const;
  });
  const query = allEvents(selection, { bool: { should: filters, minimum_should_match: 1 } });
  return { size: 0, query, aggs: Object.fromEntries(groups) };
}

interface Group {
  readonly windows: {
    readonly buckets: readonly {
      readonly key: number;
      readonly indices: { readonly buckets: readonly { readonly key: string; readonly doc_count: number }[] };
    }[];
  };
}

function addGroup(byWindow: Map<number, Record<string, number>>, group: Group): void {
  for (const window of group.windows.buckets) {
    let counts = byWindow.get(window.key);
    if (counts === undefined) byWindow.set(window.key, (counts = {}));
    for (const { key, doc_count } of window.indices.buckets) {
      const source = steadySource(key);
      counts[source] = (counts[source] ?? 0) + doc_count;
    }
  }
}

function countOf(window: Window, bySource: Record<string, number>): WindowCount {
  return { window, bySource, total: Object.values(bySource).reduce((sum, count) => sum + count, 0) };
}
