/**
 * Hashes: stable ids for documents, and a fast one for sampling and tables.
 */
import { createHash } from 'node:crypto';

/** Length of a {@link stableId} in hexadecimal digits. */
const ID_LENGTH = 32;

/**
 * A stable id of the parts: the first 128 bits of SHA-256 as 32 hexadecimal digits.
 * Parts are length-prefixed, so that `("ab", "c")` and `("a", "bc")` differ.
 */
export function stableId(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${String(part.length)}:${part}`);
  return hash.digest('hex').slice(0, ID_LENGTH);
}

/** 32-bit hash of a string (FNV-1a with a final mix); unsigned, the same on every machine. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
