/**
 * What is wrong in a configuration, in words that show no secret, wherever somebody has written one.
 */
import { isMap, isNode, isScalar, isSeq, type Document, type ErrorCode, type LineCounter } from 'yaml';
import { z } from 'zod';
import { nearest } from '../domain/nearest.js';
import type { Tree } from './environment.js';
import { expectedBy, isGroup, keysOf, mayBeGroup, schemaAt } from './expected.js';
import { configSchema, HIDDEN_KEYS } from './schema.js';

type Issue = z.core.$ZodIssue;

/** Mistakes of YAML whose usual words quote the text. */
const TEXT_MISTAKES: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias that names no anchor; put a value that begins with * in quotes',
  BAD_DIRECTIVE: 'a line that begins with %; put the value in quotes',
  BAD_DQ_ESCAPE: 'no escape of a text in double quotes; write \\\\ for \\, or use single quotes',
  BAD_PROP_ORDER: 'an anchor or tag in the wrong place; put a value that begins with & or ! in quotes',
  RESOURCE_EXHAUSTION: 'more options or lists in each other than can be read',
  TAG_RESOLVE_FAILED: 'an unknown tag; put a value that begins with ! in quotes',
  UNEXPECTED_TOKEN: 'text that belongs nowhere; put values with special characters in single quotes',
};

/** Characters of a value that are shown. */
const MAX_SHOWN = 200;

/** Names that are shown: what looks otherwise is probably a value that slipped into the place of one. */
const NAME = /^@?[\w.-]{1,40}$/;

/** Explains mistakes of one file, each on one line with its place. */
export class Mistakes {
  constructor(
    private readonly document: Document,
    private readonly lines: LineCounter,
    private readonly file: string,
  ) {}

  /** Of what is no YAML. */
  ofText(): string[] {
    const { errors } = this.document;
    // What is in each other too deep fails at every level on the way out.
    const deepest = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
    return (deepest ? [deepest] : errors).map(
      ({ code, message, pos }) => `${this.place(pos[0])}: ${TEXT_MISTAKES[code] ?? message}`,
    );
  }

  /** Of options that the schema does not take. */
  ofOptions(issues: readonly Issue[], tree: Tree): string[] {
    return [...new Set(issues.flatMap((issue) => this.explain(issue, tree)))];
  }

  private explain(issue: Issue, tree: Tree, above: readonly string[] = []): string[] {
    const path = [...above, ...issue.path.map(String)];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const place = this.at([...path, key], 'key');
        return `${place}: ${named([...path, key])}: unknown option${suggestion(key, path)}`;
      });
    }
    const inner = issue.code === 'invalid_union' ? issue.errors.find(isInside) : undefined;
    if (inner) return inner.flatMap((one) => this.explain(one, tree, path));
    if (issue.code === 'invalid_key') {
      const words = issue.issues[0]?.message ?? 'expected another name';
      return [`${this.at(path, 'key')}: ${named(path)}: cannot be called so; ${words}`];
    }
    const value = path.reduce<unknown>((around, key) => (around as Tree | undefined)?.[key], tree);
    return [`${this.at(path, 'value')}: ${named(path)}: got ${shown(value, path)}; ${expected(issue, path)}`];
  }

  /** File, line and column of an option's key or value, or of the nearest one around it that the file holds. */
  private at(path: readonly string[], part: 'key' | 'value'): string {
    let node: unknown = this.document.contents;
    let offset = 0;
    for (const [i, key] of path.entries()) {
      const pair = isMap(node)
        ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
        : undefined;
      const value = pair ? pair.value : isSeq(node) ? node.items[Number(key)] : undefined;
      const shownNode = pair && part === 'key' && i === path.length - 1 ? pair.key : value;
      if (!isNode(shownNode)) break;
      offset = shownNode.range?.[0] ?? offset;
      node = value;
    }
    return this.place(offset);
  }

  private place(offset: number): string {
    const { line, col } = this.lines.linePos(offset);
    return `${this.file}:${String(Math.max(1, line))}:${String(Math.max(1, col))}`;
  }
}

function named(path: readonly string[]): string {
  return path.map((key) => (NAME.test(key) ? key : '[…]')).join('.');
}

/** Whether an option of a union failed only for what is in it, so that it was the one meant. */
function isInside(issues: readonly Issue[]): boolean {
  return issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys');
}

/** Kinds of mistakes that the schema's library has words for, which are no words for people. */
const WITHOUT_WORDS: readonly Issue['code'][] = [
  'invalid_type',
  'invalid_value',
  'invalid_union',
  'too_small',
  'too_big',
];

/** What would be right. */
function expected(issue: Issue, path: readonly string[]): string {
  if (!WITHOUT_WORDS.includes(issue.code)) return issue.message;
  const schema = schemaAt(configSchema, path);
  const known = keysOf(schema);
  const isNamed = issue.code === 'invalid_type' && known.length > 0;
  return `${expectedBy(schema)}${isNamed ? `; known here: ${known.join(', ')}` : ''}`;
}

/**
 * A value, where it is one that may be seen: of an option that is no secret, and of the kind that is
 * expected. Where a group of options belongs, people write what the most important one would hold.
 */
function shown(value: unknown, path: readonly string[]): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return expectsList(path) && !isHidden(path) ? textOf(value) : 'a list';
  if (typeof value === 'object') return expectsGroup(path) && !isHidden(path) ? textOf(value) : 'options';
  if (isHidden(path)) return typeof value === 'string' ? '[secret]' : KINDS[typeof value]!;
  return expectsList(path) || expectsOnlyGroup(path) ? KINDS[typeof value]! : textOf(value);
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  bigint: 'a number',
  boolean: 'true or false',
};

function isHidden(path: readonly string[]): boolean {
  return path.some((key) => HIDDEN_KEYS.includes(key));
}

function expectsList(path: readonly string[]): boolean {
  return schemaAt(configSchema, path) instanceof z.ZodArray;
}

function expectsOnlyGroup(path: readonly string[]): boolean {
  return isGroup(schemaAt(configSchema, path));
}

function expectsGroup(path: readonly string[]): boolean {
  return mayBeGroup(schemaAt(configSchema, path));
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const hidden = (key: string, inner: unknown): unknown => (HIDDEN_KEYS.includes(key) ? '[secret]' : inner);
  const text = JSON.stringify(value, hidden);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** The known option that was probably meant. */
function suggestion(key: string, path: readonly string[]): string {
  const known = keysOf(schemaAt(configSchema, path));
  const near = nearest(key, known);
  return near === undefined ? `; known here: ${known.join(', ')}` : `; did you mean "${near}"?`;
}
