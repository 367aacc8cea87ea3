/**
 * ECS documents, by what they tell of.
 *
 * An event ends at `event.end`, else at `@timestamp`, as the stores have it that cut windows. Fields of
 * Elastic's Zeek integration fill gaps that ECS has no field for, so that a flow means the same whether
 * it is read from Zeek's log or from an index.
 */
import { ByteLayer, EventKind, Flag, Outcome, Transport } from '../domain/events.js';
import { NO_TIME, NO_TIMESTAMP, OWN_OUTPUT, UNSUPPORTED, type Draft, type Mapper } from './draft.js';
import { EcsDocument } from './ecs-document.js';
import { readAttempts, readDns, readHttp, readTls } from './protocols.js';
import { timeOf, type WallClock } from './time.js';
import { addressOf, numberOf, portOf, textOf, transportOf } from './values.js';
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
type Document = EcsDocument<(typeof ECS_FIELDS)[number]>;

/** The document in hand; one for all, since there are millions. */
const document: Document = new EcsDocument();

/** Reads an ECS document. */
export const ecsMapper: Mapper = (record, draft, clock) => {
  document.open(record);
  if (document.get('event.module') === 'elkhound') return OWN_OUTPUT;
  readEnds(document, draft);
  draft.user = document.text('user.name');
  if (draft.source === '' && draft.destination === '' && draft.user === '') return UNSUPPORTED;
  const refusal = readTimes(document, draft, clock);
  if (refusal) return refusal;
  readQuantities(document, draft);
  readOutcome(document, draft);
  readKind(document, draft);
  draft.observer = document.text('observer.name');
  draft.id = document.text('event.id');
  draft.label = document.text('label');
  draft.hadMultiple = document.hasMultiple;
  return undefined;
};

function readEnds(document: Document, draft: Draft): void {
  draft.source = addressOf(document.get('source.ip'));
  draft.destination = addressOf(document.get('destination.ip'));
  draft.addresses = (draft.source === '' ? 0 : 1) | (draft.destination === '' ? 0 : 2);
  draft.source ||= document.text('source.address') || document.text('source.domain');
  draft.destination ||= document.text('destination.address') || document.text('destination.domain');
  draft.sourcePort = portOf(document.get('source.port'));
  draft.destinationPort = portOf(document.get('destination.port'));
}

/** Longer than any flow is told of; a start that lies further back is a mistake. */
const MAX_DURATION_MS = 100 * 86_400_000;

