/**
 * What becomes of each saved object: sent, left as it is, or kept since a user has changed it.
 */
import { keyOf, type SavedObject } from '../saved-object.js';
import { fingerprint, type ExportedObject, type InstallRecord } from './record.js';

/**
 * - `new`: the space does not have it
 * - `update`: it is as setup left it, and this version of Elkhound has another
 * - `current`: it is as setup left it, and as it would be sent again
 * - `changed`: a user has changed it
 * - `unknown`: it is there, and setup has not put it there
 */
export type Fate = 'new' | 'update' | 'current' | 'changed' | 'unknown';

/** An object with what becomes of it. */
export interface PlannedObject {
  readonly object: SavedObject;
  readonly fate: Fate;
  /** Whether it is sent: what a user has changed is only where that was asked for. */
  readonly send: boolean;
}

/**
 * Plans an import.
 * @param present what the space has of our objects
 * @param overwrite sends everything, also over what a user has changed
 */
export function planObjects(
  objects: readonly SavedObject[],
  present: readonly ExportedObject[],
  record: InstallRecord,
  overwrite: boolean,
): PlannedObject[] {
  const byKey = new Map(present.map((object) => [keyOf(object), object]));
  return objects.map((object) => {
    const fate = fateOf(object, byKey.get(keyOf(object)), record);
    return { object, fate, send: overwrite || fate === 'new' || fate === 'update' };
  });
}

function fateOf(object: SavedObject, stored: ExportedObject | undefined, record: InstallRecord): Fate {
  if (stored === undefined) return 'new';
  const entry = record.objects[keyOf(object)];
  if (entry === undefined) return 'unknown';
  if (isChanged(stored, record)) return 'changed';
  return entry.sent === fingerprint(object) ? 'current' : 'update';
}

/** Whether an object is no longer as setup left it. One saved with the same content is. */
function isChanged(stored: ExportedObject, record: InstallRecord): boolean {
  const entry = record.objects[keyOf(stored)];
  if (entry === undefined) return true;
  const sameMoment = entry.updated !== undefined && entry.updated === stored.updated_at;
  return !sameMoment && entry.stored !== fingerprint(stored);
}

/**
 * What an uninstall removes: what setup has put there and nobody has changed, and which nothing that
 * stays refers to.
 * @param overwrite removes what a user has changed too
 */
export function planRemoval(
  present: readonly ExportedObject[],
  record: InstallRecord,
  overwrite: boolean,
): { readonly remove: ExportedObject[]; readonly keep: ExportedObject[] } {
  const byKey = new Map(present.map((object) => [keyOf(object), object]));
  const keep = new Set<ExportedObject>();
  const retain = (object: ExportedObject | undefined): void => {
    if (object === undefined || keep.has(object)) return;
    keep.add(object);
    for (const reference of object.references) retain(byKey.get(keyOf(reference)));
  };
  for (const object of present) if (!overwrite && isChanged(object, record)) retain(object);
  return { remove: present.filter((object) => !keep.has(object)), keep: [...keep] };
}
