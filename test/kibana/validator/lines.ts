/**
 * Reads an export file line by line, as far as each can be read.
 */
import { z } from 'zod';
import { Place, type Problem } from './problem.js';
import { explain } from './schema/explain.js';
import { savedObject, type ReadObject } from './schema/objects.js';
import { brokenJson } from './schema/parts.js';

/** A line that is a saved object, or should be one. */
export interface Line {
  /** From 1. */
  readonly line: number;
  /** As far as the line says them. */
  readonly type: string;
  readonly id: string;
  readonly place: Place;
  /** Undefined where the schema does not allow it, which is reported then. */
  readonly object?: ReadObject;
}

/** What an export ends with. */
const exportDetails = z.strictObject({
  exportedCount: z.int(),
  missingRefCount: z.int(),
  missingReferences: z.array(z.unknown()),
  excludedObjectsCount: z.int().exactOptional(),
  excludedObjects: z.array(z.unknown()).exactOptional(),
});

/** The objects of a file; reports lines that are none. */
export function readLines(text: string, problems: Problem[]): Line[] {
  const lines = text
    .split('\n')
    .flatMap((content, i) => (content.trim() === '' ? [] : [{ content, line: i + 1 }]));
  return lines.flatMap(({ content, line }, i) => {
    const value = parsed(content, line, problems);
    const isDetails = i === lines.length - 1 && exportDetails.safeParse(value).success;
    return value === undefined || isDetails ? [] : [readLine(value, line, problems)];
  });
}

function parsed(text: string, line: number, problems: Problem[]): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    problems.push({ line, type: '', id: '', path: '', message: brokenJson(error) });
    return undefined;
  }
}

function readLine(value: unknown, line: number, problems: Problem[]): Line {
  const { type, id } = namesOf(value);
  const place = new Place((path, message) => problems.push({ line, type, id, path, message }));
  const result = savedObject.safeParse(value, { reportInput: true });
  if (result.success) return { line, type, id, place, object: result.data };
  for (const { path, message } of result.error.issues.flatMap(explain)) place.at(...path).report(message);
  return { line, type, id, place };
}

function namesOf(value: unknown): { readonly type: string; readonly id: string } {
  const { type, id } = (value ?? {}) as { readonly type?: unknown; readonly id?: unknown };
  return { type: typeof type === 'string' ? type : '', id: typeof id === 'string' ? id : '' };
}
