/**
 * ECS documents: nested, with dotted keys, or as Elasticsearch answers `fields` (every value an array).
 *
 * An event ends at `event.end`, else at `@timestamp`, as the stores have it that cut windows. Fields of
 * Elastic's Zeek integration fill gaps that ECS has no field for, so that a flow means the same whether
 * it is read from Zeek's log or from an index.
 */
import { ByteLayer, EventKind, Flag, Outcome, Transport } from '../domain/events.js';
import { NO_TIME, NO_TIMESTAMP, OWN_OUTPUT, UNSUPPORTED, type Draft, type Mapper } from './draft.js';
import { readAttempts, readDns, readHttp, readTls } from './protocols.js';
import { timeOf, type WallClock } from './time.js';
import { addressOf, numberOf, portOf, textOf, transportOf, type Record_ } from './values.js';
import { connOutcome } from './zeek.js';

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
  'http.request.body.bytes',
  'http.request.method',
  'http.response.body.bytes',
  'http.response.status_code',
  'label',
  'netflow.sampling_interval',
  'network.bytes',
  'network.direction',
  'network.protocol',
  'network.transport',
  'observer.name',
  'rule.name',
  'source.address',
  'source.bytes',
  'source.domain',
  'source.ip',
  'source.packets',
  'source.port',
  'tls.client.ja3',
  'tls.client.server_name',
  'tls.established',
  'tls.version',
  'url.domain',
  'url.original',
  'user.name',
  'user_agent.original',
  'zeek.connection.icmp.code',
  'zeek.connection.icmp.type',
  'zeek.connection.state',
  'zeek.dns.query',
  'zeek.intel.seen.indicator_type',
  'zeek.ssh.auth.attempts',
  'zeek.ssh.auth.success',
  'zeek.ssh.client',
  'zeek.ssl.server.name',
  'zeek.ssl.validation.status',
  'zeek.weird.name',
] as const;
type Field = (typeof ECS_FIELDS)[number];

/** Steps to each field of a nested document. */
const STEPS = Object.fromEntries(ECS_FIELDS.map((field) => [field, field.split('.')])) as Record<
  Field,
  string[]
>;

/** Value of a field, wherever the document keeps it. */
function valueOf(record: Record_, field: Field): unknown {
  const dotted = record[field];
  if (dotted !== undefined) return dotted;
  const steps = STEPS[field];
  let value: unknown = record[steps[0]!];
  for (let i = 1; i < steps.length && value !== undefined; i++) {
    value = value !== null && typeof value === 'object' ? (value as Record_)[steps[i]!] : undefined;
  }
  return value;
}

/** First value of a field. */
function get(record: Record_, field: Field): unknown {
  const value = valueOf(record, field);
  return Array.isArray(value) ? (value[0] as unknown) : value;
}

function text(record: Record_, field: Field): string {
  return textOf(get(record, field));
}

function has(record: Record_, field: Field, word: string): boolean {
  const value = valueOf(record, field);
  return Array.isArray(value) ? value.includes(word) : value === word;
}

/** Reads an ECS document. */
export const ecsMapper: Mapper = (record, draft, clock) => {
  if (get(record, 'event.module') === 'elkhound') return OWN_OUTPUT;
  readEnds(record, draft);
  draft.user = text(record, 'user.name');
  if (draft.source === '' && draft.destination === '' && draft.user === '') return UNSUPPORTED;
  const refusal = readTimes(record, draft, clock);
  if (refusal) return refusal;
  readQuantities(record, draft);
  readOutcome(record, draft);
  readKind(record, draft);
  draft.observer = text(record, 'observer.name');
  draft.id = text(record, 'event.id');
  draft.label = text(record, 'label');
  return undefined;
};

function readEnds(record: Record_, draft: Draft): void {
  draft.source = addressOf(get(record, 'source.ip'));
  draft.destination = addressOf(get(record, 'destination.ip'));
  draft.addresses = (draft.source === '' ? 0 : 1) | (draft.destination === '' ? 0 : 2);
  draft.source ||= text(record, 'source.address') || text(record, 'source.domain');
  draft.destination ||= text(record, 'destination.address') || text(record, 'destination.domain');
  draft.sourcePort = portOf(get(record, 'source.port'));
  draft.destinationPort = portOf(get(record, 'destination.port'));
}

