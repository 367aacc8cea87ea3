/**
 * Who stands at the other end of a finding: what a search for the victim, or for the drop site, has to find.
 */
import { MAX_COUNTERPARTS, type Counterparts } from '../domain/anomaly.js';
import { NONE } from '../domain/dictionary.js';
import type { EventTable } from '../domain/events.js';
import type { Entity } from '../domain/matrix.js';

/** The other ends of the rows, by role; undefined where there is nobody but the entity. */
export function counterpartsOf(
  events: EventTable,
  rows: Int32Array,
  entity: Entity,
): { readonly counterparts?: Counterparts } {
  const own = new Set([entity.id, entity.source, entity.destination]);
  const { source, destination } = events.columns;
  const sources = commonest(events, rows, source, own);
  const destinations = commonest(events, rows, destination, own);
  return sources.length + destinations.length === 0 ? {} : { counterparts: { sources, destinations } };
}

/** Names of the column that are nobody's own, of most rows first; ties go to the smaller name. */
function commonest(
  events: EventTable,
  rows: Int32Array,
  column: Uint32Array,
  own: ReadonlySet<string | undefined>,
): string[] {
  const counts = new Map<number, number>();
  for (const row of rows) {
    const id = column[row]!;
    if (id !== NONE) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts]
    .map(([id, count]) => ({ name: events.names.value(id), count }))
    .filter(({ name }) => !own.has(name))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_COUNTERPARTS)
    .map(({ name }) => name);
}
