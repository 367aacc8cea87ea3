/**
 * Values that must never be seen.
 */
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';

const HIDDEN = '[secret]';

/** A secret text: printing, logging or serializing it in any way shows `[secret]`. */
export class Secret {
  readonly #value: string;

  /** @param file it was read from, if any */
  constructor(
    value: string,
    readonly file?: string,
  ) {
    this.#value = value;
  }

  /** The text of a file, without the line break at its end. */
  static ofFile(file: string): Secret {
    return new Secret(readFileSync(file, 'utf8').replace(/\r?\n$/, ''), file);
  }

  /** The text itself, for the one place that needs it. */
  reveal(): string {
    return this.#value;
  }

  /** The text as its file holds it now; throws where that cannot be read. */
  latest(): string {
    return this.file === undefined ? this.#value : Secret.ofFile(this.file).reveal();
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
