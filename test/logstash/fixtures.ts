/**
 * The golden fixtures of `logstash/fixtures/<source>/`: lines (`lines.log`) or events that a shipper has taken apart
 * (`events.ndjson`), one a line, and beside them what becomes of each (`lines.expected.json`), as dotted names.
 *
 * `_index` says where a document ends. A time that begins with `*` has the year in which the line is read.
 * `npm run logstash:fixtures` writes the expected documents anew; read the difference before it is committed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flatten } from './compare.js';
import type { Outcome } from './ruby-chain.js';

/** A document, and where it lies. */
export type Ended = Pick<Outcome, 'event' | 'index'>;

/** Where they lie. */
export const FIXTURES = join(__dirname, '..', '..', 'logstash', 'fixtures');
/** Inputs' files => their expected documents. */
export const FILES = { 'lines.log': 'lines.expected.json', 'events.ndjson': 'events.expected.json' } as const;

/** What was sent in, and what must come out. */
export interface Fixture {
  /** Unique, "fortigate/lines.log#1"; lines count from 1. */
  readonly id: string;
  readonly source: string;
  readonly input: string | Record<string, unknown>;
  /** A document's fields by dotted name, with `_index`. */
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Added by an intake, by Logstash itself, or different at each run. */
export const VOLATILE = /^(?:@version|event\.original|event\.ingested|log\.source\.address|agent\..*)$/;
/** What needs a filter that only a Logstash has. */
export const NEEDS_LOGSTASH = /^user_agent\.(?!original$)/;

/** Every fixture, in order. `expected` is empty where the file of expected documents is missing. */
export function readFixtures(): Fixture[] {
  return readdirSync(FIXTURES)
    .sort()
    .flatMap((source) => Object.keys(FILES).flatMap((file) => readFile(source, file as keyof typeof FILES)));
}

function readFile(source: string, file: keyof typeof FILES): Fixture[] {
  const path = join(FIXTURES, source, file);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const golden = join(FIXTURES, source, FILES[file]);
  const expected = existsSync(golden)
    ? (JSON.parse(readFileSync(golden, 'utf8')) as Record<string, unknown>[])
    : [];
  return lines.map((line, index) => ({
    id: `${source}/${file}#${String(index + 1)}`,
    source,
    input: file === 'lines.log' ? line : (JSON.parse(line) as Record<string, unknown>),
    expected: expected[index] ?? {},
  }));
}

/**
 * How a document differs from what a fixture expects, a line for each field; none where it does not.
 * `logstash` says that a real Logstash made it, whose filters have no stand-in here.
 */
export function differences(fixture: Fixture, outcome: Ended, logstash = false): string[] {
  const actual = document(fixture, outcome);
  const names = [...new Set([...Object.keys(fixture.expected), ...Object.keys(actual)])].sort();
  return names
    .filter((name) => !VOLATILE.test(name) && (logstash || !NEEDS_LOGSTASH.test(name)))
    .filter((name) => !(name === '@timestamp' && fixture.expected[name] === undefined))
    .filter(
      (name) => canonical(fixture.expected[name], false) !== canonical(actual[name], starred(fixture, name)),
    )
    .map(
      (name) =>
        `${fixture.id}: ${name}: ${JSON.stringify(fixture.expected[name])} expected, ${JSON.stringify(actual[name])} found`,
    );
}

/** A document's fields by dotted name, without those that a shipper sent and nobody touched. */
export function document({ input }: Fixture, { index, event }: Ended): Record<string, unknown> {
  const given = typeof input === 'string' ? new Map<string, unknown>() : flatten(input);
  const fields = [...flatten(event ?? {})].filter(
    ([name, value]) => name === '@timestamp' || JSON.stringify(given.get(name)) !== JSON.stringify(value),
  );
  return { _index: index, ...Object.fromEntries(fields) };
}

function starred({ expected }: Fixture, name: string): boolean {
  return typeof expected[name] === 'string' && expected[name].startsWith('*-');
}

/** A value in one form: objects sorted, times to the millisecond, with a star for the year where it is not to count. */
export function canonical(value: unknown, anyYear: boolean): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value))
    return JSON.stringify(sorted(value));
  const time = new Date(value).toISOString();
  return JSON.stringify(anyYear ? `*${time.slice(4)}` : time);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, sorted(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
