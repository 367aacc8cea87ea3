/**
 * Where an ECS document keeps its fields: nested, under dotted keys, or as Elasticsearch answers
 * `fields`, where every value is an array.
 */
import { textOf, type Record_ } from './values.js';

/** Steps to each field of a nested document. */
const STEPS = new Map<string, readonly string[]>();

function stepsTo(field: string): readonly string[] {
  let steps = STEPS.get(field);
  if (!steps) STEPS.set(field, (steps = field.split('.')));
  return steps;
}

/** Fields that have several values by right. */
const LISTS: ReadonlySet<string> = new Set(['host.ip', 'event.category', 'event.type']);

/** One document at a time, looked at without making another. */
export class EcsDocument<Field extends string> {
  private record: Record_ = {};
  private hasDotted = true;
  private hasNested = true;
  /** A field that should have one value has several. */
  hasMultiple = false;

  /** Turns to a document. */
  open(record: Record_): void {
    this.record = record;
    this.hasMultiple = false;
    // An answer to `fields` is known by its arrays; of others the keys tell.
    this.hasDotted = Array.isArray(record['@timestamp']);
    this.hasNested = !this.hasDotted;
    if (this.hasDotted) return;
    for (const key in record) {
      if (key.includes('.')) this.hasDotted = true;
    }
  }

  /** First value of a field; undefined where there is none. */
  get(field: Field): unknown {
    const value = this.valueOf(field);
    if (!Array.isArray(value)) return value;
    if (value.length > 1 && !LISTS.has(field)) this.hasMultiple = true;
    return value[0] as unknown;
  }

  /** First value of a field as text; the empty text where there is none. */
  text(field: Field): string {
    return textOf(this.get(field));
  }

  /** Whether a field is a word, or has it among its values. */
  has(field: Field, word: string): boolean {
    const value = this.valueOf(field);
    return Array.isArray(value) ? value.includes(word) : value === word;
  }

  private valueOf(field: Field): unknown {
    if (this.hasDotted) {
      const dotted = this.record[field];
      if (dotted !== undefined || !this.hasNested) return dotted;
    }
    const steps = stepsTo(field);
    let value: unknown = this.record[steps[0]!];
    for (let i = 1; i < steps.length && value !== undefined; i++) value = this.partOf(value, steps[i]!);
    return value;
  }

  /** A part of an object, or of the first of several objects. */
  private partOf(value: unknown, name: string): unknown {
    let object = value;
    if (Array.isArray(value)) {
      if (value.length > 1) this.hasMultiple = true;
      object = value[0] as unknown;
    }
    return object !== null && typeof object === 'object' ? (object as Record_)[name] : undefined;
  }
}