function readTimes(document: Document, draft: Draft, clock: WallClock): ReturnType<Mapper> {
  const stamp = document.get('event.end') ?? document.get('@timestamp');
  const started = document.get('event.start');
  if (stamp === undefined && started === undefined) return NO_TIMESTAMP;
  draft.durationNs = numberOf(document.get('event.duration'));
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

function readQuantities(document: Document, draft: Draft): void {
  draft.sourceBytes = numberOf(document.get('source.bytes'));
  draft.destinationBytes = numberOf(document.get('destination.bytes'));
  if (Number.isNaN(draft.sourceBytes) && Number.isNaN(draft.destinationBytes)) {
    draft.sourceBytes = numberOf(document.get('network.bytes'));
  }
  draft.sourcePackets = numberOf(document.get('source.packets'));
  draft.destinationPackets = numberOf(document.get('destination.packets'));
  const hasBytes = !Number.isNaN(draft.sourceBytes) || !Number.isNaN(draft.destinationBytes);
  if (hasBytes) draft.byteLayer = BYTE_LAYERS[document.text('event.module')] ?? ByteLayer.unknown;
  const interval = numberOf(document.get('netflow.sampling_interval'));
  if (interval > 0) draft.samplingInterval = Math.min(Math.round(interval), 0xffffffff);
  draft.transport = transportOf(document.text('network.transport'));
  draft.service = document.text('network.protocol');
}

function readOutcome(document: Document, draft: Draft): void {
  const outcome = document.get('event.outcome');
  if (outcome === 'success') draft.outcome = Outcome.success;
  if (outcome === 'failure') draft.outcome = Outcome.failure;
  // A firewall's deny is, to ECS, an event that succeeded; the connection did not.
  if (document.has('event.type', 'denied')) draft.outcome = Outcome.failure;
  const direction = document.get('network.direction');
  if (direction === 'internal' || direction === 'outbound') draft.flags |= Flag.sourceOwn;
  if (direction === 'internal' || direction === 'inbound') draft.flags |= Flag.destinationOwn;
}

/** Other products' verdicts, by the categories that ECS has for them. */
function isVerdict(document: Document): boolean {
  return (
    document.get('event.kind') === 'alert' ||
    document.has('event.category', 'intrusion_detection') ||
    document.has('event.category', 'threat')
  );
}

/** Datasets that hold nothing but flows; of others the fields tell what a document is about. */
const FLOW_DATASETS = new Set(['zeek.connection', 'netflow.log', 'network_traffic.flow']);

function readKind(document: Document, draft: Draft): void {
  if (FLOW_DATASETS.has(document.text('event.dataset'))) {
    readFlow(document, draft);
    return;
  }
  const weird = document.text('zeek.weird.name');
  const question = document.get('dns.question.name') ?? document.get('zeek.dns.query');
  if (weird !== '' || isVerdict(document)) readVerdict(document, draft, weird);
  else if (document.has('event.category', 'authentication')) readLogin(document, draft);
  else if (question !== undefined) readQuestion(document, draft, textOf(question));
  else if (isRequest(document)) readRequest(document, draft);
  else if (
    document.get('tls.version') !== undefined ||
    document.get('tls.client.server_name') !== undefined ||
    document.get('tls.established') !== undefined
  ) {
    readHandshake(document, draft);
  } else if (document.get('zeek.ssh.client') !== undefined) readSsh(document, draft);
  else if (isProtocol(document, draft))
    draft.kind = draft.service === 'rdp' ? EventKind.rdp : EventKind.other;
  else readFlow(document, draft);
}

/** What a protocol analyzer saw of a connection that has a record of its own. */
function isProtocol(document: Document, { sourceBytes, sourcePackets }: Draft): boolean {
  return document.has('event.type', 'protocol') && Number.isNaN(sourceBytes) && Number.isNaN(sourcePackets);
}

function isRequest(document: Document): boolean {
  return (
    document.get('http.request.method') !== undefined ||
    document.get('http.response.status_code') !== undefined
  );
}

function readVerdict(document: Document, draft: Draft, weird: string): void {
  draft.kind = EventKind.alert;
  const indicator = document.text('zeek.intel.seen.indicator_type');
  draft.rule = document.text('rule.name') || weird || (indicator === '' ? '' : `intel ${indicator}`);
}

function readLogin(document: Document, draft: Draft): void {
  draft.kind = document.text('event.dataset').endsWith('ssh') ? EventKind.ssh : EventKind.auth;
  if (draft.destination === '') draft.destination = document.text('host.ip') || document.text('host.name');
  if (draft.outcome === Outcome.failure) draft.authFailures = 1;
  draft.addDetail(document.get('event.action'));
}

function readQuestion(document: Document, draft: Draft, name: string): void {
  // That the record was written is no answer yet.
  draft.outcome = Outcome.unknown;
  readDns(draft, name, document.text('dns.question.type'), document.text('dns.response_code'));
  draft.addDetail(document.get('dns.id'));
}

function readRequest(document: Document, draft: Draft): void {
  readHttp(
    draft,
    document.text('url.domain') || document.text('destination.domain'),
    document.text('http.request.method').toUpperCase(),
    numberOf(document.get('http.response.status_code')),
    document.text('user_agent.original'),
  );
  const sent = document.get('http.request.body.bytes');
  const received = document.get('http.response.body.bytes');
  if (sent !== undefined || received !== undefined) {
    draft.sourceBytes = numberOf(sent);
    draft.destinationBytes = numberOf(received);
    draft.byteLayer = ByteLayer.payload;
  }
  draft.addDetail(document.get('url.original'));
}

function readHandshake(document: Document, draft: Draft): void {
  const status = document.text('zeek.ssl.validation.status');
  readTls(
    draft,
    document.text('tls.client.server_name') || document.text('zeek.ssl.server.name'),
    document.text('tls.version'),
    status === '' ? undefined : status === 'ok',
  );
  draft.agent = document.text('tls.client.ja3');
  const established = document.get('tls.established');
  if (typeof established === 'boolean') draft.outcome = established ? Outcome.success : Outcome.failure;
}

function readSsh(document: Document, draft: Draft): void {
  draft.kind = EventKind.ssh;
  draft.service = 'ssh';
  draft.agent = document.text('zeek.ssh.client');
  draft.outcome = Outcome.unknown;
  readAttempts(
    draft,
    document.get('zeek.ssh.auth.success'),
    numberOf(document.get('zeek.ssh.auth.attempts')),
  );
}

function readFlow(document: Document, draft: Draft): void {
  draft.kind = draft.source !== '' && draft.destination !== '' ? EventKind.flow : EventKind.other;
  if (draft.transport === Transport.icmp && draft.sourcePort === -1) {
    draft.sourcePort = portOf(document.get('zeek.connection.icmp.type'));
    draft.destinationPort = portOf(document.get('zeek.connection.icmp.code'));
  }
  const state = document.get('zeek.connection.state');
  if (state !== undefined) draft.outcome = connOutcome(state, draft);
}
