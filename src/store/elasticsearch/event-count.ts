/**
 * How many events each window has, by data stream or series of indices.
 */
import type { estypes } from '@elastic/elasticsearch';
import { windowStart, type Window } from '../../domain/window.js';
import { OTHER_SOURCES } from '../../domain/coverage.js';
import type { WindowCount } from '../../collect/ports.js';
import { steadySource } from '../../domain/source-name.js';
import { AppError } from '../../domain/error.js';
import { allEvents, timeOf, type Selection } from './event-query.js';
import { searchIn, type Asked, type Scope } from './event-search.js';

/** Windows counted in one request, as long as windows × indices stay below `search.max_buckets` (65,536). */
const WINDOWS_PER_REQUEST = 500;
/** More than a cluster has; it is bounded by its buckets. */
const MAX_INDICES = 10_000;

/** How many windows are counted in one request: fewer where there are too many indices to tell apart. */
export class CountStep {
  private windows = WINDOWS_PER_REQUEST;

  get now(): number {
    return this.windows;
  }

  /** Whether a failure is one of too many windows, and fewer are asked for from now on. */
  yieldsTo(error: unknown, windows: number): boolean {
    if (windows <= 1 || !(error instanceof AppError) || !error.message.includes('max_buckets')) return false;
    this.windows = Math.min(this.windows, Math.ceil(windows / 2));
    return true;
  }
}

/** Counts of the non-empty windows of `lengthMs` in `range`, oldest first. */
export async function countWindows(
  asked: Asked & { readonly step: CountStep },
  scopes: readonly Scope[],
  selection: Selection,
  range: Window,
  lengthMs: number,
): Promise<WindowCount[]> {
  const { step } = asked;
  const counts: WindowCount[] = [];
  for (let start = windowStart(range.start, lengthMs); start < range.end;) {
    const windows = step.now;
    const end = start + windows * lengthMs;
    const part = { start: Math.max(start, range.start), end: Math.min(end, range.end) };
    try {
      counts.push(...(await countPart(asked, scopes, selection, part, lengthMs)));
      start = end;
    } catch (error) {
      if (!step.yieldsTo(error, windows)) throw error;
    }
  }
  return counts;
}

async function countPart(
  asked: Asked,
  scopes: readonly Scope[],
  selection: Selection,
  part: Window,
  lengthMs: number,
): Promise<WindowCount[]> {
  const byWindow = new Map<number, Record<string, number>>();
  for (const scope of scopes) {
    const request = requestFor(scope, selection, part, lengthMs);
    const answer = await searchIn(asked, 'count events', scope, request);
    for (const group of Object.values(answer.aggregations ?? {}))
      addGroup(byWindow, group as unknown as Group);
  }
  return [...byWindow.keys()]
    .sort((a, b) => a - b)
    .map((start) => countOf({ start, end: start + lengthMs }, byWindow.get(start)!));
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
      readonly doc_count: number;
      readonly indices: { readonly buckets: readonly { readonly key: string; readonly doc_count: number }[] };
    }[];
  };
}

function addGroup(byWindow: Map<number, Record<string, number>>, group: Group): void {
  for (const window of group.windows.buckets) {
    let counts = byWindow.get(window.key);
    // Without a prototype, so that no name of a source meets what an object has anyway.
    if (counts === undefined)
      byWindow.set(window.key, (counts = Object.create(null) as Record<string, number>));
    let left = window.doc_count;
    for (const { key, doc_count } of window.indices.buckets) {
      const source = steadySource(key);
      counts[source] = (counts[source] ?? 0) + doc_count;
      left -= doc_count;
    }
    if (left > 0) counts[OTHER_SOURCES] = (counts[OTHER_SOURCES] ?? 0) + left;
  }
}

function countOf(window: Window, bySource: Record<string, number>): WindowCount {
  return { window, bySource, total: Object.values(bySource).reduce((sum, count) => sum + count, 0) };
}