/** Longer than any flow is told of; a start that lies further back is a mistake. */
const MAX_DURATION_MS = 100 * 86_400_000;

function readTimes(record: Record_, draft: Draft, clock: WallClock): ReturnType<Mapper> {
  const stamp = get(record, 'event.end') ?? get(record, '@timestamp');
  const started = get(record, 'event.start');
  if (stamp === undefined && started === undefined) return NO_TIMESTAMP;
  draft.durationNs = numberOf(get(record, 'event.duration'));
  const start = timeOf(started, clock);
  // A table may tell of nothing but the start and how long it took.
  const end = stamp === undefined ? start + (draft.durationNs || 0) / 1e6 : timeOf(stamp, clock);
  if (Number.isNaN(end)) return NO_TIME;
  draft.endMs = Math.floor(end);
  const sinceStart = end - start;
  // A start after the end, or months before it, is not believed.
  const isStart = sinceStart >= 0 && sinceStart <= MAX_DURATION_MS;
  draft.startMs = isStart ? Math.floor(start) : draft.endMs;
  if (isStart && Number.isNaN(draft.durationNs)) draft.durationNs = Math.round(sinceStart * 1e3) * 1e3;
  return undefined;
}

/** What the bytes of Elastic's integrations include. */
const BYTE_LAYERS: Readonly<Record<string, number>> = {
  zeek: ByteLayer.network,
  netflow: ByteLayer.network,
  suricata: ByteLayer.link,
};

function readQuantities(record: Record_, draft: Draft): void {
  draft.sourceBytes = numberOf(get(record, 'source.bytes'));
  draft.destinationBytes = numberOf(get(record, 'destination.bytes'));
  if (Number.isNaN(draft.sourceBytes) && Number.isNaN(draft.destinationBytes)) {
    draft.sourceBytes = numberOf(get(record, 'network.bytes'));
  }
  draft.sourcePackets = numberOf(get(record, 'source.packets'));
  draft.destinationPackets = numberOf(get(record, 'destination.packets'));
  const hasBytes = !Number.isNaN(draft.sourceBytes) || !Number.isNaN(draft.destinationBytes);
  if (hasBytes) draft.byteLayer = BYTE_LAYERS[text(record, 'event.module')] ?? ByteLayer.unknown;
  const interval = numberOf(get(record, 'netflow.sampling_interval'));
  if (interval > 0) draft.samplingInterval = Math.min(Math.round(interval), 0xffffffff);
  draft.transport = transportOf(text(record, 'network.transport'));
  draft.service = text(record, 'network.protocol');
}

function readOutcome(record: Record_, draft: Draft): void {
  const outcome = get(record, 'event.outcome');
  if (outcome === 'success') draft.outcome = Outcome.success;
  if (outcome === 'failure') draft.outcome = Outcome.failure;
  // A firewall's deny is, to ECS, an event that succeeded; the connection did not.
  if (has(record, 'event.type', 'denied')) draft.outcome = Outcome.failure;
  const direction = get(record, 'network.direction');
  if (direction === 'internal' || direction === 'outbound') draft.flags |= Flag.sourceOwn;
  if (direction === 'internal' || direction === 'inbound') draft.flags |= Flag.destinationOwn;
}

/** Other products' verdicts, by the categories that ECS has for them. */
function isVerdict(record: Record_): boolean {
  return (
    get(record, 'event.kind') === 'alert' ||
    has(record, 'event.category', 'intrusion_detection') ||
    has(record, 'event.category', 'threat')
  );
}

