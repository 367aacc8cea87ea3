/**
 * One cause is told once, by whom it names best.
 */
import { CATALOGUE } from '../behaviors/catalogue.js';
import type { EventTable } from '../domain/events.js';
import type { Candidate } from './scored.js';

/**
 * Leaves out what only repeats: nameless rows, and the far side of something named, where most of
 * their events belong to a named source; and the milder of two names for mostly the same events.
 * Both lists come severest first; so does the result, named before nameless.
 */
export function oncePerCause(
  events: EventTable,
  named: readonly Candidate[],
  nameless: readonly Candidate[],
): Candidate[] {
  const causes = new Set(named.flatMap(({ entity }) => entity.source ?? []));
  const byOthers = (candidate: Candidate): boolean => {
    const others = new Set(causes);
    if (candidate.entity.source !== undefined) others.delete(candidate.entity.source);
    return isExplained(events, candidate, others);
  };
  const kept = named.filter((candidate) => !(isFarSide(candidate) && byOthers(candidate)));
  const single = kept.filter(
    (candidate, i) => !kept.slice(0, i).some((severer) => tellsTheSame(severer, candidate)),
  );
  const others = nameless.filter((candidate) => !isExplained(events, candidate, causes));
  return [...single, ...others.filter((candidate) => !isPartOf(candidate, others))];
}

/** Guessing seen from the guessed user, and a tunnel seen at the own resolver that forwards it. */
function isFarSide({ entity, behavior }: Candidate): boolean {
  return CATALOGUE[behavior].isFarSide?.(entity) ?? false;
}

/** Most of the candidate's events come from one of the sources. */
function isExplained(
  { names, columns }: EventTable,
  { events: rows }: Candidate,
  sources: ReadonlySet<string>,
): boolean {
  let explained = 0;
  for (const row of rows) if (sources.has(names.value(columns.source[row]!))) explained++;
  return explained * 2 > rows.length;
}

/** Most of the events of either are events of both. */
function tellsTheSame(a: Candidate, b: Candidate): boolean {
  if (a.entity.source === undefined || a.entity.source !== b.entity.source) return false;
  const rows = new Set(a.events);
  let shared = 0;
  for (const row of b.events) if (rows.has(row)) shared++;
  return shared * 2 > Math.max(a.events.length, b.events.length);
}

/** A nameless pair, service or user of a nameless host that is at least as strange says nothing new. */
function isPartOf({ entity }: Candidate, all: readonly Candidate[]): boolean {
  if (entity.kind === 'host') return false;
  return all.some(
    ({ entity: host }) =>
      host.kind === 'host' && (host.id === entity.source || host.id === entity.destination),
  );
}
