/**
 * What is wrong in a configuration, in words that show no secret, wherever somebody has written one.
 */
import { isMap, isNode, isScalar, isSeq, type Document, type ErrorCode, type LineCounter } from 'yaml';
import { z } from 'zod';
import { nearest } from '../domain/nearest.js';
import type { Tree } from './environment.js';
import { configSchema, HIDDEN_KEYS } from './schema.js';

type Issue = z.core.$ZodIssue;

/** Mistakes of YAML whose usual words quote the text. */
const TEXT_MISTAKES: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias that names no anchor; put a value that begins with * in quotes',
  BAD_DIRECTIVE: 'a line that begins with %; put the value in quotes',
  BAD_DQ_ESCAPE: 'no escape of a text in double quotes; write \\\\ for \\, or use single quotes',
  BAD_PROP_ORDER: 'an anchor or tag in the wrong place; put a value that begins with & or ! in quotes',
  TAG_RESOLVE_FAILED: 'an unknown tag; put a value that begins with ! in quotes',
  UNEXPECTED_TOKEN: 'text that belongs nowhere; put values with special characters in single quotes',
};

/** Names that are shown: what looks otherwise is probably a value that slipped into the place of one. */
const NAME = /^[\w.-]{1,40}$/;

/** Explains mistakes of one file, each on one line with its place. */
export class Mistakes {
  constructor(
    private readonly document: Document,
    private readonly lines: LineCounter,
    private readonly file: string,
  ) {}

  /** Of what is no YAML. */
  ofText(): string[] {
    return this.document.errors.map(
      ({ code, message, pos }) => `${this.place(pos[0])}: ${TEXT_MISTAKES[code] ?? message}`,
    );
  }

  /** Of options that the schema does not take. */
  ofOptions(issues: readonly Issue[], tree: Tree): string[] {
    return issues.flatMap((issue) => this.explain(issue, tree));
  }

  private explain(issue: Issue, tree: Tree): string[] {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const place = this.at([...path, key], 'key');
        return `${place}: ${named([...path, key])}: unknown option${suggestion(key, path)}`;
      });
    }
    const value = path.reduce<unknown>((inner, key) => (inner as Tree | undefined)?.[key], tree);
    return [`${this.at(path, 'value')}: ${named(path)}: got ${shown(value, path)}; ${issue.message}`];
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

/**
 * A value, where it is one that may be seen: of an option that is no secret, and of the kind that is
 * expected. Where a group of options belongs, people write what the most important one would hold.
 */
function shown(value: unknown, path: readonly string[]): string {
  if (value === undefined) return 'nothing';
  if (path.some((key) => HIDDEN_KEYS.includes(key))) return '[secret]';
  const schema = schemaAt(path);
  const expectsList = schema instanceof z.ZodArray;
  const expectsGroup = [z.ZodObject, z.ZodRecord].some((kind) => schema instanceof kind);
  if (Array.isArray(value)) return expectsList ? textOf(value) : 'a list';
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string' && (expectsList || expectsGroup) ? 'a text' : textOf(value);
  }
  return expectsGroup || schema instanceof z.ZodUnion ? textOf(value) : 'options';
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => (HIDDEN_KEYS.includes(key) ? '[secret]' : inner));
}

/** The known option that was probably meant. */
function suggestion(key: string, path: readonly string[]): string {
  const known = knownAt(path);
  const near = nearest(key, known);
  return near === undefined ? `; known here: ${known.join(', ')}` : `; did you mean "${near}"?`;
}

/** Keys that the schema has at a path. */
function knownAt(path: readonly string[]): string[] {
  const schema = schemaAt(path);
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  const keys = schema instanceof z.ZodRecord ? schema.keyType : undefined;
  return keys instanceof z.ZodEnum ? keys.options.map(String) : [];
}

function schemaAt(path: readonly string[]): unknown {
  let schema = plain(configSchema);
  for (const step of path) {
    if (schema instanceof z.ZodObject) schema = plain(schema.shape[step]);
    else if (schema instanceof z.ZodArray) schema = plain(schema.element);
    else if (schema instanceof z.ZodRecord) schema = plain(schema.valueType);
  }
  return schema;
}

/** A schema without what says that it may be missing, and before it is changed. */
function plain(schema: unknown): unknown {
  const isOptional =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  if (isOptional) return plain(schema.unwrap());
  return schema instanceof z.ZodPipe ? plain(schema.in) : schema;
}
