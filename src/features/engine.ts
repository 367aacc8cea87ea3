/**
 * The reference engine: the features of one window's events, computed in this process.
 */
import { hash32 } from '../domain/hash.js';
import type { WindowEvents } from '../domain/events.js';
import { ENTITY_KINDS, type Entity, type EntityKind, type FeatureMatrix } from '../domain/matrix.js';
import { GroupAggregates } from './aggregate.js';
import { featuresOf, type Feature, type Role } from './catalogue.js';
import { DerivedColumns, type Category, type Filter } from './columns.js';
import { groupBy, type Grouping } from './grouping.js';
import { TrailingHistory, type HistorySnapshot, type Members, type RoleSummary, type TrailingMeasure } from './history.js';
import type { FeatureOptions } from './options.js';
import { isOffHours } from './work-hours.js';

/** Roles that keep a trailing day. */
const TRAILING_ROLES = ['source', 'pair', 'user'] as const;
type TrailingRole = (typeof TRAILING_ROLES)[number];

/** Which role gives an entity kind its rows; a host is one row whether it acted, was visited or both. */
const ROLES: Readonly<Record<EntityKind, readonly Role[]>> = {
  host: ['source', 'destination'],
  pair: ['pair'],
  user: ['user'],
  service: ['service'],
};

/** A window's features with what is needed to advance the state past it. */
export interface WindowFeatures {
  readonly events: WindowEvents;
  /** One matrix per entity kind; kinds without entities have no rows. */
  readonly matrices: Readonly<Record<EntityKind, FeatureMatrix>>;
  readonly summaries: Readonly<Record<TrailingRole, RoleSummary>>;
  /** Rows of the event table that belong to an entity, ascending: its evidence. */
  rowsOf(entity: Entity): Int32Array;
}

/** Serialized state of a {@link FeatureEngine}. */
export type FeatureState = Readonly<Record<TrailingRole, HistorySnapshot>>;

interface RoleData {
  readonly grouping: Grouping;
  readonly aggregates: GroupAggregates;
}

/** Computes features of one site's windows, with the trailing state of its entities. */
export class FeatureEngine {
  private history: Record<TrailingRole, TrailingHistory>;

  constructor(private readonly options: FeatureOptions) {
    const fresh = (): TrailingHistory => new TrailingHistory(options.maxTrailingEntities);
    this.history = { source: fresh(), pair: fresh(), user: fresh() };
  }

  /** Windows before this time are part of the state. */
  get asOfMs(): number {
    return this.history.source.asOfMs;
  }

  /** The window's features, with the state as it stands; changes nothing. */
  compute(events: WindowEvents): WindowFeatures {
    const derived = new DerivedColumns(events.events, isOffHours(events.window.start, this.options.workHours));
    const roles = new Map<Role, RoleData>();
    for (const kind of ENTITY_KINDS) {
      for (const role of ROLES[kind]) {
        const grouping = groupBy(role, derived);
        roles.set(role, { grouping, aggregates: new GroupAggregates(derived, grouping) });
      }
    }
    const summaries = {
      source: summarize(derived, roles.get('source')!, ['hosts', 'ports', 'loginUsers']),
      pair: summarize(derived, roles.get('pair')!, []),
      user: summarize(derived, roles.get('user')!, ['hosts']),
    };
    const matrices = {} as Record<EntityKind, FeatureMatrix>;
    for (const kind of ENTITY_KINDS) matrices[kind] = this.matrix(kind, events, derived, roles, summaries);
    return { events, matrices, summaries, rowsOf: rowFinder(roles) };
  }

  /** Makes the window part of the state; windows come once each, in order. */
  advance(features: WindowFeatures): void {
    for (const role of TRAILING_ROLES) {
      this.history[role].advance(features.summaries[role], features.events.window);
    }
  }

  /** Entities in the trailing state. */
  get stateSize(): number {
    return TRAILING_ROLES.reduce((sum, role) => sum + this.history[role].size, 0);
  }

  toState(): FeatureState {
    const { source, pair, user } = this.history;
    return { source: source.toSnapshot(), pair: pair.toSnapshot(), user: user.toSnapshot() };
  }

  restore(state: FeatureState): void {
    for (const role of TRAILING_ROLES) {
      this.history[role] = TrailingHistory.fromSnapshot(state[role], this.options.maxTrailingEntities);
    }
  }

  private matrix(
    kind: EntityKind,
    events: WindowEvents,
    derived: DerivedColumns,
    roles: Map<Role, RoleData>,
    summaries: Record<TrailingRole, RoleSummary>,
  ): FeatureMatrix {
    const features = featuresOf(kind);
    const { entities, own, rowOfGroup } = sortedEntities(ROLES[kind], roles);
    const values = new Float32Array(entities.length * features.length).fill(NaN);
    features.forEach((feature, column) => {
      const { grouping } = roles.get(feature.role)!;
      const rows = rowOfGroup.get(feature.role)!;
      const computed = this.featureValues(feature, derived, roles, summaries, events);
      for (let group = 0; group < grouping.size; group++) {
        values[rows[group]! * features.length + column] = computed[group]!;
      }
    });
    return {
      kind,
      site: events.site,
      features: features.map((feature) => feature.name),
      entities,
      own,
      windows: entities.map(() => events.window),
      values,
    };
  }

