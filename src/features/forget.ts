/**
 * Takes somebody out of the trailing state: the counts stay, but are nobody's.
 */
import type { Forgotten } from '../domain/forgotten.js';
import { decode, encode } from '../domain/typed-arrays.js';
import type { FeatureState, StateAdvance } from './engine.js';
import type { HistorySnapshot } from './history.js';
import type { SummaryText } from './summary-text.js';

/** A value without whom it should not know, and how many traces there were. */
export interface Scrubbed<T> {
  readonly value: T;
  readonly found: number;
}

/** The state without an entity. */
export function forgetInState(state: FeatureState, who: Forgotten): Scrubbed<FeatureState> {
  return ofRoles(state, (history: HistorySnapshot) => {
    const keys = scrubbedText(history.keys, (pairs) => who.scrubIdentities(pairs));
    let { found } = keys;
    const sets = mapped(history.sets, (set) => {
      const members = scrubbedText(set.members, (values) => who.scrubMembers(values));
      found += members.found;
      return { ...set, members: members.value };
    });
    return { value: { ...history, keys: keys.value, sets }, found };
  });
}

/** What a window adds to the state, without an entity. */
export function forgetInAdvance(advance: StateAdvance, who: Forgotten): Scrubbed<StateAdvance> {
  const summaries = ofRoles(advance.summaries, (summary: SummaryText) => {
    const identities = scrubbedText(summary.identities, (pairs) => who.scrubIdentities(pairs));
    let { found } = identities;
    const sets = mapped(summary.sets, (set) => {
      const values = scrubbedText(set.values, (members) => who.scrubMembers(members));
      found += values.found;
      return { ...set, values: values.value };
    });
    return { value: { ...summary, identities: identities.value, sets }, found };
  });
  return { value: { ...advance, summaries: summaries.value }, found: summaries.found };
}

function scrubbedText(text: string, scrub: (array: Int32Array) => number): Scrubbed<string> {
  const array = decode(text, Int32Array);
  const found = scrub(array);
  return { value: found === 0 ? text : encode(array), found };
}

function ofRoles<R extends string, P>(
  roles: Readonly<Record<R, P>>,
  scrub: (part: P) => Scrubbed<P>,
): Scrubbed<Record<R, P>> {
  let found = 0;
  const value = mapped<R, P>(roles, (part) => {
    const scrubbed = scrub(part);
    found += scrubbed.found;
    return scrubbed.value;
  });
  return { value, found };
}

function mapped<K extends string, P>(
  record: Readonly<Partial<Record<K, P>>>,
  change: (part: P) => P,
): Record<K, P> {
  const entries = Object.entries(record) as [K, P][];
  return Object.fromEntries(entries.map(([key, part]) => [key, change(part)])) as Record<K, P>;
}
