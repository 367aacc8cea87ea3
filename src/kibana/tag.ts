/**
 * The tag that all objects of ours carry.
 */
import { CORE_VERSION, TYPE_VERSIONS, type Reference, type TagObject } from './saved-object.js';

export const TAG: TagObject = {
  type: 'tag',
  id: 'elkhound',
  attributes: { name: 'Elkhound', description: 'Made by Elkhound', color: '#4477aa' },
  references: [],
  coreMigrationVersion: CORE_VERSION,
  typeMigrationVersion: TYPE_VERSIONS.tag,
};

/** How an object carries it. */
export const TAG_REFERENCE: Reference = { type: 'tag', id: TAG.id, name: `tag-ref-${TAG.id}` };
