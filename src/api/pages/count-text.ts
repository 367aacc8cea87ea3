/**
 * Counts as people read them.
 */

/** `12,403`. */
export function countText(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 source`, `3 sources`. */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}
