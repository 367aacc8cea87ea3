/**
 * How a document's fields are declared, and the Elasticsearch mapping made of the declaration.
 */

/**
 * Which templates a cluster gets.
 * - `full`: `constant_keyword` fields and index lifecycle management
 * - `basic`: what every build of Elasticsearch has
 */
export type Variant = 'full' | 'basic';

/** A field as Elasticsearch maps it. */
export interface FieldMapping {
  readonly type: string;
  readonly ignore_above?: number;
  readonly enabled?: boolean;
  readonly value?: string;
}

/** One value in every document of an index: free to store and to filter by where the cluster can do it. */
interface Constant {
  readonly constant: string;
}

/** Declared fields by dotted name. */
export type Fields = Readonly<Record<string, FieldMapping | Constant>>;

/** An object of an Elasticsearch mapping. */
export interface ObjectMapping {
  readonly properties: Record<string, FieldMapping | ObjectMapping>;
}

/** A whole Elasticsearch mapping. */
export interface Mapping extends ObjectMapping {
  readonly dynamic: false;
  readonly _meta: { readonly managed_by: 'elkhound'; readonly schema_version: number };
}

/** Longest text that is searchable as a keyword, as in ECS; longer ones stay in `_source` alone. */
const IGNORE_ABOVE = 1024;

export const keyword: FieldMapping = { type: 'keyword', ignore_above: IGNORE_ABOVE };
export const date: FieldMapping = { type: 'date' };
export const long: FieldMapping = { type: 'long' };
export const integer: FieldMapping = { type: 'integer' };
export const float: FieldMapping = { type: 'float' };
/** Scores: filters and sorts answer exactly as the embedded store does, which single precision would not. */
export const double: FieldMapping = { type: 'double' };
export const boolean: FieldMapping = { type: 'boolean' };
export const ip: FieldMapping = { type: 'ip' };
export const text: FieldMapping = { type: 'text' };
/** Kept in `_source` and never parsed: nobody searches inside. */
export const unparsed: FieldMapping = { type: 'object', enabled: false };

/** A field that holds `value` in every document of the index. */
export function constant(value: string): Constant {
  return { constant: value };
}

/**
 * The mapping of `fields`. Nothing is mapped by being seen (`dynamic: false`): what is not
 * declared stays in `_source`.
 */
export function mappingOf(fields: Fields, schemaVersion: number, variant: Variant): Mapping {
  const mapping: Mapping = {
    dynamic: false,
    _meta: { managed_by: 'elkhound', schema_version: schemaVersion },
    properties: {},
  };
  for (const [name, field] of Object.entries(fields)) {
    const path = name.split('.');
    const leaf = path.pop()!;
    let object: ObjectMapping = mapping;
    for (const part of path) object = childOf(object, part);
    object.properties[leaf] = 'constant' in field ? constantOf(field, variant) : field;
  }
  return mapping;
}

function childOf(object: ObjectMapping, name: string): ObjectMapping {
  const child = (object.properties[name] ??= { properties: {} });
  if (!('properties' in child))
    throw new TypeError(`field ${name} is declared both as a value and as an object`);
  return child;
}

function constantOf(field: Constant, variant: Variant): FieldMapping {
  return variant === 'full' ? { type: 'constant_keyword', value: field.constant } : keyword;
}
