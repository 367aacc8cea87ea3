/**
 * Records as Zeek's JSON writer puts them.
 * Texts need no escaping: what the simulator makes up holds no quotes, backslashes or control characters.
 */
import {
  microsecondsOf,
  type DnsFacts,
  type EventOf,
  type RecordBase,
  type RecordKind,
  type SimulatedEvent,
} from '../event.js';
import { fixed, Pieces, type LineWriter } from './line-writer.js';
import { isMeasured, isOwn, QUERY_TYPES, RESPONSE_CODES, STATUS_TEXTS } from './terms.js';

/** Zeek's name of the log that each kind of record goes to. */
export const ZEEK_PATH: Readonly<Record<RecordKind, string>> = {
  flow: 'conn',
  dns: 'dns',
  http: 'http',
  tls: 'ssl',
  ssh: 'ssh',
  rdp: 'rdp',
  kerberos: 'kerberos',
};

const STREAM_HEADS = Object.fromEntries(
  Object.entries(ZEEK_PATH).map(([kind, path]) => [kind, fixed(`{"_path":"${path}","ts":`)]),
) as Record<RecordKind, Uint8Array>;
const FILE_HEAD = fixed('{"ts":');

/** A record of a stream of all logs, which names its log as `_path`. */
export function writeZeekStream(event: SimulatedEvent, out: LineWriter): void {
  write(event, out.fixed(STREAM_HEADS[event.kind]));
}

/** A record of a file that holds one log. */
export function writeZeek(event: SimulatedEvent, out: LineWriter): void {
  write(event, out.fixed(FILE_HEAD));
}

function write(event: SimulatedEvent, out: LineWriter): void {
  ends(event, out);
  switch (event.kind) {
    case 'flow':
      conn(event, out);
      return;
    case 'dns':
      dns(event, out);
      return;
    case 'http':
      http(event, out);
      return;
    case 'tls':
      ssl(event, out);
      return;
    case 'ssh':
      ssh(event, out);
      return;
    case 'rdp':
      rdp(event, out);
      return;
    case 'kerberos':
      kerberos(event, out);
      return;
  }
}

const UID = fixed(',"uid":"');
const SOURCE = fixed('","id.orig_h":"');
const SOURCE_PORT = fixed('","id.orig_p":');
const DESTINATION = fixed(',"id.resp_h":"');
const DESTINATION_PORT = fixed('","id.resp_p":');

/** Fields that every log begins with. */
function ends(e: RecordBase, out: LineWriter): void {
  out
    .epochSeconds(e.startMs, e.startUs)
    .fixed(UID)
    .uid(e.idHigh, e.idLow)
    .fixed(SOURCE)
    .text(e.source)
    .fixed(SOURCE_PORT)
    .integer(e.sourcePort)
    .fixed(DESTINATION)
    .text(e.destination)
    .fixed(DESTINATION_PORT)
    .integer(e.destinationPort);
}

const PROTOCOLS = new Pieces(
  (transport, service) => `,"proto":"${transport}"${service === '' ? '' : `,"service":"${service}"`}`,
);
const DURATION = fixed(',"duration":');
const SOURCE_PAYLOAD = fixed(',"orig_bytes":');
const DESTINATION_PAYLOAD = fixed(',"resp_bytes":');
/** By whether source and destination are own hosts. */
const STATES = [false, true].map((from) =>
  [false, true].map(
    (to) =>
      new Pieces(
        (state, history) =>
          `,"conn_state":"${state}","local_orig":${String(from)},"local_resp":${String(to)},"missed_bytes":0${
            history === '' ? '' : `,"history":"${history}"`
          },"orig_pkts":`,
      ),
  ),
);
const SOURCE_BYTES = fixed(',"orig_ip_bytes":');
const DESTINATION_PACKETS = fixed(',"resp_pkts":');
const DESTINATION_BYTES = fixed(',"resp_ip_bytes":');
const CLOSE = fixed('}');
const CLOSE_TEXT = fixed('"}');

function conn(e: EventOf<'flow'>, out: LineWriter): void {
  out.fixed(PROTOCOLS.of(e.transport, e.service));
  if (isMeasured(e)) {
    out
      .fixed(DURATION)
      .seconds(microsecondsOf(e))
      .fixed(SOURCE_PAYLOAD)
      .integer(e.sourcePayload)
      .fixed(DESTINATION_PAYLOAD)
      .integer(e.destinationPayload);
  }
  const states = STATES[Number(isOwn(e.source))]![Number(isOwn(e.destination))]!;
  out
    .fixed(states.of(e.state, e.history))
    .integer(e.sourcePackets)
    .fixed(SOURCE_BYTES)
    .integer(e.sourceBytes)
    .fixed(DESTINATION_PACKETS)
    .integer(e.destinationPackets)
    .fixed(DESTINATION_BYTES)
    .integer(e.destinationBytes)
    .fixed(CLOSE);
}

