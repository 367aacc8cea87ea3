/**
 * Connections of ECS documents: how much went which way, and what became of it.
 *
 * An amount is read as what it is. What one side sent stands in `source.*` and `destination.*`, else in
 * `client.*` and `server.*`; `network.*` is the total of both ways, which says nothing of one of them, but
 * for packets and for records of one way.
 */
import { ByteLayer, EventKind, Flag, icmpParts, Outcome, Transport } from '../domain/events.js';
import type { Draft } from './draft.js';
import type { EcsRecord } from './ecs-fields.js';
import { readReport } from './ecs-report.js';
import { addressOf, numberOf, portOf, transportOf } from './values.js';
import { connOutcome, openingOf } from './zeek.js';

/** What the bytes of Elastic's integrations include. */
const BYTE_LAYERS = new Map([
  ['zeek', ByteLayer.network],
  ['netflow', ByteLayer.network],
  ['suricata', ByteLayer.link],
]);

/** Reads how much went which way, and over what. */
export function readQuantities(document: EcsRecord, draft: Draft): void {
  draft.sourceBytes = numberOf(document.get('source.bytes'));
  draft.destinationBytes = numberOf(document.get('destination.bytes'));
  draft.sourcePackets = numberOf(document.get('source.packets'));
  draft.destinationPackets = numberOf(document.get('destination.packets'));
  const layer = readClient(document, draft) ?? BYTE_LAYERS.get(document.text('event.module'));
  readTotals(document, draft);
  const hasBytes = !Number.isNaN(draft.sourceBytes) || !Number.isNaN(draft.destinationBytes);
  if (hasBytes) draft.byteLayer = layer ?? ByteLayer.unknown;
  const interval = numberOf(document.get('netflow.sampling_interval'));
  if (interval > 0) draft.samplingInterval = Math.min(Math.round(interval), 0xffffffff);
  draft.transport = transportOf(document.text('network.transport'));
  draft.service = document.text('network.protocol');
}

/** Ends of `client` and `server`, for documents that have no others. */
export function readClientEnds(document: EcsRecord, draft: Draft): void {
  draft.source = addressOf(document.get('client.ip'));
  draft.destination = addressOf(document.get('server.ip'));
  draft.addresses = (draft.source === '' ? 0 : 1) | (draft.destination === '' ? 0 : 2);
  if (draft.sourcePort === -1) draft.sourcePort = portOf(document.get('client.port'));
  if (draft.destinationPort === -1) draft.destinationPort = portOf(document.get('server.port'));
}

/**
 * Amounts of `client` and `server` where `source` and `destination` have none.
 * @returns what the bytes include where they were taken and that is known
 */
function readClient(document: EcsRecord, draft: Draft): number | undefined {
  const client = document.get('client.ip');
  // The client of an answer is its destination.
  const isAnswer =
    client !== undefined && client === document.get('destination.ip') && client !== document.get('source.ip');
  const [from, to] = isAnswer ? (['server', 'client'] as const) : (['client', 'server'] as const);
  if (Number.isNaN(draft.sourcePackets) && Number.isNaN(draft.destinationPackets)) {
    draft.sourcePackets = numberOf(document.get(`${from}.packets`));
    draft.destinationPackets = numberOf(document.get(`${to}.packets`));
  }
  if (!Number.isNaN(draft.sourceBytes) || !Number.isNaN(draft.destinationBytes)) return undefined;
  // Security Onion keeps the bytes of Zeek's IP packets beside those of their payload.
  const sent = document.get(`${from}.ip_bytes`);
  const received = document.get(`${to}.ip_bytes`);
  if (sent !== undefined || received !== undefined) {
    draft.sourceBytes = numberOf(sent);
    draft.destinationBytes = numberOf(received);
    return ByteLayer.network;
  }
  draft.sourceBytes = numberOf(document.get(`${from}.bytes`));
  draft.destinationBytes = numberOf(document.get(`${to}.bytes`));
  const isPayload = document.get('event.module') === 'zeek' && !Number.isNaN(draft.sourceBytes);
  return isPayload ? ByteLayer.payload : undefined;
}

