/**
 * Zeek logs, by type. Field names are Zeek's, with dots or underscores in `id.orig_h`.
 * https://docs.zeek.org/en/master/script-reference/log-files.html
 */
import { ByteLayer, EventKind, Flag, Outcome, Transport } from '../domain/events.js';
import { NO_TIME, UNSUPPORTED, type Draft, type Mapper, type Opening } from './draft.js';
import { isFailedLogin } from './kerberos.js';
import { readAttempts, readDns, readHttp, readTls } from './protocols.js';
import { timeOf } from './time.js';
import {
  accountOf,
  addressOf,
  numberOf,
  objectOf,
  portOf,
  textOf,
  transportOf,
  type Record_,
} from './values.js';

/**
 * Reads a record of one log type after the fields that all types share.
 * @param timeMs of the record, with microseconds as fraction
 */
type Details = (record: Record_, draft: Draft, timeMs: number) => void;

/** Outcome of a connection by Zeek's conn_state; the states that are left out saw only half of it. */
const CONN_STATE = new Map<unknown, number>([
  ['SF', Outcome.success],
  ['S1', Outcome.success],
  ['S2', Outcome.success],
  ['S3', Outcome.success],
  ['RSTO', Outcome.success],
  ['RSTR', Outcome.success],
  ['S0', Outcome.failure],
  ['REJ', Outcome.failure],
  ['RSTOS0', Outcome.failure],
  ['SH', Outcome.failure],
]);

/** States of TCP that say whether the opening was seen; where a history is written, it says so better. */
const OPENINGS = new Map<unknown, Opening>([
  ...['SF', 'S0', 'S1', 'S2', 'S3', 'REJ', 'RSTO', 'RSTR', 'SHR', 'RSTRH'].map((state): [string, Opening] => [
    state,
    'seen',
  ]),
  ['OTH', 'missing'],
]);

/** Type of an echo request, which stands where other protocols have the source port. */
const ECHO_REQUESTS = new Set([8, 128]);

/** Outcome of a connection whose ports and packets are known; Zeek has one state for all of ICMP. */
export function connOutcome(state: unknown, draft: Draft): number {
  if (draft.transport === Transport.icmp && ECHO_REQUESTS.has(draft.sourcePort)) {
    if (Number.isNaN(draft.destinationPackets)) return Outcome.unknown;
    return draft.destinationPackets > 0 ? Outcome.success : Outcome.failure;
  }
  return CONN_STATE.get(state) ?? Outcome.unknown;
}

/**
 * Whether Zeek saw a connection begin.
 * @param history letters of what was seen: `S` and `s` a SYN, `h` the SYN-ACK of the one who was asked
 */
export function openingOf(transport: number, state: unknown, history: string): Opening {
  if (transport !== Transport.tcp) return 'unknown';
  if (history === '') return OPENINGS.get(state) ?? 'unknown';
  return /[Ssh]/.test(history) ? 'seen' : 'missing';
}

function conn(record: Record_, draft: Draft, timeMs: number): void {
  draft.kind = EventKind.flow;
  draft.span(timeMs, numberOf(record.duration));
  const sent = record.orig_ip_bytes;
  const received = record.resp_ip_bytes;
  // Bytes of IP packets, as source.bytes of ECS holds them; payload where Zeek does not count packets.
  if (sent !== undefined || received !== undefined) {
    draft.sourceBytes = numberOf(sent);
    draft.destinationBytes = numberOf(received);
    draft.byteLayer = ByteLayer.network;
  } else {
    draft.sourceBytes = numberOf(record.orig_bytes);
    draft.destinationBytes = numberOf(record.resp_bytes);
    draft.byteLayer = ByteLayer.payload;
  }
  draft.sourcePackets = numberOf(record.orig_pkts);
  draft.destinationPackets = numberOf(record.resp_pkts);
  draft.outcome = connOutcome(record.conn_state, draft);
  draft.opening = openingOf(draft.transport, record.conn_state, textOf(record.history));
  draft.service = textOf(record.service);
  if (record.local_orig === true) draft.flags |= Flag.sourceOwn;
  if (record.local_resp === true) draft.flags |= Flag.destinationOwn;
}

function dns(record: Record_, draft: Draft): void {
  readDns(draft, textOf(record.query), textOf(record.qtype_name), textOf(record.rcode_name));
  draft.addDetail(record.trans_id);
}

