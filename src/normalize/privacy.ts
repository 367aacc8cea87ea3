/**
 * Names of users, as everything after normalize sees them.
 */
import { createHmac } from 'node:crypto';
import type { PrivacyOptions } from './privacy-options.js';

/** What a user name becomes; the empty text where it is not to be known. */
export type UserNaming = (name: string) => string;

const PREFIX = 'user-';
/** 48 bits: among a million users, two share a pseudonym with a probability of 1 in 560. */
const DIGITS = 12;
/** Names that a naming remembers at most; it then begins anew. */
const MAX_KNOWN = 65_536;

/** Whether a text has the form of a pseudonym. */
export function isPseudonym(text: string): boolean {
  return new RegExp(`^${PREFIX}[0-9a-f]{${String(DIGITS)}}$`).test(text);
}

/**
 * The naming that the options ask for. Pseudonyms are the HMAC-SHA-256 of the name, cut: the same
 * name has the same one wherever the key is the same, and without the key no name can be tried out.
 * What it remembers for speed lives as long as the naming, so each reader of a window makes its own.
 */
export function userNaming({ users, key }: PrivacyOptions): UserNaming {
  if (users === 'clear') return (name) => name;
  if (users === 'off' || key === undefined) return () => '';
  const known = new Map<string, string>();
  return (name) => {
    if (name === '') return '';
    let pseudonym = known.get(name);
    if (pseudonym === undefined) {
      const digest = createHmac('sha256', key.reveal()).update(name).digest('hex');
      pseudonym = PREFIX + digest.slice(0, DIGITS);
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(name, pseudonym);
    }
    return pseudonym;
  };
}
