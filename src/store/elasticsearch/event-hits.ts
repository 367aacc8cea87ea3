/**
 * From the hits of a search to batches of records under ECS names.
 */
import type { estypes } from '@elastic/elasticsearch';
import { steadySource } from '../../collect/source-name.js';
import type { RawBatch } from '../../domain/raw.js';
import { DATE_FIELDS, type EventMapping } from './event-mapping.js';
import { timeless } from './event-search.js';
import type { FieldNames } from './field-names.js';

const DATES: ReadonlySet<string> = new Set(DATE_FIELDS);

/** The fields to ask for, each once and in a form that all indices can answer. */
export function requestedFields(
  fields: readonly string[],
  names: FieldNames,
  { unformatted, unmapped }: EventMapping,
): estypes.QueryDslFieldAndFormat[] {
  const requested = fields.map((field) => ({
    field: names.inLogs(field),
    ...(DATES.has(field) && !unformatted.has(field) ? { format: 'strict_date_optional_time_nanos' } : {}),
    ...(unmapped.has(field) ? { include_unmapped: true } : {}),
  }));
  return [...new Map(requested.map((one) => [one.field, one])).values()];
}

type Fields = Readonly<Record<string, unknown>>;

interface OpenBatch extends RawBatch {
  readonly records: unknown[];
  readonly places: number[];
  readonly ids: string[];
  readonly indices: string[];
  readonly irregular: Record<string, number>;
}

/** Reads the hits of one window. */
export class HitReader {
  private place = 1;
  /** Where one time is no date the window was cut by the other, so the record has to be too. */
  private readonly withoutEnd: ReadonlySet<string>;
  private readonly withoutStamp: ReadonlySet<string>;

  constructor(
    private readonly names: FieldNames,
    private readonly mapping: EventMapping,
  ) {
    this.withoutEnd = new Set(mapping.undated['event.end']);
    this.withoutStamp = new Set(mapping.undated['@timestamp']);
  }

  /** What cannot be read at all, as one rejected record for each index: how many there are nobody knows. */
  *unreadable(): Generator<RawBatch> {
    for (const index of timeless(this.mapping)) {
      const source = steadySource(index);
      const excerpt = `${index}: @timestamp is not mapped as a date`;
      const rejected = [{ source, place: 0, reason: 'unreadable_index', excerpt }];
      yield { source, format: 'ecs', records: [], places: [], rejected };
    }
  }

  /** Sorts a page by source; the order within a source stays. */
  batchesOf(hits: readonly estypes.SearchHit[]): Iterable<RawBatch> {
    const batches = new Map<string, OpenBatch>();
    for (const hit of hits) {
      const record = this.recordOf(hit);
      const source = sourceOf(record, hit._index);
      let batch = batches.get(source);
      if (!batch) {
        batch = { source, format: 'ecs', records: [], places: [], ids: [], indices: [], irregular: {} };
        batches.set(source, batch);
      }
      if (hit.ignored_field_values) count(batch.irregular, 'value_not_indexed');
      if (this.withoutEnd.has(hit._index)) count(batch.irregular, 'end_not_a_date');
      batch.records.push(record);
      batch.places.push(this.place++);
      batch.ids.push(hit._id ?? '');
      batch.indices.push(hit._index);
    }
    return batches.values();
  }

  /** A hit's fields; a value that its index could not take is what the log says nevertheless. */
  private recordOf({ fields, ignored_field_values: ignored, _index }: estypes.SearchHit): Fields {
    const all = ignored ? { ...ignored, ...(fields as Fields | undefined) } : ((fields ?? {}) as Fields);
    const record = this.names.toEcs(all);
    if (this.withoutEnd.has(_index)) return without('event.end', record);
    return this.withoutStamp.has(_index) ? without('@timestamp', record) : record;
  }
}

function without(field: string, { [field]: _, ...others }: Fields): Fields {
  return others;
}

function count(into: Record<string, number>, reason: string): void {
  into[reason] = (into[reason] ?? 0) + 1;
}

/** The data set and the sensor that a document is of, or else what its index is a part of. */
function sourceOf(record: Fields, index: string): string {
  const first = (name: string): string => {
    const value = (record[name] as readonly unknown[] | undefined)?.[0];
    return typeof value === 'string' ? value : '';
  };
  const dataset = first('event.dataset') || steadySource(index);
  const observer = first('observer.name');
  return observer === '' ? dataset : `${dataset}@${observer}`;
}
