/**
 * What commands print. All of it goes through here, since names of files, answers of a cluster and
 * texts of logs must not steer the terminal, and secrets must not be seen.
 */
import { escapedJson, printable, printableLines } from '../domain/printable.js';
import { withoutCredentials } from '../observe/logger.js';

/** Prints lines for a person; what of them comes from others is made `printable` before it is put in. */
export function print(text: string): void {
  writeOut(`${text}\n`);
}

/** Prints JSON for a program, the same with escapes. */
export function printJson(json: string): void {
  process.stdout.write(`${escapedJson(withoutCredentials(json))}\n`);
}

/** Says on standard error what is no result: a mistake, or what a command goes by. */
export function say(text: string): void {
  writeErr(`${text}\n`);
}

/** Writes help, which is whole lines. */
export function writeOut(lines: string): void {
  process.stdout.write(printableLines(withoutCredentials(lines)));
}

/** Writes what is wrong with the words of a command, which are whole lines. */
export function writeErr(lines: string): void {
  process.stderr.write(printableLines(withoutCredentials(lines)));
}

/** Says why nothing happens yet. */
export function sayWaiting(pipe: string): void {
  say(`"${printable(pipe)}" is a pipe: waiting for its writer`);
}
