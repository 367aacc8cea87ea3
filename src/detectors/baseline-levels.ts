/**
 * The cold-start ladder: on whose history an entity stands.
 */
import { EntityIndex } from '../domain/entity-index.js';
import type { Entity, FeatureMatrix } from '../domain/matrix.js';
import { decode, encode } from '../domain/typed-arrays.js';

/** A rung of the ladder, most telling first: its own history, that of its peers, everybody's. */
export type Rung = 'entity' | 'peers' | 'global';

/** Levels in order: the global one, then those of peers, then those of entities. */
export interface LevelIndexSnapshot {
  readonly peers: readonly string[];
  /** Identities of entities as {@link encode} writes them. */
  readonly entities: string;
}

const GLOBAL = 0;

/** Finds the level of a row: the number of the history that it is held against. */
export class LevelIndex {
  private readonly peers: ReadonlyMap<string, number>;
  private readonly entities = new EntityIndex();
  /** Levels of peers by transport, port and side, once looked up: building a key takes longer. */
  private readonly known = new Map<string | undefined, Map<number, number>>();

  /** @param identities two hashes an entity, side by side */
  private constructor(peers: readonly string[], identities: Int32Array) {
    this.peers = new Map(peers.map((key, i) => [key, GLOBAL + 1 + i]));
    for (let at = 0; at < identities.length; at += 2) this.entities.add(identities[at]!, identities[at + 1]!);
  }

  /** The levels that have at least `minRows` rows in a matrix, with these rows by level. */
  static of(matrix: FeatureMatrix, minRows: number): { index: LevelIndex; rows: number[][] } {
    const peers = new Map<string, number[]>();
    const entities = new Map<string, number[]>();
    matrix.entities.forEach((entity, row) => {
      append(peers, peersKey(entity, matrix.own[row] === 1), row);
      append(entities, entity.id, row);
    });
    const knownPeers = [...peers].filter(([, rows]) => rows.length >= minRows);
    const ofEntities = [...entities.values()].filter((rows) => rows.length >= minRows);
    const identities = ofEntities.flatMap(([row]) => identityOf(matrix, row!));
    return {
      index: new LevelIndex(
        knownPeers.map(([key]) => key),
        Int32Array.from(identities),
      ),
      rows: [[...matrix.entities.keys()], ...knownPeers.map(([, rows]) => rows), ...ofEntities],
    };
  }

  /** Level of a row of a matrix. */
  find(matrix: FeatureMatrix, row: number): number {
    const { identities } = matrix;
    const entity = this.entities.find(identities[2 * row]!, identities[2 * row + 1]!);
    return entity >= 0
      ? GLOBAL + 1 + this.peers.size + entity
      : this.peersLevel(matrix.entities[row]!, matrix.own[row] === 1);
  }

  rung(level: number): Rung {
    if (level === GLOBAL) return 'global';
    return level <= this.peers.size ? 'peers' : 'entity';
  }

  toSnapshot(): LevelIndexSnapshot {
    return { peers: [...this.peers.keys()], entities: encode(this.entities.keys()) };
  }

  static fromSnapshot({ peers, entities }: LevelIndexSnapshot): LevelIndex {
    return new LevelIndex(peers, decode(entities, Int32Array));
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

function identityOf({ identities }: FeatureMatrix, row: number): [number, number] {
  return [identities[2 * row]!, identities[2 * row + 1]!];
}
