/**
 * Saved objects out of a space, into it, and away from it, by the API of Kibana for them.
 */
import { z } from 'zod';
import { AppError } from '../../domain/error.js';
import { parseJson } from '../../domain/json.js';
import { toNdjson } from '../ndjson.js';
import { keyOf, type SavedObject } from '../saved-object.js';
import type { Kibana, KibanaAnswer } from './connection.js';
import { exportedSchema, type ExportedObject } from './record.js';

/** What names an object. */
interface Named {
  readonly type: string;
  readonly id: string;
}

const fetchErrorSchema = z.object({
  attributes: z.object({
    objects: z.array(
      z.object({
        type: z.string(),
        id: z.string(),
        error: z.object({ statusCode: z.number() }).optional(),
      }),
    ),
  }),
});

/** Those of the objects that the space has. */
export async function exportObjects(kibana: Kibana, objects: readonly Named[]): Promise<ExportedObject[]> {
  if (objects.length === 0) return [];
  const what = 'look at the saved objects';
  const answer = await kibana.send(what, {
    method: 'POST',
    path: '/api/saved_objects/_export',
    body: {
      objects: objects.map(({ type, id }) => ({ type, id })),
      includeReferencesDeep: false,
      excludeExportDetails: true,
    },
  });
  if (answer.status < 300) return parseExport(kibana, what, answer);
  const missing = missingOf(answer);
  // One that is not there fails the whole request, which names it; what is left is there.
  if (missing.size === 0) throw kibana.failure(what, answer);
  return exportObjects(
    kibana,
    objects.filter((object) => !missing.has(keyOf(object))),
  );
}

function missingOf({ status, text }: KibanaAnswer): Set<string> {
  const parsed = status === 400 ? fetchErrorSchema.safeParse(parseJson(text)) : undefined;
  const objects = parsed?.data?.attributes.objects ?? [];
  return new Set(objects.filter(({ error }) => error?.statusCode === 404).map(keyOf));
}

function parseExport(kibana: Kibana, what: string, answer: KibanaAnswer): ExportedObject[] {
  const lines = answer.text.split('\n').filter((line) => line.trim() !== '');
  const parsed = z.array(exportedSchema).safeParse(lines.map(parseJson));
  if (parsed.success) return parsed.data;
  throw new AppError('store_rejected', `could not ${what} (${kibana.address}): the answer holds no objects`);
}

const importSchema = z.object({
  success: z.boolean(),
  successCount: z.number(),
  successResults: z
    .array(z.object({ type: z.string(), id: z.string(), destinationId: z.string().optional() }))
    .default([]),
  errors: z
    .array(
      z.object({
        type: z.string(),
        id: z.string(),
        error: z.looseObject({
          type: z.string(),
          message: z.string().optional(),
          reason: z.string().optional(),
          references: z.array(z.object({ type: z.string(), id: z.string() })).optional(),
        }),
      }),
    )
    .default([]),
});

type ImportFailure = z.infer<typeof importSchema>['errors'][number];

/**
 * Puts objects into the space, over those that it has.
 * @returns ids that Kibana gave instead, by `type:id`
 * @throws AppError that names each object that Kibana did not take, and why; it has taken none then
 */
export async function importObjects(
  kibana: Kibana,
  objects: readonly SavedObject[],
): Promise<Record<string, string>> {
  if (objects.length === 0) return {};
  const answer = await kibana.ask(
    'import the saved objects',
    {
      method: 'POST',
      path: '/api/saved_objects/_import?overwrite=true',
      ndjson: toNdjson(objects),
    },
    importSchema,
  );
  if (!answer.success || answer.errors.length > 0) throw refusalOf(kibana, answer.errors);
  return Object.fromEntries(
    answer.successResults.flatMap(({ type, id, destinationId }) =>
      destinationId === undefined ? [] : [[keyOf({ type, id }), destinationId] as const],
    ),
  );
}

const MAX_NAMED = 5;

function refusalOf({ address, space }: Kibana, failures: readonly ImportFailure[]): AppError {
  const named = failures.slice(0, MAX_NAMED).map((failure) => `${keyOf(failure)}: ${reasonOf(failure)}`);
  const more = failures.length > MAX_NAMED ? `; and ${String(failures.length - MAX_NAMED)} more` : '';
  return new AppError(
    failures.some(({ error }) => error.type.includes('conflict')) ? 'store_conflict' : 'store_rejected',
    `could not import the saved objects (${address}, space ${space}): ${named.join('; ')}${more}`,
  );
}

function reasonOf({ error }: ImportFailure): string {
  switch (error.type) {
    case 'missing_references': {
      const missing = (error.references ?? []).map(keyOf).join(', ');
      return `refers to ${missing}, which the space does not have; run setup with --overwrite`;
    }
    case 'unsupported_type':
      return 'this Kibana does not know objects of that type, or has the feature turned off';
    case 'conflict':
      return 'the space has an object of that id already';
    case 'ambiguous_conflict':
      return 'the space has several copies of it; delete those that are not wanted';
    default:
      return error.message ?? error.reason ?? error.type;
  }
}

const removalSchema = z.object({
  statuses: z.array(
    z.object({
      type: z.string(),
      id: z.string(),
      success: z.boolean(),
      error: z.looseObject({ statusCode: z.number().optional(), message: z.string().optional() }).optional(),
    }),
  ),
});

/** Removes objects from the space; those that are gone already count as removed. */
export async function removeObjects(kibana: Kibana, objects: readonly Named[]): Promise<void> {
  if (objects.length === 0) return;
  const what = 'remove the saved objects';
  const { statuses } = await kibana.ask(
    what,
    {
      method: 'POST',
      path: '/api/saved_objects/_bulk_delete',
      body: objects.map(({ type, id }) => ({ type, id })),
    },
    removalSchema,
  );
  const failed = statuses.filter(({ success, error }) => !success && error?.statusCode !== 404);
  if (failed.length === 0) return;
  const named = failed.slice(0, MAX_NAMED).map((one) => `${keyOf(one)}: ${one.error?.message ?? 'refused'}`);
  throw new AppError('store_rejected', `could not ${what} (${kibana.address}): ${named.join('; ')}`);
}
