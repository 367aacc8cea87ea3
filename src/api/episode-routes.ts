/**
 * `/v1/episodes`: anomalies of one entity and behavior, the unit of an alert.
 */
import type { ApiDependencies } from './dependencies.js';
import { NONE, operation, type Operation } from './operation.js';
import { episodeParameters, toResultQuery } from './query-parameters.js';
import { toEpisode, toPage } from './resources.js';
import { episodeSchema, pageSchema } from './schemas.js';

export function episodeOperations({ reader }: ApiDependencies): Operation[] {
  return [
    operation({
      path: '/v1/episodes',
      summary: 'Episodes, newest first',
      params: NONE,
      query: episodeParameters,
      response: pageSchema(episodeSchema),
      handle: async ({ query }) => toPage(await reader.episodes(toResultQuery(query)), toEpisode),
    }),
  ];
}
