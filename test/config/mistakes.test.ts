/**
 * A wrong value in place of each option: the message names the option, what it got, and what would be right.
 */
import { z } from 'zod';
import { parseConfig } from '../../src/config/load.js';
import { configSchema, HIDDEN_KEYS } from '../../src/config/schema.js';
import { AppError } from '../../src/domain/error.js';

function mistakesOf(tree: unknown): string[] {
  try {
    parseConfig(JSON.stringify(tree), 'e.yml', {});
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return (error as AppError).message.split('\n');
  }
}

function at(path: readonly string[], value: unknown): unknown {
  return path.reduceRight((inner, key) => (key === '0' ? [inner] : { [key]: inner }), value);
}

describe('a natural mistake', () => {
  it.each<[string, unknown, string]>([
    [
      'alert.channels.soc',
      'https://hook.example/T0KEN',
      'got a text; expected options such as { url: … }; known here: kind, url, headers, signingSecret, minSeverity, timeout, attempts, proxy',
    ],
    [
      'alert.channels',
      ['https://hook.example/T0KEN'],
      'got a list; expected options such as { NAME: { url: … } }',
    ],
    ['alert.channels.soc.headers', 'X: T0KEN', 'got [secret]; expected options such as { NAME: … }'],
    ['alert.channels.soc.timeout', 10, 'got 10; expected a duration such as "30s", "5m", "2h" or "1d"'],
    ['api.apiKey', 123456, 'got a number; expected a text that is not empty'],
    ['api.port', 99999, 'got 99999; expected a whole number from 0 to 65535'],
    ['api.port', 80.5, 'got 80.5; expected a whole number from 0 to 65535'],
    ['elasticsearch.url', null, 'got nothing; expected an address that begins with http:// or https://'],
    [
      'elasticsearch.url',
      ['http://T0KEN:9200', 'http://b:9200'],
      'got a list; expected an address that begins with http:// or https://, or several in one text, as "https://a.example:9200,https://b.example:9200"',
    ],
    [
      'elasticsearch.url',
      'https://T0KEN:9200, b:9200',
      'got [secret]; expected an address such as https://host.example:9200, or several in one text, as "https://a.example:9200,https://b.example:9200"',
    ],
    [
      'kibana.url',
      'http://T0KEN:5601,http://b:5601',
      'got [secret]; expected an address such as https://host',
    ],
    ['elasticsearch.indices', 'logs-*', 'got a text; expected a list such as [ … ]'],
    ['elasticsearch.indices', [], 'got []; expected a list such as [ … ]'],
    ['elasticsearch.slices', 'two', 'got "two"; expected a whole number from 1 to 16'],
    ['features.workHours.from', -1, 'got -1; expected a number from 0 to 24'],
    ['collect.maxLineBytes', 5, 'got 5; expected a whole number of at least 1024'],
    ['log.level', 'loud', 'got "loud"; expected one of trace, debug, info, warn, error, silent'],
    ['normalize.ownNetworks', { a: 1 }, 'got options; expected a list such as [ … ]'],
    ['normalize.ignore.loopback', 'no', 'got "no"; expected true or false'],
    ['jobs', 'T0KEN', 'got a text; expected a list such as [ { name: … } ]'],
    [
      'jobs',
      ['T0KEN'],
      'got a text; expected options such as { name: … }; known here: name, indices, filter',
    ],
    [
      'collect.tables',
      [{ files: 'a', columns: { a: { unit: 'ms' } } }],
      'columns.a.field: got nothing; expected one of @timestamp, ',
    ],
    [
      'collect.tables',
      [{ files: 'a', columns: { a: { feild: 'x' } } }],
      'columns.a.feild: unknown option; did you mean "field"?',
    ],
    [
      'collect.tables',
      [{ files: 'a', columns: { a: 5 } }],
      ', user_agent.original, or options such as { field: … }',
    ],
  ])('%s: %j', (path, value, words) => {
    const said = mistakesOf(at(path.split('.'), value)).join('\n');
    expect(said).toContain(words);
    expect(said).not.toContain('T0KEN');
  });

  it('of a filter that is brackets in brackets is told with the option, the limit, and a part of what it got', () => {
    const filter = `${'('.repeat(20_000)}a: 1${')'.repeat(20_000)}`;
    const wanted =
      'column 102, at "((((((((((((((((((((": expected at most 100 brackets and "not" in each other';
    const got = `got "${'('.repeat(199)}…; ${wanted}`;
    const url = 'http://localhost:9200';
    expect(mistakesOf({ elasticsearch: { url, filter } })).toEqual([
      `e.yml:1:58: elasticsearch.filter: ${got}`,
    ]);
    expect(mistakesOf({ elasticsearch: { url }, jobs: [{ name: 'a', filter }] })).toEqual([
      expect.stringContaining(`: jobs.0.filter: ${got}`),
    ]);
  });

  it.each([
    ['options', '{"bool": ', '}'],
    ['lists', '[', ']'],
  ])('of %s in each other, however many, is one line', (_, open, close) => {
    const text = `elasticsearch: {filter: ${open.repeat(20_000)}1${close.repeat(20_000)}}`;
    expect(() => parseConfig(text, 'e.yml', {})).toThrow(
      /^e\.yml:1:\d+: more options or lists in each other than can be read$/,
    );
  });

  it('is told of a name', () => {
    expect(mistakesOf({ alert: { channels: { 'https://h/T0KEN': { url: 'http://h' } } } })).toEqual([
      'e.yml:1:23: alert.channels.[…]: cannot be called so; expected a name of letters, digits, "-" and "_"',
    ]);
  });

  it.each([
    [['a'], 'a list'],
    ['x', 'one value'],
  ])('is told of a whole file: %j', (tree, got) => {
    expect(mistakesOf(tree)).toEqual([`e.yml:1:1: got ${got}; expected options such as { job: default }`]);
  });
});

