/**
 * Which of an entity's events a finding is about.
 */
import { EventKind, Flag, isConnection, Outcome, type EventTable } from '../domain/events.js';
import { ADMINISTRATION_PORTS } from '../domain/service-ports.js';
import { countsFailures } from './rule.js';
import type { Candidate } from './scored.js';

/** Part of all that was sent that makes an upload a large one. */
const LARGE_SHARE = 0.01;

/** The events that the behavior is about: a mover's administration, a tunnel's questions, a thief's large uploads. */
export function tellingRows(events: EventTable, candidate: Candidate): Int32Array {
  const { columns: c } = events;
  const { behavior, rule, events: rows } = candidate;
  if (rule && countsFailures(rule.when[0].feature)) return failuresAtOne(events, candidate);
  if (behavior === 'lateral_movement') {
    return rows.filter((row) => ADMINISTRATION_PORTS.has(c.destinationPort[row]!));
  }
  if (behavior === 'dns_tunnel') return rows.filter((row) => c.kind[row] === EventKind.dns);
  if (behavior === 'data_theft') {
    const uploads = rows.filter(
      (row) => (c.flags[row]! & Flag.destinationOwn) === 0 && c.sourceBytes[row]! > 0,
    );
    const sent = uploads.reduce((sum, row) => sum + c.sourceBytes[row]!, 0);
    return uploads.filter((row) => c.sourceBytes[row]! >= sent * LARGE_SHARE);
  }
  return rows;
}

/** Failures of a host's own at the one target where most was tried: ports of a host, or hosts on a port. */
function failuresAtOne(
  { columns: c, names }: EventTable,
  { behavior, entity, events: rows }: Candidate,
): Int32Array {
  const [per, of] =
    behavior === 'port_scan' ? [c.destination, c.destinationPort] : [c.destinationPort, c.destination];
  const failures = rows.filter(
    (row) =>
      isConnection(c, row) &&
      c.outcome[row] === Outcome.failure &&
      names.value(c.destination[row]!) !== entity.id,
  );
  const triedAt = new Map<number, Set<number>>();
  for (const row of failures) {
    const tried = triedAt.get(per[row]!);
    if (tried) tried.add(of[row]!);
    else triedAt.set(per[row]!, new Set([of[row]!]));
  }
  let most = 0;
  for (const { size } of triedAt.values()) most = Math.max(most, size);
  return failures.filter((row) => triedAt.get(per[row]!)!.size === most);
}
