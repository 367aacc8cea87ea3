/**
 * The store that the configuration names.
 */
import type { Config } from '../config/schema.js';
import type { Clock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import type { ClusterOptions } from './elasticsearch/cluster.js';
import { openElasticsearchStore, type ElasticsearchStore } from './elasticsearch/open.js';
import { openEmbeddedStore } from './embedded/open.js';
import type { EventStore } from './store.js';

/** A store by its kind: only the embedded one keeps raw events itself. */
export type OpenStore =
  | { readonly kind: 'elasticsearch'; readonly store: ElasticsearchStore }
  | { readonly kind: 'embedded'; readonly store: EventStore };

/**
 * Opens Elasticsearch where the configuration has an address, else the embedded store.
 * @param fields of raw events that are read from Elasticsearch
 */
export async function openStore(config: Config, fields: readonly string[], clock: Clock): Promise<OpenStore> {
  const { elasticsearch, store } = config;
  if (elasticsearch.url === undefined) {
    return { kind: 'embedded', store: await openEmbeddedStore(store, clock) };
  }
  const { indices, pageSize } = elasticsearch;
  const options = { ...clusterOptionsOf(config), indices, fields, pageSize };
  return { kind: 'elasticsearch', store: openElasticsearchStore(options, clock) };
}

/**
 * How to reach the configured cluster.
 * @throws AppError `invalid_config` where none is configured
 */
export function clusterOptionsOf({ elasticsearch }: Config): ClusterOptions {
  const { url, apiKey, username, password, caFile, requestTimeout } = elasticsearch;
  if (url === undefined) {
    throw new AppError(
      'invalid_config',
      'elasticsearch.url: missing; set it in the configuration, or set ELKHOUND_ELASTICSEARCH_URL',
    );
  }
  return { nodes: url.split(','), apiKey, username, password, caFile, requestTimeoutMs: requestTimeout };
}
