/**
 * Probes, metrics and the description of the API.
 */
import { z } from 'zod';
import type { ApiDependencies } from './dependencies.js';
import { openApiDocument } from './openapi.js';
import { NONE, operation, type Operation } from './operation.js';

const liveSchema = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Live' });
/** Probes need no key, so they name what is wrong and tell no details. */
const readySchema = z
  .strictObject({
    status: z.enum(['ready', 'not_ready']),
    checks: z.array(z.strictObject({ name: z.string(), ok: z.boolean() })),
  })
  .meta({ id: 'Ready' });

/** The operations that every service has; `others` are described beside them. */
export function serviceOperations(
  { health, metrics, info }: ApiDependencies,
  others: readonly Operation[],
): Operation[] {
  const own: Operation[] = [
    operation({
      path: '/healthz',
      summary: 'The process answers',
      open: 'probe',
      params: NONE,
      query: NONE,
      response: liveSchema,
      handle: (_request, response) => {
        response.set('Cache-Control', 'no-store');
        return Promise.resolve({ status: 'ok' });
      },
    }),
    operation({
      path: '/readyz',
      summary: 'All parts work: 200 if so, else 503',
      open: 'probe',
      params: NONE,
      query: NONE,
      statuses: [200, 503],
      response: readySchema,
      handle: (_request, response) => {
        const { ready, checks } = health.report();
        response.set('Cache-Control', 'no-store').status(ready ? 200 : 503);
        return Promise.resolve({
          status: ready ? 'ready' : 'not_ready',
          checks: checks.map(({ name, ok }) => ({ name, ok })),
        });
      },
    }),
    operation({
      path: '/metrics',
      summary: 'Metrics for Prometheus',
      params: NONE,
      query: NONE,
      response: z.string(),
      mediaType: 'text/plain',
      handle: async (_request, response) => {
        const text = await metrics.metrics();
        response.set('Cache-Control', 'no-store').set('Content-Type', metrics.contentType).send(text);
        return undefined;
      },
    }),
    operation({
      path: '/openapi.json',
      summary: 'This description',
      open: true,
      params: NONE,
      query: NONE,
      response: z.looseObject({ openapi: z.string() }),
      handle: () => Promise.resolve(document),
    }),
  ];
  const document = openApiDocument([...own, ...others], info.version);
  return own;
}
