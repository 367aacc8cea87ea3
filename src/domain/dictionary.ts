/**
 * Strings as small integers, so that columns stay typed arrays.
 */

/** Id of the absent string in every dictionary. */
export const NONE = 0;

/** Gives each distinct string a dense id, from 1 on; id 0 ({@link NONE}) is "no value". */
export class Dictionary {
  private readonly ids = new Map<string, number>();
  private readonly strings: string[] = [''];

  /** Id of `value`, given on first sight. The empty string is {@link NONE}. */
  intern(value: string): number {
    const known = this.ids.get(value);
    if (known !== undefined) return known;
    if (value === '') return NONE;
    const id = this.strings.length;
    this.strings.push(value);
    this.ids.set(value, id);
    return id;
  }

  /** Id of `value` if it was interned, else {@link NONE}. */
  find(value: string): number {
    return this.ids.get(value) ?? NONE;
  }

  /** The string of an id; the empty string for {@link NONE} and unknown ids. */
  value(id: number): string {
    return this.strings[id] ?? '';
  }

  /** One more than the highest id given. */
  get size(): number {
    return this.strings.length;
  }
}
