/**
 * Places in a sorted list, as opaque texts.
 */
import { z } from 'zod';
import { AppError } from '../domain/error.js';
import { parseJson } from '../domain/json.js';

/** Beyond it no list has a value, and a store no number. */
const place = z.number().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const cursorSchema = z.object({ sort: z.string(), after: z.tuple([place, z.string()]) });

/** Sort value and id of the last item of a page. */
export type Place = readonly [value: number, id: string];

/** The text for the place after which a page begins. */
export function toCursor(sort: string, after: Place): string {
  return Buffer.from(JSON.stringify({ sort, after })).toString('base64url');
}

/**
 * The place that a cursor names.
 * @throws AppError `invalid_option` where it is no cursor, or one of a list in another order
 */
export function fromCursor(cursor: string, sort: string): Place {
  const parsed = cursorSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!parsed.success) throw new AppError('invalid_option', 'cursor: not one that a list gave as "next"');
  if (parsed.data.sort !== sort) {
    throw new AppError(
      'invalid_option',
      `cursor: belongs to a list sorted by "${parsed.data.sort}", not by "${sort}"`,
    );
  }
  return parsed.data.after;
}
