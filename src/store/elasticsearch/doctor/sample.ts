/**
 * A random sample of each source among the logs, read as a window would read it.
 */
import type { estypes } from '@elastic/elasticsearch';
import { steadySource } from '../../../domain/source-name.js';
import { addCoverage, emptyCoverage, type SourceCoverage } from '../../../domain/coverage.js';
import type { EventTable } from '../../../domain/events.js';
import { HitReader, requestedFields } from '../event-hits.js';
import { eventsIn } from '../event-query.js';
import type { LogExamination } from './examination.js';

type Query = estypes.QueryDslQueryContainer;

/** A data set, or an index where documents name none, and what became of some of its documents. */
export interface SourceSample {
  /** Data set, or what the index is a part of. */
  readonly name: string;
  /** Names it in a filter: the data set, else nothing. */
  readonly dataset?: string;
  /** Documents of it in the time that is looked at. */
  readonly documents: number;
  readonly hits: readonly estypes.SearchHit[];
  /** What the normalizer made of them. */
  readonly coverage: SourceCoverage;
  readonly tables: readonly EventTable[];
}

/** An examination with what is known of its sources. */
export interface SampledExamination extends LogExamination {
  readonly samples: readonly SourceSample[];
}

const MAX_SOURCES = 20;
const SAMPLE = 200;

interface Group {
  readonly name: string;
  readonly dataset?: string;
  readonly documents: number;
  readonly query: Query;
}

/** Samples of the largest sources. */
export async function sampleSources(examination: LogExamination): Promise<SourceSample[]> {
  const samples: SourceSample[] = [];
  for (const group of await groupsOf(examination)) {
    const { query, ...named } = group;
    const hits = await hitsOf(examination, query);
    samples.push({ ...named, hits, ...understood(examination, group.name, hits) });
  }
  return samples;
}

/** By data set where documents name one that can be counted by, the others by their index. */
async function groupsOf(examination: LogExamination): Promise<Group[]> {
  const { names } = examination.selection;
  const field = names.inLogs('event.dataset');
  const named: Query = { exists: { field } };
  const byDataset = (await isCountable(examination, field))
    ? await bucketsOf(examination, field, { filter: [named] })
    : [];
  const rest = byDataset.length === 0 ? {} : { must_not: [named] };
  const byIndex = new Map<string, { documents: number; indices: string[] }>();
  for (const { key, doc_count } of await bucketsOf(examination, '_index', rest)) {
    const name = steadySource(key);
    const known = byIndex.get(name) ?? { documents: 0, indices: [] };
    byIndex.set(name, { documents: known.documents + doc_count, indices: [...known.indices, key] });
  }
  const groups = [
    ...byDataset.map(({ key, doc_count }) => ({
      name: key,
      dataset: key,
      documents: doc_count,
      query: { term: { [field]: key } },
    })),
    ...[...byIndex].map(([name, { documents, indices }]) => ({
      name,
      documents,
      query: { bool: { filter: { terms: { _index: indices } }, ...rest } },
    })),
  ];
  return groups.sort((a, b) => b.documents - a.documents).slice(0, MAX_SOURCES);
}

/** Whether all indices that map the field can count by it. */
async function isCountable({ cluster, indices }: LogExamination, field: string): Promise<boolean> {
  const { fields } = await cluster.ask('look at the mappings', (client) =>
    client.fieldCaps({ index: [...indices], fields: [field], ignore_unavailable: true }),
  );
  const types = Object.values(fields[field] ?? {});
  return types.length > 0 && types.every(({ type, aggregatable }) => aggregatable || type === 'unmapped');
}

interface Bucket {
  readonly key: string;
  readonly doc_count: number;
}

async function bucketsOf(
  { cluster, indices, range, selection }: LogExamination,
  field: string,
  { filter = [], must_not = [] }: { filter?: Query[]; must_not?: Query[] },
): Promise<readonly Bucket[]> {
  const answer = await cluster.ask('look at the sources', (client) =>
    client.search({
      index: [...indices],
      ignore_unavailable: true,
      size: 0,
      query: { bool: { filter: [eventsIn(range, selection), ...filter], must_not } },
      aggs: { sources: { terms: { field, size: MAX_SOURCES } } },
    }),
  );
  const { sources } = (answer.aggregations ?? {}) as { sources?: { buckets?: readonly Bucket[] } };
  return sources?.buckets ?? [];
}

async function hitsOf(
  { cluster, indices, range, selection, fields }: LogExamination,
  query: Query,
): Promise<readonly estypes.SearchHit[]> {
  const answer = await cluster.ask('sample the sources', (client) =>
    client.search({
      index: [...indices],
      ignore_unavailable: true,
      size: SAMPLE,
      track_total_hits: false,
      query: {
        function_score: {
          query: { bool: { filter: [eventsIn(range, selection), query] } },
          functions: [{ random_score: {} }],
        },
      },
      fields: requestedFields(fields, selection.names, selection.mapping, true),
      _source: false,
    }),
  );
  return answer.hits.hits;
}

/** Through the same reader and normalizer as a window. */
function understood(
  { selection: { names, mapping }, fields, normalizer: make }: LogExamination,
  name: string,
  hits: readonly estypes.SearchHit[],
): Pick<SourceSample, 'coverage' | 'tables'> {
  const normalizer = make();
  for (const batch of new HitReader(fields, names, mapping).batchesOf(hits)) normalizer.add(batch);
  const tables = normalizer.close(Infinity).map(({ events }) => events);
  const coverage = emptyCoverage(name);
  for (const source of normalizer.coverage()) addCoverage(coverage, source);
  return { coverage, tables };
}
