/**
 * What was probably meant by a name that nobody knows.
 */

/** Longer names are no slips of the hand, and would take long to compare. */
const MAX_LENGTH = 64;

/** The known name that is fewest slips away from `name`, and at most `slips`; case does not count. */
export function nearest(name: string, known: Iterable<string>, slips = 3): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > slips) continue;
    const distance = editDistance(candidate.toLowerCase(), name.toLowerCase());
    if (distance <= slips && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** Levenshtein distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
