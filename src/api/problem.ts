/**
 * Errors as problem details (RFC 9457) with a stable code.
 */
import type { ErrorRequestHandler, Response } from 'express';
import { z } from 'zod';
import { AppError, type ErrorCode } from '../domain/error.js';
import type { Logger } from '../observe/logger.js';

/** Codes of problems: those of errors, and two that only HTTP knows. */
export type ProblemCode = ErrorCode | 'forbidden' | 'method_not_allowed';

/** Body of every answer that is an error. */
export const problemSchema = z
  .strictObject({
    type: z.string().describe('Always `about:blank`: the code says what kind of problem it is'),
    title: z.string().describe('The HTTP status in words'),
    status: z.int().describe('The HTTP status'),
    code: z.string().describe('Stable, for programs: `invalid_request`, `not_found`, `unauthorized` …'),
    detail: z.string().describe('What is wrong, and what would be right'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof problemSchema>;

const STATUS: Partial<Record<ProblemCode, number>> = {
  invalid_request: 400,
  invalid_option: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  store_conflict: 409,
  rate_limited: 429,
  busy: 503,
  store_unavailable: 503,
  timeout: 504,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** An error that the API itself finds. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The problem that a thrown value stands for; what we did not foresee is told without its details. */
function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError || error instanceof AppError) return problemOf(error.code, error.message);
  const status = statusOfHttpError(error);
  if (status !== undefined) {
    return {
      ...problemOf('invalid_request', 'the request is malformed'),
      status,
      title: TITLES[status] ?? 'Bad Request',
    };
  }
  return problemOf('internal', 'something went wrong; the log of the service says what');
}

function problemOf(code: ProblemCode, detail: string): Problem {
  const status = STATUS[code] ?? 500;
  return { type: 'about:blank', title: TITLES[status]!, status, code, detail };
}

/** Express's own errors (a bad `%` in a path, a body that is too large) carry a 4xx status. */
function statusOfHttpError(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

/** Answers with a problem. */
function sendProblem(response: Response, problem: Problem): void {
  response
    .status(problem.status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problem));
}

/** Turns what a handler threw into an answer: a page for a reader, a problem for a program. */
export function problemHandler(
  logger: Logger,
  sendPage: (response: Response, problem: Problem) => void,
): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const problem = toProblem(error);
    // The route, not the path: names of people stand in paths.
    const { path = '' } = (request.route ?? {}) as { path?: string };
    if (problem.status >= 500) logger.error({ err: error, url: { path } }, 'request failed');
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof ProblemError) response.set(error.headers);
    if (wantsPage(request.path, request.headers.accept)) sendPage(response, problem);
    else sendProblem(response, problem);
  };
}

/** Browsers ask for HTML by name; the API's own paths always answer as a program expects. */
export function wantsPage(path: string, accept = ''): boolean {
  return !path.startsWith('/v1/') && accept.includes('text/html');
}
