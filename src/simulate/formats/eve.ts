/**
 * Records as Suricata writes them to eve.json. Texts need no escaping: see `zeek.ts`.
 */
import { flowId } from '../connection-id.js';
import type { EventOf, RecordBase, SimulatedEvent } from '../event.js';
import { fixed, type LineWriter } from './line-writer.js';

const HEAD = fixed('{"timestamp":"');
const FLOW_ID = fixed('","flow_id":');
const TYPES = Object.fromEntries(
  ['flow', 'dns', 'http', 'tls', 'ssh', 'rdp', 'krb5'].map((type) => [
    type,
    fixed(`,"event_type":"${type}","src_ip":"`),
  ]),
);
const SOURCE_PORT = fixed('","src_port":');
const DESTINATION = fixed(',"dest_ip":"');
const DESTINATION_AFTER_TEXT = fixed('","dest_ip":"');
const DESTINATION_PORT = fixed('","dest_port":');
const PROTO = {
  tcp: fixed(',"proto":"TCP"'),
  udp: fixed(',"proto":"UDP"'),
  icmp: fixed('","proto":"ICMP","icmp_type":'),
};
const ICMP_CODE = fixed(',"icmp_code":');
/** Suricata counts the bytes of Ethernet frames. */
const FRAME_HEADER = 14;

/** Writes a record as one line of EVE. */
export function writeEve(event: SimulatedEvent, out: LineWriter): void {
  switch (event.kind) {
    case 'flow':
      flow(event, out);
      return;
    case 'dns':
      dns(event, out);
      return;
    case 'http':
      http(event, out);
      return;
    case 'tls':
      tls(event, out);
      return;
    case 'ssh':
      ssh(event, out);
      return;
    case 'rdp':
      rdp(event, out);
      return;
    case 'kerberos':
      krb5(event, out);
      return;
  }
}

/** Fields that every record begins with. It is written when it happens, a flow at its end. */
function head(e: RecordBase, type: string, out: LineWriter): LineWriter {
  out.fixed(HEAD).isoMicroseconds(e.endMs, e.endUs).fixed(FLOW_ID).integer(flowId(e.idHigh, e.idLow));
  out.fixed(TYPES[type]!).text(e.source);
  if (e.transport === 'icmp') {
    out.fixed(DESTINATION_AFTER_TEXT).text(e.destination).fixed(PROTO.icmp).integer(e.sourcePort);
    return out.fixed(ICMP_CODE).integer(e.destinationPort);
  }
  out.fixed(SOURCE_PORT).integer(e.sourcePort).fixed(DESTINATION).text(e.destination);
  return out.fixed(DESTINATION_PORT).integer(e.destinationPort).fixed(PROTO[e.transport]);
}

/** Protocols by Zeek's name where Suricata's differs. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  ssl: 'tls',
  krb_tcp: 'krb5',
  dce_rpc: 'dcerpc',
  '': 'failed',
};
const APP_PROTO = fixed(',"app_proto":"');
const PACKETS_UP = fixed('","flow":{"pkts_toserver":');
const PACKETS_UP_ONLY = fixed(',"flow":{"pkts_toserver":');
const PACKETS_DOWN = fixed(',"pkts_toclient":');
const BYTES_UP = fixed(',"bytes_toserver":');
const BYTES_DOWN = fixed(',"bytes_toclient":');
const START = fixed(',"start":"');
const END = fixed('","end":"');
const AGE = fixed('","age":');
const STATE = fixed(',"state":"');
const REASON = fixed('","reason":"timeout","alerted":false}');
/** Flow state, flags of both sides and TCP state by Zeek's name of how a connection ended. */
const ENDINGS: Readonly<Record<string, readonly [state: string, tcp: Uint8Array]>> = {
  SF: ['closed', tcp('1b', '1b', '"fin":true,"psh":true,"ack":true', 'closed')],
  RSTO: ['closed', tcp('1e', '1a', '"rst":true,"psh":true,"ack":true', 'closed')],
  RSTR: ['closed', tcp('1a', '1e', '"rst":true,"psh":true,"ack":true', 'closed')],
  S1: ['established', tcp('1a', '1a', '"psh":true,"ack":true', 'established')],
  REJ: ['closed', tcp('02', '14', '"rst":true,"ack":true', 'closed')],
  S0: [
    'new',
    fixed(',"tcp":{"tcp_flags":"02","tcp_flags_ts":"02","tcp_flags_tc":"00","syn":true,"state":"syn_sent"}'),
  ],
};

/** @param up flags that the client sent, hexadecimal; `down` are the server's */
function tcp(up: string, down: string, seen: string, state: string): Uint8Array {
  const all = (parseInt(up, 16) | parseInt(down, 16)).toString(16);
  return fixed(
    `,"tcp":{"tcp_flags":"${all}","tcp_flags_ts":"${up}","tcp_flags_tc":"${down}","syn":true,${seen},"state":"${state}"}`,
  );
}

const CLOSE = fixed('}');

