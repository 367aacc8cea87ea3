/**
 * Records as documents of the Elastic Common Schema, as Elastic's Zeek integration makes them of Zeek's logs.
 * Texts need no escaping: see `zeek.ts`.
 */
import {
  microsecondsOf,
  type EventOf,
  type RecordBase,
  type RecordKind,
  type SimulatedEvent,
} from '../event.js';
import { accountName } from '../network.js';
import { fixed, type LineWriter } from './line-writer.js';
import { isMeasured, isOwn } from './terms.js';

/** Datasets of the integration, and the categories and types of their events. */
const DATASETS: Readonly<Record<RecordKind, readonly [dataset: string, categories: string, types: string]>> =
  {
    flow: ['connection', '"network"', '"connection","start","end"'],
    dns: ['dns', '"network"', '"connection","info","protocol"'],
    http: ['http', '"network","web"', '"connection","info","protocol"'],
    tls: ['ssl', '"network"', '"connection","protocol"'],
    ssh: ['ssh', '"network"', '"connection","protocol"'],
    rdp: ['rdp', '"network"', '"connection","info","protocol"'],
    kerberos: ['kerberos', '"network","authentication"', '"connection","protocol"'],
  };
const HEAD = fixed('{"@timestamp":"');
const EVENTS = Object.fromEntries(
  Object.entries(DATASETS).map(([kind, [dataset, categories, types]]) => [
    kind,
    fixed(
      `","ecs":{"version":"8.17.0"},"event":{"kind":"event","module":"zeek","dataset":"zeek.${dataset}","category":[${categories}],"type":[${types}],"id":"`,
    ),
  ]),
) as Record<RecordKind, Uint8Array>;

/** Writes a record as one document. */
export function writeEcs(event: SimulatedEvent, out: LineWriter): void {
  out.fixed(HEAD).isoMilliseconds(event.startMs).fixed(EVENTS[event.kind]).uid(event.idHigh, event.idLow);
  switch (event.kind) {
    case 'flow':
      connection(event, out);
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
      kerberos(event, out);
      return;
  }
}

const START = fixed('","start":"');
const END = fixed('","end":"');
const DURATION = fixed('","duration":');
const THREE_ZEROS = fixed('000');
const QUOTE = fixed('"');
const SOURCE = fixed('},"source":{"address":"');
const DESTINATION = fixed('},"destination":{"address":"');
const IP = fixed('","ip":"');
const PORT = fixed('","port":');
const BYTES = fixed(',"bytes":');
const PACKETS = fixed(',"packets":');
const DIRECTIONS = [
  ['external', 'inbound'],
  ['outbound', 'internal'],
].map((row) =>
  row.map((direction) => fixed(`},"network":{"type":"ipv4","direction":"${direction}","protocol":"`)),
);
const TCP = fixed('","transport":"tcp"}');
const UDP = fixed('","transport":"udp"}');
const CLOSE = fixed('}');
const CLOSE_TWICE = fixed('}}');
const CLOSE_TEXT_THRICE = fixed('"}}}');

function address(out: LineWriter, which: Uint8Array, ip: string, port: number): void {
  out.fixed(which).text(ip).fixed(IP).text(ip).fixed(PORT).integer(port);
}

function network(e: RecordBase, out: LineWriter, protocol: string): void {
  out.fixed(DIRECTIONS[Number(isOwn(e.source))]![Number(isOwn(e.destination))]!).text(protocol);
}

/** Both ends and the network, of records without quantities. */
function ends(e: RecordBase, out: LineWriter, protocol: string): void {
  address(out, SOURCE, e.source, e.sourcePort);
  address(out, DESTINATION, e.destination, e.destinationPort);
  network(e, out, protocol);
}

const TRANSPORT = fixed('","transport":"');
const STATE = fixed('},"zeek":{"connection":{"state":"');
const HISTORY = fixed('","history":"');

function connection(e: EventOf<'flow'>, out: LineWriter): void {
  if (isMeasured(e)) {
    out.fixed(START).isoMilliseconds(e.startMs).fixed(END).isoMilliseconds(e.endMs);
    out.fixed(DURATION).integer(microsecondsOf(e)).fixed(THREE_ZEROS);
  } else out.fixed(QUOTE);
  address(out, SOURCE, e.source, e.sourcePort);
  out.fixed(BYTES).integer(e.sourceBytes).fixed(PACKETS).integer(e.sourcePackets);
  address(out, DESTINATION, e.destination, e.destinationPort);
  out.fixed(BYTES).integer(e.destinationBytes).fixed(PACKETS).integer(e.destinationPackets);
  network(e, out, e.service);
  out.fixed(TRANSPORT).text(e.transport).fixed(QUOTE);
  out.fixed(BYTES).integer(e.sourceBytes + e.destinationBytes);
  out.fixed(PACKETS).integer(e.sourcePackets + e.destinationPackets);
  out.fixed(STATE).text(e.state).fixed(HISTORY).text(e.history).fixed(CLOSE_TEXT_THRICE);
}

const OUTCOME = { success: fixed('","outcome":"success"'), failure: fixed('","outcome":"failure"') };
const DNS_ID = fixed(',"dns":{"id":"');
const RESPONSE = fixed('","type":"answer","response_code":"');
const QUESTION = fixed('","question":{"class":"IN","name":"');
const QUESTION_TYPE = fixed('","type":"');
const ANSWERS = fixed('"},"answers":[');
const ANSWER = fixed('{"data":"');
const NEXT_ANSWER = fixed(',{"data":"');
const TTL = fixed('","ttl":');
const NO_ANSWERS = fixed('"}}}');
const END_ANSWERS = fixed(']}}');

