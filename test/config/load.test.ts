import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import Ajv from 'ajv/dist/2020.js';
import { z } from 'zod';
import { VARIABLES } from '../../src/config/environment.js';
import { loadConfig, parseConfig } from '../../src/config/load.js';
import { configSchema } from '../../src/config/schema.js';
import { AppError } from '../../src/domain/error.js';

const folder = mkdtempSync(join(tmpdir(), 'elkhound-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function mistakeOf(text: string, environment = {}): string {
  try {
    parseConfig(text, 'elkhound.yml', environment);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe('invalid_config');
    return (error as AppError).message;
  }
  throw new Error('the configuration was accepted');
}

/** Of the documentation of Elastic Cloud, with another host. */
const CLOUD_ID = `logs:${Buffer.from('eu.example.net:9243$0123abcd$4567').toString('base64')}`;

describe('parseConfig', () => {
  it.each(['', '---\n', '# nothing\n', '{}'])('takes an empty file: %j', (text) => {
    expect(parseConfig(text, 'elkhound.yml')).toMatchObject({
      job: 'default',
      schedule: { windowLength: 300_000 },
    });
  });

  it.each([
    [
      'schedule:\n  windowLength: 5 bananas\n',
      'elkhound.yml:2:17: schedule.windowLength: got "5 bananas"; expected a duration',
    ],
    [
      'schedule:\n  windowLenght: 5m\n',
      'elkhound.yml:2:3: schedule.windowLenght: unknown option; did you mean "windowLength"?',
    ],
    ['api:\n  port: 99999\n', 'elkhound.yml:2:9: api.port: got 99999; '],
    [
      'features: { workHours: { timeZone: Mars/Olympus } }',
      'elkhound.yml:1:36: features.workHours.timeZone: got "Mars/Olympus"; expected an IANA time zone',
    ],
    ['job: default\njob: other\n', 'elkhound.yml:2:1: '],
    ['api: [\n', 'elkhound.yml:2:1: '],
    ['just text', 'elkhound.yml:1:1: '],
    ['elasticsearch:\n  indices: []\n', 'elkhound.yml:2:12: elasticsearch.indices: '],
    [
      'elasticsearch:\n  requestTimeout: 30s\nschedule:\n  lease: 35s\n',
      'elkhound.yml:4:10: schedule.lease: got "35s"; expected more than 40s, since elasticsearch.requestTimeout (30s) must',
    ],
    ['a: &a [x, x]\nb: &b [*a, *a, *a]\nzzz: 1', 'unknown option'],
  ])('says where the mistake is: %j', (text, expected) => {
    expect(mistakeOf(text)).toContain(expected);
  });

  it('tells all mistakes at once, one a line', () => {
    expect(mistakeOf('api:\n  port: x\nlog:\n  level: loud\n').split('\n')).toHaveLength(2);
  });

  it('fills in variables, with defaults', () => {
    const text = 'job: ${JOB:night}\nelasticsearch:\n  url: http://${HOST}:9200\n';
    expect(parseConfig(text, 'f', { HOST: 'es' })).toMatchObject({
      job: 'night',
      elasticsearch: { url: 'http://es:9200' },
    });
    expect(mistakeOf(text)).toContain('HOST is not set');
  });

  it('needs only an address in the environment', () => {
    const config = parseConfig('', 'f', { ELKHOUND_ELASTICSEARCH_URL: 'http://127.0.0.1:9200' });
    expect(config.elasticsearch.url).toBe('http://127.0.0.1:9200');
  });

  it('reads secrets from files named in the file or the environment', () => {
    const file = join(folder, 'key');
    writeFileSync(file, 's3cret\n');
    const fromFile = parseConfig(`elasticsearch:\n  apiKeyFile: ${file}\n`, 'f');
    const fromEnvironment = parseConfig('', 'f', { ELKHOUND_ELASTICSEARCH_API_KEY_FILE: file });
    expect(fromFile.elasticsearch.apiKey?.reveal()).toBe('s3cret');
    expect(fromEnvironment.elasticsearch.apiKey?.reveal()).toBe('s3cret');
    writeFileSync(file, 'n3w\n');
    for (const { elasticsearch } of [fromFile, fromEnvironment]) {
      expect(elasticsearch.apiKey?.reveal()).toBe('s3cret');
      expect(elasticsearch.apiKey?.latest()).toBe('n3w');
    }
    const missing = join(folder, 'no-such');
    expect(() => parseConfig(`elasticsearch: { apiKeyFile: ${missing} }`, 'f')).toThrow(
      `apiKeyFile: cannot read the file "${missing}"`,
    );
  });

  it('lets every listed variable set its option', () => {
    for (const [name, path] of VARIABLES) {
      const { [name.split('_').at(-1)!]: value = 'a value that is long enough' } = {
        URL: 'http://127.0.0.1:1',
        LEVEL: 'warn',
        ID: CLOUD_ID,
      };
      const config = parseConfig('', 'f', { [name]: value });
      const set = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], config);
      expect(typeof set === 'string' ? set : (set as { reveal(): string }).reveal()).toBe(value);
    }
  });

  it('never shows a secret', () => {
    const key = 'kxk-very-secret';
    const text = `api: { apiKey: ${key} }\nalert: { channels: { a: { url: "http://127.0.0.1/${key}" } } }`;
    const config = parseConfig(text, 'f');
    const shown = [JSON.stringify(config), inspect(config, { depth: 9 }), String(config.api.apiKey)];
    const mistakes = mistakeOf(
      `api: { apiKey: { nested: ${key} } }\nalert: { channels: { a: { url: "ftp://${key}" } } }`,
    );
    for (const words of [...shown, mistakes]) expect(words).not.toContain(key);
    expect(config.api.apiKey?.reveal()).toBe(key);
  });

  it.each([
    ['http://soc.example/hook', 0],
    ['http://127.0.0.1/hook?token=s3cret', 0],
    ['https://soc.example/hook?token=s3cret', 0],
    ['http://soc.example/hook?token=s3cret', 1],
    ['http://user:s3cret@soc.example/', 1],
    ['http://soc.example/services/s3cretS3cretS3cretS3cret', 1],
  ])('warns of secrets that go to another machine in the clear: %s', (url, warnings) => {
    const notes: string[] = [];
    const onNote = (note: string) => notes.push(note);
    parseConfig(JSON.stringify({ alert: { channels: { a: { url } } } }), 'f', {}, { onNote });
    expect(notes.filter((note) => note.includes('in the clear'))).toHaveLength(warnings);
    expect(notes.join('\n')).not.toMatch(/s3cret/i);
  });

  it('is frozen to the last leaf', () => {
    const config = parseConfig('', 'f');
    expect(() => (config.job = 'x')).toThrow(TypeError);
    expect(() => config.elasticsearch.indices.push('x')).toThrow(TypeError);
  });
});

describe('loadConfig', () => {
  it('fails where a named file does not exist', () => {
    expect(() => loadConfig({ file: join(folder, 'none.yml'), environment: {} })).toThrow('none.yml');
  });

  it('offers a JSON Schema that takes what the loader takes', () => {
    const validate = new Ajv({ strict: false }).compile(z.toJSONSchema(configSchema, { io: 'input' }));
    expect(validate({})).toBe(true);
    expect(validate({ schedule: { windowLength: '5m' } })).toBe(true);
    expect(validate({ schedule: { windowLength: 5 } })).toBe(false);
    expect(validate({ shedule: {} })).toBe(false);
  });
});
