/**
 * `/v1/jobs`: what is run side by side.
 */
import { z } from 'zod';
import type { ApiDependencies } from './dependencies.js';
import { NONE, operation, type Operation } from './operation.js';
import { toWindowRange } from './resources.js';
import { jobSchema } from './schemas.js';

export function jobOperations({ info, model, reader }: ApiDependencies): Operation[] {
  return [
    operation({
      path: '/v1/jobs',
      summary: 'The jobs that are configured, with their newest windows',
      params: NONE,
      query: NONE,
      response: z.strictObject({ items: z.array(jobSchema) }),
      handle: async () => {
        const items = info.jobs.map(async ({ name, windowMs }) => {
          const [last] = (await reader.windows({ job: name, limit: 1 })).items;
          const current = await model(name);
          return {
            name,
            windowMs,
            ...(last ? { lastWindow: toWindowRange(last.window) } : {}),
            ...(current ? { model: current.id } : {}),
          };
        });
        return { items: await Promise.all(items) };
      },
    }),
  ];
}
