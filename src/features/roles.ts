/**
 * The events of a window as each role sees them, and the matrix rows that they share.
 */
import type { Entity, EntityKind, FeatureMatrix } from '../domain/matrix.js';
import type { AdmittedGrouping } from './admission.js';
import type { GroupAggregates } from './aggregate.js';
import type { Role } from './catalogue.js';
import type { RoleSummary } from './history.js';
import { PairTable } from './pair-table.js';

/** All roles. */
export const ROLES = ['source', 'destination', 'pair', 'user', 'service'] as const satisfies readonly Role[];

/** The kind that a role's entities are of. */
export const KIND_OF_ROLE: Readonly<Record<Role, EntityKind>> = {
  source: 'host',
  destination: 'host',
  pair: 'pair',
  user: 'user',
  service: 'service',
};

/** The roles that give an entity kind its rows; a host is one row whether it acted, was visited or both. */
export function rolesOf(kind: EntityKind): Role[] {
  return ROLES.filter((role) => KIND_OF_ROLE[role] === kind);
}

/** The events of a window as one role sees them. */
export interface RoleData {
  readonly grouping: AdmittedGrouping;
  readonly aggregates: GroupAggregates;
  /** What the window adds to the trailing day; undefined for roles that are not remembered. */
  readonly day: DayData | undefined;
  /** Entity of a group; of those remembered the same as in earlier windows. */
  entity(group: number): Entity;
}

interface DayData {
  readonly summary: RoleSummary;
  /** Place of each group in the trailing state, -1 for those not seen before. */
  readonly slots: Int32Array;
}

/** Matrix row of each group, by role. */
interface RowsOfRoles {
  readonly rowsOf: Partial<Record<Role, Int32Array>>;
}

/** The entities of all roles of a kind, each once, and the matrix row of each role's groups. */
export function rowsOfKind(
  kindRoles: readonly Role[],
  roles: Record<Role, RoleData>,
): Pick<FeatureMatrix, 'entities' | 'identities' | 'own'> & RowsOfRoles {
  const groups = kindRoles.reduce((sum, role) => sum + roles[role].grouping.size, 0);
  const rowOf = new PairTable(groups);
  const entities: Entity[] = [];
  const own = new Uint8Array(groups);
  const rowsOf: Partial<Record<Role, Int32Array>> = {};
  for (const role of kindRoles) {
    const { grouping, entity } = roles[role];
    const rows = new Int32Array(grouping.size);
    for (let group = 0; group < rows.length; group++) {
      const row = rowOf.add(grouping.identities[2 * group]!, grouping.identities[2 * group + 1]!);
      if (row === entities.length) entities.push(entity(group));
      own[row]! |= grouping.own[group]!;
      rows[group] = row;
    }
    rowsOf[role] = rows;
  }
  const identities = new Int32Array(entities.length * 2);
  for (let row = 0; row < entities.length; row++) {
    identities[2 * row] = rowOf.first[row]!;
    identities[2 * row + 1] = rowOf.second[row]!;
  }
  return { entities, identities, own: own.slice(0, entities.length), rowsOf };
}

/** The largest value among the pairs of each source; a crowd of pairs is no pair. */
export function largestOfPairs(
  values: Float64Array,
  pairs: AdmittedGrouping,
  sources: AdmittedGrouping,
): Float64Array {
  const largest = new Float64Array(sources.size);
  for (let row = 0; row < pairs.of.length; row++) {
    const pair = pairs.of[row]!;
    const source = sources.of[row]!;
    if (pair < 0 || pair >= pairs.admitted || source < 0) continue;
    if (values[pair]! > largest[source]!) largest[source] = values[pair]!;
  }
  return largest;
}

/** Finds the rows of entities; each role is indexed on first use. */
export function rowFinder(roles: Record<Role, RoleData>): (entity: Entity) => Int32Array {
  const indices = new Map<Role, Map<string, number>>();
  const groupOf = (role: Role, id: string): number | undefined => {
    let index = indices.get(role);
    if (!index) {
      const { grouping, entity } = roles[role];
      index = new Map(Array.from({ length: grouping.size }, (_, group) => [entity(group).id, group]));
      indices.set(role, index);
    }
    return index.get(id);
  };
  return (entity) => {
    const rows = new Set<number>();
    for (const role of entity.kind === 'source' ? [] : rolesOf(entity.kind)) {
      const group = groupOf(role, entity.id);
      if (group === undefined) continue;
      roles[role].grouping.of.forEach((of, row) => {
        if (of === group) rows.add(row);
      });
    }
    return Int32Array.from(rows).sort();
  };
}
