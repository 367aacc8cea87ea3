/**
 * Indices that do not map what their documents hold: a data stream at its limit of fields, `dynamic: false`.
 * Their fields are read from the documents, which costs more, so of them alone.
 */
import type { estypes } from '@elastic/elasticsearch';
import type { Cluster } from './cluster.js';
import { flatten } from './event-fields.js';
import { allEvents, type Selection } from './event-query.js';
import type { Reach } from './event-reach.js';

/** Documents of each index that are looked at, of so many that are found in a shard. */
const SAMPLE = 8;
const LOOKED_AT = 400;
const MAX_INDICES = 1_000;

/** What is asked. */
export interface SourcedParts {
  readonly cluster: Cluster;
  readonly reach: Reach;
  readonly indices: readonly string[];
  readonly selection: Selection;
  /** ECS fields that are read. */
  readonly fields: readonly string[];
}

/** The indices, by name: those with documents that list a field as ignored, and by a sample. */
export async function sourcedIndices(parts: SourcedParts): Promise<string[]> {
  return [...new Set([...(await listed(parts)), ...(await sampled(parts))])].sort();
}

/** Documents keep the names of what was not indexed; of a whole object where none of it is mapped. */
async function listed({ selection, fields, ...parts }: SourcedParts): Promise<string[]> {
  const names = fields.filter((field) => !field.includes('*')).map(selection.names.inLogs);
  const answer = await search(parts, {
    query: allEvents(selection, { terms: { _ignored: withParents(names) } }),
    aggs: { indices: { terms: { field: '_index', size: MAX_INDICES } } },
  });
  return bucketsOf(answer).map(({ key }) => key);
}

/** Where a document has a field that is asked for, and the answer of its index does not. */
async function sampled({ selection, fields, ...parts }: SourcedParts): Promise<string[]> {
  const asked = [...new Set(fields.map(selection.names.inLogs))];
  const top_hits = { size: SAMPLE, _source: asked, fields: asked };
  const answer = await search(parts, {
    query: allEvents(selection),
    aggs: { indices: { terms: { field: '_index', size: MAX_INDICES }, aggs: { top: { top_hits } } } },
  });
  return bucketsOf(answer)
    .filter(({ top }) => top.hits.hits.some(isLacking))
    .map(({ key }) => key);
}

interface Bucket {
  readonly key: string;
  readonly top: { readonly hits: { readonly hits: readonly estypes.SearchHit[] } };
}

function bucketsOf({ aggregations }: estypes.SearchResponse): readonly Bucket[] {
  const { indices } = (aggregations ?? {}) as { indices?: { readonly buckets: readonly Bucket[] } };
  return indices?.buckets ?? [];
}

function isLacking({
  _source: source,
  fields = {},
  ignored_field_values: ignored = {},
}: estypes.SearchHit): boolean {
  const told = { ...flatten(fields as Record<string, unknown>), ...ignored };
  const held = flatten((source ?? {}) as Record<string, unknown>);
  return Object.entries(held).some(([name, values]) => values.length > 0 && told[name] === undefined);
}

function search(
  { cluster, reach, indices }: Omit<SourcedParts, 'selection' | 'fields'>,
  request: estypes.SearchRequest,
): Promise<estypes.SearchResponse> {
  return reach.ask(
    () =>
      cluster.ask('look at what is mapped', (client) =>
        client.search({
          index: reach.of(indices),
          ignore_unavailable: true,
          // What some index cannot answer, such as one with odd times, is not looked for there.
          allow_partial_search_results: true,
          size: 0,
          terminate_after: LOOKED_AT,
          track_total_hits: false,
          ...request,
        }),
      ),
    false,
  );
}

/** Names with the objects that they lie in. */
export function withParents(names: readonly string[]): string[] {
  const all = new Set(names);
  for (const name of names) {
    for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1))
      all.add(name.slice(0, dot));
  }
  return [...all];
}
