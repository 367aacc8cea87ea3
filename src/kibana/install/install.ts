/**
 * Elkhound's part of a Kibana: what is there, what is to be done, and the doing.
 */
import { z } from 'zod';
import { AppError } from '../../domain/error.js';
import { keyOf, type SavedObject } from '../saved-object.js';
import { DEFAULT_SPACE, type Kibana } from './connection.js';
import { withIds } from './ids.js';
import { planObjects, planRemoval, type PlannedObject } from './plan.js';
import { fingerprint, NO_RECORD, type ExportedObject, type InstallRecord } from './record.js';
import { extrasOf, type Extra } from './rules.js';
import { exportObjects, importObjects, removeObjects } from './transfer.js';

/** What is installed, and how. */
export interface InstallOptions {
  readonly objects: readonly SavedObject[];
  /** Address of Elkhound's pages. */
  readonly pages?: string | undefined;
  /** What setup has done here before. */
  readonly record: InstallRecord;
  /** Also over what a user has changed. */
  readonly overwrite: boolean;
}

/** A rule or connector, and whether it is made, replaced or left alone. */
interface PlannedExtra {
  readonly extra: Extra;
  readonly action: 'create' | 'replace' | 'keep';
}

/** What an install does. */
export interface InstallPlan {
  /** Kibana's version. */
  readonly version: string;
  readonly objects: readonly PlannedObject[];
  readonly extras: readonly PlannedExtra[];
}

/** Something that Kibana would not do, and why; the rest works without it. */
export interface SkippedExtra {
  readonly extra: Extra;
  readonly reason: string;
}

/** The stamps of the saved objects are of this version. */
const OLDEST: readonly [major: number, minor: number] = [8, 9];

const statusSchema = z.object({ version: z.object({ number: z.string() }).optional() });
/** Of an answer only its status matters. */
const anything = z.unknown();
const spacesSchema = z.array(z.object({ id: z.string() }));

/**
 * Looks at the space, and writes nothing.
 * @throws AppError where Kibana does not answer, is too old, does not let in, or has no such space
 */
export async function planInstall(kibana: Kibana, options: InstallOptions): Promise<InstallPlan> {
  const version = await checkVersion(kibana);
  await checkSpace(kibana);
  const objects = withIds(options.objects, options.record.ids);
  const present = await exportObjects(kibana, objects);
  const extras: PlannedExtra[] = [];
  for (const extra of extrasOf(kibana.space, options.pages)) {
    const isThere = await exists(kibana, extra);
    extras.push({ extra, action: isThere ? (options.overwrite ? 'replace' : 'keep') : 'create' });
  }
  return { version, objects: planObjects(objects, present, options.record, options.overwrite), extras };
}

/** Kibana's version. @throws AppError where it does not answer, does not let in, or is too old */
async function checkVersion(kibana: Kibana): Promise<string> {
  const what = 'ask Kibana for its version';
  const { version } = await kibana.ask(
    what,
    { method: 'GET', path: '/api/status', global: true },
    statusSchema,
  );
  if (version === undefined) {
    throw new AppError(
      'unauthorized',
      `could not ${what} (${kibana.address}): it tells strangers nothing; expected credentials`,
    );
  }
  const [major = 0, minor = 0] = version.number.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  if (!isOld) return version.number;
  throw new AppError(
    'store_rejected',
    `${kibana.address} is Kibana ${version.number}; the saved objects need ${OLDEST.join('.')} or newer`,
  );
}

async function checkSpace(kibana: Kibana): Promise<void> {
  if (kibana.space === DEFAULT_SPACE) return;
  const what = `look at the space ${kibana.space}`;
  const path = '/api/spaces/space';
  const answer = await kibana.send(what, { method: 'GET', path: `${path}/${kibana.space}`, global: true });
  if (answer.status < 300) return;
  if (answer.status !== 404) throw kibana.failure(what, answer);
  const spaces = await kibana.ask('list the spaces', { method: 'GET', path, global: true }, spacesSchema);
  const known = spaces.map(({ id }) => id).join(', ');
  throw new AppError(
    'not_found',
    `kibana.space: ${kibana.address} has no space "${kibana.space}"; make it there, or name one of: ${known}`,
  );
}

