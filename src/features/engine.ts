/**
 * The reference engine: the features of one window's events, computed in this process.
 */
import type { WindowEvents } from '../domain/events.js';
import { ENTITY_KINDS, type Entity, type EntityKind, type FeatureMatrix } from '../domain/matrix.js';
import { baseOf, GroupAggregates } from './aggregate.js';
import { featuresOf, type Feature, type Role } from './catalogue.js';
import { DerivedColumns, type Category } from './columns.js';
import type { Filter } from './filters.js';
import { groupBy, type Grouping } from './grouping.js';
import {
  TrailingHistory,
  type HistorySnapshot,
  type Members,
  type RoleSummary,
  type SetMeasure,
  type TrailingMeasure,
} from './history.js';
import type { FeatureOptions } from './options.js';
import { fromSummaryText, toSummaryText, type SummaryText } from './summary-text.js';
import { PairTable } from './pair-table.js';
import { isOffHours } from './work-hours.js';

const ROLES = ['source', 'destination', 'pair', 'user', 'service'] as const satisfies readonly Role[];

/** Which role gives an entity kind its rows; a host is one row whether it acted, was visited or both. */
const ROLES_OF_KIND: Readonly<Record<EntityKind, readonly Role[]>> = {
  host: ['source', 'destination'],
  pair: ['pair'],
  user: ['user'],
  service: ['service'],
};

/** Roles whose entities are remembered over the trailing day, with the sets that are kept of each. */
const SETS_OF_ROLE = {
  source: ['hosts', 'ports', 'loginUsers'],
  pair: [],
  user: ['hosts'],
} as const satisfies Partial<Record<Role, readonly SetMeasure[]>>;
type RememberedRole = keyof typeof SETS_OF_ROLE;
const REMEMBERED = Object.keys(SETS_OF_ROLE) as RememberedRole[];

/** A window's features with what is needed to advance the state past it. */
export interface WindowFeatures {
  readonly events: WindowEvents;
  /** One matrix per entity kind; kinds without entities have no rows. */
  readonly matrices: Readonly<Record<EntityKind, FeatureMatrix>>;
  readonly roles: Readonly<Record<Role, RoleData>>;
  /** Rows of the event table that belong to an entity, ascending: its evidence. */
  rowsOf(entity: Entity): Int32Array;
}

/** The events of a window as one role sees them. */
export interface RoleData {
  readonly grouping: Grouping;
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

/** What one window adds to the state, in a form that can be stored. */
export interface StateAdvance {
  readonly window: WindowEvents['window'];
  readonly summaries: Readonly<Record<RememberedRole, SummaryText>>;
}

/** Serialized state of a {@link FeatureEngine}. */
export type FeatureState = Readonly<Record<RememberedRole, HistorySnapshot>>;

/** Computes features of one site's windows, with the trailing state of its entities. */
export class FeatureEngine {
  private history: Readonly<Record<RememberedRole, TrailingHistory>>;

  constructor(private readonly options: FeatureOptions) {
    this.history = forAll(REMEMBERED, () => new TrailingHistory(options.maxTrailingEntities));
  }

  /** Windows before this time are part of the state. */
  get asOfMs(): number {
    return this.history.source.asOfMs;
  }

  /** The window's features, with the state as it stands; changes nothing. */
  compute(events: WindowEvents): WindowFeatures {
    const derived = new DerivedColumns(
      events.events,
      isOffHours(events.window.start, this.options.workHours),
    );
    const roles = forAll(ROLES, (role) => this.roleData(role, derived));
    const matrices = {} as Record<EntityKind, FeatureMatrix>;
    for (const kind of ENTITY_KINDS) matrices[kind] = this.matrix(kind, events, derived, roles);
    return { events, matrices, roles, rowsOf: rowFinder(roles) };
  }

  /** Makes the window part of the state; windows come once each, in order. */
  advance({ roles, events }: WindowFeatures): void {
    for (const role of REMEMBERED) {
      const { day, entity } = roles[role];
      if (day) this.history[role].advance(day.summary, entity, events.window);
    }
  }

  /** What {@link advance} adds with these features, to be added again by {@link replay}. */
  advanceOf({ roles, events }: WindowFeatures): StateAdvance {
    const summaries = forAll(REMEMBERED, (role) => toSummaryText(roles[role].day!.summary));
    return { window: events.window, summaries };
  }

  /** Makes a window part of the state without its events. */
  replay({ window, summaries }: StateAdvance): void {
    for (const role of REMEMBERED) {
      this.history[role].advance(fromSummaryText(summaries[role]), () => undefined, window);
    }
  }

  /** Entities in the trailing state. */
  get stateSize(): number {
    return REMEMBERED.reduce((sum, role) => sum + this.history[role].size, 0);
  }

  toState(): FeatureState {
    return forAll(REMEMBERED, (role) => this.history[role].toSnapshot());
  }

  restore(state: FeatureState): void {
    this.history = forAll(REMEMBERED, (role) =>
      TrailingHistory.fromSnapshot(state[role], this.options.maxTrailingEntities),
    );
  }

