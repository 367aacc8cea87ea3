/**
 * From when to when there are events. Asked by sorting, which Elasticsearch answers from the ends of its
 * index without a look at all documents.
 */
import type { estypes } from '@elastic/elasticsearch';
import type { RangeBounds } from '../../collect/ports.js';
import type { Window } from '../../domain/window.js';
import type { TimeField } from './event-mapping.js';
import { allEvents, timeOf, type Selection } from './event-query.js';
import { searchIn, type Asked, type Scope } from './event-search.js';

/** Longest span: a query asks for each week by itself. */
const LONGEST_MS = 3 * 366 * 86_400_000;

/**
 * Range of the events of a span, up to the newest before a time. Where there are none in the span before
 * that time itself, the newest one is looked for first.
 */
export async function rangeOf(
  asked: Asked,
  scopes: readonly Scope[],
  selection: Selection,
  { beforeMs = Infinity, spanMs = Infinity }: RangeBounds,
): Promise<Window | undefined> {
  const span = Math.min(spanMs, LONGEST_MS);
  const ends = (end: number): Promise<Window | undefined> =>
    edgesOf(asked, scopes, selection, { start: end - span, end });
  if (Number.isFinite(beforeMs)) {
    const recent = await ends(beforeMs);
    if (recent) return recent;
  }
  const newest = await newestBefore(asked, scopes, selection, beforeMs);
  return newest === undefined ? undefined : ends(newest + 1);
}

/** First and last event time of a range. */
async function edgesOf(
  asked: Asked,
  scopes: readonly Scope[],
  selection: Selection,
  range: Window,
): Promise<Window | undefined> {
  const edges = async (order: 'asc' | 'desc'): Promise<number[]> => {
    const times = eachTime(scopes).map(([scope, field]) =>
      edgeOf(asked, scope, selection, field, order, timeOf(field, range, selection)),
    );
    return (await Promise.all(times)).filter((time) => time !== undefined);
  };
  const [first, last] = await Promise.all([edges('asc'), edges('desc')]);
  if (first.length === 0 || last.length === 0) return undefined;
  return { start: Math.min(...first), end: Math.max(...last) + 1 };
}

/** The newest time before `beforeMs` that may decide a window. */
async function newestBefore(
  asked: Asked,
  scopes: readonly Scope[],
  selection: Selection,
  beforeMs: number,
): Promise<number | undefined> {
  const times = await Promise.all(
    eachTime(scopes).map(([scope, field]) => {
      const name = selection.names.inLogs(field);
      const before = Number.isFinite(beforeMs) ? { lt: beforeMs, format: 'epoch_millis' } : {};
      return edgeOf(asked, scope, selection, field, 'desc', { range: { [name]: before } });
    }),
  );
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function eachTime(scopes: readonly Scope[]): [Scope, TimeField][] {
  return scopes.flatMap((scope) => scope.times.map((field): [Scope, TimeField] => [scope, field]));
}

/** The first time of an order, in whole milliseconds. */
async function edgeOf(
  asked: Asked,
  scope: Scope,
  selection: Selection,
  field: TimeField,
  order: 'asc' | 'desc',
  filter: estypes.QueryDslQueryContainer,
): Promise<number | undefined> {
  const name = selection.names.inLogs(field);
  const answer = await searchIn(asked, 'find the range of events', scope, {
    query: allEvents(selection, filter),
    sort: [{ [name]: { order, unmapped_type: 'date', numeric_type: 'date' } }],
    size: 1,
    _source: false,
  });
  const time: unknown = answer.hits.hits[0]?.sort?.[0];
  return typeof time === 'number' ? time : undefined;
}
