/**
 * `/v1/anomalies`: entities' windows that stand out.
 */
import { z } from 'zod';
import type { ApiDependencies } from './dependencies.js';
import { NONE, operation, type Operation } from './operation.js';
import { ProblemError } from './problem.js';
import { anomalyParameters, toResultQuery } from './query-parameters.js';
import { toAnomaly, toPage, toRawEvent } from './resources.js';
import { anomalyDetailSchema, anomalySchema, pageSchema } from './schemas.js';

export function anomalyOperations({ reader, source }: ApiDependencies): Operation[] {
  return [
    operation({
      path: '/v1/anomalies',
      summary: 'Anomalies, newest first',
      params: NONE,
      query: anomalyParameters,
      response: pageSchema(anomalySchema),
      handle: async ({ query }) => toPage(await reader.anomalies(toResultQuery(query)), toAnomaly),
    }),
    operation({
      path: '/v1/anomalies/{id}',
      summary: 'One anomaly with the raw events behind it',
      params: z.strictObject({ id: z.string().max(512).describe('Id of the anomaly') }),
      query: NONE,
      response: anomalyDetailSchema,
      handle: async ({ params }) => {
        const anomaly = await reader.anomaly(params.id);
        if (anomaly === undefined) throw new ProblemError('not_found', 'id: no anomaly has this id');
        const events = await source(anomaly.job).find(
          anomaly.evidence.map(({ id, index }) => ({ id, index })),
        );
        return { ...toAnomaly(anomaly), events: events.map(toRawEvent) };
      },
    }),
  ];
}
