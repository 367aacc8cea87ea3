/**
 * Whether the indices map the fields that are read as they have to.
 */
import type { Finding, FindingStatus } from '../../finding.js';
import { FieldNames } from '../field-names.js';
import type { Examination } from './examination.js';
import { listed } from './listed.js';

/** Fields that are searched by what they mean, with the types that can do so. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  '@timestamp': ['date', 'date_nanos'],
  'event.end': ['date', 'date_nanos'],
  'event.start': ['date', 'date_nanos'],
  'source.ip': ['ip'],
  'destination.ip': ['ip'],
};
/** What a wrong mapping of each does, and how bad that is. */
const CONSEQUENCES: Readonly<Record<string, readonly [status: FindingStatus, consequence: string]>> = {
  '@timestamp': ['failure', 'documents without event.end are in no window there, and are not read'],
  'event.end': ['warning', 'documents are in the window of their @timestamp there'],
  'event.start': ['warning', 'it is read as it is written'],
};
/** Types of text: an address in one is read and found as it is, but not by networks. */
const TEXTS: ReadonlySet<string> = new Set(['keyword', 'constant_keyword', 'wildcard', 'text']);

type Types = Readonly<Record<string, { readonly type?: string; readonly indices?: string | string[] }>>;

export async function examineMappings(examination: Examination): Promise<Finding[]> {
  const { cluster, indices, fields } = examination;
  const check = 'mappings';
  const names = new FieldNames(examination.names);
  const answer = await cluster.ask('look at the mappings', (client) =>
    client.fieldCaps({ index: [...indices], fields: fields.map(names.inLogs), ignore_unavailable: true }),
  );
  const findings = [...fields]
    .sort()
    .flatMap((field) =>
      conflictsOf(field, names.inLogs(field), (answer.fields[names.inLogs(field)] ?? {}) as Types),
    );
  if (findings.length > 0) return findings;
  const known = fields.filter((field) =>
    isMapped((answer.fields[names.inLogs(field)] ?? {}) as Types),
  ).length;
  const message = `${String(known)} of the ${String(fields.length)} fields that are read are mapped, none in conflict`;
  return [{ check, status: 'ok', message }];
}

/** A field mapped in several ways, or in one that its meaning cannot be searched by. */
function conflictsOf(field: string, name: string, types: Types): Finding[] {
  const check = 'mappings';
  const mapped = Object.entries(types).filter(([type]) => type !== 'unmapped');
  const needed = NEEDED[field];
  const wrong = needed === undefined ? [] : mapped.filter(([type]) => !needed.includes(type));
  const where = (entries: typeof mapped): string =>
    entries.map(([type, { indices }]) => `${type}${namesOf(indices)}`).join(', ');
  if (wrong.length > 0) {
    const isText = wrong.every(([type]) => TEXTS.has(type));
    const [status, consequence] = CONSEQUENCES[field] ?? (isText ? AS_TEXT : AS_OTHER);
    const message = `${name} is mapped as ${where(wrong)}, where ${needed!.join(' or ')} is needed: ${consequence}`;
    return [{ check, status, message, remedy: `map ${name} as ECS does ${field}, and reindex` }];
  }
  if (new Set(mapped.map(([type]) => familyOf(type))).size < 2) return [];
  const message = `${name} is mapped in several ways: ${where(mapped)}`;
  return [{ check, status: 'warning', message, remedy: `map ${name} alike in all indices, as ECS does` }];
}

const AS_TEXT = [
  'warning',
  'its events are read, but a filter by networks (CIDR) does not find them',
] as const;
const AS_OTHER = ['failure', 'its events are not found by it'] as const;

/** Parents of fields are answered too, and are none. */
function isMapped(types: Types): boolean {
  return Object.keys(types).some((type) => type !== 'unmapped' && type !== 'object' && type !== 'nested');
}

function namesOf(indices: string | string[] | undefined): string {
  if (indices === undefined) return '';
  return ` (${listed([indices].flat())})`;
}

const FAMILIES: readonly (readonly string[])[] = [
  ['byte', 'short', 'integer', 'long', 'unsigned_long', 'half_float', 'float', 'double', 'scaled_float'],
  ['keyword', 'constant_keyword', 'wildcard', 'text', 'match_only_text'],
  ['date', 'date_nanos'],
];

function familyOf(type: string): string {
  return FAMILIES.find((family) => family.includes(type))?.[0] ?? type;
}
