/**
 * Searches in Elasticsearch.
 */
import { loadConfig } from '../../../src/config/load.js';
import { Cluster } from '../../../src/store/elasticsearch/cluster.js';
import { clusterOptionsOf } from '../../../src/store/open-store.js';

/** One bucket, or the answer as a whole: sub-aggregations by name beside what it has itself. */
export interface Bucket {
  readonly key?: string | number;
  readonly key_as_string?: string;
  readonly doc_count: number;
  readonly [name: string]: unknown;
}

/** A document that was found. */
export interface Hit {
  readonly _id: string;
  readonly _index: string;
  readonly fields?: Readonly<Record<string, readonly unknown[]>>;
}

/** The part of the answer to `_search` that is read here. */
interface SearchAnswer {
  readonly hits: { readonly total: { readonly value: number }; readonly hits: readonly Hit[] };
  readonly aggregations?: Readonly<Record<string, unknown>>;
}

/** Asks an index expression. */
export type Search = (index: string, body: object) => Promise<SearchAnswer>;

/** Searches on a server, as whom the configuration says. @param address such as `http://127.0.0.1:9200` */
export function searchOn(address: string): Search {
  const environment = { ...process.env, ELKHOUND_ELASTICSEARCH_URL: address };
  const cluster = new Cluster(clusterOptionsOf(loadConfig({ environment })));
  return async (index, body) => {
    const request = { index, ignore_unavailable: true, track_total_hits: true, ...body };
    const answer = await cluster.ask(`search in ${index}`, (client) => client.search(request));
    return answer as unknown as SearchAnswer;
  };
}
