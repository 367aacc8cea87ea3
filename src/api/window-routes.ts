/**
 * `/v1/windows`: what was read, scored or skipped.
 */
import type { ApiDependencies } from './dependencies.js';
import { NONE, operation, type Operation } from './operation.js';
import { toWindowQuery, windowParameters } from './query-parameters.js';
import { toPage, toWindowRecord } from './resources.js';
import { pageSchema, windowRecordSchema } from './schemas.js';

export function windowOperations({ reader }: ApiDependencies): Operation[] {
  return [
    operation({
      path: '/v1/windows',
      summary: 'Window records with their coverage, newest first',
      params: NONE,
      query: windowParameters,
      response: pageSchema(windowRecordSchema),
      handle: async ({ query }) => toPage(await reader.windows(toWindowQuery(query)), toWindowRecord),
    }),
  ];
}
