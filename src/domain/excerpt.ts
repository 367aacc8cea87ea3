/**
 * What of a record that cannot be used is shown to people.
 */

const EXCERPT = 200;

/** Beginning of a record, at most 200 characters, without control characters. */
export function excerptOf(record: unknown): string {
  return textOf(record)
    .slice(0, EXCERPT)
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

function textOf(record: unknown): string {
  if (typeof record === 'string') return record;
  try {
    return JSON.stringify(record);
  } catch {
    // Nested too deeply to be written.
    return Array.isArray(record) ? '[…]' : '{…}';
  }
}