  private featureValues(
    feature: Feature,
    derived: DerivedColumns,
    roles: Map<Role, RoleData>,
    summaries: Record<TrailingRole, RoleSummary>,
    { window }: WindowEvents,
  ): Float64Array {
    const { aggregate } = feature;
    if (aggregate.op !== 'trailing') return roles.get(feature.role)!.aggregates.compute(aggregate);
    const { measure } = aggregate;
    const role = feature.role as TrailingRole;
    if (derived.rows(TRAILING_BASE[measure] ?? 'all').length === 0) {
      return new Float64Array(roles.get(role)!.grouping.size).fill(NaN);
    }
    if (measure !== 'serviceConnections') return this.history[role].trailing(measure, summaries[role], window);
    const connections = this.history.pair.trailing('connections', summaries.pair, window);
    return largestOfPairs(connections, roles.get('pair')!.grouping, roles.get('source')!.grouping);
  }
}

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

function summarize(
  derived: DerivedColumns,
  { grouping, aggregates }: RoleData,
  sets: readonly ('hosts' | 'ports' | 'loginUsers')[],
): RoleSummary {
  const keys: string[] = [];
  for (let group = 0; group < grouping.size; group++) keys.push(grouping.entity(group).id);
  const isUser = grouping.size > 0 && grouping.entity(0).kind === 'user';
  const members: Record<(typeof sets)[number], () => Members> = {
    hosts: () => namedMembers(derived, aggregates, isUser ? 'source' : 'destination', isUser ? 'login' : 'flow'),
    loginUsers: () => namedMembers(derived, aggregates, 'user', 'login'),
    ports: () => {
      const pairs = aggregates.pairs('destinationPort', 'flow');
      return { groups: pairs.first.subarray(0, pairs.size), values: pairs.second.subarray(0, pairs.size) };
    },
  };
  return {
    keys,
    counts: {
      connections: aggregates.counts('flow'),
      failed: aggregates.counts('failed'),
      logins: aggregates.counts('login'),
      loginFailures: aggregates.sum('loginFailures', 'login'),
    },
    sets: Object.fromEntries(sets.map((name) => [name, members[name]()])),
    loginSuccesses: aggregates.counts('loginSucceeded'),
  };
}

/** Distinct named values by group; hashed, since dictionary ids mean nothing in the next window. */
function namedMembers(
  derived: DerivedColumns,
  aggregates: GroupAggregates,
  field: Category,
  filter: Filter,
): Members {
  const pairs = aggregates.pairs(field, filter);
  const { names } = derived.events;
  const values = new Int32Array(pairs.size);
  for (let id = 0; id < pairs.size; id++) values[id] = hash32(names.value(pairs.second[id]!)) | 0;
  return { groups: pairs.first.subarray(0, pairs.size), values };
}

/** Entities of all roles of a kind, sorted by id, and the matrix row of each role's groups. */
function sortedEntities(
  kindRoles: readonly Role[],
  roles: Map<Role, RoleData>,
): { entities: Entity[]; own: Uint8Array; rowOfGroup: Map<Role, Int32Array> } {
  const members = kindRoles.flatMap((role) => {
    const { grouping } = roles.get(role)!;
    return Array.from({ length: grouping.size }, (_, group) => ({
      role,
      group,
      entity: grouping.entity(group),
      own: grouping.own(group),
    }));
  });
  members.sort((a, b) => (a.entity.id < b.entity.id ? -1 : a.entity.id > b.entity.id ? 1 : 0));
  const rowOfGroup = new Map(kindRoles.map((role) => [role, new Int32Array(roles.get(role)!.grouping.size)]));
  const entities: Entity[] = [];
  const own: number[] = [];
  for (const member of members) {
    if (entities.at(-1)?.id !== member.entity.id) {
      entities.push(member.entity);
      own.push(0);
    }
    const row = entities.length - 1;
    if (member.own) own[row] = 1;
    rowOfGroup.get(member.role)![member.group] = row;
  }
  return { entities, own: Uint8Array.from(own), rowOfGroup };
}

function largestOfPairs(values: Float64Array, pairs: Grouping, sources: Grouping): Float64Array {
  const largest = new Float64Array(sources.size);
  // A pair's rows name its source; the first row of each pair is enough.
  const seen = new Uint8Array(pairs.size);
  for (let row = 0; row < pairs.of.length; row++) {
    const pair = pairs.of[row]!;
    const source = sources.of[row]!;
    if (pair < 0 || source < 0 || seen[pair] === 1) continue;
    seen[pair] = 1;
    largest[source] = Math.max(largest[source]!, values[pair]!);
  }
  return largest;
}

/** Finds the rows of entities; each role is indexed on first use. */
function rowFinder(roles: Map<Role, RoleData>): (entity: Entity) => Int32Array {
  const indices = new Map<Role, Map<string, number>>();
  const groupOf = (role: Role, id: string): number | undefined => {
    let index = indices.get(role);
    if (!index) {
      const { grouping } = roles.get(role)!;
      index = new Map(Array.from({ length: grouping.size }, (_, group) => [grouping.entity(group).id, group]));
      indices.set(role, index);
    }
    return index.get(id);
  };
  return (entity) => {
    const rows = new Set<number>();
    for (const role of ROLES[entity.kind]) {
      const group = groupOf(role, entity.id);
      if (group === undefined) continue;
      roles.get(role)!.grouping.of.forEach((of, row) => {
        if (of === group) rows.add(row);
      });
    }
    return Int32Array.from(rows).sort();
  };
}
