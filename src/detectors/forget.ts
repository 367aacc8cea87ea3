/**
 * Takes somebody's own history out of a fitted baseline: the entity then stands on that of its peers.
 */
import type { Forgotten } from '../domain/forgotten.js';
import { decode, encode } from '../domain/typed-arrays.js';
import type { BaselineData } from './baseline.js';
import type { EnsembleSnapshot } from './ensemble.js';

/** The snapshot without an entity, and how many of its histories there were. */
export function forgetInEnsemble(
  snapshot: EnsembleSnapshot,
  who: Forgotten,
): { value: EnsembleSnapshot; found: number } {
  let found = 0;
  const members = snapshot.members.map((member) => {
    if (member.detector.type !== 'baseline') return member;
    const data = member.detector.data as BaselineData;
    const entities = decode(data.index.entities, Int32Array);
    const before = found;
    found += who.scrubIdentities(entities);
    if (found === before) return member;
    const index = { ...data.index, entities: encode(entities) };
    return { ...member, detector: { ...member.detector, data: { ...data, index } } };
  });
  return { value: { members }, found };
}
