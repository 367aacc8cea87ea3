/**
 * ECS documents, by what they tell of.
 *
 * An event ends at `event.end` where that is believable beside `@timestamp`, else at `@timestamp`, as the
 * stores have it that cut windows. Fields of Elastic's Zeek integration fill gaps that ECS has no field
 * for, so that a flow means the same whether it is read from Zeek's log or from an index.
 */
import { ByteLayer, EventKind, Flag, Outcome } from '../domain/events.js';
import {
  NO_TIME,
  NO_TIMESTAMP,
  OWN_OUTPUT,
  UNSUPPORTED,
  unusable,
  type Draft,
  type Mapper,
  type Refusal,
} from './draft.js';
import { EcsDocument } from './ecs-document.js';
import type { EcsRecord } from './ecs-fields.js';
import {
  durationOf,
  isConnection,
  isFlowDataset,
  readClientEnds,
  readFlow,
  readIcmp,
  readQuantities,
  tellsInterface,
} from './ecs-flow.js';
import { isLogin, readLogin } from './ecs-login.js';
import { isAheadOf, isEndBelieved } from './event-time.js';
import { readAttempts, readDns, readExchange, readHttp, readTls } from './protocols.js';
import { timeOf, type WallClock } from './time.js';
import { accountOf, addressOf, numberOf, portOf, textOf, type Record_ } from './values.js';

/** The document in hand; one for all, since there are millions. */
const document: EcsRecord = new EcsDocument();

/** Reads an ECS document. */
export const ecsMapper: Mapper = (record, draft, clock) => {
  document.open(record);
  if (document.get('event.module') === 'elkhound') return OWN_OUTPUT;
  readEnds(document, draft);
  draft.user = accountOf(document.get('user.name'));
  if (draft.source === '' && draft.destination === '' && draft.user === '') return refusalOf(record);
  const refusal = readTimes(document, draft, clock);
  if (refusal) return refusal;
  readQuantities(document, draft);
  readIcmp(document, draft);
  readOutcome(document, draft);
  readKind(document, draft);
  if (isConnection(document, draft)) draft.flags |= Flag.connection;
  draft.observer = document.text('observer.name');
  draft.id = document.text('event.id');
  draft.label = document.text('label');
  if (document.hasMultiple) draft.note('multiple_values');
  return undefined;
};

function readEnds(document: EcsRecord, draft: Draft): void {
  draft.source = addressOf(document.get('source.ip'));
  draft.destination = addressOf(document.get('destination.ip'));
  draft.addresses = (draft.source === '' ? 0 : 1) | (draft.destination === '' ? 0 : 2);
  draft.source ||= document.text('source.address') || document.text('source.domain');
  draft.destination ||= document.text('destination.address') || document.text('destination.domain');
  draft.sourcePort = portOf(document.get('source.port'));
  draft.destinationPort = portOf(document.get('destination.port'));
  if (draft.source === '' && draft.destination === '') readClientEnds(document, draft);
}

/** Longer than any flow is told of; a start that lies further back is a mistake. */
const MAX_DURATION_MS = 100 * 86_400_000;

function readTimes(document: EcsRecord, draft: Draft, clock: WallClock): ReturnType<Mapper> {
  const [ended, stamped] = [document.get('event.end'), document.get('@timestamp')];
  const started = document.get('event.start');
  if (ended === undefined && stamped === undefined && started === undefined) return NO_TIMESTAMP;
  const duration = document.get('event.duration');
  const start = timeOf(started, clock);
  const stamp = timeOf(stamped, clock);
  const isTold = ended !== undefined || stamped !== undefined;
  // A table may tell of nothing but the start and how long it took.
  const end = isTold
    ? decidingTime(ended, timeOf(ended, clock), stamp, draft)
    : start + Math.max(0, durationOf(duration, NaN) || 0) / 1e6;
  if (Number.isNaN(end)) return NO_TIME;
  if (draft.irregular.length === 0 && isAheadOf(start, stamp)) draft.note('ahead_of_timestamp');
  draft.endMs = Math.floor(end);
  const sinceStart = end - start;
  // A start after the end, or months before it, is not believed.
  const isStart = sinceStart >= 0 && sinceStart <= MAX_DURATION_MS;
  draft.startMs = isStart ? Math.floor(start) : draft.endMs;
  draft.durationNs = durationOf(duration, isStart ? sinceStart : NaN);
  if (isStart && Number.isNaN(draft.durationNs)) draft.durationNs = Math.round(sinceStart * 1e3) * 1e3;
  return undefined;
}

