/**
 * Zeek logs, by type. Field names are Zeek's, with dots or underscores in `id.orig_h`.
 * https://docs.zeek.org/en/master/script-reference/log-files.html
 */
import { EventKind, Flag, Outcome, Transport } from '../domain/events.js';
import { UNSUPPORTED, unusable, type Draft, type Mapper, type Refusal } from './draft.js';
import { numberOf, portOf, textOf, timeOf, transportOf } from './values.js';

type Record_ = Readonly<Record<string, unknown>>;

/** Reads a record of one log type after the fields that all types share. */
type Details = (record: Record_, draft: Draft) => void;

/** Outcome of a connection by Zeek's conn_state; the others saw only half of it. */
const CONN_STATE: Readonly<Record<string, number>> = {
  SF: Outcome.success,
  S1: Outcome.success,
  S2: Outcome.success,
  S3: Outcome.success,
  RSTO: Outcome.success,
  RSTR: Outcome.success,
  S0: Outcome.failure,
  REJ: Outcome.failure,
  RSTOS0: Outcome.failure,
  SH: Outcome.failure,
};

/** DNS types that carry much in a question or answer. */
const BULK_TYPES = new Set(['TXT', 'NULL', 'CNAME', 'MX', 'PRIVATE']);
const UPLOADS = new Set(['POST', 'PUT', 'PATCH']);
const OLD_TLS = new Set(['SSLv2', 'SSLv3', 'TLSv10', 'TLSv11', 'TLSv1', 'TLS 1.0', 'TLS 1.1', 'TLS 1']);
const BARE_ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[?[0-9a-f:]+:[0-9a-f:]+\]?)(:\d+)?$/i;

function conn(record: Record_, draft: Draft): void {
  draft.kind = EventKind.flow;
  draft.span(draft.startMs, numberOf(record.duration));
  draft.sourceBytes = numberOf(record.orig_bytes);
  draft.destinationBytes = numberOf(record.resp_bytes);
  draft.sourcePackets = numberOf(record.orig_pkts);
  draft.destinationPackets = numberOf(record.resp_pkts);
  draft.outcome = CONN_STATE[record.conn_state as string] ?? Outcome.unknown;
  draft.service = textOf(record.service);
  if (record.local_orig === true) draft.flags |= Flag.sourceOwn;
  if (record.local_resp === true) draft.flags |= Flag.destinationOwn;
}

function dns(record: Record_, draft: Draft): void {
  draft.kind = EventKind.dns;
  draft.service = 'dns';
  draft.name = textOf(record.query).toLowerCase();
  const code = record.rcode_name;
  draft.status = numberOf(record.rcode) || (code === 'NOERROR' ? 0 : -1);
  if (code === 'NXDOMAIN') draft.flags |= Flag.nxdomain;
  if (BULK_TYPES.has(textOf(record.qtype_name))) draft.flags |= Flag.bulkQuery;
  if (code !== undefined && code !== null)
    draft.outcome = code === 'NOERROR' ? Outcome.success : Outcome.failure;
  draft.addDetail(record.trans_id);
  draft.addDetail(record.qtype_name);
  draft.addDetail(code);
}

/** What HTTP says, whoever tells it. */
export function readHttp(draft: Draft, host: string, method: string, status: number, agent: string): void {
  draft.kind = EventKind.http;
  draft.service = 'http';
  draft.name = host.toLowerCase();
  draft.agent = agent;
  draft.status = status > 0 ? status : -1;
  if (UPLOADS.has(method)) draft.flags |= Flag.upload;
  if (host !== '' && BARE_ADDRESS.test(host)) draft.flags |= Flag.bareAddress;
  if (status >= 400) draft.outcome = Outcome.failure;
  else if (status > 0) draft.outcome = Outcome.success;
}

function http(record: Record_, draft: Draft): void {
  const agent = textOf(record.user_agent);
  readHttp(draft, textOf(record.host), textOf(record.method), numberOf(record.status_code), agent);
  draft.sourceBytes = numberOf(record.request_body_len);
  draft.destinationBytes = numberOf(record.response_body_len);
  draft.user = textOf(record.username);
  draft.addDetail(record.trans_depth);
  draft.addDetail(record.uri);
}

/** What TLS says, whoever tells it. `valid` is undefined where nobody checked the certificate. */
export function readTls(draft: Draft, name: string, version: string, valid: boolean | undefined): void {
  draft.kind = EventKind.tls;
  draft.service = 'ssl';
  draft.name = name.toLowerCase();
  if (name === '') draft.flags |= Flag.noServerName;
  if (OLD_TLS.has(version)) draft.flags |= Flag.oldTls;
  if (valid === false) draft.flags |= Flag.invalidCertificate;
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
  const success = record.auth_success;
  const attempts = numberOf(record.auth_attempts);
  if (success === true) draft.outcome = Outcome.success;
  if (success === false) {
    draft.outcome = Outcome.failure;
    draft.authFailures = Math.max(1, Math.min(attempts || 1, 65_535));
  } else if (success === true && attempts > 1) draft.authFailures = Math.min(attempts - 1, 65_535);
}

