/**
 * Suricata EVE records, by event type. https://docs.suricata.io/en/latest/output/eve/eve-json-format.html
 */
import { ByteLayer, EventKind, Flag, Outcome, Transport } from '../domain/events.js';
import { NO_TIME, UNSUPPORTED, type Draft, type Mapper, type Opening } from './draft.js';
import { readDns, readExchange, readHttp, readTls } from './protocols.js';
import { timeOf, type WallClock } from './time.js';
import { addressOf, numberOf, objectOf, portOf, textOf, transportOf, type Record_ } from './values.js';

type Details = (record: Record_, draft: Draft, clock: WallClock) => void;

function flow(record: Record_, draft: Draft, clock: WallClock): void {
  const details = objectOf(record.flow);
  readSpan(details, draft, clock);
  draft.sourceBytes = numberOf(details.bytes_toserver);
  draft.destinationBytes = numberOf(details.bytes_toclient);
  draft.sourcePackets = numberOf(details.pkts_toserver);
  draft.destinationPackets = numberOf(details.pkts_toclient);
  draft.outcome = flowOutcome(record, textOf(details.state), draft.destinationPackets);
  draft.opening = openingOf(draft.transport, objectOf(record.tcp));
  draft.service = serviceOf(textOf(record.app_proto));
}

/** One way of a flow: the other one has a record of its own. */
function netflow(record: Record_, draft: Draft, clock: WallClock): void {
  const details = objectOf(record.netflow);
  readSpan(details, draft, clock);
  draft.sourceBytes = numberOf(details.bytes);
  draft.sourcePackets = numberOf(details.pkts);
  draft.flags |= Flag.oneWay;
  draft.service = serviceOf(textOf(record.app_proto));
}

function readSpan(details: Record_, draft: Draft, clock: WallClock): void {
  draft.kind = EventKind.flow;
  const start = timeOf(details.start, clock);
  const end = timeOf(details.end, clock);
  // The record is written when the flow times out; the flow itself ended earlier.
  if (!Number.isNaN(start)) draft.span(start, Math.max(0, Math.round((end - start) * 1000) / 1e6));
  draft.byteLayer = ByteLayer.link;
}

/** Names of protocols where Zeek's differ; one protocol has one name. */
const SERVICES = new Map([
  ['failed', ''],
  ['tls', 'ssl'],
  ['krb5', 'kerberos'],
]);

function serviceOf(protocol: string): string {
  return SERVICES.get(protocol) ?? protocol;
}

const SYN = 0x02;

/** Whether Suricata saw a connection begin: by the flags of each side, which are all that it saw. */
function openingOf(transport: number, tcp: Record_): Opening {
  if (transport !== Transport.tcp) return 'unknown';
  const flags = [tcp.tcp_flags_ts, tcp.tcp_flags_tc].map((text) => parseInt(textOf(text), 16));
  if (flags.every(Number.isNaN)) return tcp.syn === true ? 'seen' : 'unknown';
  return flags.some((bits) => (bits & SYN) !== 0) ? 'seen' : 'missing';
}

/** A flow that nobody answered has failed; Suricata calls it `new`. */
function flowOutcome(record: Record_, state: string, answered: number): number {
  const tcp = objectOf(record.tcp);
  // To a client that sent nothing but SYN a reset is a refusal, though the reset acknowledges.
  if (tcp.rst === true && (tcp.ack !== true || tcp.tcp_flags_ts === '02')) return Outcome.failure;
  if (answered === 0 || state === 'new') return Outcome.failure;
  return state === 'established' || state === 'closed' || answered > 0 ? Outcome.success : Outcome.unknown;
}

function alert(record: Record_, draft: Draft): void {
  const details = objectOf(record.alert);
  draft.kind = EventKind.alert;
  draft.rule = textOf(details.signature);
  draft.addDetail(details.signature_id);
}

