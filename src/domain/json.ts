/**
 * JSON that somebody else has written.
 */

/** The value of a text; undefined, which no schema takes, where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An integer that a number cannot hold: of 17 digits or more, or of 16 that begin with 9, which is rare. */
const LARGE = /[:[,]\s*-?(?:9\d{15}|\d{17,})\s*[,}\]]/;
/** Texts, so that digits in them are left alone, and integers of 16 digits or more. */
const TEXT_OR_INTEGER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * The value of a text, in which integers beyond 2^53 come as text: two ids must not become one.
 * @throws SyntaxError where it is no JSON
 */
export function parseExact(text: string): unknown {
  return JSON.parse(LARGE.test(text) ? text.replace(TEXT_OR_INTEGER, quoted) : text);
}

function quoted(part: string): string {
  return part.startsWith('"') || Number.isSafeInteger(Number(part)) ? part : `"${part}"`;
}
