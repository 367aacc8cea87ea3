/** Which of a vendor sample's expected fields count, and whether an event has them. */

const ECS_ROOTS = new Set(
  (
    '@timestamp client cloud container destination device dns email error event file group host http log network observer ' +
    'organization package process registry related rule server service source threat tls url user user_agent vulnerability x509'
  ).split(' '),
);

/** Why an expected field does not count. The first that fits; the page lists them. */
export const NOT_COUNTED: readonly (readonly [reason: string, name: RegExp])[] = [
  ['from a database of places or networks', /\.(?:geo|as)\./],
  [
    "from a list of public suffixes, which Elkhound's own normalizer has",
    /\.(?:registered_domain|subdomain|top_level_domain)$/,
  ],
  [
    'by the shipper or the test harness',
    /^(?:event\.(?:created|ingested|original)|log\.(?:offset|file\.path|flags|source\.address))$/,
  ],
  ['names of Elastic’s own packages', /^(?:event\.(?:module|dataset)|service\.type)$/],
];

/** How a line begins whose time has no year. */
const YEARLESS = /(?:^|[>\s])[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?! \d{4})|^\d\d\/\d\d-/;

/** One expected field against what an event has. */
export interface Comparison {
  readonly name: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly matches: boolean;
}

/** Compares the counting fields of an expected document with an event; both are nested. */
export function compare(
  expected: Record<string, unknown>,
  actual: Record<string, unknown>,
  input: string | Record<string, unknown>,
): Comparison[] {
  const found = flatten(actual);
  const given = typeof input === 'string' ? new Map<string, unknown>() : flatten(input);
  return [...flatten(expected)]
    .map(([name, value]) => [name, name.startsWith('related.') ? pivots(value) : value] as const)
    .filter(
      ([name, value]) =>
        counts(name) && !isEmpty(value) && !given.has(name) && !isSetting(name, value, input),
    )
    .map(([name, value]) => ({
      name,
      expected: value,
      actual: found.get(name),
      matches: same(name, value, found.get(name), input),
    }));
}

/** Whether a field counts. */
function counts(name: string): boolean {
  return ECS_ROOTS.has(name.split('.')[0]!) && !NOT_COUNTED.some(([, pattern]) => pattern.test(name));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** What a sample's test was told of the sender, where the lines themselves do not name it. */
const TOLD: readonly unknown[] = ['HOSTNAME', 'defaulttest.local'];

/** The unspecified address and a dash are nothing to look for. */
function pivots(value: unknown): unknown[] {
  return [value].flat().filter((each) => each !== '0.0.0.0' && each !== '-' && !TOLD.includes(each));
}

/** The time zone that the test of a sample was told, for lines that say none. */
function isSetting(name: string, value: unknown, input: unknown): boolean {
  const text = JSON.stringify(input);
  if (name === 'event.timezone') return !text.includes(String(value));
  return TOLD.includes(value) || (name.startsWith('log.syslog.') && !/"<\d+>/.test(text));
}

/** Nested objects to dotted names; arrays are values. */
export function flatten(document: Record<string, unknown>, prefix = ''): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [key, value] of Object.entries(document)) {
    const name = prefix + key;
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [inner, leaf] of flatten(value as Record<string, unknown>, `${name}.`))
        flat.set(inner, leaf);
    else flat.set(name, value);
  }
  return flat;
}

function same(name: string, expected: unknown, actual: unknown, input: unknown): boolean {
  if (actual === undefined) return false;
  const [wanted, have] = [asSet(name, expected, input), asSet(name, actual, input)];
  // Pivots may know more than was expected; what an event is must be exactly that.
  if (!name.startsWith('related.') && wanted.size !== have.size) return false;
  return [...wanted].every((value) => have.has(value));
}

/** A value as Elasticsearch sees it: one value is a set of one, order means nothing. */
function asSet(name: string, value: unknown, input: unknown): Set<string> {
  return new Set((Array.isArray(value) ? value : [value]).map((each) => canonical(name, each, input)));
}

function canonical(name: string, value: unknown, input: unknown): string {
  if (typeof value === 'object') return JSON.stringify(value, Object.keys(value ?? {}).sort());
  const given = typeof value === 'string' ? value : JSON.stringify(value);
  if (!/^\d{4}-\d\d-\d\dT/.test(given)) return name.endsWith('.mac') ? given.toUpperCase() : given;
  const text = wallClock(given, input);
  const time = new Date(text).toISOString();
  // A line that says no year was read in the year in which the sample was recorded.
  return typeof input === 'string' && YEARLESS.test(input) && !input.includes(text.slice(0, 4))
    ? time.slice(4)
    : time;
}

/** Lines that say no zone were read in the one that the test of the sample was told: the hands of the clock count. */
function wallClock(time: string, input: unknown): string {
  const offset = /[+-]\d\d:\d\d$/.exec(time)?.[0];
  if (offset === undefined || JSON.stringify(input).includes(offset.replace(':', ''))) return time;
  return JSON.stringify(input).includes(offset) ? time : time.replace(/[+-]\d\d:\d\d$/, 'Z');
}
