/**
 * Fields that make no sense. One of them costs the record that field and not what the others say.
 */
import type { Draft } from './draft.js';

const MAX_QUANTITY = 2 ** 53;

/** Makes quantities and ports that cannot be what they say unknown, and notes it. */
export function dropBadFields(draft: Draft): void {
  // NaN is no number at all and stands for "not said".
  if (isBad(draft.durationNs)) {
    draft.durationNs = NaN;
    draft.note('bad_duration');
  }
  if (isBad(draft.sourceBytes)) draft.sourceBytes = noNumber(draft);
  if (isBad(draft.destinationBytes)) draft.destinationBytes = noNumber(draft);
  if (isBad(draft.sourcePackets)) draft.sourcePackets = noNumber(draft);
  if (isBad(draft.destinationPackets)) draft.destinationPackets = noNumber(draft);
  if (draft.sourcePort < -1) draft.sourcePort = noPort(draft);
  if (draft.destinationPort < -1) draft.destinationPort = noPort(draft);
}

function isBad(value: number): boolean {
  return value < 0 || value > MAX_QUANTITY;
}

function noNumber(draft: Draft): number {
  draft.note('bad_number');
  return NaN;
}

function noPort(draft: Draft): number {
  draft.note('bad_port');
  return -1;
}
