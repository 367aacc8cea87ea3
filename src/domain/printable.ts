/**
 * Text of others on a terminal: names of files, what a cluster says, what is in a log.
 */

/** Controls, formats (bidirectional, of no width), separators of lines, and halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** One line that neither steers the terminal nor begins another line, and shows what it holds. */
export function printable(text: string): string {
  return text.replace(UNSEEN, '?');
}

/** Lines of ours around text of others. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** JSON in which what would steer a terminal is escaped: the values stay, and line breaks between them. */
export function escapedJson(json: string): string {
  return json.replace(UNSEEN, (unseen) =>
    unseen === '\n'
      ? unseen
      : Array.from({ length: unseen.length }, (_, i) => escaped(unseen.charCodeAt(i))).join(''),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
