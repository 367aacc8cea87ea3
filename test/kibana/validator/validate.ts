/**
 * Validates saved objects: that Kibana 8.9 and newer import them, and what Kibana would not say, such as
 * links that lead nowhere, fields that there are none of, panels that show an error. Everything that
 * Elkhound does not ship is refused.
 */
import { keyOf, type SavedObjectType } from '../../../src/kibana/saved-object.js';
import { checkDashboard } from './dashboard.js';
import { checkDataView } from './data-view.js';
import { fieldsOf, type ViewFields } from './fields.js';
import { readLines, type Line } from './lines.js';
import type { Place, Problem } from './problem.js';
import { checkReferences } from './references.js';
import type { ReadObject } from './schema/objects.js';
import { checkSearch } from './search.js';
import type { Surroundings } from './surroundings.js';

/** What the objects of a file may refer to besides each other. */
export interface Known {
  /** Objects that are in the space, as `type:id`. */
  readonly known?: readonly string[];
}

const EMPTY: Problem = {
  line: 1,
  type: '',
  id: '',
  path: '',
  message: 'no saved object; expected one a line',
};

/** Problems of an export file (NDJSON), by line; none where Kibana shows everything as it is meant. */
export function validate(text: string, { known = [] }: Known = {}): Problem[] {
  const problems: Problem[] = [];
  const lines = readLines(text, problems);
  if (lines.length === 0 && problems.length === 0) problems.push(EMPTY);
  reportTwins(lines);
  const surroundings = surroundingsOf(lines, known);
  for (const { object, place } of lines) {
    if (object === undefined) continue;
    checkReferences(object, place, surroundings);
    checkAttributes(object, place.at('attributes'), surroundings);
  }
  return problems.sort((a, b) => a.line - b.line);
}

function checkAttributes(object: ReadObject, place: Place, surroundings: Surroundings): void {
  const { type, id, references } = object;
  switch (type) {
    case 'index-pattern':
      checkDataView(object.attributes, surroundings.fieldsOf(id), place, surroundings);
      return;
    case 'search':
      checkSearch(object.attributes, references, place, surroundings);
      return;
    case 'dashboard':
      checkDashboard(object.attributes, references, place, surroundings);
      return;
    case 'tag':
      return;
  }
}

/** Kibana refuses a file that has an object twice. */
function reportTwins(lines: readonly Line[]): void {
  const first = new Map<string, number>();
  for (const { type, id, line, place } of lines) {
    if (id === '') continue;
    const key = keyOf({ type, id });
    const other = first.get(key);
    if (other === undefined) first.set(key, line);
    else place.at('id').report(`line ${String(other)} is the same object; leave one of them out`);
  }
}

function surroundingsOf(lines: readonly Line[], known: readonly string[]): Surroundings {
  const keys = new Set([...known, ...lines.map(keyOf)]);
  const views = new Map<string, ViewFields>();
  for (const { object } of lines) {
    if (object?.type !== 'index-pattern') continue;
    const kinds = fieldsOf(object.attributes.title);
    if (kinds !== undefined) views.set(object.id, { view: object.id, kinds });
  }
  return {
    has: (type: SavedObjectType, id: string) => keys.has(keyOf({ type, id })),
    fieldsOf: (view) => (view === undefined ? undefined : views.get(view)),
  };
}
