/**
 * Fields of a document under dotted names, however they are nested.
 */

/** Fields with their values; `null` is none. */
export type FlatFields = Readonly<Record<string, readonly unknown[]>>;

/** Objects deeper than this are left as they are: no field that is read lies there. */
const MAX_DEPTH = 8;

/** Of a document or an answer to `fields`: values of nested objects stand under their dotted names. */
export function flatten(document: Readonly<Record<string, unknown>>): FlatFields {
  const found = new Map<string, unknown[]>();
  add(found, '', document, 0);
  return Object.fromEntries(found);
}

function add(into: Map<string, unknown[]>, name: string, value: unknown, depth: number): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const one of value) add(into, name, one, depth);
  } else if (typeof value === 'object' && depth < MAX_DEPTH) {
    for (const [key, inner] of Object.entries(value))
      add(into, name === '' ? key : `${name}.${key}`, inner, depth + 1);
  } else {
    const known = into.get(name);
    if (known) known.push(value);
    else into.set(name, [value]);
  }
}

/** An answer to `fields` in which some values are objects, as of fields mapped as `nested`. */
export function hasNested(fields: Readonly<Record<string, unknown>>): boolean {
  for (const name in fields) {
    const value = fields[name];
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'object' && first !== null) return true;
  }
  return false;
}
