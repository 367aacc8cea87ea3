/**
 * What fills the embedded store; a cluster is filled by others.
 */
import { indicesOf } from '../config/jobs.js';
import { AppError } from '../domain/error.js';
import { measureIngested } from '../observe/measure.js';
import type { Feed } from '../feeds/feed.js';
import { Ingester } from '../feeds/ingest.js';
import { checkSetup } from '../store/elasticsearch/setup.js';
import type { EventStore } from '../store/store.js';
import { FeedWatch } from './feed-watch.js';
import type { Shared } from './shared.js';

/** Makes sure that there is something to read and that results may be written. */
export async function feedOf(shared: Shared): Promise<Feed | undefined> {
  const { opened } = shared;
  const { feedOn, config } = shared.options;
  if (opened.kind === 'elasticsearch') {
    if (feedOn) {
      throw new AppError(
        'invalid_option',
        '--from and --simulate fill the embedded store, but an Elasticsearch address is configured; use "elkhound simulate --to elasticsearch", or ship files with Filebeat or Logstash',
      );
    }
    await checkSetup(opened.store.cluster, indicesOf(config));
    return undefined;
  }
  const { store } = opened;
  if (feedOn) {
    const watch = new FeedWatch(shared.health, shared.options.logger);
    return feedOn(store, ingesterOf(shared, store, watch), (state) => {
      watch.looked(state);
    });
  }
  if ((await store.events.range()) !== undefined) return undefined;
  throw new AppError(
    'invalid_option',
    'there is nothing to read: name log files with --from, try --simulate, or set elasticsearch.url',
  );
}

function ingesterOf({ options, metrics }: Shared, store: EventStore, watch: FeedWatch): Ingester {
  const { config, clock, logger } = options;
  return new Ingester({
    sink: store.sink,
    privacy: config.privacy,
    quarantine: {
      reject: ({ source, place, reason, excerpt }) => {
        // What nobody understood may name a user anywhere.
        const shown = config.privacy.users === 'clear' ? { excerpt } : {};
        logger.debug({ source, place, reason, ...shown }, 'a record cannot be used');
      },
    },
    referenceMs: () => clock.now(),
    timeZone: config.normalize.timeZone,
    onIngested: (source, counts) => {
      measureIngested(metrics, source, counts);
      watch.ingested(source, counts);
    },
  });
}
