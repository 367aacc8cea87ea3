/**
 * Questions about the events of a job that aggregate or sort by time: asked of each group of indices
 * by the times that it maps as dates, so that an index that does not spoils no other's answer.
 */
import type { estypes } from '@elastic/elasticsearch';
import { AppError } from '../../domain/error.js';
import type { Cluster } from './cluster.js';
import { TIME_FIELDS, type EventMapping, type TimeField } from './event-mapping.js';
import { inIndices } from './event-query.js';
import type { Reach } from './event-reach.js';

/** Indices that are asked alike. */
export interface Scope {
  readonly index: readonly string[];
  /** Times that are dates there. */
  readonly times: readonly TimeField[];
  /** Indices among them that are left to other scopes. */
  readonly except: readonly string[];
}

/** The scopes of a job: one, as a rule. Indices without any time that is a date are in none. */
export function scopesOf(index: readonly string[], { undated }: EventMapping): Scope[] {
  const except = [...new Set(TIME_FIELDS.flatMap((field) => undated[field]))];
  const others = TIME_FIELDS.map((field) => ({
    index: except.filter((name) => !undated[field].includes(name)),
    times: [field],
    except: [],
  }));
  return [{ index, times: TIME_FIELDS, except }, ...others.filter((scope) => scope.index.length > 0)];
}

/** Indices whose documents have no time that windows could be cut by. */
export function timeless({ undated }: EventMapping): string[] {
  return undated['@timestamp'].filter((name) => undated['event.end'].includes(name));
}

/**
 * Answer of a search. It is whole, but for the indices that cannot be reached, and for those that the scope
 * leaves to others: these may fail.
 * @throws AppError where anything else of it is missing
 */
export async function searchIn(
  { cluster, reach }: Asked,
  what: string,
  { index, except }: Scope,
  { query, ...request }: estypes.SearchRequest,
): Promise<estypes.SearchResponse> {
  const left = inIndices(except);
  const answer = await reach.ask(() =>
    cluster.ask(what, (client) =>
      client.search({
        index: reach.of(index),
        ignore_unavailable: true,
        allow_partial_search_results: except.length > 0,
        track_total_hits: false,
        query: left.length === 0 ? query! : { bool: { filter: query!, must_not: left } },
        ...request,
      }),
    ),
  );
  reach.note(answer);
  const failure = answer._shards.failures?.find(({ index }) => !except.includes(index ?? ''));
  if (failure === undefined) return answer;
  const { type, reason } = failure.reason;
  throw new AppError(
    'store_unavailable',
    `could not ${what} in ${failure.index ?? 'an index'}: ${reason ?? type}`,
    { retryable: true },
  );
}

/**
 * Finds out which remote clusters do not answer. Only a search tells: a point in time is opened without them
 * in silence.
 */
export async function lookAtRemotes({ cluster, reach }: Asked, indices: readonly string[]): Promise<void> {
  const index = indices.filter((name) => name.includes(':') && !name.startsWith('-'));
  if (index.length === 0) return;
  const answer = await cluster.ask('ask the remote clusters', (client) =>
    client.search({
      index,
      ignore_unavailable: true,
      size: 0,
      terminate_after: 1,
      track_total_hits: false,
    }),
  );
  reach.note(answer);
}

/** Whom to ask, and what of it cannot be asked. */
export interface Asked {
  readonly cluster: Cluster;
  readonly reach: Reach;
}
