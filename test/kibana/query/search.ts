/**
 * Requests to Elasticsearch as plain JSON, so that what is sent is just what Kibana would send.
 */

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

/** Searches on a server. @param address such as `http://127.0.0.1:9200` */
export function searchOn(address: string): Search {
  return async (index, body) => {
    const url = `${address}/${encodeURIComponent(index)}/_search?ignore_unavailable=true&track_total_hits=true`;
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const response = await fetch(url, request).catch((error: unknown) => {
      throw new Error(`Elasticsearch at ${address} does not answer`, { cause: error });
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${index}: ${String(response.status)} ${text} for ${JSON.stringify(body)}`);
    return JSON.parse(text) as SearchAnswer;
  };
}