function flow(e: EventOf<'flow'>, out: LineWriter): void {
  head(e, 'flow', out);
  if (e.transport === 'icmp') out.fixed(PACKETS_UP_ONLY);
  else
    out
      .fixed(APP_PROTO)
      .text(PROTOCOLS[e.service] ?? e.service)
      .fixed(PACKETS_UP);
  const answered = e.destinationPackets > 0 ? 'established' : 'new';
  const ending = e.transport === 'tcp' ? ENDINGS[e.state] : undefined;
  out
    .integer(e.sourcePackets)
    .fixed(PACKETS_DOWN)
    .integer(e.destinationPackets)
    .fixed(BYTES_UP)
    .integer(e.sourceBytes + e.sourcePackets * FRAME_HEADER)
    .fixed(BYTES_DOWN)
    .integer(e.destinationBytes + e.destinationPackets * FRAME_HEADER)
    .fixed(START)
    .isoMicroseconds(e.startMs, e.startUs)
    .fixed(END)
    .isoMicroseconds(e.endMs, e.endUs)
    .fixed(AGE)
    .integer(Math.floor((e.endMs - e.startMs) / 1000))
    .fixed(STATE)
    .text(ending?.[0] ?? answered)
    .fixed(REASON);
  if (ending) out.fixed(ending[1]);
  out.fixed(CLOSE);
}

const DNS = fixed(',"dns":{"version":2,"type":"answer","id":');
const NAME = fixed(',"qr":true,"rd":true,"ra":true,"rrname":"');
const TYPE = fixed('","rrtype":"');
const CODE = fixed('","rcode":"');
const ANSWERS = fixed('","answers":[');
const NO_ANSWERS = fixed('"}}');
const ANSWER = fixed('{"rrname":"');
const NEXT_ANSWER = fixed(',{"rrname":"');
const TTL = fixed('","ttl":');
const DATA = fixed(',"rdata":"');
const END_ANSWER = fixed('"}');
const END_ANSWERS = fixed(']}}');

function dns(e: EventOf<'dns'>, out: LineWriter): void {
  const { transaction, query, type, code, answers, ttlSeconds } = e.facts;
  head(e, 'dns', out).fixed(DNS).integer(transaction).fixed(NAME).text(query);
  out.fixed(TYPE).text(type).fixed(CODE).text(code);
  if (answers.length === 0) {
    out.fixed(NO_ANSWERS);
    return;
  }
  out.fixed(ANSWERS);
  for (let i = 0; i < answers.length; i++) {
    out
      .fixed(i === 0 ? ANSWER : NEXT_ANSWER)
      .text(query)
      .fixed(TYPE)
      .text(type);
    out.fixed(TTL).integer(ttlSeconds).fixed(DATA).text(answers[i]!).fixed(END_ANSWER);
  }
  out.fixed(END_ANSWERS);
}

const TRANSACTION = fixed(',"tx_id":');
const HOST = fixed(',"http":{"hostname":"');
const URL_ = fixed('","url":"');
const AGENT = fixed('","http_user_agent":"');
const METHOD = fixed('","http_method":"');
const STATUS = fixed('","protocol":"HTTP/1.1","status":');
const LENGTH = fixed(',"length":');
const CLOSE_TWICE = fixed('}}');

function http(e: EventOf<'http'>, out: LineWriter): void {
  const { depth, method, host, uri, agent, status, responseBytes } = e.facts;
  head(e, 'http', out)
    .fixed(TRANSACTION)
    .integer(depth - 1)
    .fixed(HOST)
    .text(host)
    .fixed(URL_)
    .text(uri)
    .fixed(AGENT)
    .text(agent)
    .fixed(METHOD)
    .text(method)
    .fixed(STATUS)
    .integer(status)
    .fixed(LENGTH)
    .integer(responseBytes)
    .fixed(CLOSE_TWICE);
}

const TLS = fixed(',"tls":{"version":"');
const VERSIONS = { TLSv10: 'TLSv1', TLSv12: 'TLS 1.2', TLSv13: 'TLS 1.3' } as const;
const SNI = fixed('","sni":"');
const SELF_SIGNED = fixed('","subject":"CN=localhost","issuerdn":"CN=localhost');
const CLOSE_TEXT_TWICE = fixed('"}}');

function tls(e: EventOf<'tls'>, out: LineWriter): void {
  const { serverName, version, validation } = e.facts;
  head(e, 'tls', out).fixed(TLS).text(VERSIONS[version]);
  if (serverName !== '') out.fixed(SNI).text(serverName);
  // Suricata validates nothing, but shows the certificate.
  if (validation !== '' && validation !== 'ok') out.fixed(SELF_SIGNED);
  out.fixed(CLOSE_TEXT_TWICE);
}

/** Suricata does not see whether a login succeeded. */
function ssh(e: EventOf<'ssh'>, out: LineWriter): void {
  const [client, server] = [e.facts.client, e.facts.server].map((text) => text.replace('SSH-2.0-', ''));
  head(e, 'ssh', out).text(
    `,"ssh":{"client":{"proto_version":"2.0","software_version":"${client!}"},"server":{"proto_version":"2.0","software_version":"${server!}"}}}`,
  );
}

function rdp(e: EventOf<'rdp'>, out: LineWriter): void {
  head(e, 'rdp', out).text(`,"rdp":{"tx_id":0,"event_type":"initial_request","cookie":"${e.facts.cookie}"}}`);
}

function krb5(e: EventOf<'kerberos'>, out: LineWriter): void {
  const { user, realm, request, service, error } = e.facts;
  const type = error === '' ? `KRB_${request}_REP` : 'KRB_ERROR';
  const failure = error === '' ? '' : `,"failed_request":"KRB_${request}_REQ","error_code":"${error}"`;
  head(e, 'krb5', out).text(
    `,"krb5":{"msg_type":"${type}","cname":"${user}","realm":"${realm}","sname":"${service}"${failure},"weak_encryption":false}}`,
  );
}
