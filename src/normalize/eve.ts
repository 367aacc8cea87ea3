/**
 * Suricata EVE records, by event type. https://docs.suricata.io/en/latest/output/eve/eve-json-format.html
 */
import { EventKind, Flag, Outcome } from '../domain/events.js';
import { UNSUPPORTED, unusable, type Draft, type Mapper } from './draft.js';
import { numberOf, portOf, textOf, timeOf, transportOf } from './values.js';
import { readHttp, readTls } from './zeek.js';

type Record_ = Readonly<Record<string, unknown>>;

function objectOf(value: unknown): Record_ {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record_) : {};
}

function flow(record: Record_, draft: Draft): void {
  const details = objectOf(record.flow ?? record.netflow);
  draft.kind = EventKind.flow;
  const start = timeOf(details.start);
  const end = timeOf(details.end);
  // The record is written when the flow times out; the flow itself ended earlier.
  if (!Number.isNaN(start)) draft.span(start, Math.max(0, (end - start) / 1000));
  draft.sourceBytes = numberOf(details.bytes_toserver ?? details.bytes);
  draft.destinationBytes = numberOf(details.bytes_toclient);
  draft.sourcePackets = numberOf(details.pkts_toserver ?? details.pkts);
  draft.destinationPackets = numberOf(details.pkts_toclient);
  draft.service = textOf(record.app_proto).replace('failed', '');
  draft.outcome = flowOutcome(record, textOf(details.state), draft.destinationPackets);
}

/** A flow that nobody answered has failed; Suricata calls it `new`. */
function flowOutcome(record: Record_, state: string, answered: number): number {
  const tcp = objectOf(record.tcp);
  if (tcp.rst === true && tcp.ack !== true) return Outcome.failure;
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
  const question = objectOf(Array.isArray(details.queries) ? details.queries[0] : details);
  draft.kind = EventKind.dns;
  draft.service = 'dns';
  draft.name = textOf(question.rrname).toLowerCase();
  const code = textOf(details.rcode);
  if (code === 'NXDOMAIN') draft.flags |= Flag.nxdomain;
  if (code !== '') draft.outcome = code === 'NOERROR' ? Outcome.success : Outcome.failure;
  if (['TXT', 'NULL', 'CNAME', 'MX'].includes(textOf(question.rrtype))) draft.flags |= Flag.bulkQuery;
  for (const name of ['type', 'id', 'rrtype', 'rdata', 'tx_id']) draft.addDetail(details[name]);
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

function other(record: Record_, draft: Draft): void {
  draft.kind = EventKind.other;
  draft.service = textOf(record.event_type);
  draft.addDetail(record[draft.service]);
}

const TYPES: Readonly<Record<string, (record: Record_, draft: Draft) => void>> = {
  flow,
  netflow: flow,
  alert,
  dns,
  http,
  tls,
  ssh,
  anomaly,
  smb: other,
  smtp: other,
  ftp: other,
  rdp: other,
  krb5: other,
  dhcp: other,
  snmp: other,
  sip: other,
  nfs: other,
  tftp: other,
  dcerpc: other,
  ikev2: other,
};

/** Reads an EVE record. */
export const eveMapper: Mapper = (record, draft) => {
  const type = textOf(record.event_type);
  const details = TYPES[type];
  if (!details) return UNSUPPORTED;
  const time = timeOf(record.timestamp);
  if (Number.isNaN(time)) return unusable('no_time');
  draft.startMs = draft.endMs = Math.floor(time);
  draft.source = textOf(record.src_ip);
  draft.destination = textOf(record.dest_ip);
  draft.sourcePort = portOf(record.src_port);
  draft.destinationPort = portOf(record.dest_port);
  draft.transport = transportOf(record.proto);
  draft.id = textOf(record.flow_id);
  draft.observer = textOf(record.host ?? record.in_iface);
  details(record, draft);
  draft.addDetail(type);
  draft.addDetail(record.pcap_cnt);
  return draft.source === '' && draft.destination === '' ? UNSUPPORTED : undefined;
};
