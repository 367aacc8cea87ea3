/**
 * How the configured Kibana is reached.
 */
import type { Config } from '../../config/schema.js';
import type { KibanaOptions } from './connection.js';

/** Undefined where no Kibana is configured. Who asks, and which authority counts, is as with Elasticsearch unless said otherwise. */
export function kibanaAccess({ kibana, elasticsearch }: Config): KibanaOptions | undefined {
  const { url, space, caFile = elasticsearch.caFile, ...own } = kibana;
  if (url === undefined) return undefined;
  const hasOwn = own.apiKey !== undefined || own.username !== undefined || hasUser(url);
  const { apiKey, serviceToken, username, password } = elasticsearch;
  const identity = hasOwn ? own : { apiKey, serviceToken, username, password };
  const isNamed = hasOwn || [apiKey, serviceToken, username].some((one) => one !== undefined);
  return { url: isNamed ? url : withUserOf(url, elasticsearch.url), space, caFile, ...identity };
}

function hasUser(address: string): boolean {
  return URL.canParse(address) && new URL(address).username !== '';
}

/** Elasticsearch's address may hold the user and password, too. */
function withUserOf(address: string, nodes = ''): string {
  const named = nodes.split(',').find(hasUser);
  if (named === undefined || !URL.canParse(address)) return address;
  const [url, { username, password }] = [new URL(address), new URL(named)];
  Object.assign(url, { username, password });
  return url.href;
}