function readKind(record: Record_, draft: Draft): void {
  const weird = text(record, 'zeek.weird.name');
  const question = get(record, 'dns.question.name') ?? get(record, 'zeek.dns.query');
  if (weird !== '' || isVerdict(record)) readVerdict(record, draft, weird);
  else if (has(record, 'event.category', 'authentication')) readLogin(record, draft);
  else if (question !== undefined) readQuestion(record, draft, textOf(question));
  else if (isRequest(record)) readRequest(record, draft);
  else if (
    get(record, 'tls.version') !== undefined ||
    get(record, 'tls.client.server_name') !== undefined ||
    get(record, 'tls.established') !== undefined
  ) {
    readHandshake(record, draft);
  } else if (get(record, 'zeek.ssh.client') !== undefined) readSsh(record, draft);
  else if (isProtocol(record, draft)) draft.kind = draft.service === 'rdp' ? EventKind.rdp : EventKind.other;
  else readFlow(record, draft);
}

/** What a protocol analyzer saw of a connection that has a record of its own. */
function isProtocol(record: Record_, { sourceBytes, sourcePackets }: Draft): boolean {
  return has(record, 'event.type', 'protocol') && Number.isNaN(sourceBytes) && Number.isNaN(sourcePackets);
}

function isRequest(record: Record_): boolean {
  return (
    get(record, 'http.request.method') !== undefined || get(record, 'http.response.status_code') !== undefined
  );
}

function readVerdict(record: Record_, draft: Draft, weird: string): void {
  draft.kind = EventKind.alert;
  const indicator = text(record, 'zeek.intel.seen.indicator_type');
  draft.rule = text(record, 'rule.name') || weird || (indicator === '' ? '' : `intel ${indicator}`);
}

function readLogin(record: Record_, draft: Draft): void {
  draft.kind = text(record, 'event.dataset').endsWith('ssh') ? EventKind.ssh : EventKind.auth;
  if (draft.destination === '') draft.destination = text(record, 'host.ip') || text(record, 'host.name');
  if (draft.outcome === Outcome.failure) draft.authFailures = 1;
  draft.addDetail(get(record, 'event.action'));
}

function readQuestion(record: Record_, draft: Draft, name: string): void {
  // That the record was written is no answer yet.
  draft.outcome = Outcome.unknown;
  readDns(draft, name, text(record, 'dns.question.type'), text(record, 'dns.response_code'));
  draft.addDetail(get(record, 'dns.id'));
}

function readRequest(record: Record_, draft: Draft): void {
  readHttp(
    draft,
    text(record, 'url.domain') || text(record, 'destination.domain'),
    text(record, 'http.request.method').toUpperCase(),
    numberOf(get(record, 'http.response.status_code')),
    text(record, 'user_agent.original'),
  );
  const sent = get(record, 'http.request.body.bytes');
  const received = get(record, 'http.response.body.bytes');
  if (sent !== undefined || received !== undefined) {
    draft.sourceBytes = numberOf(sent);
    draft.destinationBytes = numberOf(received);
    draft.byteLayer = ByteLayer.payload;
  }
  draft.addDetail(get(record, 'url.original'));
}

function readHandshake(record: Record_, draft: Draft): void {
  const status = text(record, 'zeek.ssl.validation.status');
  readTls(
    draft,
    text(record, 'tls.client.server_name') || text(record, 'zeek.ssl.server.name'),
    text(record, 'tls.version'),
    status === '' ? undefined : status === 'ok',
  );
  draft.agent = text(record, 'tls.client.ja3');
  const established = get(record, 'tls.established');
  if (typeof established === 'boolean') draft.outcome = established ? Outcome.success : Outcome.failure;
}

function readSsh(record: Record_, draft: Draft): void {
  draft.kind = EventKind.ssh;
  draft.service = 'ssh';
  draft.agent = text(record, 'zeek.ssh.client');
  draft.outcome = Outcome.unknown;
  readAttempts(draft, get(record, 'zeek.ssh.auth.success'), numberOf(get(record, 'zeek.ssh.auth.attempts')));
}

function readFlow(record: Record_, draft: Draft): void {
  draft.kind = draft.source !== '' && draft.destination !== '' ? EventKind.flow : EventKind.other;
  if (draft.transport === Transport.icmp && draft.sourcePort === -1) {
    draft.sourcePort = portOf(get(record, 'zeek.connection.icmp.type'));
    draft.destinationPort = portOf(get(record, 'zeek.connection.icmp.code'));
  }
  const state = get(record, 'zeek.connection.state');
  if (state !== undefined) draft.outcome = connOutcome(state, draft);
}
