/**
 * A bounded, fair sample of feature rows for training.
 */
import type { Entity, EntityKind, FeatureMatrix } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';

const HASH_RANGE = 2 ** 32;
const INITIAL_CAPACITY = 1024;
/**
 * A crowd is one row among many thousands in each window, and nobody else's history tells what is
 * usual of it: it is so many times (as a power of two) more likely to be kept.
 */
const CROWD_BITS = 6;

/** Sampled rows in columns, with room for more. */
interface Columns {
  readonly hashes: Uint32Array;
  readonly identities: Int32Array;
  readonly own: Uint8Array;
  readonly values: Float32Array;
}

/**
 * Keeps the rows with the smallest hash of entity and window: which rows are kept does not depend
 * on the order in which windows come. Each window is offered once.
 */
export class TrainingSample {
  private columns: Columns;
  private readonly entities: Entity[] = [];
  private readonly windows: Window[] = [];
  private limit = HASH_RANGE;
  private offered = 0;

  constructor(
    readonly kind: EntityKind,
    readonly site: string,
    private readonly features: readonly string[],
    private readonly maxRows: number,
  ) {
    this.columns = columnsFor(INITIAL_CAPACITY, features.length);
  }

  /** Rows offered so far. */
  get seen(): number {
    return this.offered;
  }

  /** Offers the rows of a matrix. */
  add(matrix: FeatureMatrix): void {
    this.offered += matrix.entities.length;
    for (let row = 0; row < matrix.entities.length; row++) {
      const hash = hashOf(matrix, row);
      if (hash < this.limit) this.append(matrix, row, hash);
      else if (matrix.entities[row]!.others !== undefined && hash >>> CROWD_BITS < this.limit) {
        this.append(matrix, row, hash >>> CROWD_BITS);
      }
    }
    while (this.entities.length > this.maxRows) {
      this.limit /= 2;
      this.thinOut();
    }
  }

  /** The sampled rows that satisfy the test, oldest window first. */
  matrix(test: (window: Window) => boolean): FeatureMatrix {
    const { entities, windows, features, columns } = this;
    const width = features.length;
    const rows = [...entities.keys()]
      .filter((row) => test(windows[row]!))
      .sort((a, b) => windows[a]!.start - windows[b]!.start || (entities[a]!.id < entities[b]!.id ? -1 : 1));
    const picked = columnsFor(rows.length, width);
    rows.forEach((row, to) => {
      copyRow(columns, row, picked, to, width);
    });
    return {
      kind: this.kind,
      site: this.site,
      features,
      entities: rows.map((row) => entities[row]!),
      identities: picked.identities,
      own: picked.own,
      windows: rows.map((row) => windows[row]!),
      values: picked.values,
    };
  }

  private append(matrix: FeatureMatrix, row: number, hash: number): void {
    const width = this.features.length;
    const to = this.entities.length;
    if (to === this.columns.hashes.length) this.grow();
    copyRow(matrix, row, this.columns, to, width);
    this.columns.hashes[to] = hash;
    this.entities.push(matrix.entities[row]!);
    this.windows.push(matrix.windows[row]!);
  }

  private grow(): void {
    const { columns } = this;
    this.columns = columnsFor(columns.hashes.length * 2, this.features.length);
    this.columns.hashes.set(columns.hashes);
    this.columns.identities.set(columns.identities);
    this.columns.own.set(columns.own);
    this.columns.values.set(columns.values);
  }

  /** Drops the rows that lie beyond the limit. */
  private thinOut(): void {
    const { columns, entities, windows } = this;
    let kept = 0;
    for (let row = 0; row < entities.length; row++) {
      if (columns.hashes[row]! >= this.limit) continue;
      copyRow(columns, row, columns, kept, this.features.length);
      columns.hashes[kept] = columns.hashes[row]!;
      entities[kept] = entities[row]!;
      windows[kept++] = windows[row]!;
    }
    entities.length = windows.length = kept;
  }
}

function columnsFor(rows: number, width: number): Columns {
  return {
    hashes: new Uint32Array(rows),
    identities: new Int32Array(rows * 2),
    own: new Uint8Array(rows),
    values: new Float32Array(rows * width),
  };
}

type RowSource = Pick<Columns, 'identities' | 'own' | 'values'>;

function copyRow(from: RowSource, row: number, into: RowSource, to: number, width: number): void {
  into.identities[2 * to] = from.identities[2 * row]!;
  into.identities[2 * to + 1] = from.identities[2 * row + 1]!;
  into.own[to] = from.own[row]!;
  for (let feature = 0; feature < width; feature++) {
    into.values[to * width + feature] = from.values[row * width + feature]!;
  }
}

/** Hash of a row's entity and window, unsigned 32 bits. */
function hashOf({ identities, windows }: FeatureMatrix, row: number): number {
  const seconds = Math.floor(windows[row]!.start / 1000);
  let hash = Math.imul(identities[2 * row]!, 0xcc9e2d51) ^ Math.imul(seconds, 0x1b873593);
  hash = Math.imul(hash ^ (hash >>> 16) ^ identities[2 * row + 1]!, 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
