/**
 * Connections of ECS documents: how much went which way, and what became of it.
 */
import { ByteLayer, EventKind, Transport } from '../domain/events.js';
import type { Draft } from './draft.js';
import type { EcsRecord } from './ecs-fields.js';
import { numberOf, portOf, transportOf } from './values.js';
import { connOutcome } from './zeek.js';

/** What the bytes of Elastic's integrations include. */
const BYTE_LAYERS: Readonly<Record<string, number>> = {
  zeek: ByteLayer.network,
  netflow: ByteLayer.network,
  suricata: ByteLayer.link,
};

/** Reads how much went which way, and over what. */
export function readQuantities(document: EcsRecord, draft: Draft): void {
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

/** Datasets that hold nothing but flows; of others the fields tell what a document is about. */
const FLOW_DATASETS = new Set(['zeek.connection', 'netflow.log', 'network_traffic.flow']);

/** Whether a document lies where there is nothing but flows. */
export function isFlowDataset(document: EcsRecord): boolean {
  return FLOW_DATASETS.has(document.text('event.dataset'));
}

/** Reads a document that is about nothing but a connection. */
export function readFlow(document: EcsRecord, draft: Draft): void {
  draft.kind = draft.source !== '' && draft.destination !== '' ? EventKind.flow : EventKind.other;
  if (draft.transport === Transport.icmp && draft.sourcePort === -1) {
    draft.sourcePort = portOf(document.get('zeek.connection.icmp.type'));
    draft.destinationPort = portOf(document.get('zeek.connection.icmp.code'));
  }
  const state = document.get('zeek.connection.state');
  if (state !== undefined) draft.outcome = connOutcome(state, draft);
}