function http(record: Record_, draft: Draft): void {
  const agent = textOf(record.user_agent);
  readHttp(draft, textOf(record.host), textOf(record.method), numberOf(record.status_code), agent);
  draft.sourceBytes = numberOf(record.request_body_len);
  draft.destinationBytes = numberOf(record.response_body_len);
  draft.byteLayer = ByteLayer.payload;
  draft.user = accountOf(record.username);
  draft.addDetail(record.trans_depth);
  draft.addDetail(record.uri);
}

function ssl(record: Record_, draft: Draft): void {
  const status = textOf(record.validation_status);
  const valid = status === '' ? undefined : status === 'ok';
  readTls(draft, textOf(record.server_name), textOf(record.version), valid);
  draft.agent = textOf(record.ja3);
  if (typeof record.established === 'boolean') {
    draft.outcome = record.established ? Outcome.success : Outcome.failure;
  }
}

function ssh(record: Record_, draft: Draft): void {
  draft.kind = EventKind.ssh;
  draft.service = 'ssh';
  draft.agent = textOf(record.client);
  readAttempts(draft, record.auth_success, numberOf(record.auth_attempts));
}

function rdp(record: Record_, draft: Draft): void {
  draft.kind = EventKind.rdp;
  draft.service = 'rdp';
  draft.user = accountOf(record.cookie);
}

function notice(record: Record_, draft: Draft): void {
  draft.kind = EventKind.alert;
  draft.rule = textOf(record.note);
  draft.source ||= addressOf(record.src);
  draft.destination ||= addressOf(record.dst);
  if (draft.destinationPort === -1) draft.destinationPort = portOf(record.p);
  draft.addDetail(record.msg);
  draft.addDetail(record.sub);
}

function weird(record: Record_, draft: Draft): void {
  draft.kind = EventKind.alert;
  draft.rule = textOf(record.name);
  draft.addDetail(record.addl);
}

function intel(record: Record_, draft: Draft): void {
  draft.kind = EventKind.alert;
  draft.rule = `intel ${textOf(record['seen.indicator_type'])}`.trim();
  draft.addDetail(record['seen.indicator']);
}

/** A login told by the outcome of one exchange. */
function login(user: string, success: unknown, draft: Draft): void {
  draft.kind = EventKind.auth;
  draft.user = user;
  readAttempts(draft, success, 1);
}

function ntlm(record: Record_, draft: Draft): void {
  login(accountOf(record.username), record.success, draft);
  draft.service = 'ntlm';
}

function kerberos(record: Record_, draft: Draft): void {
  const user = textOf(record.client);
  login(user, record.success, draft);
  draft.service = 'kerberos';
  draft.addDetail(record.service);
  draft.addDetail(record.error_msg);
  const isTicket = record.request_type === 'TGS';
  if (record.success !== false || isFailedLogin(textOf(record.error_msg), isTicket, user)) return;
  draft.kind = EventKind.other;
  draft.outcome = Outcome.unknown;
  draft.authFailures = 0;
}

/** An exchange of which only that it took place is used. */
function exchange(service: string, ...details: string[]): Details {
  return (record, draft) => {
    draft.kind = EventKind.other;
    draft.service = service;
    for (const name of details) draft.addDetail(record[name]);
  };
}

/** Types whose records become events; the rest is counted as `unsupported_type`. */
const TYPES = new Map<string, Details>([
  ['conn', conn],
  ['dns', dns],
  ['http', http],
  ['ssl', ssl],
  ['ssh', ssh],
  ['rdp', rdp],
  ['notice', notice],
  ['weird', weird],
  ['intel', intel],
  ['ntlm', ntlm],
  ['kerberos', kerberos],
  ['sip', exchange('sip', 'method', 'call_id', 'seq', 'status_code')],
  ['smtp', exchange('smtp', 'trans_depth', 'mailfrom', 'msg_id')],
  ['ftp', exchange('ftp', 'command', 'arg', 'reply_code')],
  ['tunnel', exchange('tunnel', 'tunnel_type', 'action')],
  ['dce_rpc', exchange('dce_rpc', 'endpoint', 'operation', 'rtt')],
  ['smb_files', exchange('smb', 'action', 'name', 'path')],
  ['smb_mapping', exchange('smb', 'path')],
  ['modbus', exchange('modbus', 'tid', 'func', 'pdu_type')],
  ['snmp', exchange('snmp', 'get_requests', 'duration')],
  ['ntp', exchange('ntp', 'mode', 'xmt_time', 'org_time')],
  ['syslog', exchange('syslog', 'message')],
  ['analyzer', exchange('analyzer', 'analyzer_name', 'failure_reason')],
]);

/**
 * Type of a record that does not name it, by fields that only that type has; the empty text where
 * there are none. A file's name is worth less than this: logs of several types may be in one file.
 */
