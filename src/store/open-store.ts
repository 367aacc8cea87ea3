/**
 * The store that the configuration names.
 */
import type { EventSource } from '../collect/ports.js';
import { cloudAddress, type Config } from '../config/schema.js';
import type { DeadLetter } from '../documents/deadletter.js';
import { uptimeClock, type Clock } from '../domain/clock.js';
import { AppError } from '../domain/error.js';
import { addressText, parseHttpAddresses } from '../domain/http-address.js';
import { ECS_FIELDS } from '../normalize/ecs-fields.js';
import type { ClusterOptions } from './elasticsearch/cluster.js';
import type { EventSourceOptions } from './elasticsearch/event-source.js';
import { openElasticsearchStore, type ElasticsearchStore } from './elasticsearch/open.js';
import { Pace } from './elasticsearch/pace.js';
import { openEmbeddedStore } from './embedded/open.js';
import type { EventStore } from './store.js';

/** A store by its kind: only the embedded one keeps raw events itself. */
export type OpenStore =
  | { readonly kind: 'elasticsearch'; readonly store: ElasticsearchStore }
  | { readonly kind: 'embedded'; readonly store: EventStore };

/**
 * Opens Elasticsearch where the configuration has an address, else the embedded store.
 * @param onDeadLetter sees each document that Elasticsearch refused
 * @param onNote hears what of the folder others could read so far
 */
export async function openStore(
  config: Config,
  clock: Clock,
  onDeadLetter?: (letter: DeadLetter) => void,
  onNote?: (note: string) => void,
): Promise<OpenStore> {
  if (!hasCluster(config)) {
    return {
      kind: 'embedded',
      store: await openEmbeddedStore({ ...config.store, ...(onNote ? { onNote } : {}) }, clock),
    };
  }
  const letters = onDeadLetter === undefined ? {} : { onDeadLetter };
  const { maxEventsPerSecond: cap } = config.elasticsearch;
  const pace = cap === undefined ? {} : { pace: new Pace(cap, uptimeClock) };
  const options = { ...clusterOptionsOf(config), ...eventSourceOf(config), ...pace, ...letters };
  return { kind: 'elasticsearch', store: openElasticsearchStore(options, clock) };
}

/** Which events on a cluster a configuration means. @param config of one job */
export function eventSourceOf({
  elasticsearch,
}: Config): Required<Omit<EventSourceOptions, 'pace' | 'onNotice'>> {
  const { indices, fields: names, filter, pageSize, slices } = elasticsearch;
  return { indices, fields: ECS_FIELDS, names, filter, pageSize, slices };
}

/**
 * Events of one of several jobs on a store; the embedded one has the same for all.
 * @param onNotice hears what is read in another way than is configured
 */
export function eventsOf(
  opened: OpenStore,
  config: Config,
  onNotice?: EventSourceOptions['onNotice'],
): EventSource {
  if (opened.kind === 'embedded') return opened.store.events;
  return opened.store.eventsOf({ ...eventSourceOf(config), ...(onNotice ? { onNotice } : {}) });
}

/**
 * How to reach the configured cluster.
 * @throws AppError `invalid_config` where none is configured
 */
export function clusterOptionsOf({ elasticsearch }: Config): ClusterOptions {
  const { url, cloudId, requestTimeout, ...identity } = elasticsearch;
  const address = url ?? (cloudId === undefined ? undefined : cloudAddress(cloudId));
  if (address === undefined) {
    throw new AppError(
      'invalid_config',
      'elasticsearch.url: missing; set it in the configuration, or set ELKHOUND_ELASTICSEARCH_URL',
    );
  }
  return {
    ...identity,
    nodes: parseHttpAddresses(address).map(addressText),
    requestTimeoutMs: requestTimeout,
  };
}

/** Whether the configuration names a cluster; without one the embedded store is used. */
export function hasCluster({ elasticsearch: { url, cloudId } }: Config): boolean {
  return url !== undefined || cloudId !== undefined;
}
