/**
 * Filters as Kibana's query bar takes them (KQL), parsed. What Kibana would understand otherwise is
 * refused, never reinterpreted: free text without a field, wildcards in field names, nested fields.
 */
import { isIP } from 'node:net';
import { AppError } from '../../domain/error.js';

/** A value to compare with: exact text, words, or parts of a text with anything between them. */
export type KqlValue =
  | { readonly kind: 'literal'; readonly value: string | boolean; readonly quoted: boolean }
  /** `a*b` is `['a', 'b']`; a lone `*` is `['', '']`. */
  | { readonly kind: 'wildcard'; readonly parts: readonly string[] };

type RangeOperator = 'lt' | 'lte' | 'gt' | 'gte';

/** A filter. */
export type KqlNode =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly KqlNode[] }
  | { readonly kind: 'not'; readonly node: KqlNode }
  | { readonly kind: 'is'; readonly field: string; readonly value: KqlValue }
  | {
      readonly kind: 'range';
      readonly field: string;
      readonly operator: RangeOperator;
      readonly value: string;
    };

/**
 * Parses a filter such as `event.module: fortinet and not source.ip: 10.9.0.0/16`.
 * @throws AppError `invalid_config` that names the column and what would be right there
 */
export function parseKql(text: string): KqlNode {
  return new Parser(text).parse();
}

/** Names of the fields that a filter asks for, each once. */
export function fieldsOfKql(node: KqlNode): string[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return [...new Set(node.nodes.flatMap(fieldsOfKql))];
    case 'not':
      return fieldsOfKql(node.node);
    case 'is':
    case 'range':
      return [node.field];
  }
}

