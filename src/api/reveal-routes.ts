/**
 * `/v1/entities/{id}/reveal`: the name behind a pseudonym; `/v1/actions`: who asked for one.
 */
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { Key } from './authentication.js';
import type { ApiDependencies } from './dependencies.js';
import type { FailedLogins } from './failed-logins.js';
import { NONE, operation, type Operation } from './operation.js';
import { ProblemError } from './problem.js';
import { episodeParameters } from './query-parameters.js';
import { actionSchema, revealedSchema } from './schemas.js';

const RECENT = 100;
/** Written down as it is, so it must neither look like another line nor like another text. */
const text = z
  .string()
  .trim()
  .min(1, 'it must not be empty')
  .max(200, 'at most 200 characters')
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*$/u, 'expected one line without control characters');

export function revealOperations(dependencies: ApiDependencies, failed: FailedLogins): Operation[] {
  const { reveal, actions, info } = dependencies;
  return [
    operation({
      method: 'post',
      path: '/v1/entities/{id}/reveal',
      summary: 'The name behind a pseudonym',
      description:
        'Looks through the raw events of the window of an anomaly that tells of it. Needs a key of its own; who asked, and why, is written down first.',
      guard: { scheme: 'revealKey', handler: revealGuard(dependencies, failed) },
      params: z.strictObject({ id: z.string().max(64).describe('The pseudonym: `user-3f9c2a81d04e`') }),
      query: NONE,
      body: z.strictObject({
        by: text.describe('Who wants to know'),
        reason: text.describe('Why'),
        anomaly: z.string().max(64).optional().describe('An anomaly that tells of it; the newest if absent'),
      }),
      response: revealedSchema,
      handle: async ({ params, body }, response) => {
        response.set('Cache-Control', 'no-store');
        return { id: params.id, ...(await reveal!({ pseudonym: params.id, ...body })) };
      },
    }),
    operation({
      path: '/v1/actions',
      summary: 'What was done, newest first: names that were revealed, and to whom; and who was refused one',
      params: NONE,
      query: z.strictObject({ job: episodeParameters.shape.job }),
      response: z.strictObject({ items: z.array(actionSchema) }),
      handle: async ({ query }) => {
        const jobs = query.job === undefined ? info.jobs.map(({ name }) => name) : [query.job];
        const lists = await Promise.all(jobs.map((job) => actions.recent(job, RECENT)));
        const recent = lists
          .flat()
          .sort((a, b) => b.atMs - a.atMs)
          .slice(0, RECENT);
        return { items: recent.map(({ atMs, ...one }) => ({ ...one, time: new Date(atMs).toISOString() })) };
      },
    }),
  ];
}

/** Refuses whoever does not have the second key; what failed is counted and written down. */
function revealGuard(
  { reveal, refuseReveal, options }: ApiDependencies,
  failed: FailedLogins,
): RequestHandler {
  const key = options.revealKey && new Key(options.revealKey, 'revealKey', failed);
  return async (request, _response, next) => {
    if (reveal === undefined || key === undefined) {
      throw new ProblemError(
        'forbidden',
        'names are not revealed here: that needs privacy.users: pseudonym and api.revealKey',
      );
    }
    const candidate = request.get('X-Elkhound-Reveal-Key') ?? '';
    if (!key.is(candidate))
      await refuseReveal?.(String(request.params.id), request.ip ?? 'an unknown address');
    if (!key.accepts(candidate, request)) {
      throw new ProblemError('forbidden', 'send the reveal key as "X-Elkhound-Reveal-Key: …"');
    }
    next();
  };
}