/** What totals of both ways say of one of them. */
function readTotals(document: EcsRecord, draft: Draft): void {
  const isOfSource = tellsOneWay(document) || isPacket(document);
  const bytes = numberOf(document.get('network.bytes'));
  const packets = numberOf(document.get('network.packets'));
  if (isOfSource) {
    if (Number.isNaN(draft.sourceBytes) && Number.isNaN(draft.destinationBytes)) draft.sourceBytes = bytes;
    if (Number.isNaN(draft.sourcePackets) && Number.isNaN(draft.destinationPackets)) {
      draft.sourcePackets = packets;
    }
    return;
  }
  // Some pipelines make the total of the one side that they know: only what is above it is the other's.
  if (Number.isNaN(draft.destinationBytes) && bytes > draft.sourceBytes) {
    draft.destinationBytes = bytes - draft.sourceBytes;
  }
  if (Number.isNaN(draft.destinationPackets) && packets > draft.sourcePackets) {
    draft.destinationPackets = packets - draft.sourcePackets;
  }
}

/** Logs of single packets, by the first word of their data set. */
const PACKET_LOGS = new Set(['iptables', 'pfsense', 'opnsense', 'ufw']);

function isPacket(document: EcsRecord): boolean {
  return isOf(document, PACKET_LOGS) || numberOf(document.get('network.packets')) === 1;
}

/** Whether a document's module is one of these, or the one that its data set names. */
function isOf(document: EcsRecord, modules: ReadonlySet<string>): boolean {
  return (
    modules.has(document.text('event.module')) ||
    modules.has(document.text('event.dataset').split('.', 1)[0]!)
  );
}

/** Whether the source of a document tells each way of a connection by a record of its own. */
function tellsOneWay(document: EcsRecord): boolean {
  const action = document.get('event.action');
  return (
    action === 'netflow_flow' ||
    action === 'netflow' ||
    document.get('event.module') === 'netflow' ||
    document.text('event.dataset').startsWith('netflow') ||
    document.text('event.dataset').endsWith('vpcflow')
  );
}

/**
 * Nanoseconds of `event.duration`. A fraction is one of seconds, as Zeek has it and some pipelines keep it;
 * where start and end are told they decide.
 * @param sinceStartMs from start to end, NaN where one of them is not known
 */
export function durationOf(value: unknown, sinceStartMs: number): number {
  const given = numberOf(value);
  if (!(given > 0)) return given;
  const isFraction = !Number.isInteger(given);
  const asSeconds = Math.abs(given * 1e3 - sinceStartMs);
  const asNanoseconds = Math.abs(given / 1e6 - sinceStartMs);
  const isSeconds = Number.isNaN(sinceStartMs)
    ? isFraction && given <= MAX_SECONDS
    : asSeconds < asNanoseconds && (isFraction || asSeconds <= ROUNDING_MS);
  return Math.round(isSeconds ? given * 1e9 : given);
}

/** Firewalls that tell by which way a packet passed their interface, whatever network lies behind it. */
const INTERFACE_LOGS = new Set(['pfsense', 'opnsense']);

/** Whether `network.direction` of a document is that of an interface, and says nothing of own networks. */
export function tellsInterface(document: EcsRecord): boolean {
  return tellsOneWay(document) || isOf(document, INTERFACE_LOGS);
}

/** Longer than anybody tells of a connection in one record, in seconds; as nanoseconds no time at all. */
const MAX_SECONDS = 7 * 86_400;
/** Times in whole seconds are off by as much. */
const ROUNDING_MS = 1000;

/** Datasets that hold nothing but flows; of others the fields tell what a document is about. */
const FLOW_DATASETS = new Set(['zeek.connection', 'netflow.log', 'network_traffic.flow']);

