/**
 * A draft as a row of events.
 */
import { Direction, Flag, type EventTable } from '../domain/events.js';
import type { Draft } from './draft.js';

/** Writes all but the addresses, which have been interned before, and where the record lies. */
export function writeRow(events: EventTable, row: number, draft: Draft): void {
  const { names, columns: c } = events;
  c.kind[row] = draft.kind;
  c.startMs[row] = draft.startMs;
  c.endMs[row] = draft.endMs;
  c.durationNs[row] = draft.durationNs;
  c.sourcePort[row] = draft.sourcePort;
  c.destinationPort[row] = draft.destinationPort;
  c.transport[row] = draft.transport;
  c.direction[row] = directionOf(draft);
  c.outcome[row] = draft.outcome;
  c.flags[row] = draft.flags;
  c.sourceBytes[row] = draft.sourceBytes;
  c.destinationBytes[row] = draft.destinationBytes;
  c.sourcePackets[row] = draft.sourcePackets;
  c.destinationPackets[row] = draft.destinationPackets;
  c.byteLayer[row] = draft.byteLayer;
  c.samplingInterval[row] = draft.samplingInterval;
  c.status[row] = draft.status;
  c.authFailures[row] = draft.authFailures;
  c.detail[row] = draft.detail;
  c.service[row] = names.intern(draft.service);
  c.name[row] = names.intern(draft.name);
  c.agent[row] = names.intern(draft.agent);
  c.user[row] = names.intern(draft.user);
  c.rule[row] = names.intern(draft.rule);
  c.observer[row] = names.intern(draft.observer);
  c.label[row] = names.intern(draft.label);
}

function directionOf({ source, destination, flags }: Draft): number {
  if (source === '' || destination === '') return Direction.unknown;
  const from = (flags & Flag.sourceOwn) !== 0;
  const to = (flags & Flag.destinationOwn) !== 0;
  if (from) return to ? Direction.internal : Direction.outbound;
  return to ? Direction.inbound : Direction.external;
}