/** Of `event.end` and `@timestamp`, the one that decides the window; NaN where neither can be read. */
function decidingTime(ended: unknown, end: number, stamp: number, draft: Draft): number {
  if (Number.isNaN(stamp)) return end;
  if (ended === undefined) return stamp;
  if (isEndBelieved(end, stamp)) return end;
  draft.note(Number.isNaN(end) ? 'end_not_a_date' : 'end_not_believed');
  return stamp;
}

function readOutcome(document: EcsRecord, draft: Draft): void {
  const outcome = document.get('event.outcome');
  if (outcome === 'success') draft.outcome = Outcome.success;
  if (outcome === 'failure') draft.outcome = Outcome.failure;
  // A firewall's deny is, to ECS, an event that succeeded; the connection did not.
  if (document.has('event.type', 'denied')) draft.outcome = Outcome.failure;
  const direction = tellsInterface(document) ? undefined : document.get('network.direction');
  if (direction === 'internal' || direction === 'outbound') draft.flags |= Flag.sourceOwn;
  if (direction === 'internal' || direction === 'inbound') draft.flags |= Flag.destinationOwn;
}

/** Other products' verdicts, by the categories that ECS has for them. */
function isVerdict(document: EcsRecord): boolean {
  return (
    document.get('event.kind') === 'alert' ||
    document.has('event.category', 'intrusion_detection') ||
    document.has('event.category', 'threat')
  );
}

function readKind(document: EcsRecord, draft: Draft): void {
  if (isFlowDataset(document)) {
    readFlow(document, draft);
    return;
  }
  const weird = document.text('zeek.weird.name');
  const question = document.get('dns.question.name') ?? document.get('zeek.dns.query');
  if (weird !== '' || isVerdict(document)) readVerdict(document, draft, weird);
  else if (isLogin(document)) readLogin(document, draft);
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
function isProtocol(document: EcsRecord, { sourceBytes, sourcePackets }: Draft): boolean {
  return document.has('event.type', 'protocol') && Number.isNaN(sourceBytes) && Number.isNaN(sourcePackets);
}

function isRequest(document: EcsRecord): boolean {
  return (
    document.get('http.request.method') !== undefined ||
    document.get('http.response.status_code') !== undefined
  );
}

function readVerdict(document: EcsRecord, draft: Draft, weird: string): void {
  draft.kind = EventKind.alert;
  const indicator = document.text('zeek.intel.seen.indicator_type');
  draft.rule = document.text('rule.name') || weird || (indicator === '' ? '' : `intel ${indicator}`);
}

function readQuestion(document: EcsRecord, draft: Draft, name: string): void {
  // That the record was written is no answer yet.
  draft.outcome = Outcome.unknown;
  const [type, id] = [document.text('dns.question.type'), document.text('dns.id')];
  const part = document.get('dns.type');
  const isQuestion = part === 'query' || part === 'request';
  readDns(draft, name, type, isQuestion ? '' : document.text('dns.response_code'));
  draft.addDetail(id);
  draft.addDetail(part);
  if (part === undefined || id === '') return;
  const ends = [
    `${draft.source} ${String(draft.sourcePort)}`,
    `${draft.destination} ${String(draft.destinationPort)}`,
  ];
  const exchange = [...ends.sort(), id, draft.name, type].join(' ');
  readExchange(draft, isQuestion ? 'question' : 'answer', exchange);
}

function readRequest(document: EcsRecord, draft: Draft): void {
  readHttp(
    draft,
    document.text('url.domain') || document.text('destination.domain'),
    document.text('http.request.method').toUpperCase(),
    numberOf(document.get('http.response.status_code')),
    document.text('user_agent.original'),
  );
  const sent = document.get('http.request.body.bytes');
  const received = document.get('http.response.body.bytes');
  const hasBytes = !Number.isNaN(draft.sourceBytes) || !Number.isNaN(draft.destinationBytes);
  // Those of the whole connection say more.
  if (!hasBytes && (sent !== undefined || received !== undefined)) {
    draft.sourceBytes = numberOf(sent);
    draft.destinationBytes = numberOf(received);
    draft.byteLayer = ByteLayer.payload;
  }
  draft.addDetail(document.get('url.original'));
}

function readHandshake(document: EcsRecord, draft: Draft): void {
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

function readSsh(document: EcsRecord, draft: Draft): void {
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

/** A document without ends. What a shipper passed on as text alone, nobody has read: that is told. */
function refusalOf({ message }: Record_): Refusal {
  return typeof message === 'string' && RECORD.test(message) ? UNPARSED : UNSUPPORTED;
}

const RECORD = /^\{.*"(?:id[._]orig_h|src_ip)"/s;
const UNPARSED = unusable('unparsed_message');
