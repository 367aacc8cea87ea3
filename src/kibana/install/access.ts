/**
 * How the configured Kibana is reached.
 */
import type { Config } from '../../config/schema.js';
import type { KibanaOptions } from './connection.js';

/** Undefined where no Kibana is configured. Who asks, and which authority counts, is as with Elasticsearch unless said otherwise. */
export function kibanaAccess({ kibana, elasticsearch }: Config): KibanaOptions | undefined {
  const { url, space, caFile = elasticsearch.caFile, ...own } = kibana;
  if (url === undefined) return undefined;
  const hasOwn = own.apiKey !== undefined || own.username !== undefined;
  const { apiKey, serviceToken, username, password } = elasticsearch;
  return { url, space, caFile, ...(hasOwn ? own : { apiKey, serviceToken, username, password }) };
}
