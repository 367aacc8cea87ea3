/**
 * Strings as small integers, so that columns stay typed arrays.
 */

/** Id of the absent string in every dictionary. */
export const NONE = 0;

const INITIAL_HASHES = 1024;
/** A string beside its characters, its entry in the map, its place in the list and its hashes. */
const STRING_BYTES = 90;

/** Gives each distinct string a dense id, from 1 on; id 0 ({@link NONE}) is "no value". */
export class Dictionary {
  private readonly ids = new Map<string, number>();
  private strings: string[] = [''];
  private hashesA = new Int32Array(INITIAL_HASHES);
  private hashesB = new Int32Array(INITIAL_HASHES);
  private hashed = 1;
  private characters = 0;

  /** A dictionary of the strings of another one, with the same ids. @param strings {@link Dictionary.values} of it */
  static of(strings: readonly string[]): Dictionary {
    const dictionary = new Dictionary();
    dictionary.strings = [...strings];
    for (const text of strings) dictionary.characters += text.length;
    return dictionary;
  }

  /** Id of `value`, given on first sight. The empty string is {@link NONE}. */
  intern(value: string): number {
    if (value === '') return NONE;
    const known = this.find(value);
    if (known !== NONE) return known;
    const id = this.strings.length;
    this.strings.push(value);
    this.characters += value.length;
    this.ids.set(value, id);
    return id;
  }

  /** Id of `value` if it was interned, else {@link NONE}. */
  find(value: string): number {
    // Strings of another dictionary are looked up by few.
    if (this.ids.size + 1 < this.strings.length) this.strings.forEach((text, id) => this.ids.set(text, id));
    return this.ids.get(value) ?? NONE;
  }

  /** All strings by id. */
  get values(): readonly string[] {
    return this.strings;
  }

  /** The string of an id; the empty string for {@link NONE} and unknown ids. */
  value(id: number): string {
    return this.strings[id] ?? '';
  }

  /**
   * Two independent 32-bit hashes of the strings by id: together an identity that holds across
   * dictionaries. Valid until the next string is interned.
   */
  hashes(): { readonly a: Int32Array; readonly b: Int32Array } {
    const { length } = this.strings;
    if (length > this.hashesA.length) {
      this.hashesA = grown(this.hashesA, length);
      this.hashesB = grown(this.hashesB, length);
    }
    for (; this.hashed < length; this.hashed++) {
      const text = this.strings[this.hashed]!;
      let a = 0x811c9dc5;
      let b = 0x2545f491;
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        a = Math.imul(a ^ code, 0x01000193);
        b = Math.imul(b + code, 0x9e3779b1) ^ (b >>> 15);
      }
      this.hashesA[this.hashed] = a;
      this.hashesB[this.hashed] = b;
    }
    return { a: this.hashesA, b: this.hashesB };
  }

  /** Memory that the strings take, with all that finds them again: an estimate. */
  get bytes(): number {
    return this.characters + this.strings.length * STRING_BYTES;
  }

  /** One more than the highest id given. */
  get size(): number {
    return this.strings.length;
  }
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}