function typeByFields(record: Record_): string {
  if ('conn_state' in record) return 'conn';
  if ('auth_attempts' in record || 'host_key_alg' in record) return 'ssh';
  if ('qtype' in record || 'rcode' in record || ('query' in record && 'trans_id' in record)) return 'dns';
  if ('call_id' in record || 'request_from' in record) return 'sip';
  if ('helo' in record || 'mailfrom' in record) return 'smtp';
  if ('trans_depth' in record && ('method' in record || 'uri' in record || 'status_code' in record))
    return 'http';
  if ('request_type' in record) return 'kerberos';
  if ('server_name' in record || 'established' in record) return 'ssl';
  if ('note' in record && 'msg' in record) return 'notice';
  if ('seen.indicator' in record) return 'intel';
  if ('security_protocol' in record) return 'rdp';
  return 'name' in record && 'notice' in record ? 'weird' : '';
}

/**
 * Logs that say in other words what another log says: of connections that last (`conn_long`), reduced
 * (`conn_red`) and summed up (`conn_agg`), each with numbers of its own, so that no comparison finds them.
 */
const COPY = /[_-](?:long|red|agg|summary)$/;

/**
 * Type of a record. A filter may write a known log under a name of its own (`conn-external`, `open_conn`):
 * there its fields tell, where the name has the type in it or where they are those of a connection. What it
 * writes in `conn` as well is found as an exact repetition. Other logs that share fields with a known one,
 * as `quic` does with `ssl`, tell of what that log tells too.
 */
function typeOf(record: Record_, path: string | undefined): string {
  const named = textOf(record._path ?? record['@stream']);
  if (TYPES.has(named)) return named;
  if (COPY.test(named || (path ?? ''))) return '';
  const type = typeByFields(record);
  if (named === '') return type || (path ?? '');
  return type === 'conn' || named.split(/[_-]/).includes(type) ? type : '';
}

/** Reads a Zeek record; `path` is the type where the file tells it. */
export function zeekMapper(path: string | undefined): Mapper {
  return (record, draft, clock) => {
    const type = typeOf(record, path);
    const details = TYPES.get(type);
    if (!details) return UNSUPPORTED;
    const timeMs = timeOf(record.ts ?? record['@timestamp'], clock);
    if (Number.isNaN(timeMs)) return NO_TIME;
    draft.startMs = draft.endMs = Math.floor(timeMs);
    draft.id = textOf(record.uid);
    draft.addresses = 3;
    readEnds(record, draft);
    draft.transport = transportOf(record.proto) || (TCP_TYPES.has(type) ? Transport.tcp : Transport.unknown);
    details(record, draft, timeMs);
    if (type !== 'conn') draft.addDetail(type);
    draft.observer = textOf(record.peer ?? record._node_name ?? record._system_name ?? record['@system']);
    if ('label' in record) draft.label = labelOf(record);
    // A notice about the sensor itself names nobody.
    return draft.source === '' && draft.destination === '' ? UNSUPPORTED : undefined;
  };
}

function readEnds(record: Record_, draft: Draft): void {
  if (record['id.orig_h'] !== undefined) {
    draft.source = addressOf(record['id.orig_h']);
    draft.sourcePort = portOf(record['id.orig_p']);
    draft.destination = addressOf(record['id.resp_h']);
    draft.destinationPort = portOf(record['id.resp_p']);
  } else if (record.id_orig_h !== undefined) {
    draft.source = addressOf(record.id_orig_h);
    draft.sourcePort = portOf(record.id_orig_p);
    draft.destination = addressOf(record.id_resp_h);
    draft.destinationPort = portOf(record.id_resp_p);
  } else if (record.id !== undefined) {
    const id = objectOf(record.id);
    draft.source = addressOf(id.orig_h);
    draft.sourcePort = portOf(id.orig_p);
    draft.destination = addressOf(id.resp_h);
    draft.destinationPort = portOf(id.resp_p);
  }
}

/** Logs of what runs over TCP alone, which do not say so. */
const TCP_TYPES = new Set(['http', 'ssl', 'ssh', 'rdp']);

/** Ground truth of labelled captures: `Malicious / C&C`. Some join both parts by three spaces. */
function labelOf(record: Record_): string {
  const details = textOf(record['detailed-label'] ?? record.detailedlabel ?? record.detailed_label);
  return [...textOf(record.label).split(/ {3,}/), details]
    .filter((part) => part !== '' && part !== '-' && part !== '(empty)')
    .join(' / ');
}
