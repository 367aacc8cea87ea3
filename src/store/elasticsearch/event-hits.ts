/**
 * From the hits of a search to batches of records under ECS names.
 */
import type { estypes } from '@elastic/elasticsearch';
import { steadySource } from '../../domain/source-name.js';
import type { LeftOut } from '../../collect/ports.js';
import { excerptOf } from '../../domain/excerpt.js';
import type { RawBatch, Rejected } from '../../domain/raw.js';
import { flatten, hasNested } from './event-fields.js';
import { DATE_FIELDS, type EventMapping } from './event-mapping.js';
import { timeless } from './event-search.js';
import { withParents } from './event-sourced.js';
import type { FieldNames } from './field-names.js';

const DATES: ReadonlySet<string> = new Set(DATE_FIELDS);

/**
 * The fields to ask for, each once and in a form that all indices can answer.
 * @param isSourced whether what is not mapped is wanted too, out of the documents
 */
export function requestedFields(
  fields: readonly string[],
  names: FieldNames,
  { unformatted }: EventMapping,
  isSourced: boolean,
): estypes.QueryDslFieldAndFormat[] {
  const requested = fields.map((field) => ({
    field: names.inLogs(field),
    ...(DATES.has(field) && !unformatted.has(field) ? { format: 'strict_date_optional_time_nanos' } : {}),
    ...(isSourced ? { include_unmapped: true } : {}),
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
  readonly rejected: Rejected[];
}

/** What a hit comes to. */
interface ReadHit {
  readonly record: Fields;
  /** What is not as it should be. */
  readonly irregular: readonly string[];
}

/** Reads the hits of one window. */
export class HitReader {
  private place = 1;
  /** Where one time is no date the window was cut by the other, so the record has to be too. */
  private readonly withoutEnd: ReadonlySet<string>;
  private readonly withoutStamp: ReadonlySet<string>;
  /** Names that documents list what was not indexed under, where it concerns what is read. */
  private readonly wanted: ReadonlySet<string>;

  constructor(
    fields: readonly string[],
    private readonly names: FieldNames,
    private readonly mapping: EventMapping,
  ) {
    this.withoutEnd = new Set([...mapping.undated['event.end'], ...mapping.endless]);
    this.withoutStamp = new Set(mapping.undated['@timestamp']);
    this.wanted = new Set(withParents(fields.map(names.inLogs)));
  }

  /**
   * What cannot be read at all, as one rejected record for each index or cluster: how many there are nobody
   * knows.
   */
  *unreadable(leftOut: readonly LeftOut[]): Generator<RawBatch> {
    const undated = timeless(this.mapping).map((index) => ({
      source: steadySource(index),
      reason: 'unreadable_index',
      detail: `${index}: @timestamp is not mapped as a date`,
    }));
    for (const { source, reason, detail } of [...undated, ...leftOut]) {
      const rejected = [{ source, place: 0, reason, excerpt: excerptOf(detail) }];
      yield { source, format: 'ecs', records: [], places: [], rejected };
    }
  }

  /** Sorts a page by source; the order within a source stays. */
  batchesOf(hits: readonly estypes.SearchHit[]): Iterable<RawBatch> {
    const batches = new Map<string, OpenBatch>();
    for (const hit of hits) {
      const { record, irregular } = this.read(hit);
      const source = sourceOf(record, hit._index);
      let batch = batches.get(source);
      if (!batch) batches.set(source, (batch = emptyBatch(source)));
      const place = this.place++;
      // It was found by its time, so there is one: its index keeps no document to take fields from.
      if (hit.fields === undefined) {
        const excerpt = excerptOf(`${hit._index}/${hit._id ?? ''}: _source is disabled`);
        batch.rejected.push({ source, place, reason: 'no_fields', excerpt });
        continue;
      }
      for (const reason of irregular) count(batch.irregular, reason);
      batch.records.push(record);
      batch.places.push(place);
      batch.ids.push(hit._id ?? '');
      batch.indices.push(hit._index);
    }
    return batches.values();
  }

  /** A hit's fields; a value that its index could not take is what the log says nevertheless. */
  private read({ fields = {}, ignored_field_values: values, _index, _ignored }: estypes.SearchHit): ReadHit {
    const irregular: string[] = [];
    const notIndexed = _ignored?.filter((name) => this.wanted.has(name)) ?? [];
    if (notIndexed.length > 0 || values) irregular.push('value_not_indexed');
    const told = fields as Fields;
    if (hasNested(told)) irregular.push('nested_fields');
    const flat = hasNested(told) ? flatten(told) : told;
    let record = this.names.toEcs(values ? { ...values, ...flat } : flat);
    const { inLogs } = this.names;
    const isLost = (name: string): boolean =>
      notIndexed.some((one) => one === inLogs(name) || inLogs(name).startsWith(`${one}.`));
    if (record['event.end'] !== undefined && (this.withoutEnd.has(_index) || isLost('event.end'))) {
      irregular.push('end_not_a_date');
      record = without('event.end', record);
    }
    if (this.withoutStamp.has(_index) || isLost('@timestamp')) record = without('@timestamp', record);
    return { record, irregular };
  }
}

function emptyBatch(source: string): OpenBatch {
  return {
    source,
    format: 'ecs',
    records: [],
    places: [],
    ids: [],
    indices: [],
    irregular: {},
    rejected: [],
  };
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
