/**
 * The cold-start ladder: on whose history an entity stands.
 */
import type { Entity, FeatureMatrix } from '../domain/matrix.js';

/** A rung of the ladder, most telling first: its own history, that of its peers, everybody's. */
export type Rung = 'entity' | 'peers' | 'global';

/** Levels in order: the global one, then those of peers, then those of entities. */
export interface LevelIndexSnapshot {
  readonly peers: readonly string[];
  readonly entities: readonly string[];
}

const GLOBAL = 0;

/** Finds the level of a row: the number of the history that it is held against. */
export class LevelIndex {
  private readonly peers: ReadonlyMap<string, number>;
  private readonly entities: ReadonlyMap<string, number>;
  /** Levels of peers by transport, port and side, once looked up: building a key takes longer. */
  private readonly known = new Map<string | undefined, Map<number, number>>();

  private constructor(private readonly snapshot: LevelIndexSnapshot) {
    const { peers, entities } = snapshot;
    this.peers = new Map(peers.map((key, i) => [key, GLOBAL + 1 + i]));
    this.entities = new Map(entities.map((id, i) => [id, GLOBAL + 1 + peers.length + i]));
  }

  /** The levels that have at least `minRows` rows in a matrix, with these rows by level. */
  static of(matrix: FeatureMatrix, minRows: number): { index: LevelIndex; rows: number[][] } {
    const peers = new Map<string, number[]>();
    const entities = new Map<string, number[]>();
    matrix.entities.forEach((entity, row) => {
      append(peers, peersKey(entity, matrix.own[row] === 1), row);
      append(entities, entity.id, row);
    });
    const enough = (groups: Map<string, number[]>): [string, number[]][] =>
      [...groups].filter(([, rows]) => rows.length >= minRows);
    const knownPeers = enough(peers);
    const knownEntities = enough(entities);
    return {
      index: new LevelIndex({ peers: knownPeers.map(keyOf), entities: knownEntities.map(keyOf) }),
      rows: [[...matrix.entities.keys()], ...knownPeers.map(rowsOf), ...knownEntities.map(rowsOf)],
    };
  }

  /** Level of an entity; `own` tells whether it lies in the own networks. */
  find(entity: Entity, own: boolean): number {
    return this.entities.get(entity.id) ?? this.peersLevel(entity, own);
  }

  rung(level: number): Rung {
    if (level === GLOBAL) return 'global';
    return level <= this.peers.size ? 'peers' : 'entity';
  }

  toSnapshot(): LevelIndexSnapshot {
    return this.snapshot;
  }

  static fromSnapshot(snapshot: LevelIndexSnapshot): LevelIndex {
    return new LevelIndex(snapshot);
  }

  private peersLevel(entity: Entity, own: boolean): number {
    const { port = -1, transport } = entity;
    let levels = this.known.get(transport);
    if (!levels) this.known.set(transport, (levels = new Map<number, number>()));
    const key = 2 * port + Number(own);
    let level = levels.get(key);
    if (level === undefined) levels.set(key, (level = this.peers.get(peersKey(entity, own)) ?? GLOBAL));
    return level;
  }
}

/** Peers are hosts and users of the same side, and pairs and services of the same port. */
function peersKey({ port, transport }: Entity, own: boolean): string {
  const side = own ? 'own' : 'outside';
  return port === undefined ? side : `${side} ${String(port)}/${transport ?? ''}`;
}

function append(groups: Map<string, number[]>, key: string, row: number): void {
  const rows = groups.get(key);
  if (rows) rows.push(row);
  else groups.set(key, [row]);
}

const keyOf = ([key]: [string, number[]]): string => key;
const rowsOf = ([, rows]: [string, number[]]): number[] => rows;
