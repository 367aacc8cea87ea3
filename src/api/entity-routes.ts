/**
 * `/v1/entities`: the history of one entity.
 */
import { z } from 'zod';
import { shownJob, type ApiDependencies } from './dependencies.js';
import { entityHistory } from './entity-history.js';
import { operation, type Operation } from './operation.js';
import { anomalyParameters, toResultQuery } from './query-parameters.js';
import { toAnomaly, toHistory, toPage, toRawEvent, toWindowRange } from './resources.js';
import { entityHistorySchema } from './schemas.js';
import { anchorOf } from './watch.js';

const DEFAULT_RANGE_MS = 7 * 86_400_000;

const parameters = anomalyParameters
  .pick({ job: true, from: true, to: true, limit: true, cursor: true })
  .extend({ kind: anomalyParameters.shape.entityKind });

export function entityOperations(dependencies: ApiDependencies): Operation[] {
  const { reader, info, clock } = dependencies;
  return [
    operation({
      path: '/v1/entities/{id}',
      summary: 'History of an entity',
      description:
        'Scores over time, anomalies and newest raw events; the last seven days where no time is given.',
      params: z.strictObject({ id: z.string().max(512).describe('Entity id, address or user name') }),
      query: parameters,
      response: entityHistorySchema,
      handle: async ({ params, query }) => {
        const { kind, ...rest } = query;
        const [last] = (await reader.windows({ job: shownJob(info, query.job), limit: 1 })).items;
        const end = anchorOf({ last, nowMs: clock.now() });
        const { range = { start: end - DEFAULT_RANGE_MS, end }, ...conditions } = toResultQuery(rest);
        const given = { ...conditions, range, id: params.id, ...(kind === undefined ? {} : { kind }) };
        const { anomalies, events } = await entityHistory(dependencies, given);
        const entities = new Map(
          anomalies.items.map(({ entity }) => [`${entity.kind} ${entity.id}`, { ...entity }]),
        );
        return {
          id: params.id,
          entities: [...entities.values()],
          range: toWindowRange(range),
          history: toHistory(anomalies.items),
          anomalies: toPage(anomalies, toAnomaly),
          events: events.map(toRawEvent),
        };
      },
    }),
  ];
}