function rdp(record: Record_, draft: Draft): void {
  draft.kind = EventKind.rdp;
  draft.service = 'rdp';
  draft.user = textOf(record.cookie);
}

function notice(record: Record_, draft: Draft): void {
  draft.kind = EventKind.alert;
  draft.rule = textOf(record.note);
  draft.source ||= textOf(record.src);
  draft.destination ||= textOf(record.dst);
  if (draft.destinationPort < 0) draft.destinationPort = portOf(record.p);
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
  if (success === true) draft.outcome = Outcome.success;
  if (success === false) {
    draft.outcome = Outcome.failure;
    draft.authFailures = 1;
  }
}

function ntlm(record: Record_, draft: Draft): void {
  login(textOf(record.username), record.success, draft);
  draft.service = 'ntlm';
}

function kerberos(record: Record_, draft: Draft): void {
  login(textOf(record.client), record.success, draft);
  draft.service = 'kerberos';
  draft.addDetail(record.service);
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
const TYPES: Readonly<Record<string, Details>> = {
  conn,
  dns,
  http,
  ssl,
  ssh,
  rdp,
  notice,
  weird,
  intel,
  ntlm,
  kerberos,
  sip: exchange('sip', 'method', 'call_id', 'seq', 'status_code'),
  smtp: exchange('smtp', 'trans_depth', 'mailfrom', 'msg_id'),
  ftp: exchange('ftp', 'command', 'arg', 'reply_code'),
  tunnel: exchange('tunnel', 'tunnel_type', 'action'),
  dce_rpc: exchange('dce_rpc', 'endpoint', 'operation', 'rtt'),
  smb_files: exchange('smb', 'action', 'name', 'path'),
  smb_mapping: exchange('smb', 'path'),
  modbus: exchange('modbus', 'tid', 'func', 'pdu_type'),
  snmp: exchange('snmp', 'get_requests', 'duration'),
  ntp: exchange('ntp', 'mode', 'xmt_time', 'org_time'),
  syslog: exchange('syslog', 'message'),
  analyzer: exchange('analyzer', 'analyzer_name', 'failure_reason'),
};

/** Type of a record that does not name it, by fields that only that type has. */
function guessType(record: Record_): string {
  if ('conn_state' in record) return 'conn';
  if ('auth_attempts' in record || 'host_key_alg' in record) return 'ssh';
  if ('qtype' in record || 'rcode' in record || ('query' in record && 'trans_id' in record)) return 'dns';
  if ('trans_depth' in record && ('method' in record || 'uri' in record || 'status_code' in record))
    return 'http';
  if ('cipher' in record || 'server_name' in record || 'established' in record) return 'ssl';
  if ('note' in record && 'msg' in record) return 'notice';
  if ('seen.indicator' in record) return 'intel';
  if ('security_protocol' in record) return 'rdp';
  if ('name' in record && 'notice' in record) return 'weird';
  return '';
}

/** Reads a Zeek record; `path` is the type where the file tells it. */
export function zeekMapper(path: string | undefined): Mapper {
  return (record, draft): Refusal | undefined => {
    const type = textOf(record._path ?? record['@stream'] ?? path) || guessType(record);
    const details = TYPES[type];
    if (!details) return UNSUPPORTED;
    const time = timeOf(record.ts);
    if (Number.isNaN(time)) return unusable('no_time');
    draft.startMs = draft.endMs = Math.floor(time);
    draft.id = textOf(record.uid);
    const dotted = record['id.orig_h'];
    if (dotted !== undefined) {
      draft.source = textOf(dotted);
      draft.sourcePort = portOf(record['id.orig_p']);
      draft.destination = textOf(record['id.resp_h']);
      draft.destinationPort = portOf(record['id.resp_p']);
    } else {
      draft.source = textOf(record.id_orig_h);
      draft.sourcePort = portOf(record.id_orig_p);
      draft.destination = textOf(record.id_resp_h);
      draft.destinationPort = portOf(record.id_resp_p);
    }
    draft.transport = transportOf(record.proto) || TRANSPORT_OF_TYPE[type] || Transport.unknown;
    details(record, draft);
    if (type !== 'conn') draft.addDetail(type);
    draft.observer = textOf(record.peer ?? record._node_name ?? record._system_name ?? record['@system']);
    if ('label' in record) draft.label = labelOf(record);
    // A notice about the sensor itself names nobody.
    return draft.source === '' && draft.destination === '' ? UNSUPPORTED : undefined;
  };
}

const TRANSPORT_OF_TYPE: Readonly<Record<string, number>> = {
  http: Transport.tcp,
  ssl: Transport.tcp,
  ssh: Transport.tcp,
  rdp: Transport.tcp,
};

/** Ground truth of labelled captures: `Malicious / C&C`. */
function labelOf(record: Record_): string {
  const details = textOf(record['detailed-label'] ?? record.detailedlabel ?? record.detailed_label);
  const parts = [textOf(record.label), details];
  return parts.filter((part) => part !== '' && part !== '-' && part !== '(empty)').join(' / ');
}
