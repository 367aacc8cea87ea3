/**
 * Schema of references, and the types of saved objects there are.
 */
import { z } from 'zod';
import { TYPE_VERSIONS, type Reference, type SavedObjectType } from '../../../../src/kibana/saved-object.js';
import { words } from './parts.js';

const TYPES = Object.keys(TYPE_VERSIONS) as SavedObjectType[];

/** What an object or a visualization refers to. */
export const references = z.array(
  z.strictObject({ type: z.enum(TYPES), id: words, name: words }),
) satisfies z.ZodType<Reference[]>;