type Option = readonly [path: readonly string[], kind: 'group' | 'list' | 'value'];

/** Every option, and what lists and names of the user's hold. */
function optionsOf(schema: unknown, path: readonly string[] = []): Option[] {
  if (schema instanceof z.ZodPipe) return optionsOf(schema.in, path);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return optionsOf(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodObject) {
    const inner = Object.entries(schema.shape).flatMap(([key, value]) => optionsOf(value, [...path, key]));
    return [[path, 'group'], ...inner];
  }
  if (schema instanceof z.ZodRecord) {
    const key = schema.keyType instanceof z.ZodEnum ? String(schema.keyType.options[0]) : 'name';
    return [[path, 'group'], ...optionsOf(schema.valueType, [...path, key])];
  }
  if (schema instanceof z.ZodArray) return [[path, 'list'], ...optionsOf(schema.element, [...path, '0'])];
  return [[path, 'value']];
}

const SECRET = 'T0KEN/hidden';
const WRONG: readonly (readonly [value: unknown, words: RegExp])[] = [
  [SECRET, /^(a text|\[secret\]|"T0KEN\/hidden")$/],
  [-0.5, /^(a number|-0\.5)$/],
  [[[SECRET]], /^(a list|\[\[.*\]\])$/],
  [{ none: { of: SECRET } }, /^(options|\{.*\})$/],
  [null, /^nothing$/],
  [true, /^true( or false)?$/],
];
/** Words of the library that looks at the values, and of the language. */
const NOT_ENGLISH =
  /invalid|received|too (small|big)|unrecognized|undefined|NaN|expected (string|number|object|array)/i;

describe('a wrong value', () => {
  const options = optionsOf(configSchema).filter(([path]) => path.length > 0);

  it('is looked for everywhere', () => {
    expect(options.length).toBeGreaterThan(120);
    expect(options.map(([path]) => path.join('.'))).toEqual(
      expect.arrayContaining(['alert.channels.name.proxy', 'jobs.0.fields', 'collect.tables.0.columns.name']),
    );
  });

  it.each(options.map(([path, kind]) => [path.join('.'), path, kind] as const))(
    'of %s',
    (name, path, kind) => {
      const isSecret = kind !== 'value' || path.some((key) => HIDDEN_KEYS.includes(key));
      let refused = 0;
      for (const [value, words] of WRONG) {
        const about = mistakesOf(at(path, value)).filter((line) => line.includes(`: ${name}`));
        refused += about.length > 0 ? 1 : 0;
        for (const line of about) {
          expect(line).toMatch(/^e\.yml:1:\d+: [@\w.[\]…-]+: /);
          expect(line).not.toMatch(NOT_ENGLISH);
          if (isSecret) expect(line).not.toContain('T0KEN');
          if (line.includes('unknown option')) continue;
          const [, got, wanted] = / got (.*?); (.*)$/.exec(line) ?? [];
          if (line.startsWith(`e.yml:1:`) && line.includes(`: ${name}: `)) expect(got).toMatch(words);
          expect(wanted).toMatch(/expected .{5}/);
        }
      }
      // Whatever an option wants, most of these are something else.
      expect(refused).toBeGreaterThanOrEqual(3);
    },
  );
});
