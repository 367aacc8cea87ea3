/**
 * Defects to plant into the saved objects, each with the one problem that it has to be refused by.
 */
import type { DraftFile } from './draft.js';

/** A mistake, and what is said of it. */
export interface Defect {
  readonly name: string;
  readonly plant: (file: DraftFile) => void;
  /** Type of the object that is refused, and how the path in it ends. */
  readonly at: readonly [type: string, path: string];
  /** What the message contains. */
  readonly message: string;
}

/** Leaves out an attribute that has to be there. */
export function drop(object: object, attribute: string): void {
  Reflect.deleteProperty(object, attribute);
}

/** Sets what the type does not allow. */
export function put(object: object, attribute: string, value: unknown): void {
  Reflect.set(object, attribute, value);
}
