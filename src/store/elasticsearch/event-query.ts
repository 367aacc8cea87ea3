/**
 * Which documents are events, of which window, of which entity.
 */
import { isIP } from 'node:net';
import type { estypes } from '@elastic/elasticsearch';
import { INDEX_PREFIX, MODULE } from '../../documents/index-definition.js';
import type { Window } from '../../domain/window.js';

type Query = estypes.QueryDslQueryContainer;

/** The times that decide an event's window: the first where a document has it, else the second. */
export const TIME_FIELDS = ['event.end', '@timestamp'] as const;

/** Documents of ours, here and on remote clusters; our alerts lie in `logs-*` by their alias. */
export function ownOutput(): Query[] {
  return [
    { term: { 'event.module': MODULE } },
    { prefix: { _index: INDEX_PREFIX } },
    { wildcard: { _index: `*:${INDEX_PREFIX}*` } },
  ];
}

/** Documents whose deciding time is `field` and lies in the half-open range. */
export function timeOf(field: (typeof TIME_FIELDS)[number], range: Window): Query {
  const inRange = { range: { [field]: { gte: range.start, lt: range.end, format: 'epoch_millis' } } };
  if (field === 'event.end') return inRange;
  return { bool: { filter: [inRange], must_not: [{ exists: { field: 'event.end' } }] } };
}

/** All events of a range. */
export function eventsIn(range: Window): Query {
  const times = TIME_FIELDS.map((field) => timeOf(field, range));
  return { bool: { filter: [{ bool: { should: times, minimum_should_match: 1 } }], must_not: ownOutput() } };
}

const ADDRESS_FIELDS = ['source.ip', 'destination.ip', 'host.ip'];
const NAME_FIELDS = [
  'source.address',
  'destination.address',
  'host.name',
  'host.id',
  'user.name',
  'source.user.name',
];

/** Events that name a host or user. Terms only: no character of `value` has a meaning. */
export function entityQuery(value: string): Query {
  // A field of addresses refuses a term that is none.
  const fields = isIP(value) === 0 ? NAME_FIELDS : [...ADDRESS_FIELDS, ...NAME_FIELDS];
  return {
    bool: { should: fields.map((field) => ({ term: { [field]: { value } } })), minimum_should_match: 1 },
  };
}
