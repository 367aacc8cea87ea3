/**
 * Records and rejected text on their way to becoming batches: one per format, in the order of reading.
 */
import { excerptOf } from '../domain/excerpt.js';
import type { RawBatch, RecordFormat, Rejected } from '../domain/raw.js';
import { zeekTypeOfName } from './sniff.js';

interface Gathered {
  readonly format: RecordFormat;
  readonly records: unknown[];
  readonly places: number[];
}

/** Gathers what a file gives until {@link take}. */
export class RecordBatches {
  /** Whether anything of the file is a known kind of record. */
  recognized = false;
  private gathered: Gathered[] = [];
  private current: Gathered | undefined;
  private rejected: Rejected[] = [];
  private readonly path: string | undefined;

  /** @param given what records are taken for, whatever they look like */
  constructor(
    private readonly source: string,
    private readonly given: RecordFormat | undefined,
  ) {
    this.path = zeekTypeOfName(source);
  }

  /** Adds a record whose format is known. */
  add(format: RecordFormat, record: unknown, place: number): void {
    if (this.current?.format !== format) this.current = this.of(format);
    this.current.records.push(record);
    this.current.places.push(place);
    this.recognized = true;
  }

  reject(reason: string, text: string, place: number): void {
    this.rejected.push({ source: this.source, place, reason, excerpt: excerptOf(text) });
  }

  /** What was gathered, which is then forgotten; what was rejected travels with the first batch. */
  take(): RawBatch[] {
    const { gathered, rejected } = this;
    this.gathered = [];
    this.current = undefined;
    this.rejected = [];
    if (gathered.length === 0 && rejected.length > 0) gathered.push(emptyOf(this.given ?? 'ecs'));
    return gathered.map((batch, i) => ({
      source: this.source,
      ...(this.path === undefined ? {} : { path: this.path }),
      ...batch,
      ...(i === 0 && rejected.length > 0 ? { rejected } : {}),
    }));
  }

  private of(format: RecordFormat): Gathered {
    let found = this.gathered.find((batch) => batch.format === format);
    if (!found) this.gathered.push((found = emptyOf(format)));
    return found;
  }
}

function emptyOf(format: RecordFormat): Gathered {
  return { format, records: [], places: [] };
}
