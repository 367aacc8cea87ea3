/**
 * What an object finds around it: the other objects of its file, and those that are known to be in the space.
 */
import type { SavedObjectType } from '../../../src/kibana/saved-object.js';
import type { ViewFields } from './fields.js';

/** Answers what is there. */
export interface Surroundings {
  /** Whether an object of the type and id exists. */
  has(type: SavedObjectType, id: string): boolean;
  /** Fields of a data view of the file; undefined where nothing is known of them. */
  fieldsOf(view: string | undefined): ViewFields | undefined;
}
