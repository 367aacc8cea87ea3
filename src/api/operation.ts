/**
 * The route table: one entry serves, checks and describes a resource of the API.
 */
import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { nearest } from '../domain/nearest.js';
import { fromPathSegment } from './pages/links.js';
import { ProblemError } from './problem.js';

/** Schemas of parameters: every value arrives as text. */
export type Parameters = z.ZodObject;

/** One resource that is read, or one deed. */
export interface Operation<
  P extends Parameters = Parameters,
  Q extends Parameters = Parameters,
  B extends Parameters = Parameters,
> {
  /** `get` by default. */
  readonly method?: 'post';
  /** Path with `{name}` for its parameters, as OpenAPI writes it. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Answers without a key; `probe` also where others ask so much that they are refused. */
  readonly open?: true | 'probe';
  readonly params: P;
  readonly query: Q;
  /** JSON body of a `post`. */
  readonly body?: B;
  /** Lets those pass who may, beyond what all of the API asks for; described as the scheme of that name. */
  readonly guard?: { readonly scheme: 'revealKey'; readonly handler: RequestHandler };
  /** Statuses that are an answer of this shape; default only 200. */
  readonly statuses?: readonly number[];
  readonly response: z.ZodType;
  /** Media type of the answer; `application/json` by default. */
  readonly mediaType?: string;
  readonly handle: (
    request: { params: z.output<P>; query: z.output<Q>; body: z.output<B> },
    response: Response,
  ) => Promise<unknown>;
}

/** Keeps the types of an entry; the table holds entries of all types. */
export function operation<P extends Parameters, Q extends Parameters, B extends Parameters = Parameters>(
  entry: Operation<P, Q, B>,
): Operation {
  return entry;
}

/** No parameters. */
export const NONE = z.strictObject({});

/** Serves the entries; other methods on their paths are refused. */
export function routerOf(operations: readonly Operation[]): Router {
  const router = Router({ caseSensitive: true, strict: true });
  for (const entry of operations) {
    const path = entry.path.replace(/\{(\w+)\}/g, ':$1');
    const guards = entry.guard === undefined ? [] : [entry.guard.handler];
    const first = entry.method === 'post' ? [...guards, express.json({ limit: MAX_BODY })] : guards;
    router[entry.method ?? 'get'](path, ...first, async (request: Request, response: Response) => {
      const params = parseParameters(entry.params, decoded(request.params));
      const query = parseParameters(entry.query, request.query);
      const body = parseParameters(entry.body ?? NONE, request.body ?? {});
      const answer = await entry.handle({ params, query, body }, response);
      if (!response.headersSent) sendJson(request, response, answer);
    });
    router.all(path, entry.method === 'post' ? refuseReading : refuseMethod);
  }
  return router;
}

const MAX_BODY = '4kb';

function refuseReading(request: Request): never {
  throw new ProblemError('method_not_allowed', `${request.method}: only POST is answered here`, {
    Allow: 'POST',
  });
}

/** Refuses a method that a path does not know. */
export function refuseMethod(request: Request): never {
  throw new ProblemError('method_not_allowed', `${request.method}: only GET and HEAD are answered here`, {
    Allow: 'GET, HEAD',
  });
}

function decoded(params: Readonly<Record<string, string | string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, fromPathSegment(String(value))]),
  );
}

/** Answers may be kept, but are asked for again each time: they change with every window. */
function sendJson(request: Request, response: Response, body: unknown): void {
  if (response.get('Cache-Control') === undefined) response.set('Cache-Control', 'private, no-cache');
  response.vary('Authorization').vary('Cookie');
  response.type('application/json').send(`${JSON.stringify(body)}\n`);
}

/**
 * Checks parameters.
 * @throws ProblemError `invalid_request` naming the parameter, the value and what would be right
 */
export function parseParameters<S extends Parameters>(schema: S, given: unknown): z.output<S> {
  const known = Object.keys(schema.shape);
  for (const name of Object.keys(given as object)) {
    if (!known.includes(name)) throw new ProblemError('invalid_request', unknownText(name, known));
  }
  const parsed = schema.safeParse({ ...(given as object) });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const name = String(issue.path[0] ?? 'request');
  const value: unknown = (given as Record<string, unknown>)[name];
  throw new ProblemError('invalid_request', `${name}: ${quoted(value)} is not allowed: ${issue.message}`);
}

function unknownText(name: string, known: readonly string[]): string {
  const near = nearest(name, known, 2);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  const list = known.length === 0 ? 'this address takes none' : `known are ${known.join(', ')}`;
  return `unknown parameter ${quoted(name)}${hint} (${list})`;
}

function quoted(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
