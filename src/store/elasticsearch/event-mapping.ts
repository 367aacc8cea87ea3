/**
 * How the indices of a job map what its windows are cut by. Indices that map it otherwise than the
 * rest must not keep the rest from being read.
 */
import { AppError } from '../../domain/error.js';
import type { Cluster } from './cluster.js';
import type { FieldNames } from './field-names.js';

/** The times that decide an event's window: the first where a document has it, else the second. */
export const TIME_FIELDS = ['event.end', '@timestamp'] as const;
export type TimeField = (typeof TIME_FIELDS)[number];

/** Dates come back in one format, however an index maps them. */
export const DATE_FIELDS = [...TIME_FIELDS, 'event.start'] as const;

/** What is not as it should be; nothing, as a rule. */
export interface EventMapping {
  /** Indices in which a time is no date that can be searched by, though they map it. */
  readonly undated: Readonly<Record<TimeField, readonly string[]>>;
  /** Fields of {@link DATE_FIELDS} that some index maps as something else: these have no common format. */
  readonly unformatted: ReadonlySet<string>;
  /** Indices that do not map `event.end`: whatever their documents say, `@timestamp` decides there. */
  readonly endless: readonly string[];
  /** All indices that were found. */
  readonly indices: readonly string[];
}

/** All as it should be. */
export const USUAL_MAPPING: EventMapping = {
  undated: { 'event.end': [], '@timestamp': [] },
  unformatted: new Set(),
  endless: [],
  indices: [],
};

interface FieldCapability {
  readonly type?: string;
  readonly searchable?: boolean;
  readonly aggregatable?: boolean;
  readonly indices?: string | string[];
}

/** Asks for the capabilities of the fields that matter; indices that do not exist are none. */
export async function mappingOf(
  cluster: Cluster,
  index: readonly string[],
  names: FieldNames,
): Promise<EventMapping> {
  const answer = await cluster.ask('look at the mappings', (client) =>
    client.fieldCaps({
      index: [...index],
      fields: [...new Set(DATE_FIELDS.map((field) => names.inLogs(field)))],
      include_unmapped: true,
      ignore_unavailable: true,
    }),
  );
  // Also what is no Elasticsearch, or a hostile one, may answer with JSON.
  const fields = answer.fields as typeof answer.fields | undefined;
  if (fields === undefined) {
    throw new AppError(
      'store_rejected',
      'cannot look at the mappings: the answer names no fields; expected the address of Elasticsearch',
    );
  }
  const all = [answer.indices].flat();
  const having = (field: string, is: (capability: FieldCapability) => boolean): string[] =>
    Object.values((fields[names.inLogs(field)] ?? {}) as Record<string, FieldCapability>)
      .filter(is)
      // Named only where the indices differ.
      .flatMap(({ indices }) => (indices === undefined ? all : [indices].flat()));
  const undated = (field: string): string[] => having(field, (one) => isMapped(one) && !isDate(one));
  return {
    undated: { 'event.end': undated('event.end'), '@timestamp': undated('@timestamp') },
    unformatted: new Set(DATE_FIELDS.filter((field) => undated(field).length > 0)),
    endless: answer.fields[names.inLogs('event.end')] ? having('event.end', (one) => !isMapped(one)) : all,
    indices: all,
  };
}

function isMapped({ type }: FieldCapability): boolean {
  return type !== 'unmapped';
}

function isDate({ type, searchable, aggregatable }: FieldCapability): boolean {
  return (type === 'date' || type === 'date_nanos') && searchable === true && aggregatable === true;
}
