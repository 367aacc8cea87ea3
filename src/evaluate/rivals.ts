/**
 * Other ways to rank the rows that a scan has scored, to hold its findings against.
 */
import type { Entity, EntityKind, FeatureMatrix } from '../domain/matrix.js';

/** Ranks rows of features without knowing what a behavior is. */
export interface Rival {
  readonly name: string;
  /** One value a row, higher is stranger; NaN where it cannot tell. */
  score(matrix: FeatureMatrix): ArrayLike<number> | Promise<ArrayLike<number>>;
}

/** What counts as a connection of each entity kind; the second where a log tells of logins alone. */
const CONNECTIONS: Readonly<Record<EntityKind, readonly [flows: string, logins: string]>> = {
  host: ['connections', 'logins'],
  pair: ['pair_connections', 'pair_logins_1d'],
  user: ['user_logins', 'user_logins'],
  service: ['service_connections', 'service_login_failures'],
};

/** The plainest rival: who makes most connections in one window is the strangest. */
export const connectionsPerWindow: Rival = {
  name: 'connections per window',
  score({ kind, features, values, entities }) {
    const [flows, logins] = CONNECTIONS[kind].map((name) => features.indexOf(name)) as [number, number];
    return Float64Array.from(entities, (_, row) => {
      const count = values[row * features.length + flows]!;
      return Number.isNaN(count) ? values[row * features.length + logins]! : count;
    });
  },
};

/** The entities of a matrix, each by the highest value of its rows, highest first. */
export function rankEntities({ entities }: FeatureMatrix, values: ArrayLike<number>): Entity[] {
  const best = new Map<string, { entity: Entity; value: number }>();
  entities.forEach((entity, row) => {
    const value = values[row]!;
    const known = best.get(entity.id);
    if (!Number.isNaN(value) && (known === undefined || value > known.value)) {
      best.set(entity.id, { entity, value });
    }
  });
  return [...best.values()]
    .sort((a, b) => b.value - a.value || (a.entity.id < b.entity.id ? -1 : 1))
    .map(({ entity }) => entity);
}
