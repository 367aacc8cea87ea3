/**
 * Which fields the indices of a data view have, and what each can be asked for.
 */
import { INDEX_PREFIX, indexPattern } from '../../../src/documents/index-definition.js';
import { INDICES } from '../../../src/documents/indices.js';
import type { Fields } from '../../../src/documents/mapping.js';
import { nearest } from '../../../src/domain/nearest.js';
import { ECS_LOG_FIELDS } from './ecs-fields.js';
import type { FieldKind } from './field-kinds.js';
import type { Place } from './problem.js';

const KINDS: ReadonlyMap<string, FieldKind> = new Map([
  ['keyword', 'string'],
  ['long', 'number'],
  ['integer', 'number'],
  ['float', 'number'],
  ['double', 'number'],
  ['date', 'date'],
  ['ip', 'ip'],
  ['boolean', 'boolean'],
  ['text', 'text'],
]);

/** The fields of a data view. */
export interface ViewFields {
  /** Id of the data view. */
  readonly view: string;
  readonly kinds: ReadonlyMap<string, FieldKind>;
}

/** Of our indices what they map, by each name they have. */
const OURS: ReadonlyMap<string, ReadonlyMap<string, FieldKind>> = new Map(
  INDICES.flatMap((definition) => {
    const { fields, alias } = definition;
    const names = [indexPattern(definition), ...(alias === undefined ? [] : [alias])];
    return names.map((name) => [name, kindsOf(fields)] as const);
  }),
);

/**
 * The fields of an index expression: what all its indices have. Indices that are not ours hold logs.
 * Undefined where an index of ours is asked for that there is none of.
 */
export function fieldsOf(expression: string): ReadonlyMap<string, FieldKind> | undefined {
  const asked = expression
    .split(',')
    .map((part) => part.trim())
    .filter((part) => !part.startsWith('-'))
    .map((part) => OURS.get(part) ?? (part.startsWith(INDEX_PREFIX) ? undefined : ECS_LOG_FIELDS));
  if (asked.length === 0 || asked.includes(undefined)) return undefined;
  const [first, ...rest] = asked as ReadonlyMap<string, FieldKind>[];
  return new Map([...first!].filter(([name, kind]) => rest.every((other) => other.get(name) === kind)));
}

function kindsOf(fields: Fields): ReadonlyMap<string, FieldKind> {
  return new Map(
    Object.entries(fields).flatMap(([name, field]) => {
      const kind = 'constant' in field ? 'string' : KINDS.get(field.type);
      return kind === undefined ? [] : [[name, kind] as const];
    }),
  );
}

/**
 * Reports a field that there is none of, or that cannot be asked for this way.
 * @param fields undefined where the data view is not known: then nothing can be said
 * @param use what asks for the field, such as `average`
 */
export function checkField(
  name: string,
  fields: ViewFields | undefined,
  place: Place,
  use: string,
  accepted: readonly FieldKind[],
): FieldKind | undefined {
  if (fields === undefined) return undefined;
  const kind = fields.kinds.get(name);
  if (kind === undefined) {
    const near = nearest(name, fields.kinds.keys());
    const hint = near === undefined ? 'take one that its mapping has' : `did you mean "${near}"?`;
    place.report(`data view ${fields.view} has no field "${name}"; ${hint}`);
    return undefined;
  }
  if (!accepted.includes(kind)) {
    place.report(`"${name}" is a field of kind ${kind}; ${use} takes ${accepted.join(', ')}`);
    return undefined;
  }
  return kind;
}