/** Whether a document lies where there is nothing but flows. */
export function isFlowDataset(document: EcsRecord): boolean {
  return FLOW_DATASETS.has(document.text('event.dataset'));
}

/** Reads a document that is about nothing but a connection. */
export function readFlow(document: EcsRecord, draft: Draft): void {
  draft.kind = draft.source !== '' && draft.destination !== '' ? EventKind.flow : EventKind.other;
  const state = document.get('zeek.connection.state') ?? document.get('connection.state');
  if (state !== undefined) draft.outcome = connOutcome(state, draft);
  if (isImpossible(draft)) draft.durationNs *= 1e9;
  readReport(document, draft);
  readHalf(document, draft);
  // Halves are joined in their window, which tells more than ports.
  if ((draft.flags & Flag.oneWay) !== 0 || tellsOneWay(document)) return;
  const history = document.text('zeek.connection.history') || document.text('connection.history');
  draft.opening = openingOf(draft.transport, state, history);
}

/** Bytes in a nanosecond that no link carries: a terabit a second. */
const IMPOSSIBLE_RATE = 125;

/** Whether more was sent than the time allows: seconds that an index keeps as whole numbers. */
function isImpossible({ durationNs, startMs, endMs, sourceBytes, destinationBytes }: Draft): boolean {
  if (startMs !== endMs || !(durationNs > 0) || durationNs > MAX_SECONDS) return false;
  return (sourceBytes || 0) + (destinationBytes || 0) > durationNs * IMPOSSIBLE_RATE;
}

/** Marks a record that tells what was sent and not what was answered. */
function readHalf(document: EcsRecord, draft: Draft): void {
  const knowsAnswer = !Number.isNaN(draft.destinationBytes) || !Number.isNaN(draft.destinationPackets);
  const knowsSent = !Number.isNaN(draft.sourceBytes) || !Number.isNaN(draft.sourcePackets);
  if (knowsAnswer || !knowsSent || draft.outcome === Outcome.failure) return;
  const isOneWay = tellsOneWay(document);
  // One packet is no half: its answer, if there is one, is another packet.
  if (!isOneWay && (isPacket(document) || Number.isNaN(draft.durationNs))) return;
  draft.flags |= Flag.oneWay;
  // That it was let through says nothing of an answer.
  draft.outcome = Outcome.unknown;
}

/** Type and code of ICMP; ports that a record of it has may be anything, such as the number of an echo. */
export function readIcmp(document: EcsRecord, draft: Draft): void {
  if (draft.transport !== Transport.icmp) return;
  const type = document.get('zeek.connection.icmp.type');
  if (type !== undefined) {
    draft.sourcePort = portOf(type);
    draft.destinationPort = portOf(document.get('zeek.connection.icmp.code'));
  } else if (tellsOneWay(document)) {
    // Exporters of NetFlow write both into the destination's port, and nothing for a reply.
    if (draft.sourcePort > 0) return;
    const both = draft.destinationPort;
    [draft.sourcePort, draft.destinationPort] = both > 255 ? icmpParts(both) : [-1, -1];
  } else if (document.get('event.module') !== 'zeek') {
    draft.sourcePort = draft.destinationPort = -1;
  }
}

/** Modules that tell of a connection in a record of its own, beside what they say of its protocol. */
const TOLD_BESIDE = new Set(['zeek', 'suricata', 'network_traffic']);

/** Whether a document that tells of something else is the record of the connection as well. */
export function isConnection(document: EcsRecord, draft: Draft): boolean {
  if (Number.isNaN(draft.sourceBytes) && Number.isNaN(draft.destinationBytes)) return false;
  if (draft.source === '' || draft.destination === '' || draft.kind === EventKind.flow) return false;
  if (document.has('event.type', 'protocol') || TOLD_BESIDE.has(document.text('event.module'))) return false;
  return document.has('event.category', 'network') || document.has('event.type', 'connection');
}
