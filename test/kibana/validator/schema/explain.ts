/**
 * What a schema does not allow, in words.
 */
import type { z } from 'zod';
import { licenseOf } from '../license.js';
import { shown } from '../problem.js';

/** A problem that a schema found. */
interface Explained {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What zod's types are called. */
const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  never: 'nothing',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
  tuple: 'a list',
};

/** @param issue with its input, see `reportInput` of zod */
export function explain(issue: z.core.$ZodIssue): Explained[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: 'unknown attribute; leave it out, for Kibana may refuse or lose what it does not know',
      }));
    case 'invalid_value':
      return [{ path, message: choice(issue.input, issue.values) }];
    case 'invalid_union':
      return [{ path, message: choice(discriminator(issue), optionsOf(issue)) }];
    case 'invalid_type':
      return [{ path, message: `${got(issue.input)}; ${expected(issue)}` }];
    case 'custom':
      return [{ path, message: issue.message }];
    default:
      return [{ path, message: `${got(issue.input)}; ${issue.message}` }];
  }
}

function choice(value: unknown, options: readonly unknown[]): string {
  const license = licenseOf(value);
  const expected =
    options.length === 1 ? shown(options[0]) : `one of ${options.map((option) => shown(option)).join(', ')}`;
  if (license === undefined) return `${got(value)}; expected ${expected}`;
  return `${shown(value)} needs a ${license} license; a Basic one has ${expected}`;
}

function expected({ expected: type }: z.core.$ZodIssueInvalidType): string {
  return `expected ${TYPES[type] ?? type}`;
}

function got(value: unknown): string {
  return value === undefined ? 'missing' : `got ${shown(value)}`;
}

/** The issue's path leads to the key that decides, its input is the object around it. */
function discriminator({ input, path }: z.core.$ZodIssueInvalidUnion): unknown {
  return (input as Readonly<Record<PropertyKey, unknown>> | undefined)?.[path.at(-1) ?? ''];
}

function optionsOf(issue: z.core.$ZodIssueInvalidUnion): readonly unknown[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
}
