/**
 * Text of others on a terminal.
 */

/** What is in a log or a file must not steer the terminal, nor begin a line. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '?');
}
