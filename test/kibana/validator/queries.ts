/**
 * Queries, filter pills and time ranges.
 */
import ipaddr from 'ipaddr.js';
import { parseKql, type KqlNode, type KqlValue } from '../../../src/collect/kql/parse.js';
import { AppError } from '../../../src/domain/error.js';
import type { KqlQuery } from '../../../src/kibana/lens-columns.js';
import { SEARCHABLE, type FieldKind } from './field-kinds.js';
import { checkField, type ViewFields } from './fields.js';
import { shown, type Place } from './problem.js';
import type { Pill } from './schema/parts.js';

/**
 * A query is understood, and asks for fields that there are by values that these can have.
 * @param views the data views it is asked of
 */
export function checkQuery(
  { query }: KqlQuery,
  views: readonly (ViewFields | undefined)[],
  place: Place,
): void {
  if (query.trim() === '') return;
  const here = place.at('query');
  const node = parsed(query, here);
  if (node === undefined) return;
  for (const view of views) for (const condition of conditionsOf(node)) checkCondition(condition, view, here);
}

function parsed(query: string, place: Place): KqlNode | undefined {
  try {
    return parseKql(query);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    place.report(`is no KQL that Elkhound knows; ${error.message}`);
    return undefined;
  }
}

type Condition = Extract<KqlNode, { readonly kind: 'is' | 'range' }>;

function conditionsOf(node: KqlNode): Condition[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.nodes.flatMap(conditionsOf);
    case 'not':
      return conditionsOf(node.node);
    case 'is':
    case 'range':
      return [node];
  }
}

function checkCondition(condition: Condition, view: ViewFields | undefined, place: Place): void {
  const { field, value } = condition;
  const kind = checkField(field, view, place, 'a query', SEARCHABLE);
  const text = typeof value === 'string' ? value : literalOf(value);
  if (kind === undefined || text === undefined || IS_VALUE[kind]?.(text) !== false) return;
  place.report(
    `"${field}" is a field of kind ${kind}; Elasticsearch refuses to look in it for ${shown(text)}`,
  );
}

/** The text of a value without wildcards. */
function literalOf(value: KqlValue): string | undefined {
  return value.kind === 'literal' ? String(value.value) : undefined;
}

/** Of kinds that cannot hold just any text: whether it is a value of theirs. */
const IS_VALUE: Readonly<Partial<Record<FieldKind, (text: string) => boolean>>> = {
  number: (text) => text.trim() !== '' && Number.isFinite(Number(text)),
  boolean: (text) => text === 'true' || text === 'false',
  ip: (text) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text),
};

/** A filter pill is about a field of its data view. */
export function checkPill({ meta, query }: Pill, view: ViewFields | undefined, place: Place): void {
  const { key } = meta;
  checkField(key, view, place.at('meta', 'key'), 'a filter', SEARCHABLE);
  if (!JSON.stringify(query).includes(JSON.stringify(key))) {
    place
      .at('query')
      .report(`does not ask for "${key}", which the filter says it is about; make both the same`);
  }
}

const MOMENT = /^now((?:[+-]\d+[smhdwMy])*)(\/[smhdwMy])?$/;
const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 7 * 86_400,
  M: 30 * 86_400,
  y: 365 * 86_400,
};

/** A time range is one that Kibana understands, and does not end before it begins. */
export function checkTimeRange(from: string, to: string, place: Place): void {
  const [start, end] = [momentOf(from), momentOf(to)];
  const right = 'expected a time such as "now-24h" or "now/d"';
  if (start === undefined) place.at('timeFrom').report(`got ${shown(from)}; ${right}`);
  if (end === undefined) place.at('timeTo').report(`got ${shown(to)}; ${right}`);
  if (start === undefined || end === undefined) return;
  // "now/d" begins at midnight and ends at the next one.
  const isEmpty = start.seconds > end.seconds || (start.seconds === end.seconds && !end.isRounded);
  if (isEmpty)
    place.at('timeTo').report(`${shown(to)} is not after timeFrom, ${shown(from)}; expected a later time`);
}

/** How far a moment is from now, before it is rounded. */
function momentOf(text: string): { readonly seconds: number; readonly isRounded: boolean } | undefined {
  const match = MOMENT.exec(text);
  if (match === null) return undefined;
  const steps = match[1]!.match(/[+-]\d+[a-zA-Z]/g) ?? [];
  const seconds = steps.reduce((sum, step) => sum + Number(step.slice(0, -1)) * SECONDS[step.at(-1)!]!, 0);
  return { seconds, isRounded: match[2] !== undefined };
}
