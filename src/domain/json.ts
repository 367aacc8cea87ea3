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
