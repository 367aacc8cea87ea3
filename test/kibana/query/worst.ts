/** The entity that somebody would look into first. */
import type { Search } from './search.js';

/** The value of a field with the severest anomalies, and most of them, if there is one. */
export async function worstOf(
  search: Search,
  field: 'source.ip' | 'user.name',
  index = 'elkhound-anomalies-*',
): Promise<string | undefined> {
  const { aggregations } = await search(index, {
    size: 0,
    aggs: {
      worst: {
        terms: { field, size: 1, order: [{ severity: 'desc' }, { _count: 'desc' }] },
        aggs: { severity: { max: { field: 'event.severity' } } },
      },
    },
  });
  const { buckets } = (aggregations?.worst ?? {}) as {
    readonly buckets?: readonly { readonly key: string }[];
  };
  return buckets?.[0]?.key;
}