  private roleData(role: Role, derived: DerivedColumns): RoleData {
    const grouping = groupBy(role, derived);
    const aggregates = new GroupAggregates(derived, grouping);
    const history = isRemembered(role) ? this.history[role] : undefined;
    const slots = history?.slotsOf(grouping);
    const entities: Entity[] = [];
    const entityOf = (group: number): Entity =>
      (slots && history?.entityAt(slots[group]!)) ?? grouping.entity(group);
    return {
      grouping,
      aggregates,
      day:
        isRemembered(role) && slots
          ? { summary: summarize(role, derived, grouping, aggregates), slots }
          : undefined,
      entity: (group) => (entities[group] ??= entityOf(group)),
    };
  }

  private matrix(
    kind: EntityKind,
    { site, window }: WindowEvents,
    derived: DerivedColumns,
    roles: Record<Role, RoleData>,
  ): FeatureMatrix {
    const features = featuresOf(kind);
    const { entities, identities, own, rowsOf } = rowsOfKind(ROLES_OF_KIND[kind], roles);
    const width = features.length;
    const values = new Float32Array(entities.length * width).fill(NaN);
    features.forEach((feature, column) => {
      const rows = rowsOf[feature.role]!;
      // Where no event could have told it, it is missing.
      if (rows.length === 0 || derived.rows(baseOfFeature(feature)).length === 0) return;
      const computed = this.featureValues(feature, roles, window);
      for (let group = 0; group < rows.length; group++) {
        values[rows[group]! * width + column] = computed[group]!;
      }
    });
    return {
      kind,
      site,
      features: FEATURE_NAMES[kind],
      entities,
      identities,
      own,
      windows: new Array(entities.length).fill(window) as (typeof window)[],
      values,
    };
  }

  private featureValues(
    { aggregate, role }: Feature,
    roles: Record<Role, RoleData>,
    window: WindowEvents['window'],
  ): Float64Array {
    const { aggregates, grouping } = roles[role];
    if (aggregate.op !== 'trailing') return aggregates.compute(aggregate);
    const { measure } = aggregate;
    if (measure !== 'serviceConnections') return this.trailing(measure, role, roles, window);
    const connections = this.trailing('connections', 'pair', roles, window);
    return largestOfPairs(connections, roles.pair.grouping, grouping);
  }

  /** @throws RangeError for a role that is not remembered */
  private trailing(
    measure: Exclude<TrailingMeasure, 'serviceConnections'>,
    role: Role,
    roles: Record<Role, RoleData>,
    window: WindowEvents['window'],
  ): Float64Array {
    const { day } = roles[role];
    if (!isRemembered(role) || !day) throw new RangeError(`the day of a ${role} is not remembered`);
    return this.history[role].trailing(measure, day.summary, day.slots, window);
  }
}

function isRemembered(role: Role): role is RememberedRole {
  return role in SETS_OF_ROLE;
}

const FEATURE_NAMES = Object.fromEntries(
  ENTITY_KINDS.map((kind) => [kind, featuresOf(kind).map(({ name }) => name)]),
) as Record<EntityKind, string[]>;

/** Records without which a trailing measure would mean nothing. */
const TRAILING_BASE: Partial<Record<TrailingMeasure, Filter>> = {
  connections: 'flow',
  failed: 'flow',
  ports: 'flow',
  serviceConnections: 'flow',
  logins: 'login',
  loginFailures: 'login',
  loginUsers: 'login',
  idleDays: 'loginSucceeded',
};

/** Records without which a window cannot tell a feature. */
export function baseOfFeature({ aggregate }: Feature): Filter {
  return aggregate.op === 'trailing' ? (TRAILING_BASE[aggregate.measure] ?? 'all') : baseOf(aggregate);
}

function forAll<R extends Role, T>(roles: readonly R[], value: (role: R) => T): Record<R, T> {
  return Object.fromEntries(roles.map((role) => [role, value(role)])) as Record<R, T>;
}

function summarize(
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

/** Matrix row of each group, by role. */
interface RowsOfRoles {
  readonly rowsOf: Partial<Record<Role, Int32Array>>;
}

/** The entities of all roles of a kind, each once, and the matrix row of each role's groups. */
function rowsOfKind(
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

function largestOfPairs(values: Float64Array, pairs: Grouping, sources: Grouping): Float64Array {
  const largest = new Float64Array(sources.size);
  for (let row = 0; row < pairs.of.length; row++) {
    const pair = pairs.of[row]!;
    const source = sources.of[row]!;
    if (pair >= 0 && source >= 0 && values[pair]! > largest[source]!) largest[source] = values[pair]!;
  }
  return largest;
}

/** Finds the rows of entities; each role is indexed on first use. */
function rowFinder(roles: Record<Role, RoleData>): (entity: Entity) => Int32Array {
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
    for (const role of entity.kind === 'source' ? [] : ROLES_OF_KIND[entity.kind]) {
      const group = groupOf(role, entity.id);
      if (group === undefined) continue;
      roles[role].grouping.of.forEach((of, row) => {
        if (of === group) rows.add(row);
      });
    }
    return Int32Array.from(rows).sort();
  };
}
