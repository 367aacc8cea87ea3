/**
 * Behaviors of hosts whose connections fail.
 */
import { isConnection, Outcome, type EventTable } from '../domain/events.js';
import type { Entity } from '../domain/matrix.js';
import type { Rule } from './behavior.js';

/** Of what a host does, a good part fails. */
export const MANY_FAIL = { feature: 'failed_share', atLeast: 0.3 } as const;

type Column = 'destination' | 'destinationPort';

/** Failures of a host's own at the one target where most was tried: ports of a host, or hosts on a port. */
export function failuresAtOne(per: Column, of: Column): NonNullable<Rule['tells']> {
  return ({ columns: c, names }: EventTable, rows: Int32Array, entity: Entity) => {
    const failures = rows.filter(
      (row) =>
        isConnection(c, row) &&
        c.outcome[row] === Outcome.failure &&
        names.value(c.destination[row]!) !== entity.id,
    );
    const triedAt = new Map<number, Set<number>>();
    for (const row of failures) {
      const tried = triedAt.get(c[per][row]!);
      if (tried) tried.add(c[of][row]!);
      else triedAt.set(c[per][row]!, new Set([c[of][row]!]));
    }
    let most = 0;
    for (const { size } of triedAt.values()) most = Math.max(most, size);
    return failures.filter((row) => triedAt.get(c[per][row]!)!.size === most);
  };
}