function dns(record: Record_, draft: Draft): void {
  const details = objectOf(record.dns);
  const queries: unknown[] = Array.isArray(details.queries) ? details.queries : [details];
  if (queries.length > 1) draft.note('multiple_values');
  const question = objectOf(queries[0]);
  const [name, type] = [textOf(question.rrname), textOf(question.rrtype)];
  // A question has a code as well in version 3; it says nothing.
  const isQuestion = details.type === 'query' || details.type === 'request';
  readDns(draft, name, type, isQuestion ? '' : textOf(details.rcode));
  const exchange = [record.flow_id, details.id].map(textOf).join(' ');
  readExchange(draft, isQuestion ? 'question' : 'answer', `${exchange} ${draft.name} ${type}`);
  for (const field of ['type', 'id', 'rdata', 'tx_id']) draft.addDetail(details[field]);
}

function http(record: Record_, draft: Draft): void {
  const details = objectOf(record.http);
  readHttp(
    draft,
    textOf(details.hostname),
    textOf(details.http_method),
    numberOf(details.status),
    textOf(details.http_user_agent),
  );
  draft.destinationBytes = numberOf(details.length);
  draft.byteLayer = ByteLayer.payload;
  draft.addDetail(record.tx_id);
  draft.addDetail(details.url);
}

function tls(record: Record_, draft: Draft): void {
  const details = objectOf(record.tls);
  const selfSigned = textOf(details.issuerdn) !== '' && details.issuerdn === details.subject;
  readTls(draft, textOf(details.sni), textOf(details.version), selfSigned ? false : undefined);
  draft.agent = textOf(objectOf(details.ja3).hash);
}

function ssh(record: Record_, draft: Draft): void {
  draft.kind = EventKind.ssh;
  draft.service = 'ssh';
  draft.agent = textOf(objectOf(objectOf(record.ssh).client).software_version);
}

function anomaly(record: Record_, draft: Draft): void {
  const details = objectOf(record.anomaly);
  draft.kind = EventKind.alert;
  draft.rule = textOf(details.event);
  draft.addDetail(details.type);
}

/** An exchange of which only that it took place is used. */
function exchange(record: Record_, draft: Draft): void {
  const type = textOf(record.event_type);
  draft.kind = EventKind.other;
  draft.service = serviceOf(type);
  draft.addDetail(record[type]);
}

const EXCHANGES = [
  'dcerpc',
  'dhcp',
  'ftp',
  'ikev2',
  'krb5',
  'nfs',
  'rdp',
  'sip',
  'smb',
  'smtp',
  'snmp',
  'tftp',
];

/** Types whose records become events; the rest is counted as `unsupported_type`. */
const TYPES = new Map<string, Details>([
  ['flow', flow],
  ['netflow', netflow],
  ['alert', alert],
  ['dns', dns],
  ['http', http],
  ['tls', tls],
  ['ssh', ssh],
  ['anomaly', anomaly],
  ...EXCHANGES.map((name): [string, Details] => [name, exchange]),
]);

/** Reads an EVE record. */
export const eveMapper: Mapper = (record, draft, clock) => {
  const type = textOf(record.event_type);
  const details = TYPES.get(type);
  if (!details) return UNSUPPORTED;
  const timeMs = timeOf(record.timestamp ?? record['@timestamp'], clock);
  if (Number.isNaN(timeMs)) return NO_TIME;
  draft.startMs = draft.endMs = Math.floor(timeMs);
  draft.addresses = 3;
  draft.source = addressOf(record.src_ip);
  draft.destination = addressOf(record.dest_ip);
  draft.transport = transportOf(record.proto);
  // Type and code stand where other protocols have ports, as Zeek and Community ID have it.
  const isIcmp = draft.transport === Transport.icmp;
  draft.sourcePort = portOf(record.src_port ?? (isIcmp ? record.icmp_type : undefined));
  draft.destinationPort = portOf(record.dest_port ?? (isIcmp ? record.icmp_code : undefined));
  draft.id = textOf(record.flow_id);
  draft.observer = textOf(record.host ?? record.in_iface);
  details(record, draft, clock);
  draft.addDetail(type);
  draft.addDetail(record.pcap_cnt);
  return draft.source === '' && draft.destination === '' ? UNSUPPORTED : undefined;
};
