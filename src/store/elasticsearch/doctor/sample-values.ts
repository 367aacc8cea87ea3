/**
 * All fields of sampled documents with their values, whatever they are called and mapped as.
 */
import type { estypes } from '@elastic/elasticsearch';
import type { Examination } from './examination.js';

/** Values by field, of some documents. */
export interface SampleValues {
  /** First value of each document that has the field. */
  readonly fields: ReadonlyMap<string, readonly unknown[]>;
  /** Fields that are mapped as dates. */
  readonly dates: ReadonlySet<string>;
  readonly documents: number;
  /** Whether the documents themselves are kept. */
  readonly hasSource: boolean;
}

const DOCUMENTS = 50;

/** Looks at some of the documents once more, for all that they have. */
export async function valuesOf(
  { cluster, indices }: Examination,
  hits: readonly estypes.SearchHit[],
): Promise<SampleValues> {
  const chosen = hits.slice(0, DOCUMENTS);
  const index = [...new Set(chosen.map(({ _index }) => _index))];
  const answer = await cluster.ask('look at all fields of some documents', (client) =>
    client.search({
      index: [...indices],
      ignore_unavailable: true,
      size: DOCUMENTS,
      query: {
        bool: {
          filter: [{ ids: { values: chosen.map(({ _id }) => _id ?? '') } }, { terms: { _index: index } }],
        },
      },
      fields: [{ field: '*', include_unmapped: true }],
      _source: true,
    }),
  );
  const { hits: found } = answer.hits;
  const fields = new Map<string, unknown[]>();
  for (const hit of found) {
    for (const [field, value] of Object.entries((hit.fields ?? {}) as Record<string, unknown>)) {
      const first: unknown = Array.isArray(value) ? value[0] : value;
      const known = fields.get(field);
      if (known) known.push(first);
      else fields.set(field, [first]);
    }
  }
  return {
    fields,
    dates: await datesOf({ cluster, index }),
    documents: found.length,
    hasSource: found.some(({ _source }) => _source !== undefined),
  };
}

async function datesOf({
  cluster,
  index,
}: {
  readonly cluster: Examination['cluster'];
  readonly index: readonly string[];
}): Promise<ReadonlySet<string>> {
  if (index.length === 0) return new Set();
  const { fields } = await cluster.ask('look at the mappings', (client) =>
    client.fieldCaps({ index: [...index], fields: ['*'], ignore_unavailable: true }),
  );
  const isDate = (types: object): boolean => 'date' in types || 'date_nanos' in types;
  return new Set(Object.keys(fields).filter((field) => isDate(fields[field]!)));
}
