/**
 * Somebody who is to be forgotten: found in texts by name, in states and models by identity.
 */
import { Dictionary } from './dictionary.js';

/** Stands for the name in what stays. */
export const FORGOTTEN = '[forgotten]';

/** A user or host under all names, with the identities of everything that names it. */
export class Forgotten {
  private readonly identities = new Set<string>();
  private readonly hashes = new Set<number>();
  private readonly mention: RegExp;

  constructor(readonly names: readonly string[]) {
    const dictionary = new Dictionary();
    for (const name of names) dictionary.intern(name);
    const { a, b } = dictionary.hashes();
    for (let id = 1; id < dictionary.size; id++) {
      this.identities.add(keyOf(a[id]!, b[id]!));
      this.hashes.add(a[id]!);
    }
    this.mention = new RegExp(names.map(mentionOf).join('|'), 'g');
  }

  /** Adds an entity that names it: a pair, a service. */
  addIdentity(a: number, b: number): void {
    this.identities.add(keyOf(a, b));
  }

  /** Whether a text is one of the names. */
  is(text: unknown): boolean {
    return typeof text === 'string' && this.names.includes(text);
  }

  /** Whether a text mentions one of the names. */
  isIn(text: string): boolean {
    return text.search(this.mention) >= 0;
  }

  /**
   * The value without the names in its texts; itself where none mentions one.
   * @param texts keys under which people's words are: whatever else equals the name means something else
   */
  scrubbed<T>(value: T, texts: ReadonlySet<string>, key = ''): T {
    if (typeof value === 'string') {
      return texts.has(key) ? (value.replace(this.mention, FORGOTTEN) as T) : value;
    }
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) {
      const items: unknown[] = value.map((item: unknown) => this.scrubbed(item, texts, key));
      return items.every((item, i) => item === value[i]) ? value : (items as T);
    }
    const parts = Object.entries(value).map(
      ([name, part]: [string, unknown]) => [name, part, this.scrubbed(part, texts, name)] as const,
    );
    if (parts.every(([, part, scrubbed]) => part === scrubbed)) return value;
    return Object.fromEntries(parts.map(([name, , scrubbed]) => [name, scrubbed])) as T;
  }

  /**
   * Makes each identity of it nobody's, in place: what is left cannot be found by a name again.
   * @param identities two hashes each, side by side
   * @returns how many there were
   */
  scrubIdentities(identities: Int32Array): number {
    let found = 0;
    for (let at = 0; at < identities.length; at += 2) {
      if (!this.identities.has(keyOf(identities[at]!, identities[at + 1]!))) continue;
      identities[at] = NOBODY;
      // Each nobody is another one: tables hold an identity once.
      identities[at + 1] = at;
      found++;
    }
    return found;
  }

  /** The same for members of sets, which are the first hash of a name. */
  scrubMembers(members: Int32Array): number {
    let found = 0;
    for (let at = 0; at < members.length; at++) {
      if (!this.hashes.has(members[at]!)) continue;
      members[at] = NOBODY;
      found++;
    }
    return found;
  }
}

/** Half of an identity that no name has: the chance is 1 in 4 billion. */
const NOBODY = 0;

function keyOf(a: number, b: number): string {
  return `${String(a)} ${String(b)}`;
}

/** A name as a whole word: `10.0.0.5` is neither in `10.0.0.50` nor in `110.0.0.5`, but in `10.0.0.5:443`. */
function mentionOf(name: string): string {
  const escaped = name.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  const colon = name.includes(':') ? ':' : '';
  return `(?<![\\w.${colon}-])${escaped}(?![\\w${colon}-]|\\.\\w)`;
}
