/**
 * What ECS fields are called in the indices of a job, whose logs may not be ECS.
 */

/** Goes from ECS names to those in the logs, and back. */
export class FieldNames {
  private readonly names: ReadonlyMap<string, string>;

  /** @param names names in the logs by ECS name; others are the same */
  constructor(names: Readonly<Partial<Record<string, string>>> = {}) {
    this.names = new Map(
      Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  }

  /** Name of a field in the logs. */
  inLogs = (field: string): string => this.names.get(field) ?? field;

  /** Fields of a hit under their ECS names; what a name in the logs stands for is not found under its own. */
  toEcs<V>(fields: Readonly<Record<string, V>>): Readonly<Record<string, V>> {
    if (this.names.size === 0) return fields;
    const renamed = Object.fromEntries(Object.entries(fields).filter(([name]) => !this.names.has(name)));
    for (const [name, inLogs] of this.names) {
      const value = fields[inLogs];
      if (value !== undefined) renamed[name] = value;
    }
    return renamed;
  }

  /** A whole document with its renamed fields under their ECS names too, as dotted keys. */
  addTo(document: unknown): unknown {
    if (this.names.size === 0 || document === null || typeof document !== 'object') return document;
    const added: Record<string, unknown> = {};
    for (const [name, inLogs] of this.names) {
      const value = valueAt(document, inLogs);
      if (value !== undefined) added[name] = value;
    }
    return { ...document, ...added };
  }
}

/** Value under a name whose dots may be steps or part of a key. */
function valueAt(value: unknown, name: string): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  const held = value as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(held, name)) return held[name];
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    const head = name.slice(0, dot);
    const found = Object.hasOwn(held, head) ? valueAt(held[head], name.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
