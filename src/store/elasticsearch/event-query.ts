/**
 * Which documents are events of a job, of which window, of which entity.
 */
import { isIP } from 'node:net';
import type { estypes } from '@elastic/elasticsearch';
import { parseKql } from '../../collect/kql/parse.js';
import { queryOfKql } from '../../collect/kql/query.js';
import { INDEX_PREFIX, MODULE } from '../../documents/index-definition.js';
import { spellingsOf } from '../../domain/address.js';
import type { Window } from '../../domain/window.js';
import { weeksOf } from '../../normalize/event-time.js';
import { TIME_FIELDS, USUAL_MAPPING, type EventMapping, type TimeField } from './event-mapping.js';
import { FieldNames } from './field-names.js';

type Query = estypes.QueryDslQueryContainer;

/** What of the documents of some indices is meant. */
export interface Selection {
  readonly names: FieldNames;
  /** Only what it matches, where there is one. */
  readonly filter?: Query | undefined;
  readonly mapping: EventMapping;
}

/** ECS documents without a filter, in indices that map them well. */
export const EVERYTHING: Selection = { names: new FieldNames(), mapping: USUAL_MAPPING };

/** The query of a filter: text as in Kibana's query bar, or the query itself. */
export function filterQuery(filter: string | object, names: FieldNames): Query {
  return typeof filter === 'string' ? queryOfKql(parseKql(filter), names.inLogs) : filter;
}

/** Documents of ours, here and on remote clusters; our alerts lie in `logs-*` by their alias. */
export function ownOutput(): Query[] {
  return [
    { term: { 'event.module': MODULE } },
    { prefix: { _index: INDEX_PREFIX } },
    { wildcard: { _index: `*:${INDEX_PREFIX}*` } },
  ];
}

/** All events, whatever their time. */
export function allEvents({ filter }: Selection, ...filters: readonly Query[]): Query {
  return { bool: { filter: [...(filter ? [filter] : []), ...filters], must_not: ownOutput() } };
}

/** All events of a range. */
export function eventsIn(range: Window, selection = EVERYTHING): Query {
  const times = TIME_FIELDS.map((field) => timeOf(field, range, selection));
  return allEvents(selection, { bool: { should: times, minimum_should_match: 1 } });
}

/**
 * Documents whose deciding time is `field` and lies in the half-open range: `event.end` where it is believed
 * beside `@timestamp`, by the rule of {@link weeksOf}, or there is no other time; else `@timestamp`. So each
 * document with a time is of one of the two. Indices in which a field is no date are not asked for it: there
 * the other one decides. Over a range of years, which only people ask for, an end within it is believed.
 */
export function timeOf(field: TimeField, range: Window, selection: Selection): Query {
  if (range.end - range.start > LONGEST_BY_WEEKS_MS) return timeOfYears(field, range, selection);
  const other = field === 'event.end' ? '@timestamp' : 'event.end';
  const notAsked = inIndices(selection.mapping.undated[field]);
  const should = weeksOf(range).map(({ part, believed }): Query => {
    const { start, end } = believed;
    const against =
      field === 'event.end'
        ? [{ lt: start }, { gte: end }].map((outside) => within(other, outside, selection))
        : [within(other, { gte: start, lt: end }, selection)];
    const inPart = rangeOf(field, { gte: part.start, lt: part.end }, selection);
    return { bool: { filter: [inPart], must_not: [...notAsked, ...against] } };
  });
  return should.length === 1 ? should[0]! : { bool: { should, minimum_should_match: 1 } };
}

/** A clause a week makes a request that no server takes, if the range is all time. */
const LONGEST_BY_WEEKS_MS = 60 * 7 * 86_400_000;

function timeOfYears(field: TimeField, { start, end }: Window, selection: Selection): Query {
  const bounds = { gte: start, lt: end };
  const byEnd = within('event.end', bounds, selection);
  if (field === 'event.end') return byEnd;
  return { bool: { filter: [within(field, bounds, selection)], must_not: [byEnd] } };
}

/** Documents with a time within bounds, in indices where it is a date. */
function within(field: TimeField, bounds: Bounds, selection: Selection): Query {
  const notAsked = inIndices(selection.mapping.undated[field]);
  const query = rangeOf(field, bounds, selection);
  return notAsked.length === 0 ? query : { bool: { filter: [query], must_not: notAsked } };
}

interface Bounds {
  readonly gte?: number;
  readonly lt?: number;
}

function rangeOf(field: TimeField, bounds: Bounds, { names }: Selection): Query {
  return { range: { [names.inLogs(field)]: { ...bounds, format: 'epoch_millis' } } };
}

/** Documents in indices of these names. */
export function inIndices(indices: readonly string[]): Query[] {
  return indices.length === 0 ? [] : [{ terms: { _index: [...indices] } }];
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
export function entityQuery(value: string, { names }: Selection): Query {
  // A field of addresses refuses a term that is none, and one with a zone.
  const isAddress = isIP(value) !== 0 && !value.includes('%');
  const addresses = isAddress
    ? ADDRESS_FIELDS.map((field) => ({ term: { [names.inLogs(field)]: { value } } }))
    : [];
  // Where addresses are words, each sensor has its own.
  const words = spellingsOf(value);
  const should = [...addresses, ...NAME_FIELDS.map((field) => ({ terms: { [names.inLogs(field)]: words } }))];
  return { bool: { should, minimum_should_match: 1 } };
}
