/**
 * A bounded, fair sample of feature rows for training.
 */
import { hash32 } from '../domain/hash.js';
import type { Entity, EntityKind, FeatureMatrix } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';

const HASH_RANGE = 2 ** 32;

interface Row {
  readonly hash: number;
  readonly entity: Entity;
  readonly own: number;
  readonly window: Window;
  readonly values: Float32Array;
}

/**
 * Keeps the rows with the smallest hash of entity and window: which rows are kept does not depend
 * on the order in which windows come. Each window is offered once.
 */
export class TrainingSample {
  private rows: Row[] = [];
  private limit = HASH_RANGE;
  private offered = 0;

  constructor(
    readonly kind: EntityKind,
    readonly site: string,
    private readonly features: readonly string[],
    private readonly maxRows: number,
  ) {}

  /** Rows offered so far. */
  get seen(): number {
    return this.offered;
  }

  /** Offers the rows of a matrix. */
  add(matrix: FeatureMatrix): void {
    const width = this.features.length;
    matrix.entities.forEach((entity, row) => {
      this.offered++;
      const window = matrix.windows[row]!;
      const hash = hash32(`${String(window.start)} ${entity.id}`);
      if (hash >= this.limit) return;
      const values = matrix.values.slice(row * width, (row + 1) * width);
      this.rows.push({ hash, entity, own: matrix.own[row]!, window, values });
    });
    while (this.rows.length > this.maxRows) {
      this.limit /= 2;
      this.rows = this.rows.filter((row) => row.hash < this.limit);
    }
  }

  /** The sampled rows that satisfy the test, oldest window first. */
  matrix(test: (window: Window) => boolean): FeatureMatrix {
    const width = this.features.length;
    const rows = this.rows
      .filter((row) => test(row.window))
      .sort((a, b) => a.window.start - b.window.start || (a.entity.id < b.entity.id ? -1 : 1));
    const values = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      values.set(row.values, i * width);
    });
    return {
      kind: this.kind,
      site: this.site,
      features: this.features,
      entities: rows.map((row) => row.entity),
      own: Uint8Array.from(rows, (row) => row.own),
      windows: rows.map((row) => row.window),
      values,
    };
  }
}
