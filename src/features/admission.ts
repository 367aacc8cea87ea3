/**
 * Which entities of a window get a row of their own. A flood of spoofed sources brings millions:
 * those beyond the bound are summed into one row, a crowd, that is scored like any other.
 */
import { Dictionary } from '../domain/dictionary.js';
import type { EntityKind } from '../domain/matrix.js';
import type { Role } from './catalogue.js';
import type { Grouping } from './grouping.js';
import { chooseHighest, HASHES, hashOf } from './ranking.js';

/** A grouping of bounded size; crowds come last. */
export interface AdmittedGrouping extends Grouping {
  /** Groups that are one entity; those from here on are crowds. */
  readonly admitted: number;
}

/** Those beyond the bound, taken together. */
interface Crowd {
  readonly kind: EntityKind;
  readonly id: string;
  /** Whose crowd it is: 1 for own hosts, 0 for outside ones. */
  readonly own: 0 | 1;
}

const HOSTS: readonly Crowd[] = [
  { kind: 'host', id: '(other outside hosts)', own: 0 },
  { kind: 'host', id: '(other own hosts)', own: 1 },
];
/** Outside and own ones are never mixed: each is held against its like. Users and services are own. */
const CROWDS: Readonly<Record<Role, readonly Crowd[]>> = {
  source: HOSTS,
  destination: HOSTS,
  pair: [
    { kind: 'pair', id: '(other connections of outside hosts)', own: 0 },
    { kind: 'pair', id: '(other connections of own hosts)', own: 1 },
  ],
  user: [{ kind: 'user', id: '(other users)', own: 1 }],
  service: [{ kind: 'service', id: '(other services)', own: 1 }],
};

/**
 * The grouping with at most `limit` entities, and crowds of the others. Whom it admits depends on
 * what the window holds and not on the order of its rows: half of the room is for those with the
 * most events, whoever they are; the rest for own ones before others, known before new, busy before
 * quiet. So neither a mass of strangers nor one of forged own addresses keeps everybody else out.
 * @param isKnown whether the entity of a group was there before this window
 */
export function admit(
  role: Role,
  grouping: Grouping,
  limit: number,
  isKnown: (group: number) => boolean,
): AdmittedGrouping {
  const { size, of } = grouping;
  if (size <= limit) return { ...grouping, admitted: size };
  const chosen = choose(grouping, limit, isKnown);
  const target = new Int32Array(size);
  const members: number[] = [];
  for (let group = 0; group < size; group++) {
    if (chosen[group] === 1) target[group] = members.push(group) - 1;
  }
  const admitted = members.length;
  const crowds: { crowd: Crowd; others: number }[] = [];
  for (const crowd of CROWDS[role]) {
    const isOther = (group: number): boolean =>
      chosen[group] === 0 && (role === 'user' || grouping.own[group] === crowd.own);
    let others = 0;
    for (let group = 0; group < size; group++) {
      if (!isOther(group)) continue;
      target[group] = admitted + crowds.length;
      others++;
    }
    if (others > 0) crowds.push({ crowd, others });
  }
  for (let row = 0; row < of.length; row++) if (of[row]! >= 0) of[row] = target[of[row]!]!;
  return { of, admitted, ...described(grouping, members, crowds) };
}

/** What the groups are: those admitted as they were, then the crowds. */
function described(
  { identities, own, entity }: Grouping,
  members: readonly number[],
  crowds: readonly { crowd: Crowd; others: number }[],
): Pick<Grouping, 'size' | 'identities' | 'own' | 'entity'> {
  const size = members.length + crowds.length;
  const kept = { identities: new Int32Array(size * 2), own: new Uint8Array(size) };
  members.forEach((group, to) => {
    kept.identities[2 * to] = identities[2 * group]!;
    kept.identities[2 * to + 1] = identities[2 * group + 1]!;
    kept.own[to] = own[group]!;
  });
  crowds.forEach(({ crowd }, i) => {
    const to = members.length + i;
    kept.identities.set(identityOf(crowd.id), 2 * to);
    kept.own[to] = crowd.own;
  });
  return {
    size,
    ...kept,
    entity: (group) => {
      const beyond = crowds[group - members.length];
      if (!beyond) return entity(members[group]!);
      const { crowd, others } = beyond;
      return { kind: crowd.kind, id: crowd.id, others };
    },
  };
}

function identityOf(name: string): [number, number] {
  const names = new Dictionary();
  const id = names.intern(name);
  const { a, b } = names.hashes();
  return [a[id]!, b[id]!];
}

/** Above this, entities with more events are taken for equally busy. */
const MOST_EVENTS = 2 ** 18 - 1;
const KNOWN = (MOST_EVENTS + 1) * HASHES;
const OWN = 2 * KNOWN;

/** 1 for each group that is admitted; `limit` of them, and a few more where two are equal in all. */
function choose(
  { of, size, own, identities }: Grouping,
  limit: number,
  isKnown: (group: number) => boolean,
): Uint8Array {
  const events = new Int32Array(size);
  for (let row = 0; row < of.length; row++) if (of[row]! >= 0) events[of[row]!]!++;
  // Ranks are whole numbers below 2⁵³. The hash makes an order where nothing else does.
  const ranks = new Float64Array(size);
  for (let group = 0; group < size; group++) {
    ranks[group] = Math.min(events[group]!, MOST_EVENTS) * HASHES + hashOf(identities, group);
  }
  const chosen = new Uint8Array(size);
  chooseHighest(ranks, chosen, limit >> 1);
  for (let group = 0; group < size; group++) {
    ranks[group]! += (own[group] === 1 ? OWN : 0) + (isKnown(group) ? KNOWN : 0);
  }
  chooseHighest(ranks, chosen, limit - (limit >> 1));
  return chosen;
}