const TRANSACTION = fixed(',"proto":"udp","trans_id":');
const RTT = fixed(',"rtt":');
const QUERY = fixed(',"query":"');
const QUESTIONS = new Pieces(
  (type, code) =>
    `","qclass":1,"qclass_name":"C_INTERNET","qtype":${String(QUERY_TYPES[type])},"qtype_name":"${type}","rcode":${String(RESPONSE_CODES[code as DnsFacts['code']])},"rcode_name":"${code}","AA":false,"TC":false,"RD":true,"RA":true,"Z":0`,
);
const ANSWERS = fixed(',"answers":["');
const NEXT_TEXT = fixed('","');
const TTLS = fixed('"],"TTLs":[');
const COMMA = fixed(',');
const END_LIST = fixed(']');
const REJECTED = fixed(',"rejected":false}');

function dns(e: EventOf<'dns'>, out: LineWriter): void {
  const { transaction, query, type, code, answers, ttlSeconds, rttUs } = e.facts;
  out.fixed(TRANSACTION).integer(transaction).fixed(RTT).seconds(rttUs);
  out.fixed(QUERY).text(query).fixed(QUESTIONS.of(type, code));
  if (answers.length > 0) {
    out.fixed(ANSWERS);
    for (let i = 0; i < answers.length; i++) (i > 0 ? out.fixed(NEXT_TEXT) : out).text(answers[i]!);
    out.fixed(TTLS);
    for (let i = 0; i < answers.length; i++) (i > 0 ? out.fixed(COMMA) : out).integer(ttlSeconds);
    out.fixed(END_LIST);
  }
  out.fixed(REJECTED);
}

const DEPTH = fixed(',"trans_depth":');
const METHOD = fixed(',"method":"');
const HOST = fixed('","host":"');
const URI = fixed('","uri":"');
const AGENT = fixed('","version":"1.1","user_agent":"');
const REQUEST_BYTES = fixed('","request_body_len":');
const RESPONSE_BYTES = fixed(',"response_body_len":');
const STATUS = Object.fromEntries(
  Object.entries(STATUS_TEXTS).map(([status, text]) => [
    status,
    fixed(`,"status_code":${status},"status_msg":"${text}","tags":[]}`),
  ]),
);

function http(e: EventOf<'http'>, out: LineWriter): void {
  const { depth, method, host, uri, agent, status, requestBytes, responseBytes } = e.facts;
  out
    .fixed(DEPTH)
    .integer(depth)
    .fixed(METHOD)
    .text(method)
    .fixed(HOST)
    .text(host)
    .fixed(URI)
    .text(uri)
    .fixed(AGENT)
    .text(agent)
    .fixed(REQUEST_BYTES)
    .integer(requestBytes)
    .fixed(RESPONSE_BYTES)
    .integer(responseBytes)
    .fixed(STATUS[status]!);
}

const CIPHERS = new Pieces(
  (version, cipher) => `,"version":"${version}","cipher":"${cipher}","curve":"x25519"`,
);
const QUOTE = fixed('"');
const SERVER_NAME = fixed(',"server_name":"');
const RESUMED = [false, true].map((resumed) =>
  [false, true].map((established) =>
    fixed(`,"resumed":${String(resumed)},"established":${String(established)}`),
  ),
);
const VALIDATION = fixed(',"validation_status":"');

function ssl(e: EventOf<'tls'>, out: LineWriter): void {
  const { version, cipher, serverName, resumed, established, validation } = e.facts;
  out.fixed(CIPHERS.of(version, cipher));
  if (serverName !== '') out.fixed(SERVER_NAME).text(serverName).fixed(QUOTE);
  out.fixed(RESUMED[Number(resumed)]![Number(established)]!);
  if (validation === '') out.fixed(CLOSE);
  else out.fixed(VALIDATION).text(validation).fixed(CLOSE_TEXT);
}

const SSH_END =
  '","cipher_alg":"chacha20-poly1305@openssh.com","mac_alg":"umac-64-etm@openssh.com","compression_alg":"none","kex_alg":"curve25519-sha256","host_key_alg":"ssh-ed25519"}';

function ssh(e: EventOf<'ssh'>, out: LineWriter): void {
  const { client, server, attempts, success } = e.facts;
  out.text(`,"version":2,"auth_success":${String(success)},"auth_attempts":`).integer(attempts);
  if (isOwn(e.source) !== isOwn(e.destination)) {
    out.text(isOwn(e.source) ? ',"direction":"OUTBOUND"' : ',"direction":"INBOUND"');
  }
  out.text(`,"client":"${client}","server":"${server}`).text(SSH_END);
}

function rdp(e: EventOf<'rdp'>, out: LineWriter): void {
  const { cookie, result } = e.facts;
  out.text(`,"cookie":"${cookie}","result":"${result}","security_protocol":"HYBRID_EX","cert_count":0}`);
}

const REQUEST = fixed(',"request_type":"');
const CLIENT = fixed('","client":"');
const TICKET = fixed('","service":"');
const GRANTED = fixed('","success":true,"forwardable":true,"renewable":true}');
const REFUSED = fixed('","success":false,"error_msg":"');

function kerberos(e: EventOf<'kerberos'>, out: LineWriter): void {
  const { user, realm, request, service, error } = e.facts;
  out.fixed(REQUEST).text(request).fixed(CLIENT).text(user).text('/').text(realm).fixed(TICKET).text(service);
  if (error === '') out.fixed(GRANTED);
  else out.fixed(REFUSED).text(error).fixed(CLOSE_TEXT);
}