/** Whether there is one already; where that cannot be told, making it will say why. */
async function exists(kibana: Kibana, { title, lookup }: Extra): Promise<boolean> {
  const { status } = await kibana.send(`look at the ${title}`, lookup);
  return status === 200;
}

/**
 * Sends the objects of a plan.
 * @returns what is to be kept for the next time
 */
export async function applyObjects(
  kibana: Kibana,
  { objects }: Pick<InstallPlan, 'objects'>,
  record: InstallRecord,
): Promise<InstallRecord> {
  const sent = objects.filter(({ send }) => send).map(({ object }) => object);
  const ids = await importObjects(kibana, sent);
  const settled = withIds(sent, ids);
  // References Kibana has rewritten to the new ids, links in texts it has not.
  if (Object.keys(ids).length > 0) await importObjects(kibana, settled);
  const stored = new Map((await exportObjects(kibana, settled)).map((object) => [keyOf(object), object]));
  const entries = settled.map(
    (object) => [keyOf(object), entryOf(object, stored.get(keyOf(object)))] as const,
  );
  return { objects: { ...record.objects, ...Object.fromEntries(entries) }, ids: { ...record.ids, ...ids } };
}

function entryOf(object: SavedObject, stored: ExportedObject | undefined): InstallRecord['objects'][string] {
  const updated = stored?.updated_at;
  return {
    sent: fingerprint(object),
    stored: stored === undefined ? '' : fingerprint(stored),
    ...(updated === undefined ? {} : { updated }),
  };
}

/** Makes the rules of a plan. @returns those that Kibana would not make */
export async function applyExtras(
  kibana: Kibana,
  { extras }: Pick<InstallPlan, 'extras'>,
): Promise<SkippedExtra[]> {
  const skipped: SkippedExtra[] = [];
  for (const { extra, action } of extras) {
    if (action === 'keep') continue;
    try {
      await kibana.ask(`make the ${extra.title}`, extra[action], anything);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      skipped.push({ extra, reason: error.message });
    }
  }
  return skipped;
}

/** What an uninstall does. */
export interface RemovalPlan {
  readonly version: string;
  readonly remove: readonly ExportedObject[];
  /** What a user has changed, and what it needs. */
  readonly keep: readonly ExportedObject[];
  /** Rules and connectors that are there. */
  readonly extras: readonly Extra[];
}

/** Looks at what of ours is in the space; nothing that setup has not put there is touched. */
export async function planUninstall(
  kibana: Kibana,
  { record, overwrite }: Pick<InstallOptions, 'record' | 'overwrite'>,
): Promise<RemovalPlan> {
  const version = await checkVersion(kibana);
  await checkSpace(kibana);
  const recorded = Object.keys(record.objects).map((key) => {
    const colon = key.indexOf(':');
    return { type: key.slice(0, colon), id: key.slice(colon + 1) };
  });
  const present = await exportObjects(kibana, recorded);
  const extras: Extra[] = [];
  for (const extra of extrasOf(kibana.space)) if (await exists(kibana, extra)) extras.push(extra);
  return { version, ...planRemoval(present, record, overwrite), extras };
}

/** Removes what is planned. @returns what is to be kept for the next time */
export async function applyRemoval(
  kibana: Kibana,
  { remove, keep, extras }: RemovalPlan,
  record: InstallRecord,
): Promise<InstallRecord> {
  // Rules before the connector that they use.
  for (const extra of [...extras].reverse()) {
    await kibana.ask(`remove the ${extra.title}`, extra.remove, anything);
  }
  await removeObjects(kibana, remove);
  const kept = new Set(keep.map(keyOf));
  const objects = Object.entries(record.objects).filter(([key]) => kept.has(key));
  return objects.length === 0 ? NO_RECORD : { ...record, objects: Object.fromEntries(objects) };
}
