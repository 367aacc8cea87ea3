/**
 * Records and rejected text on their way to becoming batches: one per format, in the order of reading.
 */
import { excerptOf } from '../domain/excerpt.js';
import type { RawBatch, RecordFormat, Rejected } from '../domain/raw.js';
import { formatOf, unwrapped, zeekTypeOfName } from './sniff.js';

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

  /** Adds the record that a text holds, or rejects it. */
  addJson(text: string, place: number): void {
    let record: unknown;
    let format: RecordFormat | undefined;
    try {
      record = JSON.parse(text);
      format = this.given ?? this.formatOf(record);
      if (format === undefined) {
        record = unwrapped(record);
        format = this.formatOf(record);
      }
    } catch {
      this.reject('bad_json', text, place);
      return;
    }
    if (format !== undefined) this.add(format, record, place);
    else this.reject(isObject(record) ? 'unknown_record' : 'not_an_object', text, place);
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

  /** Format of a parsed value; pipelines write null for what they drop, which is no mistake. */
  private formatOf(record: unknown): RecordFormat | undefined {
    if (record === null) return 'ecs';
    return isObject(record) ? formatOf(record) : undefined;
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

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
