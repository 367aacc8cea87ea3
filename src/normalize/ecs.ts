/**
 * ECS documents: nested, with dotted keys, or as Elasticsearch answers `fields` (every value an array).
 */
import { EventKind, Flag, Outcome } from '../domain/events.js';
import { OWN_OUTPUT, UNSUPPORTED, unusable, type Draft, type Mapper } from './draft.js';
import { numberOf, portOf, textOf, timeOf, transportOf } from './values.js';
import { readHttp, readTls } from './zeek.js';

type Record_ = Readonly<Record<string, unknown>>;

/** Every field that {@link ecsMapper} reads: what an Elasticsearch reader has to ask for. */
export const ECS_FIELDS = [
  '@timestamp',
  'destination.address',
  'destination.bytes',
  'destination.domain',
  'destination.ip',
  'destination.packets',
  'destination.port',
  'dns.id',
  'dns.question.name',
  'dns.question.type',
  'dns.response_code',
  'event.action',
  'event.category',
  'event.dataset',
  'event.duration',
  'event.end',
  'event.id',
  'event.kind',
  'event.module',
  'event.outcome',
  'event.start',
  'event.type',
  'host.ip',
  'host.name',
  'http.request.method',
  'http.response.status_code',
  'network.bytes',
  'network.protocol',
  'network.transport',
  'network.type',
  'observer.name',
  'rule.name',
  'source.address',
  'source.bytes',
  'source.ip',
  'source.packets',
  'source.port',
  'tls.client.ja3',
  'tls.client.server_name',
  'tls.version',
  'url.domain',
  'user.name',
  'user_agent.original',
] as const;
type Field = (typeof ECS_FIELDS)[number];

/** Steps to each field of a nested document. */
const STEPS = Object.fromEntries(ECS_FIELDS.map((field) => [field, field.split('.')])) as Record<
  Field,
  string[]
>;

/** First value of a field, wherever the document keeps it. */
function get(record: Record_, field: Field): unknown {
  const dotted = record[field];
  if (dotted !== undefined) return Array.isArray(dotted) ? dotted[0] : dotted;
  const steps = STEPS[field];
  let value: unknown = record[steps[0]!];
  for (let i = 1; i < steps.length && value !== undefined; i++) {
    value = value !== null && typeof value === 'object' ? (value as Record_)[steps[i]!] : undefined;
  }
  return Array.isArray(value) ? (value[0] as unknown) : value;
}

function has(record: Record_, field: Field, word: string): boolean {
  const dotted = record[field];
  if (Array.isArray(dotted)) return dotted.includes(word);
  if (dotted !== undefined) return dotted === word;
  const [first = '', second = ''] = STEPS[field];
  const value = (record[first] as Record_ | undefined)?.[second];
  return Array.isArray(value) ? value.includes(word) : value === word;
}

/** Reads an ECS document. */
export const ecsMapper: Mapper = (record, draft) => {
  if (get(record, 'event.module') === 'elkhound') return OWN_OUTPUT;
  const time = timeOf(get(record, '@timestamp'));
  const end = timeOf(get(record, 'event.end'));
  if (Number.isNaN(time) && Number.isNaN(end)) return unusable('no_time');
  draft.endMs = Math.floor(Number.isNaN(end) ? time : end);
  draft.durationNs = numberOf(get(record, 'event.duration'));
  const start = timeOf(get(record, 'event.start'));
  draft.startMs = Number.isNaN(start) ? draft.endMs : Math.floor(start);
  if (Number.isNaN(draft.durationNs) && !Number.isNaN(start))
    draft.durationNs = (draft.endMs - draft.startMs) * 1e6;
  readEnds(record, draft);
  readOutcome(record, draft);
  readKind(record, draft);
  draft.user = textOf(get(record, 'user.name'));
  draft.observer = textOf(get(record, 'observer.name'));
  draft.id = textOf(get(record, 'event.id'));
  return draft.source === '' && draft.destination === '' && draft.user === '' ? UNSUPPORTED : undefined;
};

