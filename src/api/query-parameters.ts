/**
 * Parameters of the lists: texts of an address, as typed conditions.
 */
import { z } from 'zod';
import { SEVERITIES } from '../domain/anomaly.js';
import { canonicalAddress } from '../domain/address.js';
import { SUBJECT_KINDS } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';
import type { ResultQuery } from '../decide/ports.js';
import { BEHAVIORS } from '../behaviors/catalogue.js';
import { ProblemError } from './problem.js';

const MAX_TEXT = 512;
/** Longest cursor that a list gives is far shorter. */
const MAX_CURSOR = 1024;
/** Digits up to here are seconds, beyond it milliseconds: the year 5138, or 1973. */
const LARGEST_SECONDS = 100_000_000_000;
/** End of the year 9999, the last that ISO 8601 writes with four digits. */
const END_OF_TIME_MS = 253_402_300_800_000;

const text = z
  .string()
  .min(1, 'it must not be empty')
  .max(MAX_TEXT, `at most ${String(MAX_TEXT)} characters`);

/** A point in time: ISO 8601 with a zone, or seconds or milliseconds since the epoch. */
export const timeParameter = z.string().transform((value, context) => {
  const timeMs = parseTime(value);
  if (timeMs !== undefined) return timeMs;
  context.addIssue({
    code: 'custom',
    message: 'expected a time such as 2026-11-23T02:10:00Z, or seconds or milliseconds since the epoch',
  });
  return z.NEVER;
});

const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

function parseTime(value: string): number | undefined {
  if (/^\d{1,15}$/.test(value)) {
    const number = Number(value);
    const timeMs = number < LARGEST_SECONDS ? number * 1000 : number;
    return timeMs <= END_OF_TIME_MS ? timeMs : undefined;
  }
  const timeMs = ISO_TIME.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function numberParameter(smallest: number, largest: number, whole: boolean) {
  const expected = `expected a ${whole ? 'whole ' : ''}number from ${String(smallest)} to ${String(largest)}`;
  return z.string().transform((value, context) => {
    const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
    if (number >= smallest && number <= largest && (!whole || Number.isInteger(number))) return number;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

function oneOf<const T extends readonly string[]>(values: T) {
  return z.enum(values, `expected one of ${values.join(', ')}`);
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

const job = text.optional().describe('Only of this job');
const from = timeParameter.optional().describe('Windows that start at this time or later');
const to = timeParameter.optional().describe('Windows that start before this time');
const limit = numberParameter(1, MAX_LIMIT, true)
  .optional()
  .describe(`Items of a page, 1 to ${String(MAX_LIMIT)}; ${String(DEFAULT_LIMIT)} by default`);
const cursor = z
  .string()
  .min(1)
  .max(MAX_CURSOR, 'not one that a list gave as "next"')
  .optional()
  .describe('`next` of the page before; the other parameters must stay the same');

/** Conditions that anomalies and episodes share. */
export const episodeParameters = z.strictObject({
  job,
  site: text.optional().describe('Only of this site'),
  entity: text
    .transform(canonicalAddress)
    .optional()
    .describe('Entity id, or an address in any spelling or a user name that an entity names'),
  entityKind: oneOf(SUBJECT_KINDS).optional().describe('Only entities of this kind'),
  behavior: oneOf(BEHAVIORS).optional().describe('Only this behavior'),
  severity: oneOf(SEVERITIES).optional().describe('This severity or worse'),
  minScore: numberParameter(0, 1, false).optional().describe('This score or higher, 0 to 1'),
  from,
  to,
  sort: oneOf(['time', '-time', 'score', '-score', 'severity', '-severity'])
    .optional()
    .describe('Order; a leading minus is largest first; `-time` by default'),
  limit,
  cursor,
});

/** Conditions for anomalies. */
export const anomalyParameters = episodeParameters.extend({
  episode: text.optional().describe('Only of this episode'),
  status: oneOf(['active', 'retracted'])
    .optional()
    .describe('`retracted`: late data brought it below the threshold'),
});

/** Conditions for window records. */
export const windowParameters = z.strictObject({ job, from, to, limit, cursor });

interface Times {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/**
 * The half-open range of two optional times.
 * @throws ProblemError `invalid_request` where it ends before it begins
 */
function rangeOf({ from: start, to: end }: Times): Window | undefined {
  if (start === undefined && end === undefined) return undefined;
  const range = { start: start ?? 0, end: end ?? END_OF_TIME_MS };
  if (range.end <= range.start) throw new ProblemError('invalid_request', 'to: expected a time after "from"');
  return range;
}

/** The conditions as the reader takes them. */
export function toResultQuery(given: z.output<typeof anomalyParameters>): ResultQuery {
  const { severity, from: start, to: end, limit: items, ...conditions } = given;
  return {
    ...present(conditions),
    ...present({ minSeverity: severity, range: rangeOf({ from: start, to: end }) }),
    limit: items ?? DEFAULT_LIMIT,
  };
}

/** The conditions of a list of windows, as the reader takes them. */
export function toWindowQuery(given: z.output<typeof windowParameters>) {
  const { from: start, to: end, limit: items, ...conditions } = given;
  return {
    ...present(conditions),
    ...present({ range: rangeOf({ from: start, to: end }) }),
    limit: items ?? DEFAULT_LIMIT,
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined. */
function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
