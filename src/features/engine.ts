/**
 * The reference engine: the features of one window's events, computed in this process.
 */
import type { WindowEvents } from '../domain/events.js';
import { ENTITY_KINDS, type Entity, type EntityKind, type FeatureMatrix } from '../domain/matrix.js';
import { admit } from './admission.js';
import { baseOf, GroupAggregates } from './aggregate.js';
import { featuresOf, type Feature, type Role } from './catalogue.js';
import { DerivedColumns } from './columns.js';
import type { Filter } from './filters.js';
import { groupBy } from './grouping.js';
import { TrailingHistory, type HistorySnapshot, type TrailingMeasure } from './history.js';
import type { FeatureOptions } from './options.js';
import {
  KIND_OF_ROLE,
  largestOfPairs,
  ROLES,
  rowFinder,
  rolesOf,
  rowsOfKind,
  type RoleData,
} from './roles.js';
import { isRemembered, REMEMBERED, summarize, type RememberedRole } from './summarize.js';
import { fromSummaryText, toSummaryText, type SummaryText } from './summary-text.js';
import { isOffHours } from './work-hours.js';

/** A window's features with what is needed to advance the state past it. */
export interface WindowFeatures {
  readonly events: WindowEvents;
  /** One matrix per entity kind; kinds without entities have no rows. */
  readonly matrices: Readonly<Record<EntityKind, FeatureMatrix>>;
  readonly roles: Readonly<Record<Role, RoleData>>;
  /** How far back measures over the trailing day reach, milliseconds. */
  readonly rememberedMs: number;
  /** Rows of the event table that belong to an entity, ascending: its evidence. */
  rowsOf(entity: Entity): Int32Array;
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
    const rememberedMs = this.history.source.reachMs(events.window);
    return { events, matrices, roles, rememberedMs, rowsOf: rowFinder(roles) };
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

  /** Entities that the trailing state had to forget for want of room. */
  get evicted(): number {
    return REMEMBERED.reduce((sum, role) => sum + this.history[role].evicted, 0);
  }

  /** Memory that the trailing state takes. */
  get stateBytes(): number {
    return REMEMBERED.reduce((sum, role) => sum + this.history[role].bytes, 0);
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
    const history = isRemembered(role) ? this.history[role] : undefined;
    const all = groupBy(role, derived);
    const limit = this.options.maxEntities[KIND_OF_ROLE[role]];
    const grouping = admit(role, all, limit, (group) => history?.knows(all.identities, group) ?? false);
    const aggregates = new GroupAggregates(derived, grouping);
    const slots = history?.slotsOf(grouping);
    const entities: Entity[] = [];
    // A crowd is another one in each window.
    const entityOf = (group: number): Entity =>
      (group < grouping.admitted ? history?.entityAt(slots![group]!) : undefined) ?? grouping.entity(group);
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
    const { entities, identities, own, rowsOf } = rowsOfKind(rolesOf(kind), roles);
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

function forAll<R extends Role, T>(roles: readonly R[], value: (role: R) => T): Record<R, T> {
  return Object.fromEntries(roles.map((role) => [role, value(role)])) as Record<R, T>;
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
  bytesOut: 'flow',
  logins: 'login',
  loginFailures: 'login',
  loginUsers: 'login',
  idleDays: 'loginSucceeded',
};

/** Records without which a window cannot tell a feature. */
export function baseOfFeature({ aggregate }: Feature): Filter {
  return aggregate.op === 'trailing' ? (TRAILING_BASE[aggregate.measure] ?? 'all') : baseOf(aggregate);
}