/** Brackets and "not" in each other: far beyond what Elasticsearch takes, and far from the end of the stack. */
const MAX_DEPTH = 100;
/** White space, as Kibana knows it. */
const BLANK = '[ \\t\\r\\n\\u00a0]';
const BLANKS = new RegExp(`${BLANK}*`, 'y');
/** A word that joins conditions, with what parts it from the text before. */
const KEYWORD = new RegExp(`(?:(?<=^|[ \\t\\r\\n\\u00a0(])|${BLANK}+)(?:or|and|not)(?=${BLANK}|\\(|$)`, 'iy');
const QUOTED = /"((?:\\[\\"]|\\(?![\\"])|[^"\\])*)"/y;
const ESCAPED_IN_QUOTES = /\\(?:u(?<code>[0-9a-f]{4})|(?<blank>[trn])|(?<char>[\\"]))/gi;
/** One character of a text without quotes. */
const CHARACTER =
  /\\(?:u(?<code>[0-9a-f]{4})|(?<blank>[trn])|(?<char>[\\():<>"*{}]|or|and|not))|(?<wildcard>\*)|(?<plain>[^\\():<>"*{}])/iy;
const BLANKS_BY_LETTER: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' };
const OPERATORS: readonly (readonly [string, RangeOperator])[] = [
  ['<=', 'lte'],
  ['>=', 'gte'],
  ['<', 'lt'],
  ['>', 'gt'],
];

/** Recursive descent, one method a rule: or, and, not, a group or a condition on a field. */
class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  parse(): KqlNode {
    const node = this.joined(() => this.condition());
    if (this.position() < this.text.length) this.fail('expected "and", "or" or the end of the filter');
    return node;
  }

  /** Terms joined by `or`, and more tightly by `and`. */
  private joined(term: () => KqlNode): KqlNode {
    return this.listOf('or', () => this.listOf('and', () => this.negated(term)));
  }

  private listOf(kind: 'and' | 'or', item: () => KqlNode): KqlNode {
    const nodes = [item()];
    while (this.takeWord(kind)) nodes.push(item());
    return nodes.length === 1 ? nodes[0]! : { kind, nodes };
  }

  private negated(term: () => KqlNode): KqlNode {
    if (!this.takeWord('not')) return term();
    return { kind: 'not', node: this.inside(() => this.negated(term)) };
  }

  private condition(): KqlNode {
    if (this.take('(')) return this.group(() => this.condition());
    const start = this.position();
    const field = this.textOnly('expected a field, as in "event.module: fortinet"', 'field names');
    for (const [sign, operator] of OPERATORS) {
      if (!this.take(sign)) continue;
      return { kind: 'range', field, operator, value: this.textOnly('expected a value', 'ranges') };
    }
    if (!this.take(':')) {
      this.fail(
        'expected a field and ":", as in "event.module: fortinet"; text alone is not searched',
        start,
      );
    }
    if (this.isNext('{')) this.fail('nested fields ("field: { … }") are not supported');
    return this.valuesOf(field);
  }

  /** One value, or several in parentheses. */
  private valuesOf(field: string): KqlNode {
    if (this.take('(')) return this.group(() => this.valuesOf(field));
    const sign = OPERATORS.find(([text]) => this.isNext(text))?.[0];
    if (sign !== undefined) this.fail(`expected a value after ":"; write a range as "${field} ${sign} 5"`);
    return { kind: 'is', field, value: this.value('expected a value') };
  }

  private group(term: () => KqlNode): KqlNode {
    const column = String(this.at);
    const node = this.inside(() => this.joined(term));
    if (!this.take(')')) this.fail(`expected "and", "or" or ")" for the "(" in column ${column}`);
    return node;
  }

  /** Reads what stands in a bracket or behind a "not". */
  private inside(read: () => KqlNode): KqlNode {
    if (++this.depth > MAX_DEPTH)
      this.fail(`expected at most ${String(MAX_DEPTH)} brackets and "not" in each other`);
    const node = read();
    this.depth--;
    return node;
  }

  private textOnly(expected: string, what: string): string {
    const start = this.position();
    const value = this.value(expected);
    if (value.kind === 'wildcard') this.fail(`wildcards in ${what} are not supported`, start);
    return String(value.value);
  }

  private value(expected: string): KqlValue {
    const start = this.position();
    if (this.isNext('"')) {
      const value = this.quoted();
      // In other fields blanks may be part of a value; Elasticsearch takes none around an address.
      if (value !== value.trim() && isAddress(value.trim()))
        this.fail(`expected an address without blanks around it: "${value.trim()}"`, start);
      return { kind: 'literal', value, quoted: true };
    }
    const parts = this.unquoted();
    if (parts.length > 1) return { kind: 'wildcard', parts };
    const [text = ''] = parts;
    if (text === '') this.fail(expected, start);
    if (text === 'null') this.fail('for a field that is missing write "not field: *"', start);
    const value = text === 'true' || text === 'false' ? text === 'true' : text;
    return { kind: 'literal', value, quoted: false };
  }

  private quoted(): string {
    const text = this.match(QUOTED)?.[1];
    if (text === undefined) this.fail('expected a second quote that closes this one');
    return text.replace(ESCAPED_IN_QUOTES, (...match) => unescaped(match.at(-1) as Escape));
  }

  /** The parts around wildcards, up to a special character or a word that joins. */
  private unquoted(): string[] {
    const parts = [''];
    while (!this.matches(KEYWORD)) {
      const groups = this.match(CHARACTER)?.groups;
      if (!groups) break;
      if (groups.wildcard !== undefined) parts.push('');
      else parts.push(`${parts.pop()!}${groups.plain ?? unescaped(groups)}`);
    }
    if (this.text[this.at] === '\\')
      this.fail('expected a special character after "\\"; a backslash is "\\\\"');
    return parts.map((part, i) => (i === parts.length - 1 ? part.trimEnd() : part));
  }

  private takeWord(word: 'and' | 'or' | 'not'): boolean {
    const start = this.at;
    const found = this.match(KEYWORD)?.[0].trimStart().toLowerCase();
    if (found !== word) this.at = start;
    return found === word;
  }

  private isNext(sign: string): boolean {
    return this.text.startsWith(sign, this.position());
  }

  private take(sign: string): boolean {
    if (!this.isNext(sign)) return false;
    this.at += sign.length;
    return true;
  }

  /** Where the next word begins. */
  private position(): number {
    this.match(BLANKS);
    return this.at;
  }

  private matches(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text) ?? undefined;
    if (match) this.at = pattern.lastIndex;
    return match;
  }

  private fail(expected: string, at = this.position()): never {
    const near = this.text.slice(at, at + 20);
    const where = near === '' ? 'the end' : `"${near}"`;
    throw new AppError('invalid_config', `column ${String(at + 1)}, at ${where}: ${expected}`);
  }
}

/** Whether a text is an address, or a range of them as `10.9.0.0/16`. */
function isAddress(text: string): boolean {
  return isIP(text.replace(/\/\d{1,3}$/, '')) !== 0;
}

type Escape = Readonly<Partial<Record<string, string>>>;

function unescaped({ code, blank, char }: Escape): string {
  if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
  return blank === undefined ? (char ?? '') : BLANKS_BY_LETTER[blank.toLowerCase()]!;
}
