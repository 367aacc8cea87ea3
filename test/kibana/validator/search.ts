/**
 * Saved searches: columns, order and queries are about fields of their data view.
 */
import type { Reference } from '../../../src/kibana/saved-object.js';
import { AGGREGATABLE, SHOWABLE } from './field-kinds.js';
import { checkField } from './fields.js';
import type { Place } from './problem.js';
import { checkPill, checkQuery } from './queries.js';
import { targetOf } from './references.js';
import type { ReadSearch } from './schema/objects.js';
import type { Surroundings } from './surroundings.js';

/** Checks the attributes of a saved search. */
export function checkSearch(
  { columns, sort, kibanaSavedObjectMeta }: ReadSearch,
  references: readonly Reference[],
  place: Place,
  surroundings: Surroundings,
): void {
  const { query, filter, indexRefName } = kibanaSavedObjectMeta.searchSourceJSON;
  const fields = surroundings.fieldsOf(targetOf(references, indexRefName));
  for (const [i, column] of columns.entries()) {
    checkField(column, fields, place.at('columns', i), 'a column', SHOWABLE);
    if (columns.indexOf(column) < i) place.at('columns', i).report(`"${column}" is there twice; remove one`);
  }
  for (const [i, [field]] of sort.entries()) {
    checkField(field, fields, place.at('sort', i), 'an order', AGGREGATABLE);
  }
  const source = place.at('kibanaSavedObjectMeta', 'searchSourceJSON');
  checkQuery(query, [fields], source.at('query'));
  for (const [i, pill] of filter.entries()) checkPill(pill, fields, source.at('filter', i));
}