function dns(e: EventOf<'dns'>, out: LineWriter): void {
  const { transaction, query, type, code, answers, ttlSeconds } = e.facts;
  out.fixed(OUTCOME[code === 'NOERROR' ? 'success' : 'failure']);
  ends(e, out, 'dns');
  out.fixed(UDP).fixed(DNS_ID).integer(transaction).fixed(RESPONSE).text(code);
  out.fixed(QUESTION).text(query).fixed(QUESTION_TYPE).text(type);
  if (answers.length === 0) {
    out.fixed(NO_ANSWERS);
    return;
  }
  out.fixed(ANSWERS);
  for (let i = 0; i < answers.length; i++) {
    out
      .fixed(i === 0 ? ANSWER : NEXT_ANSWER)
      .text(answers[i]!)
      .fixed(TTL)
      .integer(ttlSeconds)
      .fixed(CLOSE);
  }
  out.fixed(END_ANSWERS);
}

const METHOD = fixed(',"http":{"version":"1.1","request":{"method":"');
const REQUEST_BYTES = fixed('","body":{"bytes":');
const STATUS = fixed('}},"response":{"status_code":');
const RESPONSE_BYTES = fixed(',"body":{"bytes":');
const URL_ = fixed('}}},"url":{"domain":"');
const ORIGINAL = fixed('","original":"');
const AGENT = fixed('"},"user_agent":{"original":"');
const DEPTH = fixed('"},"zeek":{"http":{"trans_depth":');
const CLOSE_THRICE = fixed('}}}');

function http(e: EventOf<'http'>, out: LineWriter): void {
  const { depth, method, host, uri, agent, status, requestBytes, responseBytes } = e.facts;
  out.fixed(OUTCOME[status < 400 ? 'success' : 'failure']);
  ends(e, out, 'http');
  out.fixed(TCP).fixed(METHOD).text(method).fixed(REQUEST_BYTES).integer(requestBytes);
  out.fixed(STATUS).integer(status).fixed(RESPONSE_BYTES).integer(responseBytes);
  out.fixed(URL_).text(host).fixed(ORIGINAL).text(uri).fixed(AGENT).text(agent);
  out.fixed(DEPTH).integer(depth).fixed(CLOSE_THRICE);
}

const VERSIONS = {
  TLSv10: fixed(',"tls":{"version_protocol":"tls","version":"1.0","cipher":"'),
  TLSv12: fixed(',"tls":{"version_protocol":"tls","version":"1.2","cipher":"'),
  TLSv13: fixed(',"tls":{"version_protocol":"tls","version":"1.3","cipher":"'),
};
const HANDSHAKE = [false, true].map((resumed) =>
  [false, true].map((established) =>
    fixed(`","curve":"x25519","resumed":${String(resumed)},"established":${String(established)}`),
  ),
);
const SERVER_NAME = fixed(',"client":{"server_name":"');
const VALIDATION = fixed('},"zeek":{"ssl":{"validation":{"status":"');
const CLOSE_TEXT_FOUR_TIMES = fixed('"}}}}');

function tls(e: EventOf<'tls'>, out: LineWriter): void {
  const { serverName, version, cipher, resumed, established, validation } = e.facts;
  out.fixed(QUOTE);
  ends(e, out, 'tls');
  out
    .fixed(TCP)
    .fixed(VERSIONS[version])
    .text(cipher)
    .fixed(HANDSHAKE[Number(resumed)]![Number(established)]!);
  if (serverName !== '') out.fixed(SERVER_NAME).text(serverName).text('"}');
  if (validation === '') out.fixed(CLOSE_TWICE);
  else out.fixed(VALIDATION).text(validation).fixed(CLOSE_TEXT_FOUR_TIMES);
}

function ssh(e: EventOf<'ssh'>, out: LineWriter): void {
  const { client, server, attempts, success } = e.facts;
  out.fixed(OUTCOME[success ? 'success' : 'failure']);
  ends(e, out, 'ssh');
  out
    .fixed(TCP)
    .text(`,"zeek":{"ssh":{"version":2,"auth":{"attempts":${String(attempts)},"success":${String(success)}}`)
    .text(`,"client":"${client}","server":"${server}`)
    .fixed(CLOSE_TEXT_THRICE);
}

function rdp(e: EventOf<'rdp'>, out: LineWriter): void {
  const { cookie, result } = e.facts;
  out.fixed(QUOTE);
  ends(e, out, 'rdp');
  out
    .fixed(TCP)
    .text(`,"user":{"name":"${cookie}"},"zeek":{"rdp":{"cookie":"${cookie}","result":"${result}`)
    .fixed(CLOSE_TEXT_THRICE);
}

const USER = fixed('"},"user":{"name":"');
const REQUEST = fixed('"},"zeek":{"kerberos":{"request_type":"');
const TICKET = fixed('","service":"');
const ERROR = fixed('","error":{"msg":"');
const CLOSE_TEXT_FIVE_TIMES = fixed('"}}}}');

/** Zeek does not say whether a ticket was asked for over UDP or TCP. */
function kerberos(e: EventOf<'kerberos'>, out: LineWriter): void {
  const { user, request, service, error } = e.facts;
  out.fixed(OUTCOME[error === '' ? 'success' : 'failure']);
  ends(e, out, 'kerberos');
  out.fixed(USER).text(accountName(user)).fixed(REQUEST).text(request).fixed(TICKET).text(service);
  if (error === '') out.fixed(CLOSE_TEXT_THRICE);
  else out.fixed(ERROR).text(error).fixed(CLOSE_TEXT_FIVE_TIMES);
}
