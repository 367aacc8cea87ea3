/**
 * What the entities of a role did in one window: what their trailing day is made of.
 */
import type { GroupAggregates } from './aggregate.js';
import type { Role } from './catalogue.js';
import type { Category, DerivedColumns } from './columns.js';
import type { Filter } from './filters.js';
import type { Grouping } from './grouping.js';
import type { RoleSummary, SetMeasure } from './history.js';
import type { Members } from './member-sets.js';

/** Roles whose entities are remembered over the trailing day, with the sets that are kept of each. */
const SETS_OF_ROLE = {
  source: ['hosts', 'ports', 'loginUsers'],
  pair: [],
  user: ['hosts'],
} as const satisfies Partial<Record<Role, readonly SetMeasure[]>>;
export type RememberedRole = keyof typeof SETS_OF_ROLE;
/** Those roles. */
export const REMEMBERED = Object.keys(SETS_OF_ROLE) as RememberedRole[];

/** Whether a role's entities are remembered. */
export function isRemembered(role: Role): role is RememberedRole {
  return role in SETS_OF_ROLE;
}

/** What the entities of a role did, by group. */
export function summarize(
  role: RememberedRole,
  derived: DerivedColumns,
  { size, identities }: Grouping,
  aggregates: GroupAggregates,
): RoleSummary {
  const members: Record<SetMeasure, () => Members> = {
    hosts: () =>
      role === 'user'
        ? namedMembers(derived, aggregates, 'source', 'login')
        : namedMembers(derived, aggregates, 'destination', 'flow'),
    loginUsers: () => namedMembers(derived, aggregates, 'user', 'login'),
    ports: () => aggregates.distinct('destinationPort', 'flow'),
  };
  return {
    size,
    identities,
    counts: {
      connections: aggregates.counts('flow'),
      failed: aggregates.counts('failed'),
      logins: aggregates.counts('login'),
      loginFailures: aggregates.sum('loginFailures', 'login'),
      bytesOut: role === 'source' ? aggregates.sum('sourceBytes', 'external') : new Float64Array(size),
    },
    loginSuccesses: aggregates.counts('loginSucceeded'),
    sets: Object.fromEntries(SETS_OF_ROLE[role].map((name) => [name, members[name]()])),
  };
}

/** Distinct named values by group; hashed, since dictionary ids mean nothing in the next window. */
function namedMembers(
  derived: DerivedColumns,
  aggregates: GroupAggregates,
  field: Category,
  filter: Filter,
): Members {
  const { starts, values } = aggregates.distinct(field, filter);
  const { a } = derived.events.names.hashes();
  const hashed = new Int32Array(starts.at(-1)!);
  for (let i = 0; i < hashed.length; i++) hashed[i] = a[values[i]!]!;
  return { starts, values: hashed };
}
