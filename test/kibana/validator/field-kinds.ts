/**
 * Kinds of fields, and what each can be asked for.
 */

/** What a field holds; `unindexed` is in the document alone. */
export type FieldKind = 'number' | 'string' | 'text' | 'date' | 'ip' | 'boolean' | 'unindexed';

/** Kinds whose values can be counted, sorted and made buckets of. */
export const AGGREGATABLE: readonly FieldKind[] = ['number', 'string', 'date', 'ip', 'boolean'];
/** Kinds that a query can ask for. */
export const SEARCHABLE: readonly FieldKind[] = [...AGGREGATABLE, 'text'];
/** Every kind: a column of a table of documents shows it. */
export const SHOWABLE: readonly FieldKind[] = [...SEARCHABLE, 'unindexed'];
