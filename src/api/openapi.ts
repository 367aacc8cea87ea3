/**
 * `/openapi.json`, generated from the route table.
 */
import { z } from 'zod';
import type { Operation, Parameters } from './operation.js';
import { problemSchema } from './problem.js';

type Json = Readonly<Record<string, unknown>>;

const ALL_SCHEMES: readonly Json[] = [{ apiKey: [] }, { bearer: [] }, { session: [] }, {}];

/** The OpenAPI 3.1 document of the operations. */
export function openApiDocument(operations: readonly Operation[], version: string): Json {
  const schemas: Record<string, unknown> = {};
  const paths = Object.fromEntries(
    operations.map((entry) => [entry.path, { [entry.method ?? 'get']: describe(entry, schemas) }]),
  );
  schemaOf(problemSchema, schemas);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Elkhound',
      version,
      description:
        'Anomalies in network logs. Lists answer `{items, next}`; errors are problem details (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: ALL_SCHEMES,
    paths,
    components: {
      schemas,
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'Authorization', description: '`ApiKey KEY`' },
        bearer: { type: 'http', scheme: 'bearer' },
        revealKey: { type: 'apiKey', in: 'header', name: 'X-Elkhound-Reveal-Key' },
        session: { type: 'apiKey', in: 'cookie', name: 'elkhound_session', description: 'Of the pages' },
      },
    },
  };
}

function describe(entry: Operation, schemas: Record<string, unknown>): Json {
  const mediaType = entry.mediaType ?? 'application/json';
  const answers = (entry.statuses ?? [200]).map((status) => [
    String(status),
    {
      description: status === 200 ? entry.summary : 'Not so',
      content: { [mediaType]: { schema: schemaOf(entry.response, schemas) } },
    },
  ]);
  return {
    operationId: operationId(entry),
    summary: entry.summary,
    ...(entry.description === undefined ? {} : { description: entry.description }),
    ...(entry.open !== undefined ? { security: [] } : {}),
    ...(entry.guard === undefined ? {} : { security: guarded(entry.guard.scheme) }),
    ...(entry.body === undefined ? {} : { requestBody: bodyOf(entry.body, schemas) }),
    parameters: [...parametersOf(entry.params, 'path'), ...parametersOf(entry.query, 'query')],
    responses: {
      ...Object.fromEntries(answers),
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

/** A further key, beside any of those that all of the API takes. */
function guarded(scheme: string): Json[] {
  return ALL_SCHEMES.map((one) => ({ ...one, [scheme]: [] }));
}

function bodyOf(body: Parameters, schemas: Record<string, unknown>): Json {
  return { required: true, content: { 'application/json': { schema: schemaOf(body, schemas) } } };
}

/** `/v1/anomalies/{id}` → `getV1AnomaliesId`. */
function operationId({ path, method }: Operation): string {
  return `${method ?? 'get'}${path.replace(/[^A-Za-z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`;
}

function parametersOf(parameters: Parameters, place: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(parameters, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = property as { description?: string };
    return {
      name,
      in: place,
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema,
    };
  });
}

/** The schema with its named parts moved to the shared components. */
function schemaOf(schema: z.ZodType, components: Record<string, unknown>): unknown {
  const { $schema: _schema, $defs = {}, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  for (const [name, part] of Object.entries($defs)) components[name] = withSharedRefs(part);
  return withSharedRefs(rest);
}

function withSharedRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSharedRefs);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : withSharedRefs(inner),
    ]),
  );
}
