/**
 * What an option wants, in the words of a sentence, from its schema.
 */
import { z } from 'zod';

/** A text that no option with rules of its own takes, and that so gets their words. */
const NO_VALUE = '\0';
/** Name that stands for one of the user's own. */
const ANY_NAME = 'NAME';

/** `a list such as [ … ]`, `a whole number from 0 to 65535`. */
export function expectedBy(schema: unknown): string {
  const wanted = plain(schema);
  if (isGroup(wanted)) {
    return `expected options such as ${exampleOf(wanted)}`;
  }
  if (wanted instanceof z.ZodArray) return `expected a list such as ${exampleOf(wanted)}`;
  if (wanted instanceof z.ZodUnion) return ofUnion(wanted);
  if (wanted instanceof z.ZodEnum)
    return `expected ${wanted.options.length > 1 ? 'one of ' : ''}${wanted.options.join(', ')}`;
  if (wanted instanceof z.ZodLiteral) return `expected ${[...wanted.values].map(String).join(' or ')}`;
  if (wanted instanceof z.ZodNumber) return `expected ${numberOf(wanted)}`;
  if (wanted instanceof z.ZodString) return ofText(wanted);
  return wanted instanceof z.ZodBoolean ? 'expected true or false' : 'expected another value';
}

/** Whether it holds options by name. */
export function isGroup(schema: unknown): boolean {
  return schema instanceof z.ZodObject || schema instanceof z.ZodRecord;
}

/** Whether it can hold options by name. */
export function mayBeGroup(schema: unknown): boolean {
  return schema instanceof z.ZodUnion ? schema.options.map(plain).some(isGroup) : isGroup(schema);
}

/** Keys of a group of options; none where the user names them. */
export function keysOf(schema: unknown): string[] {
  const group = groupOf(schema);
  if (group instanceof z.ZodObject) return Object.keys(group.shape);
  return group instanceof z.ZodRecord && group.keyType instanceof z.ZodEnum
    ? group.keyType.options.map(String)
    : [];
}

/** The schema at a path below another. */
export function schemaAt(root: unknown, path: readonly string[]): unknown {
  let schema = plain(root);
  for (const step of path) {
    const group = groupOf(schema);
    if (group instanceof z.ZodObject) schema = plain(group.shape[step]);
    else if (group instanceof z.ZodArray) schema = plain(group.element);
    else if (group instanceof z.ZodRecord) schema = plain(group.valueType);
  }
  return schema;
}

/** A schema without what says that it may be missing, and before it is changed. */
function plain(schema: unknown): unknown {
  const isOptional =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  if (isOptional) return plain(schema.unwrap());
  return schema instanceof z.ZodPipe ? plain(schema.in) : schema;
}

/** What holds further options, also where something simpler would do. */
function groupOf(schema: unknown): unknown {
  return schema instanceof z.ZodUnion
    ? schema.options.map(plain).find((option) => option instanceof z.ZodObject)
    : schema;
}

/** `{ url: … }`: what must be there, else what comes first. */
function exampleOf(schema: unknown): string {
  const wanted = plain(schema);
  if (wanted instanceof z.ZodArray) return `[ ${exampleOf(wanted.element)} ]`;
  if (wanted instanceof z.ZodRecord) {
    return `{ ${keysOf(wanted)[0] ?? ANY_NAME}: ${exampleOf(wanted.valueType)} }`;
  }
  if (!(wanted instanceof z.ZodObject)) return '…';
  const keys = Object.entries(wanted.shape);
  const needed = keys.filter(([, value]) => !(value as z.ZodType).safeParse(undefined).success);
  const shown = needed.length > 0 ? needed : keys.slice(0, 1);
  return `{ ${shown.map(([key, value]) => `${key}: ${exampleOf(value)}`).join(', ')} }`;
}

/** Its own words, if it has any. */
function ofUnion(union: z.ZodUnion): string {
  const words = union.safeParse(undefined).error?.issues[0]?.message ?? '';
  if (words.startsWith('expected')) return words;
  return union.options
    .map(expectedBy)
    .map((option, i) => (i === 0 ? option : option.replace('expected ', '')))
    .join(', or ');
}

function ofText(text: z.ZodString): string {
  const { error } = text.safeParse(NO_VALUE);
  if (error) return error.issues[0]!.message;
  return `expected a text${(text.minLength ?? 0) > 0 ? ' that is not empty' : ''}`;
}

function numberOf({ minValue, maxValue, format }: z.ZodNumber): string {
  const kind = format === 'safeint' ? 'a whole number' : 'a number';
  const least = bound(minValue);
  const most = bound(maxValue);
  if (least === undefined) return most === undefined ? kind : `${kind} of at most ${most}`;
  return most === undefined ? `${kind} of at least ${least}` : `${kind} from ${least} to ${most}`;
}

/** A bound that somebody chose, not that of what can be counted exactly. */
function bound(value: number | null): string | undefined {
  return value === null || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : String(value);
}
