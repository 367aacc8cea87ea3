/** A reader of Logstash's configuration language, strict where Logstash is. */

/** A value of an option. A codec is a plugin in a plugin. */
export type Value = string | Value[] | { readonly hash: readonly (readonly [string, Value])[] } | Plugin;

export interface Plugin {
  readonly section: string;
  readonly plugin: string;
  readonly options: readonly (readonly [name: string, value: Value])[];
  readonly line: number;
}

/** What a file says: its plugins in order, and the conditions they stand in. */
export interface Configuration {
  readonly plugins: readonly Plugin[];
  readonly conditions: readonly string[];
}

const TOKEN =
  /\s+|#[^\n]*|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|=>|[{}[\](),]|[=!]~|[=!<>]=|[<>!]|@?[A-Za-z_][\w-]*|-?\d+(?:\.\d+)?/gy;

interface Token {
  readonly text: string;
  readonly line: number;
}

/** Reads a file's text. Throws with the line where it is not the configuration language. */
export function parse(text: string): Configuration {
  return new Reader(tokenize(text)).configuration();
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text)?.[0];
    if (match === undefined) throw new Error(`line ${String(line)}: unexpected "${text.slice(at, at + 20)}"`);
    if (!/^[\s#]/.test(match)) tokens.push({ text: match, line });
    line += match.split('\n').length - 1;
  }
  return tokens;
}

class Reader {
  #at = 0;
  readonly #plugins: Plugin[] = [];
  readonly #conditions: string[] = [];

  constructor(readonly tokens: readonly Token[]) {}

  configuration(): Configuration {
    while (this.#at < this.tokens.length) {
      const section = this.#next();
      if (!['input', 'filter', 'output'].includes(section)) this.#fail(`"${section}" is no section`);
      this.#expect('{');
      this.#statements(section);
    }
    return { plugins: this.#plugins, conditions: this.#conditions };
  }

  /** Plugins and conditions up to the closing brace. */
  #statements(section: string): void {
    while (this.#peek() !== '}') {
      if (this.#peek() === 'if') this.#branches(section);
      else this.#plugins.push(this.#plugin(section, this.#next()));
    }
    this.#expect('}');
  }

  #branches(section: string): void {
    if (section === 'input') this.#fail('an input cannot have conditions');
    this.#next();
    this.#condition();
    this.#statements(section);
    while (this.#peek() === 'else') {
      this.#next();
      if (this.#peek() === 'if') {
        this.#next();
        this.#condition();
      } else this.#expect('{');
      this.#statements(section);
    }
  }

  #condition(): void {
    const words: string[] = [];
    while (this.#peek() !== '{') words.push(this.#next());
    if (words.length === 0) this.#fail('a condition is empty');
    this.#expect('{');
    this.#conditions.push(words.join(''));
  }

  #plugin(section: string, plugin: string): Plugin {
    if (!/^[a-z][a-z_0-9]*$/.test(plugin)) this.#fail(`"${plugin}" is no plugin`);
    const line = this.tokens[this.#at - 1]!.line;
    this.#expect('{');
    const options: [string, Value][] = [];
    while (this.#peek() !== '}') {
      const name = unquote(this.#next());
      this.#expect('=>');
      options.push([name, this.#value()]);
    }
    this.#expect('}');
    return { section, plugin, options, line };
  }

  #value(): Value {
    const token = this.#next();
    if (token === '[') return this.#list();
    if (token === '{') return { hash: this.#hash() };
    if (/^[}\]=]/.test(token)) this.#fail(`a value is missing before "${token}"`);
    if (/^[a-z]/.test(token) && this.#peek() === '{') return this.#plugin('codec', token);
    return unquote(token);
  }

  #list(): Value[] {
    const values: Value[] = [];
    while (this.#peek() !== ']') {
      values.push(this.#value());
      if (this.#peek() === ',') this.#next();
      else if (this.#peek() !== ']') this.#fail('a comma is missing in a list');
    }
    this.#expect(']');
    return values;
  }

  #hash(): [string, Value][] {
    const entries: [string, Value][] = [];
    while (this.#peek() !== '}') {
      const name = unquote(this.#next());
      this.#expect('=>');
      entries.push([name, this.#value()]);
      if (this.#peek() === ',') this.#fail('entries of a hash have no commas between them');
    }
    this.#expect('}');
    return entries;
  }

  #peek(): string {
    return this.tokens[this.#at]?.text ?? this.#fail('the file ends too early');
  }

  #next(): string {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #expect(text: string): void {
    const found = this.#next();
    if (found !== text) this.#fail(`"${text}" expected, not "${found}"`);
  }

  #fail(message: string): never {
    throw new Error(
      `line ${String(this.tokens[Math.min(this.#at, this.tokens.length) - 1]?.line ?? 1)}: ${message}`,
    );
  }
}

function unquote(token: string): string {
  return /^["']/.test(token) ? token.slice(1, -1) : token;
}