function readEnds(record: Record_, draft: Draft): void {
  draft.source = textOf(get(record, 'source.ip') ?? get(record, 'source.address'));
  draft.destination = textOf(get(record, 'destination.ip') ?? get(record, 'destination.address'));
  draft.sourcePort = portOf(get(record, 'source.port'));
  draft.destinationPort = portOf(get(record, 'destination.port'));
  draft.sourceBytes = numberOf(get(record, 'source.bytes'));
  draft.destinationBytes = numberOf(get(record, 'destination.bytes'));
  if (Number.isNaN(draft.sourceBytes) && Number.isNaN(draft.destinationBytes)) {
    draft.sourceBytes = numberOf(get(record, 'network.bytes'));
  }
  draft.sourcePackets = numberOf(get(record, 'source.packets'));
  draft.destinationPackets = numberOf(get(record, 'destination.packets'));
  draft.transport = transportOf(textOf(get(record, 'network.transport')));
  draft.service = textOf(get(record, 'network.protocol'));
}

function readOutcome(record: Record_, draft: Draft): void {
  const outcome = get(record, 'event.outcome');
  if (outcome === 'success') draft.outcome = Outcome.success;
  if (outcome === 'failure') draft.outcome = Outcome.failure;
  // A firewall's deny is, to ECS, an event that succeeded; the connection did not.
  if (has(record, 'event.type', 'denied')) draft.outcome = Outcome.failure;
}

function readKind(record: Record_, draft: Draft): void {
  const dataset = textOf(get(record, 'event.dataset'));
  const name = get(record, 'dns.question.name');
  const domain = get(record, 'url.domain');
  const method = get(record, 'http.request.method');
  if (get(record, 'event.kind') === 'alert' || has(record, 'event.category', 'intrusion_detection')) {
    draft.kind = EventKind.alert;
    draft.rule = textOf(get(record, 'rule.name'));
  } else if (has(record, 'event.category', 'authentication')) readLogin(record, draft, dataset);
  else if (name !== undefined) readDns(record, draft, textOf(name));
  else if (method !== undefined) {
    const status = numberOf(get(record, 'http.response.status_code'));
    readHttp(
      draft,
      textOf(domain),
      textOf(method).toUpperCase(),
      status,
      textOf(get(record, 'user_agent.original')),
    );
  } else if (
    get(record, 'tls.version') !== undefined ||
    get(record, 'tls.client.server_name') !== undefined
  ) {
    const version = textOf(get(record, 'tls.version'));
    readTls(
      draft,
      textOf(get(record, 'tls.client.server_name')),
      OLD_VERSIONS.has(version) ? 'TLSv1' : version,
      undefined,
    );
    draft.agent = textOf(get(record, 'tls.client.ja3'));
  } else {
    draft.kind = draft.source !== '' && draft.destination !== '' ? EventKind.flow : EventKind.other;
  }
}

const OLD_VERSIONS = new Set(['1.0', '1.1']);

function readLogin(record: Record_, draft: Draft, dataset: string): void {
  draft.kind = dataset.endsWith('ssh') ? EventKind.ssh : EventKind.auth;
  if (draft.destination === '')
    draft.destination = textOf(get(record, 'host.ip') ?? get(record, 'host.name'));
  if (draft.outcome === Outcome.failure) draft.authFailures = 1;
  draft.addDetail(get(record, 'event.action'));
}

function readDns(record: Record_, draft: Draft, name: string): void {
  draft.kind = EventKind.dns;
  draft.name = name.toLowerCase();
  const code = get(record, 'dns.response_code');
  if (code === 'NXDOMAIN') draft.flags |= Flag.nxdomain;
  if (['TXT', 'NULL', 'CNAME', 'MX'].includes(textOf(get(record, 'dns.question.type'))))
    draft.flags |= Flag.bulkQuery;
  draft.addDetail(get(record, 'dns.id'));
  draft.addDetail(get(record, 'dns.question.type'));
}
