/**
 * How one finding names many things: the first few, and how many more there are.
 */

const SHOWN = 3;

/** `a, b, c and 34 more`. */
export function listed(names: readonly string[], shown = SHOWN): string {
  const more = names.length > shown ? ` and ${String(names.length - shown)} more` : '';
  return `${names.slice(0, shown).join(', ')}${more}`;
}

/** The only one by its name, else `37 sources (a, b, c and 34 more)`. */
export function sourcesText(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${String(names.length)} sources (${listed(names)})`;
}

/** `0 % to 2 %`, or one text where both ends read alike. */
export function rangeText(values: readonly number[], text: (value: number) => string): string {
  const [low, high] = [text(Math.min(...values)), text(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

/** Things by what they have in common, in the order of the first of each. */
export function groupedBy<T>(things: readonly T[], keyOf: (thing: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    groups.set(key, [...(groups.get(key) ?? []), thing]);
  }
  return [...groups.values()];
}
